"""The bus of feeds inside a brokerd: opens each feed once, shares it, and closes it last.

A feed is known by its fqsn and options. Its tasks run in the bus, not in the request of the client
that asked first, so that a client's going never ends a feed that others hold.
"""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import tractor
import trio
from tractor.trionics import maybe_open_context

from piker.core.errors import FeedError, PikerError
from piker.core.messages import FeedControl, FeedOptions, FeedRefused
from piker.data.feedtask import FeedTask
from piker.runtime import remote
from piker.runtime.keylocks import KeyLocks
from piker.runtime.wire import from_wire, to_wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from trio import TaskStatus

    from piker.data.provider import Provider
    from piker.data.shared import SharedFeed

__all__ = ['FeedsBus', 'open_bus', 'open_feed_bus']

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
        self.openings = KeyLocks[Key]()

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
        async with self.openings.hold(key):
            if key not in self.feeds:
                task = FeedTask(self.provider, fqsn, options)
                self.feeds[key] = await self.start_task(task.run)
            scope, feed = self.feeds[key]
            feed.leases += 1
        try:
            yield feed
        finally:
            feed.leases -= 1
            if not feed.leases:
                del self.feeds[key]
                scope.cancel()


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
            wanted = from_wire(options, FeedOptions)
            provider = provider_of_actor()
            _, bus = await held.enter_async_context(
                maybe_open_context(open_bus, kwargs={'provider': provider}, key=provider.name)
            )
            feed = await held.enter_async_context(bus.lease(fqsn, wanted))
        except PikerError as error:
            await ctx.started(to_wire(FeedRefused(type(error).__name__, str(error))))
            return
        await ctx.started(to_wire(feed.opened()))
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
        await stream.send(to_wire(feed.state(refusal)))

    async def tell_changes() -> None:
        told = None
        while True:
            # It may have changed while it was told: only where it has not is there time to wait.
            if (now := feed.state()) != told:
                told = now
                await stream.send(to_wire(now))
            elif playback is None:
                return
            else:
                await playback.changed()

    async def tell_failure() -> None:
        await feed.failed.wait()
        await tell()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(tell_changes)
        nursery.start_soon(tell_failure)
        async for message in stream:
            try:
                feed.control(from_wire(message, FeedControl))
            except PikerError as error:
                await tell(str(error))
        nursery.cancel_scope.cancel()
