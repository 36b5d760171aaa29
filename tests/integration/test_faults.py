"""Providers that fail in ways of their own: one feed and one sentence, and the others go on."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import trio
import trio.testing

from piker.core.errors import FeedError, ServiceError
from piker.core.messages import FeedControl, FeedOptions
from piker.data.bus import FeedsBus, open_bus, serve_client
from piker.data.feed import Feed
from tests.integration.faulty import DEMO, faulty_provider, raise_fault, raise_group

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from tests.integration.conftest import Trees

WHAT = 'because its provider faulty failed (ConnectionResetError: [Errno 104] the venue hung up)'
HEALTHY = FeedOptions(speed=60)


class Collector(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self.records.append(record)


@pytest.fixture
def logged() -> Iterator[list[logging.LogRecord]]:
    """Return what the bus logs."""
    handler = Collector()
    logger = logging.getLogger('piker.data.feedtask')
    logger.addHandler(handler)
    yield handler.records
    logger.removeHandler(handler)


@pytest.mark.parametrize('fail', [raise_fault, raise_group])
@pytest.mark.parametrize('place', ['quotes', 'background'])
async def test_a_fault_after_opening_breaks_off_one_feed_and_no_other(
    autojump_clock: trio.testing.MockClock,
    logged: list[logging.LogRecord],
    place: str,
    fail: Callable[[], None],
) -> None:
    may_fail = trio.Event()
    async with (
        open_bus(faulty_provider(fail, may_fail)) as bus,
        bus.lease(DEMO, HEALTHY) as healthy,
    ):
        async with bus.lease(DEMO, FeedOptions(start=place)) as feed:
            assert feed.failure == ''
            may_fail.set()
            await feed.failed.wait()
            assert feed.state().failure == f'the feed of {DEMO} broke off {WHAT}: open it again'
            await trio.testing.wait_all_tasks_blocked()
            assert feed.fast.last > feed.fast.first, 'its rings stay while somebody holds it'
        before = healthy.sampler.statistics().folded
        await trio.sleep(10)
        assert healthy.sampler.statistics().folded > before
        assert healthy.failure == ''
        assert list(bus.feeds) == [(DEMO, HEALTHY)]
        assert bus.openings.locks == {}
    (record,) = logged
    assert record.exc_info is not None
    assert 'broke off' in record.getMessage()


@pytest.mark.parametrize('fail', [raise_fault, raise_group])
@pytest.mark.parametrize('place', ['market', 'history', 'connect'])
async def test_a_fault_while_opening_is_an_error_of_that_client_alone(
    autojump_clock: trio.testing.MockClock,
    logged: list[logging.LogRecord],
    place: str,
    fail: Callable[[], None],
) -> None:
    async with open_bus(faulty_provider(fail)) as bus, bus.lease(DEMO, HEALTHY) as healthy:
        with pytest.raises(FeedError) as caught:
            async with bus.lease(DEMO, FeedOptions(start=place)):
                pass
        assert str(caught.value) == f'the feed of {DEMO} cannot be opened {WHAT}: open it again'
        assert [record.exc_info is not None for record in logged] == [True]
        before = healthy.sampler.statistics().folded
        await trio.sleep(10)
        assert healthy.sampler.statistics().folded > before
        assert list(bus.feeds) == [(DEMO, HEALTHY)]
        assert bus.openings.locks == {}


async def test_a_provider_that_fails_when_it_is_cancelled_ends_its_feed_alone(
    autojump_clock: trio.testing.MockClock,
) -> None:
    """Its last client leaves, and on the way out it raises beside its cancellation."""

    def fail() -> None:
        raise AssertionError

    provider = faulty_provider(fail)
    whole = provider.stream_quotes

    async def stream_quotes(market: Any, sink: Any, *, task_status: Any) -> None:
        try:
            await whole(market, sink, task_status=task_status)
        finally:
            if market.place:
                raise ValueError(market.place)

    async with (
        open_bus(provider._replace(stream_quotes=stream_quotes)) as bus,
        bus.lease(DEMO, HEALTHY) as healthy,
    ):
        async with bus.lease(DEMO, FeedOptions(start='no place')):
            pass
        await trio.testing.wait_all_tasks_blocked()
        assert list(bus.feeds) == [(DEMO, HEALTHY)]
        assert healthy.failure == ''


@pytest.mark.parametrize('fail', [raise_fault, raise_group])
async def test_a_client_that_gives_up_while_a_feed_opens_is_told_no_fault(
    autojump_clock: trio.testing.MockClock,
    logged: list[logging.LogRecord],
    fail: Callable[[], None],
) -> None:
    """What the provider raises on its way out is logged; the cancellation goes on."""
    is_loading = trio.Event()

    @asynccontextmanager
    async def open_history_client(market: Any) -> AsyncIterator[Any]:
        is_loading.set()
        await trio.Event().wait()
        yield market

    provider = faulty_provider(fail)._replace(open_history_client=open_history_client)
    scope = trio.CancelScope()

    async def give_up(bus: FeedsBus) -> None:
        with scope:
            async with bus.lease(DEMO, FeedOptions(start='leaving')):
                raise AssertionError

    async with open_bus(provider) as bus:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(give_up, bus)
            await is_loading.wait()
            scope.cancel()
        assert scope.cancelled_caught
        assert bus.feeds == {}
        assert bus.openings.locks == {}
    (record,) = logged
    assert record.exc_info is not None


async def test_a_market_stays_open_when_its_quotes_break_off(
    autojump_clock: trio.testing.MockClock,
) -> None:
    """Its closing may take long, and must not delay the news."""
    may_fail = trio.Event()
    is_closed = trio.Event()
    provider = faulty_provider(raise_fault, may_fail)
    whole = provider.open_market

    @asynccontextmanager
    async def open_market(fqsn: str, options: FeedOptions) -> AsyncIterator[Any]:
        async with whole(fqsn, options) as market:
            try:
                yield market
            finally:
                is_closed.set()

    async with open_bus(provider._replace(open_market=open_market)) as bus:
        async with bus.lease(DEMO, FeedOptions(start='quotes')) as feed:
            may_fail.set()
            await feed.failed.wait()
            await trio.testing.wait_all_tasks_blocked()
            assert not is_closed.is_set()
        await is_closed.wait()


class Line:
    """A stream to a client, in memory.

    Parameters
    ----------
    *sent : object
        What the client sends before it leaves.
    """

    def __init__(self, *sent: object) -> None:
        self.sent = list(sent)
        self.got: list[Any] = []

    async def send(self, message: object) -> None:
        """Take what is told to the client."""
        await trio.lowlevel.checkpoint()
        self.got.append(message)

    def __aiter__(self) -> Line:
        return self

    async def __anext__(self) -> object:
        await trio.lowlevel.checkpoint()
        if not self.sent:
            raise StopAsyncIteration
        return self.sent.pop(0)


async def test_a_request_of_another_version_is_refused_in_one_sentence(
    autojump_clock: trio.testing.MockClock,
) -> None:
    line = Line({'speed': 'fast'}, {'is_paused': True})
    async with open_bus(faulty_provider()) as bus, bus.lease(DEMO, HEALTHY) as feed:
        await serve_client(feed, line)
        assert feed.state().is_paused, 'what comes after it is done'
    (refusal,) = [state['refusal'] for state in line.got if state['refusal']]
    assert refusal.startswith(f'a {FeedControl.__name__} was expected of a peer')
    assert refusal.endswith('so that every process is of the same version')


async def test_a_state_of_another_version_is_one_sentence(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with open_bus(faulty_provider()) as bus, bus.lease(DEMO, HEALTHY) as shared:
        rings = (shared.fast, shared.slow, shared.quote)
        feed = Feed(shared.opened(), rings, Line({'speed': 2.0}, {'failure': 7}))
        with pytest.raises(ServiceError, match='a FeedState was expected of a peer'):
            await feed.follow()
        assert feed.state.speed == 2.0


CLIENT = """
import json, sys, trio, warnings
warnings.simplefilter('ignore')
from piker.core.errors import PikerError
from piker.core.messages import FeedOptions
from piker.data.feed import open_feed
from piker.runtime import open_tree
from tests.integration.faulty import DEMO, RECIPES

async def outcome(portal, place):
    try:
        async with open_feed(portal, DEMO, FeedOptions(start=place)) as feed:
            if not place:
                return feed.mode
            await trio.sleep_forever()
    except PikerError as error:
        return f'{type(error).__name__}: {error}'

async def main():
    found = {}
    with trio.fail_after(40):
        async with open_tree('chart', RECIPES) as tree:
            async with tree.open_service('brokerd.faulty') as portal:
                for place in ('market', 'history', 'connect', 'quotes', ''):
                    found[place] = await outcome(portal, place)
    sys.stdout.write(json.dumps(found))

trio.run(main, strict_exception_groups=False)
"""


def test_between_processes_each_fault_is_one_sentence(trees: Trees) -> None:
    done = subprocess.run(
        [sys.executable, '-c', CLIENT],
        env=trees.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.pop('') == 'REPLAY', 'the daemon goes on'
    broke_off = found.pop('quotes')
    assert broke_off.startswith(f'FeedError: the feed of {DEMO} ')
    assert WHAT in broke_off
    for said in found.values():
        assert said == f'FeedError: the feed of {DEMO} cannot be opened {WHAT}: open it again'
