"""The bus of feeds inside a brokerd: opens each feed once, shares it, and closes it last.

A feed is known by its fqsn and options. Its tasks run in the bus, not in the request of the client
that asked first, so that a client's going never ends a feed that others hold.
"""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import tractor
import trio
from tractor.trionics import maybe_open_context

from piker.core.errors import FeedError, PikerError
from piker.core.messages import (
    FeedControl,
    FeedOptions,
    FeedRefused,
)
from piker.core.rows import BAR, QUOTE
from piker.data.shared import SharedFeed
from piker.runtime import remote
from piker.shm import open_shm_array

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from trio import TaskStatus

    from piker.data.provider import HistoryClient, Market, Provider
    from piker.shm import ShmArray

__all__ = ['FeedsBus', 'manage_history', 'open_bus', 'open_feed_bus']

FAST_ROWS = 2**18
SLOW_ROWS = 2**17
HISTORY_SHARE = 0.5

T = TypeVar('T')
Key = tuple[str, FeedOptions]


class FeedsBus:
    """All feeds of one provider in one process.

    Parameters
    ----------
    provider : Provider
        Where they come from.
    nursery : trio.Nursery
        Where their tasks run.
    """

    def __init__(self, provider: Provider[Any], nursery: trio.Nursery) -> None:
        self.provider = provider
        self.nursery = nursery
        self.feeds: dict[Key, tuple[trio.CancelScope, SharedFeed]] = {}
        self.openings: dict[Key, trio.Lock] = {}

    async def start_task(
        self, function: Callable[..., Awaitable[Any]], *args: object
    ) -> tuple[trio.CancelScope, Any]:
        """Start a task of the bus with a cancel scope of its own.

        Parameters
        ----------
        function : async callable
            Takes the arguments and `task_status`.
        *args : object
            Its positional arguments.

        Returns
        -------
        scope : trio.CancelScope
            Ends the task when cancelled; cancelling the caller does not, once it started.
        value : object
            What the task reported as started.
        """
        scope = trio.CancelScope()

        async def run(*, task_status: TaskStatus[Any]) -> None:
            with scope:
                await function(*args, task_status=task_status)

        return scope, await self.nursery.start(run)

    @asynccontextmanager
    async def lease(self, fqsn: str, options: FeedOptions) -> AsyncIterator[SharedFeed]:
        """Hold a feed, opening it if nobody else does.

        Parameters
        ----------
        fqsn : str
            Which symbol.
        options : FeedOptions
            How it is asked for; feeds are shared where both are equal.

        Yields
        ------
        SharedFeed
            With its history in. It is closed when its last holder leaves.

        Raises
        ------
        PikerError
            When it cannot be opened.
        """
        key = (fqsn, options)
        # One lock a key: a second client waits for the first one's history, others do not.
        async with self.openings.setdefault(key, trio.Lock()):
            if key not in self.feeds:
                self.feeds[key] = await self.start_task(self.run_feed, fqsn, options)
            scope, feed = self.feeds[key]
            feed.leases += 1
        try:
            yield feed
        finally:
            feed.leases -= 1
            if not feed.leases:
                del self.feeds[key]
                scope.cancel()

    async def run_feed(
        self, fqsn: str, options: FeedOptions, *, task_status: TaskStatus[SharedFeed]
    ) -> None:
        """Open a market and its rings, load history while quotes begin, then follow quotes.

        Parameters
        ----------
        fqsn : str
            Which symbol.
        options : FeedOptions
            How it is asked for.
        task_status : TaskStatus
            Told the feed once its history is in.

        Raises
        ------
        PikerError
            When it cannot be opened; a failure after that is noted in the feed instead. The
            rings stay until the task is cancelled.
        """
        provider = self.provider
        async with provider.open_market(fqsn, options) as market:
            with ExitStack() as rings:
                feed = open_rings(market, rings)
                async with trio.open_nursery() as nursery:
                    await nursery.start(self.run_quotes, feed)
                    async with provider.open_history_client(market) as client:
                        await manage_history(client, feed.slow, market.slow_period_ns)
                        await manage_history(client, feed.fast, market.fast_period_ns)
                    feed.release()
                    task_status.started(feed)
                    await trio.sleep_forever()

    async def run_quotes(self, feed: SharedFeed, *, task_status: TaskStatus[None]) -> None:
        """Stream quotes into a feed; an error of the provider's breaks off this feed alone."""
        try:
            await self.provider.stream_quotes(feed.market, feed.take, task_status=task_status)
        except PikerError as error:
            feed.fail(str(error))


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
    fast, slow, quote = (
        rings.enter_context(open_shm_array(f'{name}.{kind}', capacity, dtype))
        for kind, capacity, dtype in (
            ('fast', FAST_ROWS, BAR),
            ('slow', SLOW_ROWS, BAR),
            ('quote', 1, QUOTE),
        )
    )
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
        if fitted < len(rows):
            return
        room -= fitted
        stop_ns = int(rows['time'][0])


