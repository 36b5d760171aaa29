"""The replay itself: paced by recorded time, pausable, skipping closed time, deterministic."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
import trio
import trio.testing

from piker.brokers.replay import PROVIDER, recordings
from piker.brokers.replay.interpolation import split_bars
from piker.brokers.replay.playback import RecordedClock
from piker.brokers.replay.recordings import TickRecording
from piker.brokers.replay.symbols import (
    ReplayMarket,
    load_recording,
    open_market,
    parse_start,
    search_symbols,
)
from piker.core.messages import FeedOptions
from piker.core.rows import BAR, QUOTE, TRADE
from piker.data.feedtask import manage_history
from piker.data.shared import SharedFeed
from piker.errors import FeedError, SymbolError
from piker.shm import open_shm_array
from tests.support import data_path

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
FREE = math.inf


class Recorder:
    """A sink that keeps what it is handed, with the time at which it came."""

    def __init__(self) -> None:
        self.runs: list[NDArray[np.void]] = []
        self.arrivals: list[tuple[float, int]] = []
        self.clock: list[int] = []

    def __call__(self, recorded: NDArray[np.int64], ticks: NDArray[np.void], now_ns: int) -> None:
        assert len(recorded) == len(ticks)
        assert (recorded <= now_ns).all()
        self.clock.append(now_ns)
        if len(ticks):
            self.runs.append(ticks)
            self.arrivals += [(trio.current_time(), int(time)) for time in recorded]

    @property
    def ticks(self) -> NDArray[np.void]:
        return np.concatenate(self.runs)


def trades_file(folder: Path, times_s: list[float]) -> Path:
    path = folder / 'trades.csv'
    rows = ''.join(f'{1_600_000_000 + time},{1 + place}\n' for place, time in enumerate(times_s))
    path.write_text(f'time,price\n{rows}')
    return path


async def market_of(path: Path, speed: float, start_s: float = 0) -> ReplayMarket:
    options = FeedOptions(file=str(path), speed=speed, start=str(1_600_000_000 + start_s))
    async with open_market('', options) as market:
        return market


@pytest.mark.parametrize('speed', [1.0, 4.0, 60.0])
async def test_ticks_come_at_their_recorded_time(
    autojump_clock: trio.testing.MockClock, tmp_path: Path, speed: float
) -> None:
    times = [0.0, 1.0, 1.5, 8.0, 30.0]
    market = await market_of(trades_file(tmp_path, times), speed)
    sink = Recorder()
    began = trio.current_time()
    await PROVIDER.stream_quotes(market, sink, task_status=trio.TASK_STATUS_IGNORED)
    lags = [at - began - time / speed for (at, _), time in zip(sink.arrivals, times, strict=True)]
    assert all(-1e-6 <= lag <= 0.003 for lag in lags)
    assert market.playback.state.is_ended


async def test_a_start_in_closed_time_does_not_wait_for_the_opening(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with open_market('eurusd.demo.replay', FeedOptions(start='2017-05-06')) as market:
        sink = Recorder()
        began = trio.current_time()
        async with trio.open_nursery() as nursery:
            await nursery.start(PROVIDER.stream_quotes, market, sink)
            await trio.sleep(2)
            nursery.cancel_scope.cancel()
    assert sink.arrivals[0][0] - began < 0.1
    assert len(sink.ticks) >= 6 * 3


async def test_the_clock_is_told_while_no_tick_comes(
    autojump_clock: trio.testing.MockClock, tmp_path: Path
) -> None:
    market = await market_of(trades_file(tmp_path, [0.0, 30.0]), 1.0)
    sink = Recorder()
    await PROVIDER.stream_quotes(market, sink, task_status=trio.TASK_STATUS_IGNORED)
    assert len(sink.clock) > 100
    assert sink.clock == sorted(sink.clock)
    assert sink.clock[-1] == market.recording.last_ns


async def test_a_pause_holds_every_tick_back(
    autojump_clock: trio.testing.MockClock, tmp_path: Path
) -> None:
    market = await market_of(trades_file(tmp_path, [0.0, 10.0, 20.0]), 1.0)
    sink = Recorder()
    async with trio.open_nursery() as nursery:
        await nursery.start(PROVIDER.stream_quotes, market, sink)
        await trio.sleep(15)
        market.playback.pause()
        await trio.sleep(1000)
        assert len(sink.ticks) == 2
        assert market.playback.state.is_paused
        market.playback.resume()
        await trio.sleep(4.9)
        assert len(sink.ticks) == 2
    assert len(sink.ticks) == 3


async def test_a_new_speed_counts_from_where_the_clock_is(
    autojump_clock: trio.testing.MockClock, tmp_path: Path
) -> None:
    market = await market_of(trades_file(tmp_path, [0.0, 100.0]), 1.0)
    sink = Recorder()
    began = trio.current_time()
    async with trio.open_nursery() as nursery:
        await nursery.start(PROVIDER.stream_quotes, market, sink)
        await trio.sleep(50)
        market.playback.set_speed(10)
    assert trio.current_time() - began == pytest.approx(55, abs=0.01)


async def test_infinite_speed_never_waits(
    autojump_clock: trio.testing.MockClock, tmp_path: Path
) -> None:
    times = [float(time) for time in range(20_000)]
    market = await market_of(trades_file(tmp_path, times), FREE)
    sink = Recorder()
    began = trio.current_time()
    await PROVIDER.stream_quotes(market, sink, task_status=trio.TASK_STATUS_IGNORED)
    assert trio.current_time() == began
    assert len(sink.ticks) == len(times)
    assert len(sink.runs) > 1


async def test_closed_time_is_skipped(
    autojump_clock: trio.testing.MockClock, tmp_path: Path
) -> None:
    evening = [time / 1000 for time in range(1000)]
    times = evening + [10_000 + time for time in evening]
    market = await market_of(trades_file(tmp_path, times), 1.0)
    sink = Recorder()
    began = trio.current_time()
    await PROVIDER.stream_quotes(market, sink, task_status=trio.TASK_STATUS_IGNORED)
    assert len(sink.ticks) == len(times)
    assert 1.9 < trio.current_time() - began < 2.1


async def test_a_replay_can_be_cancelled_while_paused(tmp_path: Path) -> None:
    market = await market_of(trades_file(tmp_path, [0.0, 10.0]), 1.0)
    market.playback.pause()
    with trio.move_on_after(0) as scope:
        await PROVIDER.stream_quotes(market, Recorder(), task_status=trio.TASK_STATUS_IGNORED)
    assert scope.cancelled_caught


async def test_live_rows_of_months_open_when_the_months_do(tmp_path: Path) -> None:
    months = [np.datetime64('2012-01') + month for month in range(150)]
    path = tmp_path / 'months.csv'
    rows = ''.join(f'{month}-01,1,3,1,2,8\n' for month in months)
    path.write_text(f'time,open,high,low,close,volume\n{rows}')
    times = np.array(months, 'M8[ns]').astype(np.int64)
    async with open_market('', FeedOptions(file=str(path), speed=FREE)) as market:
        with (
            open_shm_array('fast', 512, BAR) as fast,
            open_shm_array('slow', 512, BAR) as slow,
            open_shm_array('quote', 1, QUOTE) as quote,
        ):
            feed = SharedFeed(market, fast, slow, quote)
            async with PROVIDER.open_history_client(market) as client:
                await manage_history(client, slow, market.slow_period_ns)
                await manage_history(client, fast, market.fast_period_ns)
            history = fast.last
            feed.release()
            await PROVIDER.stream_quotes(market, feed.take, task_status=trio.TASK_STATUS_IGNORED)
            assert fast.last > history
            assert fast.column('time', fast.first, fast.last).tolist() == times.tolist()
            assert set(fast.column('volume', fast.first, fast.last).tolist()) == {8.0}
            assert slow.column('volume', slow.first, slow.last).sum() == 8 * len(months)


@pytest.mark.parametrize('speed', [0.0, -1.0, math.nan])
async def test_a_speed_that_cannot_be_is_refused(speed: float) -> None:
    with pytest.raises(FeedError, match='cannot run at'):
        RecordedClock(0, speed)
    clock = RecordedClock(0, 1.0)
    with pytest.raises(FeedError, match='cannot run at'):
        clock.set_speed(speed)
    assert clock.state.speed == 1.0


async def test_history_and_live_ticks_of_a_capture_share_no_bar() -> None:
    path = data_path('binance', 'hftbacktest_raw_ws', 'spot_btcusdt_20240808.gz')
    options = FeedOptions(file=str(path), speed=FREE)
    async with (
        open_market('', options) as market,
        PROVIDER.open_history_client(market) as client,
    ):
        for period_ns in (market.fast_period_ns, market.slow_period_ns):
            bars = await client.bars(period_ns, None, 10_000)
            assert (bars['time'] + period_ns <= market.start_ns).all()
            assert len(bars) > 1
        sink = Recorder()
        await PROVIDER.stream_quotes(market, sink, task_status=trio.TASK_STATUS_IGNORED)
    assert (sink.ticks['time'] >= market.start_ns).all()
    recording = market.recording
    assert isinstance(recording, TickRecording)
    whole = recording.ticks['time']
    assert len(sink.ticks) == int((whole >= market.start_ns).sum())


async def test_history_comes_in_frames_without_hole_or_overlap() -> None:
    for fqsn in ('eurusd.demo.replay', 'goog.demo.replay'):
        async with (
            open_market(fqsn, FeedOptions()) as market,
            PROVIDER.open_history_client(market) as client,
        ):
            stop, frames = None, []
            for _ in range(5):
                frames.append(await client.bars(market.fast_period_ns, stop, 1000))
                stop = int(frames[-1]['time'][0])
            together = np.concatenate(frames[::-1])
            at_once = await client.bars(market.fast_period_ns, None, 5000)
            assert (together == at_once).all()


@pytest.mark.parametrize(
    ('fqsn', 'slow_s', 'rows'), [('eurusd.demo.replay', 3600, 60), ('goog.demo.replay', 86400, 390)]
)
async def test_the_demo_shows_minutes_over_real_bars(fqsn: str, slow_s: int, rows: int) -> None:
    async with (
        open_market(fqsn, FeedOptions()) as market,
        PROVIDER.open_history_client(market) as client,
    ):
        assert market.playback.state.speed == 60
        assert (market.fast_period_ns, market.slow_period_ns) == (60 * SECOND, slow_s * SECOND)
        assert 'interpolated' in market.symbol.note
        minutes = await client.bars(market.fast_period_ns, None, 20 * rows)
        real = await client.bars(market.slow_period_ns, None, 20)
        minutes = minutes.reshape(20, rows)
        assert (minutes['high'].max(axis=1) == real['high']).all()
        assert (minutes['volume'].sum(axis=1) == real['volume']).all()
        ticks = next(iter(market.recording.chunks(market.start_ns))).ticks
        assert set(ticks['kind'].tolist()) == {1, 2, 3}
        trades = ticks[ticks['kind'] == TRADE]
        assert int(trades['time'][0]) // market.slow_period_ns * market.slow_period_ns == int(
            market.start_ns
        )


def test_the_demo_opens_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: history is made of no more real bars than it needs."""
    recording = load_recording('goog.demo.replay', None)
    counts: list[int] = []

    def counted(
        bars: NDArray[np.void], count: int, step_ns: int, ticks_per_unit: int
    ) -> NDArray[np.void]:
        counts.append(len(bars))
        return split_bars(bars, count, step_ns, ticks_per_unit)

    monkeypatch.setattr(recordings, 'split_bars', counted)
    recording.bars(recording.fast_period_ns, recording.last_ns, 3900)
    assert counts == [11]


