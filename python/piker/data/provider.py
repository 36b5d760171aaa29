"""The shape that every provider package fulfils, and what its parts hand to the bus.

A provider is a package with the modules `symbols` (`open_market`, `search_symbols`), `feed`
(`stream_quotes`) and `history` (`open_history_client`); its `__init__` gathers them in one
`Provider`, so that nobody looks a module up by name.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

import msgspec

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    import numpy as np
    from numpy.typing import NDArray
    from trio import TaskStatus

    from piker.accounting.symbols import Symbol
    from piker.core.messages import FeedOptions

__all__ = [
    'Capabilities',
    'HistoryClient',
    'HistoryLimits',
    'Market',
    'PlayState',
    'Playback',
    'Provider',
    'Sink',
]


Sink = Callable[['NDArray[np.int64]', 'NDArray[np.void]', int], None]
"""Takes ticks: when each arrived (shape (n,), int64), the ticks (shape (n,), TICK), and how far
the recording clock is; n may be 0. A bid and an ask of one quote are handed over together."""


class Capabilities(msgspec.Struct, frozen=True):
    """What a provider can do.

    Attributes
    ----------
    quotes : bool
        It streams quotes.
    history : bool
        It serves bars of the past.
    playback : bool
        Its clock can be paused and sped up.
    """

    quotes: bool = True
    history: bool = True
    playback: bool = False


class HistoryLimits(NamedTuple):
    """How a provider wants to be asked for history.

    Attributes
    ----------
    frame_rows : int
        Most bars in one answer.
    """

    frame_rows: int


class HistoryClient(Protocol):
    """Answers requests for bars of the past.

    Attributes
    ----------
    limits : HistoryLimits
        How it wants to be asked.
    """

    limits: HistoryLimits

    async def bars(self, period_ns: int, stop_ns: int | None, count: int) -> NDArray[np.void]:
        """Return the newest closed bars before a time.

        Parameters
        ----------
        period_ns : int
            Length of a bar.
        stop_ns : int or None
            Only bars that open before it; None: up to where live data begins.
        count : int
            At most so many, and at most `limits.frame_rows`.

        Returns
        -------
        ndarray of shape (n,), `piker.core.rows.BAR`
            Ascending in time; empty where there is nothing older.
        """


class PlayState(NamedTuple):
    """How a playback stands.

    Attributes
    ----------
    position_ns : int
        The recorded time that is being played.
    speed : float
        Recorded seconds a second; infinite: as fast as possible.
    is_paused, is_ended : bool
        Whether it waits for `resume`; whether everything was played.
    """

    position_ns: int
    speed: float
    is_paused: bool
    is_ended: bool


class Playback(Protocol):
    """The clock of a market that is played from a recording."""

    @property
    def state(self) -> PlayState:
        """How it stands now."""

    def pause(self) -> None:
        """Stop the clock."""

    def resume(self) -> None:
        """Let the clock run again."""

    def set_speed(self, speed: float) -> None:
        """Let recorded time run `speed` times as fast as real time; infinity: no waiting.

        Raises
        ------
        FeedError
            When the speed is not positive.
        """

    async def changed(self) -> None:
        """Wait until the state other than the position changes."""


class Market(Protocol):
    """One symbol of one provider, opened.

    Attributes
    ----------
    symbol : Symbol
        What it is.
    fast_period_ns, slow_period_ns : int
        Periods of the two series of bars; both in whole nanoseconds.
    phase_ns : int
        Time since which both are counted; 0 where bars open at multiples of their period.
    mode : str
        'LIVE', 'REPLAY' or 'DELAYED', as shown to the trader.
    kind : int
        Which ticks make bars: TRADE, BID, ASK, or MID of bid and ask.
    sessions : ndarray of shape (k, 2), int64 or None
        When the market is open; None: always.
    opens : ndarray of shape (n,), int64 or None
        When the fast bars open, where they are uneven, as months are; None: every period.
    playback : Playback or None
        Its clock, where it is played from a recording.
    """

    @property
    def symbol(self) -> Symbol:
        """What it is."""

    @property
    def fast_period_ns(self) -> int:
        """Period of the fast bars."""

    @property
    def slow_period_ns(self) -> int:
        """Period of the slow bars."""

    @property
    def phase_ns(self) -> int:
        """Time since which periods are counted."""

    @property
    def mode(self) -> str:
        """What the trader is told of it."""

    @property
    def kind(self) -> int:
        """Which ticks make bars."""

    @property
    def sessions(self) -> NDArray[np.int64] | None:
        """When the market is open."""

    @property
    def opens(self) -> NDArray[np.int64] | None:
        """When uneven bars open."""

    @property
    def playback(self) -> Playback | None:
        """Its clock, where it is played from a recording."""


M_contra = TypeVar('M_contra', bound=Market, contravariant=True)
M = TypeVar('M', bound=Market)


class StreamQuotes(Protocol[M_contra]):
    """Streams the ticks of a market."""

    async def __call__(
        self, market: M_contra, sink: Sink, *, task_status: TaskStatus[None]
    ) -> None:
        """Hand ticks to the sink until the market ends.

        `task_status.started()` is called once the connection stands, before the first tick. It
        is cancelled from outside, and closes its own connection then.
        """


class Provider(NamedTuple, Generic[M]):
    """A provider: its name and its functions.

    Attributes
    ----------
    name : str
        Last part of its fqsns.
    capabilities : Capabilities
        What it can do.
    open_market : callable
        (fqsn, options) to a context manager of a `Market`.
    search_symbols : callable
        Pattern to a list of `Symbol`, best first.
    stream_quotes : StreamQuotes
        Streams the ticks of a market.
    open_history_client : callable
        Market to a context manager of a `HistoryClient`.
    """

    name: str
    capabilities: Capabilities
    open_market: Callable[[str, FeedOptions], AbstractAsyncContextManager[M]]
    search_symbols: Callable[[str], Awaitable[list[Symbol]]]
    stream_quotes: StreamQuotes[M]
    open_history_client: Callable[[M], AbstractAsyncContextManager[HistoryClient]]
