"""The bus: feeds opened once, shared, closed last; history first; failures kept apart."""

from __future__ import annotations

import math
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import trio
import trio.testing

from piker.brokers.replay import PROVIDER
from piker.core.messages import FeedControl, FeedOptions, FeedState
from piker.core.rows import BAR
from piker.data.bus import FeedsBus, open_bus, serve_client
from piker.data.feedtask import manage_history
from piker.data.provider import HistoryLimits, Provider
from piker.errors import DataFileError, FeedError, ShmFull, SymbolError
from piker.runtime.wire import from_wire
from piker.shm import open_shm_array, segments
from piker.shm.waiter import RingWaiter
from tests.support import data_path
from tests.unit.brokers.test_captures import offline_bars
from tests.unit.data.folds import live_row

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from trio import TaskStatus

SECOND = 1_000_000_000
DEMO = 'eurusd.demo.replay'
FREE = math.inf


async def ended(feed: Any) -> None:
    """Wait until a replay has played everything."""
    while not feed.market.playback.state.is_ended:
        await feed.market.playback.changed()


@pytest.mark.parametrize('name', ['spot_btcusdt_20240808.gz', 'usdm_btcusdt_20240808.gz'])
async def test_bars_in_the_ring_equal_an_offline_resample_to_the_digit(name: str) -> None:
    path = data_path('binance', 'hftbacktest_raw_ws', name)
    options = FeedOptions(file=str(path), speed=FREE)
    with trio.fail_after(30):
        async with open_bus(PROVIDER) as bus, bus.lease('', options) as feed:
            await ended(feed)
            for ring, period_ns in ((feed.fast, SECOND), (feed.slow, 60 * SECOND)):
                rows = ring.rows(ring.first, ring.last).tolist()
                expected = offline_bars(path, period_ns)
                # The clock may have opened a row behind the last trade.
                assert rows[: len(expected)] == expected
                assert all(row[5] == 0.0 for row in rows[len(expected) :])
                assert len(rows) - len(expected) <= 1
            quote = live_row(feed.quote)
            assert quote['bid'] <= quote['last'] <= quote['ask']
            assert feed.sampler.statistics().dropped == 0


async def test_a_replay_is_deterministic() -> None:
    path = data_path('binance', 'hftbacktest_raw_ws', 'spot_btcusdt_20240808.gz')
    found = []
    with trio.fail_after(30):
        for speed in (FREE, 2000.0):
            options = FeedOptions(file=str(path), speed=speed)
            async with open_bus(PROVIDER) as bus, bus.lease('', options) as feed:
                await ended(feed)
                found.append(
                    [
                        feed.fast.rows(feed.fast.first, feed.fast.last).tobytes(),
                        feed.slow.rows(feed.slow.first, feed.slow.last).tobytes(),
                    ]
                )
    assert found[0] == found[1]


async def test_history_is_there_when_the_feed_is(autojump_clock: trio.testing.MockClock) -> None:
    async with open_bus(PROVIDER) as bus, bus.lease(DEMO, FeedOptions()) as feed:
        assert feed.fast.first < -30_000
        assert feed.slow.first < -1_000
        times = feed.fast.column('time', feed.fast.first, feed.fast.last)
        assert (np.diff(times) > 0).all()
        assert feed.opened().symbol.name == 'EUR/USD'
        assert feed.opened().mode == 'REPLAY'


