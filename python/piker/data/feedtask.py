"""The task that runs one feed: its market, its rings, its history, then its quotes."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import trio

from piker.core.errors import FeedError, PikerError, ShmFull
from piker.core.log import get_logger
from piker.core.rows import BAR, QUOTE
from piker.data.shared import SharedFeed
from piker.runtime.faults import describe, split_faults
from piker.shm import open_shm_array

if TYPE_CHECKING:
    from trio import TaskStatus

    from piker.core.messages import FeedOptions
    from piker.data.provider import HistoryClient, Market, Provider
    from piker.shm import ShmArray

__all__ = ['FeedTask', 'manage_history']

FAST_ROWS = 2**18
SLOW_ROWS = 2**17
HISTORY_SHARE = 0.5

log = get_logger(__name__)


class FeedTask:
    """What runs one feed, and keeps what goes wrong in it from the others.

    Parameters
    ----------
    provider : Provider
        Where it comes from.
    fqsn : str
        Which symbol.
    options : FeedOptions
        How it is asked for.

    Attributes
    ----------
    has_quotes : bool
        Whether its quotes have begun.
    opened : SharedFeed or None
        The feed, once its history is in.
    """

    def __init__(self, provider: Provider[Any], fqsn: str, options: FeedOptions) -> None:
        self.provider = provider
        self.fqsn = fqsn
        self.options = options
        self.has_quotes = False
        self.opened: SharedFeed | None = None

    async def run(self, *, task_status: TaskStatus[SharedFeed]) -> None:
        """Run the feed until the task is cancelled; the rings stay until then.

        Parameters
        ----------
        task_status : TaskStatus
            Told the feed once its history is in.

        Raises
        ------
        PikerError
            When it cannot be opened; a failure after that is noted in the feed instead.
        """
        with ExitStack() as rings:
            try:
                await self.follow_market(rings, task_status)
            except BaseException as error:
                self.settle(error, self.opened)
            await trio.sleep_forever()

    async def follow_market(self, rings: ExitStack, task_status: TaskStatus[SharedFeed]) -> None:
        """Open a market and its rings, load history while quotes begin, then follow quotes."""
        provider = self.provider
        async with provider.open_market(self.fqsn, self.options) as market:
            feed = open_rings(market, rings)
            async with trio.open_nursery() as nursery:
                await nursery.start(self.run_quotes, feed)
                self.has_quotes = True
                async with provider.open_history_client(market) as client:
                    await manage_history(client, feed.slow, market.slow_period_ns)
                    await manage_history(client, feed.fast, market.fast_period_ns)
                feed.release()
                self.opened = feed
                task_status.started(feed)
                await trio.sleep_forever()

    async def run_quotes(self, feed: SharedFeed, *, task_status: TaskStatus[None]) -> None:
        """Stream quotes into a feed; what breaks them off is told at once, with the market open."""
        try:
            await self.provider.stream_quotes(feed.market, feed.take, task_status=task_status)
        except BaseException as error:
            self.settle(error, feed if self.has_quotes else None)

    def settle(self, error: BaseException, feed: SharedFeed | None) -> None:
        """Note in a feed what broke it off, or refuse it.

        Parameters
        ----------
        error : BaseException
            As caught; what is no fault, such as cancellation, is raised again.
        feed : SharedFeed or None
            None where it cannot be opened.

        Raises
        ------
        PikerError
            When there is no feed.
        """
        fault, rest = split_faults(error)
        if fault is None:
            raise error
        reason = str(fault)
        if not (is_known := isinstance(fault, PikerError)):
            what = 'cannot be opened' if feed is None else 'broke off'
            reason = (
                f'the feed of {self.fqsn or self.options.file} {what} because its provider '
                f'{self.provider.name} failed ({describe(fault)}): open it again'
            )
            log.error('%s', reason, exc_info=error)
        if feed is not None and not feed.failure:
            feed.fail(reason)
        if rest is not None:
            raise rest from None
        if feed is None:
            raise (fault if is_known else FeedError(reason)) from fault.__cause__


def open_rings(market: Market, rings: ExitStack) -> SharedFeed:
    """Open the rings of a market.

    Parameters
    ----------
    market : Market
        What is fed.
    rings : ExitStack
        Closes them.

    Returns
    -------
    SharedFeed
        Over empty rings.

    Raises
    ------
    ShmFull
        When there is no room for them.
    """
    name = market.symbol.fqsn
    try:
        fast, slow, quote = (
            rings.enter_context(open_shm_array(f'{name}.{kind}', capacity, dtype))
            for kind, capacity, dtype in (
                ('fast', FAST_ROWS, BAR),
                ('slow', SLOW_ROWS, BAR),
                ('quote', 1, QUOTE),
            )
        )
    except ShmFull as error:
        raise ShmFull(f'the feed of {name} cannot be opened because {error}') from error
    return SharedFeed(market, fast, slow, quote)


async def manage_history(client: HistoryClient, ring: ShmArray, period_ns: int) -> None:
    """Load bars of the past into an empty ring, from latest to earliest.

    Asks until the client has no more, or half of the ring is full, so that live rows have room
    before they push history out.

    Parameters
    ----------
    client : HistoryClient
        Whom to ask.
    ring : ShmArray
        Where they go.
    period_ns : int
        Length of a bar.
    """
    room = int(ring.capacity * HISTORY_SHARE)
    stop_ns: int | None = None
    while room > 0:
        rows = await client.bars(period_ns, stop_ns, min(room, client.limits.frame_rows))
        if not len(rows):
            return
        fitted = ring.prepend(rows)
        ring.notify()
        if fitted < len(rows):
            return
        room -= fitted
        stop_ns = int(rows['time'][0])
