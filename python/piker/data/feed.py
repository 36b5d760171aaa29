"""A feed as its reader sees it: rings attached, and a connection to the brokerd that fills them."""

from __future__ import annotations

import math
from contextlib import ExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import tractor
import trio

from piker.accounting.symbols import Symbol, parse_fqsn
from piker.core import errors
from piker.core.errors import FeedError, PikerError
from piker.core.messages import (
    FeedControl,
    FeedOpened,
    FeedOptions,
    FeedRefused,
    FeedState,
    SymbolInfo,
)
from piker.data.bus import open_feed_bus
from piker.runtime.wire import from_wire, to_wire
from piker.shm import attach_shm_array

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from piker.shm import ShmArray

__all__ = ['Feed', 'open_feed', 'symbol_of']

LOST = (
    tractor.ContextCancelled,
    tractor.RemoteActorError,
    trio.BrokenResourceError,
    trio.ClosedResourceError,
    trio.EndOfChannel,
)


class Feed:
    """A market that is being fed.

    Its rings stay readable until the feed is closed, also after it broke off.

    Parameters
    ----------
    opened : FeedOpened
        What the brokerd said of it.
    fast, slow, quote : ShmArray
        Its rings, attached.
    stream : tractor.MsgStream
        The connection.

    Attributes
    ----------
    symbol : Symbol
        What it is of.
    fast, slow : ShmArray
        Rings of `piker.core.rows.BAR`; the last row of each is live.
    quote : ShmArray
        Ring of `piker.core.rows.QUOTE` with one row; empty before the first quote.
    fast_period_ns, slow_period_ns : int
        Periods of the bars.
    phase_ns : int
        Time since which both are counted.
    mode : str
        'LIVE' or 'REPLAY'.
    state : FeedState
        How it stands, as far as the brokerd told.
    """

    def __init__(
        self,
        opened: FeedOpened,
        rings: tuple[ShmArray, ShmArray, ShmArray],
        stream: tractor.MsgStream,
    ) -> None:
        self.symbol = symbol_of(opened.symbol)
        self.fast, self.slow, self.quote = rings
        self.fast_period_ns = opened.fast_period_ns
        self.slow_period_ns = opened.slow_period_ns
        self.phase_ns = opened.phase_ns
        self.mode = opened.mode
        self.state = FeedState()
        self.stream = stream
        self.change = trio.Event()

    async def pause(self) -> None:
        """Stop the clock of a replay, for everyone who holds it.

        Raises
        ------
        FeedError
            When the brokerd is gone.
        """
        await self.ask(FeedControl(is_paused=True))

    async def resume(self) -> None:
        """Let the clock of a replay run again.

        Raises
        ------
        FeedError
            When the brokerd is gone.
        """
        await self.ask(FeedControl(is_paused=False))

    async def set_speed(self, speed: float) -> None:
        """Let a replay run at another speed.

        Parameters
        ----------
        speed : float
            Multiple of recorded time, positive; infinity: as fast as possible.

        Raises
        ------
        FeedError
            When the speed is not positive, or the brokerd is gone.
        """
        if not speed > 0 or math.isnan(speed):
            raise FeedError(
                f'a replay cannot run at {speed} times real time: give a positive number, or inf'
            )
        await self.ask(FeedControl(speed=speed))

    async def ask(self, wanted: FeedControl) -> None:
        """Send a request; what became of it comes with the next state."""
        try:
            await self.stream.send(to_wire(wanted))
        except LOST as error:
            raise lost(self.symbol.fqsn, error) from error

    async def wait_for_change(self) -> FeedState:
        """Wait until the brokerd tells a new state, and return it."""
        await self.change.wait()
        return self.state

    async def follow(self) -> None:
        """Keep the state up to date until the connection ends.

        Raises
        ------
        FeedError
            When the feed broke off, or its brokerd is gone.
        """
        try:
            async for message in self.stream:
                self.state = from_wire(message, FeedState)
                self.change.set()
                self.change = trio.Event()
                if self.state.failure:
                    raise FeedError(self.state.failure)
        except LOST as error:
            raise lost(self.symbol.fqsn, error) from error
        raise lost(self.symbol.fqsn)


def lost(fqsn: str, cause: BaseException | None = None) -> FeedError:
    """Return the error for a brokerd that is gone, or that failed for a reason of its own."""
    is_fault = isinstance(cause, tractor.RemoteActorError) and not isinstance(
        cause, tractor.ContextCancelled
    )
    if is_fault:
        return FeedError(
            f'the feed of {fqsn} broke off by a fault of its daemon: {cause}; open it again'
        )
    return FeedError(f'the feed of {fqsn} ended because its daemon is gone: open it again')


def symbol_of(info: SymbolInfo) -> Symbol:
    """Return the symbol that a message describes."""
    parts = parse_fqsn(info.fqsn)
    return Symbol(
        fqsn=info.fqsn,
        name=info.name or info.fqsn,
        provider=parts.provider,
        venue=parts.venue or '',
        suffix=parts.suffix or '',
        price_tick=info.price_tick,
        size_tick=info.size_tick,
        note=info.note,
    )


def refusal(refused: FeedRefused) -> PikerError:
    """Return the error that a brokerd described, of the class that it named."""
    kind = getattr(errors, refused.error, None)
    if isinstance(kind, type) and issubclass(kind, PikerError):
        return kind(refused.text)
    return FeedError(refused.text)


@asynccontextmanager
async def open_feed(portal: tractor.Portal, fqsn: str, options: FeedOptions) -> AsyncIterator[Feed]:
    """Open a feed of a brokerd and attach its rings.

    Parameters
    ----------
    portal : tractor.Portal
        To the brokerd.
    fqsn : str
        Which symbol; '' where the options name a file of one symbol.
    options : FeedOptions
        How it is asked for.

    Yields
    ------
    Feed
        With its history in. When it breaks off the body is cancelled, and the error raised.

    Raises
    ------
    SymbolError
        When there is no such symbol.
    DataFileError
        When a file cannot be used.
    FeedError
        When the feed breaks off or its brokerd dies.
    """
    try:
        async with portal.open_context(open_feed_bus, fqsn=fqsn, options=to_wire(options)) as (
            ctx,
            first,
        ):
            answer = from_wire(first, FeedOpened | FeedRefused)
            if isinstance(answer, FeedRefused):
                raise refusal(answer)
            with ExitStack() as attached:
                rings = tuple(
                    attached.enter_context(attach_shm_array(token))
                    for token in (answer.fast, answer.slow, answer.quote)
                )
                async with ctx.open_stream() as stream, trio.open_nursery() as nursery:
                    feed = Feed(answer, (rings[0], rings[1], rings[2]), stream)
                    nursery.start_soon(feed.follow)
                    yield feed
                    nursery.cancel_scope.cancel()
            await ctx.cancel()
    except LOST as error:
        raise lost(fqsn or str(options.file), error) from error