async def test_a_feed_without_room_says_how_much_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the user of a chart reads names no segment and asks for nothing that he cannot do."""
    monkeypatch.setattr(segments, 'available_memory', lambda: 1000)
    wanted = rf'the feed of {DEMO} cannot be opened because a ring needs \d{{8}} bytes of shared '
    wanted += 'memory, 1000 are free: end programs'
    async with open_bus(PROVIDER) as bus:
        with pytest.raises(ShmFull, match=wanted) as caught:
            async with bus.lease(DEMO, FeedOptions()):
                pass
    assert 'piker-' not in str(caught.value)
    assert 'capacity' not in str(caught.value)


async def test_equal_requests_share_a_feed_and_others_do_not(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with (
        open_bus(PROVIDER) as bus,
        bus.lease(DEMO, FeedOptions()) as one,
        bus.lease(DEMO, FeedOptions()) as two,
        bus.lease(DEMO, FeedOptions(speed=2)) as three,
    ):
        assert one is two
        assert one is not three
        assert one.leases == 2


async def test_requests_at_once_open_one_feed(autojump_clock: trio.testing.MockClock) -> None:
    feeds: list[Any] = []
    have_all = trio.Event()

    async def hold(bus: FeedsBus) -> None:
        async with bus.lease(DEMO, FeedOptions()) as feed:
            feeds.append(feed)
            if len(feeds) == 3:
                have_all.set()
            await have_all.wait()

    async with open_bus(PROVIDER) as bus:
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(hold, bus)
        assert len({id(feed) for feed in feeds}) == 1
        assert bus.feeds == {}


async def test_one_client_of_three_killed_leaves_the_others_ticking(
    autojump_clock: trio.testing.MockClock,
) -> None:
    scopes: list[trio.CancelScope] = []

    async def client(bus: FeedsBus, *, task_status: TaskStatus[Any]) -> None:
        with trio.CancelScope() as scope:
            scopes.append(scope)
            async with bus.lease(DEMO, FeedOptions(speed=60)) as feed:
                task_status.started(feed)
                await trio.sleep_forever()

    async with open_bus(PROVIDER) as bus, trio.open_nursery() as nursery:
        feed = await nursery.start(client, bus)
        for _ in range(2):
            assert await nursery.start(client, bus) is feed
        scopes[0].cancel()
        await trio.sleep(1)
        before = feed.sampler.statistics().folded
        await trio.sleep(10)
        assert abs(feed.sampler.statistics().folded - before - 40) <= 1
        assert feed.leases == 2
        scopes[1].cancel()
        scopes[2].cancel()
        await trio.testing.wait_all_tasks_blocked()
        assert bus.feeds == {}


async def test_a_feed_opened_again_after_the_last_client_left_is_new(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with open_bus(PROVIDER) as bus:
        async with bus.lease(DEMO, FeedOptions()) as one:
            pass
        async with bus.lease(DEMO, FeedOptions()) as two:
            assert one is not two
            assert two.fast.last - two.fast.first > 0


async def test_what_cannot_be_opened_raises_for_its_client_alone(tmp_path: Path) -> None:
    async with open_bus(PROVIDER) as bus:
        with pytest.raises(SymbolError, match='no symbol'):
            async with bus.lease('btcusdt.demo.replay', FeedOptions()):
                pass
        with pytest.raises(DataFileError, match='no file'):
            async with bus.lease('', FeedOptions(file=str(tmp_path / 'nowhere.csv'))):
                pass
        with pytest.raises(FeedError, match='cannot run at'):
            async with bus.lease(DEMO, FeedOptions(speed=-1.0)):
                pass
        assert bus.feeds == {}
        async with bus.lease(DEMO, FeedOptions()) as feed:
            assert feed.leases == 1


async def test_a_provider_that_fails_breaks_off_its_feed_alone(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async def fail(market: Any, sink: Any, *, task_status: TaskStatus[None]) -> None:
        task_status.started()
        await trio.sleep(1)
        raise FeedError('the venue hung up')

    broken: Provider[Any] = PROVIDER._replace(stream_quotes=fail)
    async with open_bus(broken) as bus, bus.lease(DEMO, FeedOptions()) as feed:
        await feed.failed.wait()
        assert feed.state().failure == 'the venue hung up'
        assert feed.fast.last - feed.fast.first > 0


async def test_clients_control_the_clock(autojump_clock: trio.testing.MockClock) -> None:
    async with open_bus(PROVIDER) as bus, bus.lease(DEMO, FeedOptions()) as feed:
        feed.control(FeedControl(is_paused=True))
        assert feed.state().is_paused
        before = feed.sampler.statistics().folded
        await trio.sleep(100)
        assert feed.sampler.statistics().folded == before
        feed.control(FeedControl(is_paused=False, speed=600.0))
        await trio.sleep(1)
        assert feed.sampler.statistics().folded > before
        assert feed.state().speed == 600.0
        with pytest.raises(FeedError, match='cannot run at'):
            feed.control(FeedControl(speed=0.0))


class SlowStream:
    """A client's end of a connection: while the first state is on its way, it asks for a pause.

    Parameters
    ----------
    ask : callable
        Asks for it.
    """

    def __init__(self, ask: Callable[[], None]) -> None:
        self.ask = ask
        self.states: list[FeedState] = []
        self.is_told = trio.Event()

    async def send(self, message: Any) -> None:
        """Take a state, slowly."""
        self.states.append(from_wire(message, FeedState))
        if len(self.states) == 1:
            await trio.lowlevel.checkpoint()
            self.ask()
        if self.states[-1].is_paused:
            self.is_told.set()

    def __aiter__(self) -> SlowStream:
        """Ask for nothing more by messages."""
        return self

    async def __anext__(self) -> Any:
        """Stay until the pause was told."""
        await self.is_told.wait()
        raise StopAsyncIteration


async def test_what_changes_while_a_client_is_told_is_told_too() -> None:
    """A pause during the first state's way was seen by no one."""
    async with (
        open_bus(PROVIDER) as bus,
        bus.lease(DEMO, FeedOptions()) as feed,
    ):
        stream = SlowStream(lambda: feed.control(FeedControl(is_paused=True)))
        with trio.fail_after(5):
            await serve_client(feed, stream)
        assert [state.is_paused for state in stream.states] == [False, True]