@asynccontextmanager
async def open_bus(provider: Provider[Any]) -> AsyncIterator[FeedsBus]:
    """Open the bus of a provider.

    Parameters
    ----------
    provider : Provider
        Where its feeds come from.

    Yields
    ------
    FeedsBus
        Its tasks are cancelled, and its rings closed, when the context is left.
    """
    async with trio.open_nursery() as nursery:
        yield FeedsBus(provider, nursery)
        nursery.cancel_scope.cancel()


def provider_of_actor() -> Provider[Any]:
    """Return the provider that this process, brokerd.<provider>, was started for.

    Its package is loaded already, as an enabled module that the recipe of this daemon names.

    Raises
    ------
    FeedError
        When this process is no brokerd.
    """
    name: str = tractor.current_actor().name
    module = sys.modules.get(f'piker.brokers.{name.removeprefix("brokerd.")}')
    provider = getattr(module, 'PROVIDER', None)
    if provider is None:
        raise FeedError(f'{name} serves no feeds: ask a brokerd')
    found: Provider[Any] = provider
    return found


@remote
@tractor.context  # type: ignore[untyped-decorator]  # tractor has no types
async def open_feed_bus(ctx: tractor.Context, fqsn: str, options: dict[str, Any]) -> None:
    """Hold a feed for a client of another process until it goes.

    The first message is a `FeedOpened` once history is in, or a `FeedRefused`. Then
    `FeedControl` comes and `FeedState` goes. The client cancels it.

    Parameters
    ----------
    ctx : tractor.Context
        The connection with the client.
    fqsn : str
        Which symbol; '' where the options' file says it.
    options : dict
        `FeedOptions` as builtins.
    """
    async with AsyncExitStack() as held:
        try:
            wanted = msgspec.convert(options, FeedOptions)
            provider = provider_of_actor()
            _, bus = await held.enter_async_context(
                maybe_open_context(open_bus, kwargs={'provider': provider}, key=provider.name)
            )
            feed = await held.enter_async_context(bus.lease(fqsn, wanted))
        except (PikerError, msgspec.ValidationError) as error:
            refused = FeedRefused(type(error).__name__, str(error))
            await ctx.started(msgspec.to_builtins(refused))
            return
        await ctx.started(msgspec.to_builtins(feed.opened()))
        async with ctx.open_stream() as stream:
            await serve_client(feed, stream)


async def serve_client(feed: SharedFeed, stream: tractor.MsgStream) -> None:
    """Do what a client asks, and tell it how the feed stands.

    Parameters
    ----------
    feed : SharedFeed
        What it follows.
    stream : tractor.MsgStream
        The connection; the client's closing it ends this.
    """
    playback = feed.market.playback

    async def tell(refusal: str = '') -> None:
        await stream.send(msgspec.to_builtins(feed.state(refusal)))

    async def tell_changes() -> None:
        while True:
            await tell()
            if playback is None:
                return
            await playback.changed()

    async def tell_failure() -> None:
        await feed.failed.wait()
        await tell()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(tell_changes)
        nursery.start_soon(tell_failure)
        async for message in stream:
            try:
                feed.control(msgspec.convert(message, FeedControl))
            except (PikerError, msgspec.ValidationError) as error:
                await tell(str(error))
        nursery.cancel_scope.cancel()