@pytest.mark.parametrize('text', ['eurusd.demo.replay', 'eurusd.replay', 'EURUSD.demo.replay'])
def test_demo_symbols_have_a_default_venue(text: str) -> None:
    assert load_recording(text, None).symbol.fqsn == 'eurusd.demo.replay'


@pytest.mark.parametrize('text', ['btcusdt.demo.replay', 'eurusd.nyse.replay'])
def test_an_unknown_symbol_lists_those_that_are_there(text: str) -> None:
    with pytest.raises(SymbolError, match=r'which has eurusd\.demo\.replay, goog\.demo\.replay'):
        load_recording(text, None)


async def test_search_finds_by_part() -> None:
    assert [symbol.fqsn for symbol in await search_symbols('GOO')] == ['goog.demo.replay']
    assert len(await search_symbols('')) == 2
    assert await search_symbols('btc') == []


@pytest.mark.parametrize(
    ('text', 'expected'),
    [(None, 100), ('100', 100), ('1970-01-01T00:01:40Z', 100), ('1970-01-01 00:01:40', 100)],
)
def test_a_start_is_read_in_any_form(text: str | None, expected: int) -> None:
    assert parse_start(text, 50 * SECOND, 150 * SECOND) == expected * SECOND


@pytest.mark.parametrize('text', ['tomorrow', '', 'nan', 'inf', '49', '151', '2020-01-01'])
def test_a_start_outside_of_the_recording_is_refused(text: str) -> None:
    with pytest.raises(FeedError, match='start'):
        parse_start(text, 50 * SECOND, 150 * SECOND)