class Frames:
    """A history client that counts how often it is asked."""

    limits = HistoryLimits(frame_rows=100)

    def __init__(self, count: int) -> None:
        self.count = count
        self.asked = 0

    async def bars(self, period_ns: int, stop_ns: int | None, count: int) -> NDArray[np.void]:
        self.asked += 1
        await trio.lowlevel.checkpoint()
        stop = self.count if stop_ns is None else stop_ns // period_ns
        start = max(0, stop - count)
        rows = np.zeros(stop - start, BAR)
        rows['time'] = np.arange(start, stop) * period_ns
        return rows


@pytest.mark.parametrize(('count', 'asked'), [(0, 1), (50, 2), (100, 2), (250, 4)])
async def test_history_is_asked_for_until_there_is_none(count: int, asked: int) -> None:
    client = Frames(count)
    with open_shm_array('history', 4096, BAR) as ring:
        await manage_history(client, ring, SECOND)
        assert (ring.first, ring.last) == (-count, 0)
        assert ring.column('time', ring.first, 0).tolist() == [
            place * SECOND for place in range(count)
        ]
    assert client.asked == asked


async def test_history_wakes_who_waits_for_it() -> None:
    with open_shm_array('history', 4096, BAR) as ring, RingWaiter(ring) as waiter:
        assert waiter.wait_changed_blocking(0.0) == ()
        await manage_history(Frames(250), ring, SECOND)
        assert not waiter.slots[0].is_armed
        assert waiter.wait_changed_blocking(0.0) == (ring,)


async def test_no_history_is_asked_for_beyond_half_of_the_ring() -> None:
    client = Frames(10**6)
    with open_shm_array('history', 4096, BAR) as ring:
        await manage_history(client, ring, SECOND)
        assert -ring.first == ring.capacity // 2
        assert client.asked == math.ceil(ring.capacity / 200)


async def test_live_ticks_wait_for_history(autojump_clock: trio.testing.MockClock) -> None:
    @asynccontextmanager
    async def slow_history(market: Any) -> AsyncIterator[Any]:
        await trio.sleep(20)
        async with PROVIDER.open_history_client(market) as client:
            yield client

    slow: Provider[Any] = PROVIDER._replace(open_history_client=slow_history)
    async with (
        open_bus(PROVIDER) as bus,
        open_bus(slow) as slow_bus,
        bus.lease(DEMO, FeedOptions()) as one,
        slow_bus.lease(DEMO, FeedOptions()) as two,
    ):
        await trio.sleep(10)
        both = min(one.fast.last, two.fast.last) - 1
        assert both > 3
        first = max(one.fast.first, two.fast.first)
        assert (one.fast.rows(first, both) == two.fast.rows(first, both)).all()
