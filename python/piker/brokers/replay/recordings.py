"""Recordings: what replay plays, either ticks as they were recorded or ticks made of bars.

A recording has two times: the recorded one, when a tick was received, which paces the replay, and
the venue's, which keys the bars. Where a file has only one, both are that one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from piker.brokers.replay.barticks import bar_ticks, with_quotes
from piker.brokers.replay.interpolation import split_bars
from piker.brokers.replay.periods import LONGEST_PERIOD_NS
from piker.brokers.replay.sessions import sessions_of_bars, sessions_of_ticks
from piker.core.rows import TRADE
from piker.data.sampler import resample_ticks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from piker.accounting.symbols import Symbol

__all__ = [
    'BarRecording',
    'Chunk',
    'InterpolatedRecording',
    'Recording',
    'TickRecording',
]

SECOND = 1_000_000_000
CHUNK_BARS = 1024


class Chunk(NamedTuple):
    """A run of ticks.

    Attributes
    ----------
    recorded : ndarray of shape (n,), int64
        When each was received, nanoseconds UTC, ascending.
    ticks : ndarray of shape (n,), `piker.core.rows.TICK`
        The ticks.
    """

    recorded: NDArray[np.int64]
    ticks: NDArray[np.void]


class Recording(Protocol):
    """Market data that can be played.

    Attributes
    ----------
    symbol : Symbol
        What it is of.
    fast_period_ns, slow_period_ns : int
        Periods of its bars: the finest it can show, and the overview's.
    phase_ns : int
        Time since which both are counted.
    kind : int
        Which ticks make bars: 1 trades, 2 bids.
    sessions : ndarray of shape (k, 2), int64 or None
        When the market was open, by the venue's time; None: always.
    opens : ndarray of shape (n,), int64 or None
        When its fast bars open, where they are uneven; None: every period.
    speed : float
        How fast it plays where nobody says otherwise.
    first_ns, last_ns : int
        Recorded time of its first and last tick.
    """

    symbol: Symbol
    fast_period_ns: int
    slow_period_ns: int
    phase_ns: int
    kind: int
    sessions: NDArray[np.int64] | None
    opens: NDArray[np.int64] | None
    speed: float

    @property
    def first_ns(self) -> int:
        """Recorded time of the first tick."""

    @property
    def last_ns(self) -> int:
        """Recorded time of the last tick."""

    def venue_time(self, recorded_ns: int) -> int:
        """Return the venue's time of the first tick recorded at or after a moment."""

    def bars(self, period_ns: int, stop_ns: int, count: int) -> NDArray[np.void]:
        """Return at most `count` bars, the newest, that open before `stop_ns`, ascending."""

    def chunks(self, start_ns: int) -> Iterator[Chunk]:
        """Yield the ticks whose venue time is at or after `start_ns`, as recorded."""


class TickRecording:
    """Ticks as they were recorded.

    Parameters
    ----------
    symbol : Symbol
        What they are of.
    recorded : ndarray of shape (n,), int64
        When each was received, ascending, n at least 1.
    ticks : ndarray of shape (n,), `piker.core.rows.TICK`
        The ticks.
    period_ns : int
        Period of the fast bars; the slow ones are 60 times longer.
    kind : int, optional
        Which ticks make bars: 1 trades, 2 bids.
    """

    def __init__(
        self,
        symbol: Symbol,
        recorded: NDArray[np.int64],
        ticks: NDArray[np.void],
        period_ns: int,
        *,
        kind: int = TRADE,
    ) -> None:
        self.symbol = symbol
        self.recorded = recorded
        self.ticks = ticks
        self.fast_period_ns = period_ns
        self.slow_period_ns = 60 * period_ns
        self.phase_ns = 0
        self.kind = kind
        self.sessions = sessions_of_ticks(ticks['time'], period_ns)
        self.opens: NDArray[np.int64] | None = None
        self.speed = 1.0

    @property
    def first_ns(self) -> int:
        """Recorded time of the first tick."""
        return int(self.recorded[0])

    @property
    def last_ns(self) -> int:
        """Recorded time of the last tick."""
        return int(self.recorded[-1])

    def venue_time(self, recorded_ns: int) -> int:
        """Return the venue's time of the first tick recorded at or after a moment."""
        place = min(int(np.searchsorted(self.recorded, recorded_ns)), len(self.ticks) - 1)
        return int(self.ticks['time'][place])

    def bars(self, period_ns: int, stop_ns: int, count: int) -> NDArray[np.void]:
        """Return at most `count` bars, the newest, that open before `stop_ns`, ascending."""
        ticks = self.ticks[self.ticks['time'] < stop_ns]
        rows = resample_ticks([ticks], period_ns, sessions=self.sessions, kind=self.kind)
        return rows[-count:]

    def chunks(self, start_ns: int) -> Iterator[Chunk]:
        """Yield the ticks whose venue time is at or after `start_ns`, as recorded."""
        is_played = self.ticks['time'] >= start_ns
        yield Chunk(self.recorded[is_played], self.ticks[is_played])


class BarRecording:
    """Ticks made of bars, so that the bars made of the ticks are the bars again.

    Parameters
    ----------
    symbol : Symbol
        What they are of.
    bars : ndarray of shape (n,), `piker.core.rows.BAR`
        Ascending, at multiples of the period after the phase unless uneven, n at least 1.
    period_ns : int
        Their period; the slow bars are 60 times longer, but of no more than 30 years.
    phase_ns : int, optional
        Time since which periods are counted.
    is_uneven : bool, optional
        Whether the bars open at times of their own; the period is then the usual distance.
    """

    def __init__(
        self,
        symbol: Symbol,
        bars: NDArray[np.void],
        period_ns: int,
        *,
        phase_ns: int = 0,
        is_uneven: bool = False,
    ) -> None:
        times = bars['time'].copy()
        self.symbol = symbol
        self.rows = bars
        self.fast_period_ns = period_ns
        self.slow_period_ns = max(1, min(60, LONGEST_PERIOD_NS // period_ns)) * period_ns
        self.phase_ns = phase_ns
        self.kind = TRADE
        self.sessions: NDArray[np.int64] | None = sessions_of_bars(times, period_ns)
        self.opens = times if is_uneven else None
        # A bar that is uneven ends before the next one, and before the slow bar that it opens in.
        left = self.slow_period_ns - (times - phase_ns) % self.slow_period_ns
        self.lengths = np.minimum(left, period_ns)
        np.minimum(self.lengths[:-1], np.diff(times), out=self.lengths[:-1])
        self.speed = 1.0

    @property
    def first_ns(self) -> int:
        """Recorded time of the first tick."""
        return int(self.rows['time'][0])

    @property
    def last_ns(self) -> int:
        """Recorded time of the last tick."""
        return int(self.rows['time'][-1]) + 3 * int(self.lengths[-1]) // 4

    def venue_time(self, recorded_ns: int) -> int:
        """Return the venue's time of the first bar that opens at or after a moment."""
        times = self.rows['time']
        return int(times[min(int(np.searchsorted(times, recorded_ns)), len(times) - 1)])

    def bars(self, period_ns: int, stop_ns: int, count: int) -> NDArray[np.void]:
        """Return at most `count` bars, the newest, that open before `stop_ns`, ascending."""
        stop = int(np.searchsorted(self.rows['time'], stop_ns))
        if period_ns == self.fast_period_ns:
            return self.rows[max(0, stop - count) : stop]
        runs = (
            self.ticks(start, min(start + CHUNK_BARS, stop)) for start in range(0, stop, CHUNK_BARS)
        )
        return resample_ticks(runs, period_ns, phase_ns=self.phase_ns, sessions=self.sessions)[
            -count:
        ]

    def chunks(self, start_ns: int) -> Iterator[Chunk]:
        """Yield the ticks whose venue time is at or after `start_ns`, as recorded."""
        first = int(np.searchsorted(self.rows['time'], start_ns))
        for start in range(first, len(self.rows), CHUNK_BARS):
            ticks = self.ticks(start, start + CHUNK_BARS)
            yield Chunk(ticks['time'], ticks)

    def ticks(self, start: int, stop: int) -> NDArray[np.void]:
        """Return the ticks that the bars [start, stop) are made of."""
        return bar_ticks(self.rows[start:stop], self.lengths[start:stop])


class InterpolatedRecording:
    """Real bars, with an interpolated path of shorter ones inside each.

    Parameters
    ----------
    symbol : Symbol
        What they are of; its note says that paths are interpolated.
    opens : ndarray of shape (n,), int64
        When the session of each real bar opens.
    bars : ndarray of shape (n,), `piker.core.rows.BAR`
        The real bars, n at least 1.
    slow_period_ns : int
        Their period.
    count : int
        How many minutes each of them spans from its opening.
    ticks_per_unit : int
        Inverse of the price tick.
    """

    def __init__(
        self,
        symbol: Symbol,
        opens: NDArray[np.int64],
        bars: NDArray[np.void],
        *,
        slow_period_ns: int,
        count: int,
        ticks_per_unit: int,
    ) -> None:
        self.symbol = symbol
        self.rows = bars
        self.session_opens = opens
        self.count = count
        self.ticks_per_unit = ticks_per_unit
        self.fast_period_ns = 60 * SECOND
        self.slow_period_ns = slow_period_ns
        self.phase_ns = 0
        self.kind = TRADE
        self.sessions: NDArray[np.int64] | None = sessions_of_bars(
            opens, count * self.fast_period_ns
        )
        self.opens: NDArray[np.int64] | None = None
        self.speed = 60.0

    @property
    def first_ns(self) -> int:
        """Recorded time of the first tick."""
        return int(self.session_opens[0])

    @property
    def last_ns(self) -> int:
        """Recorded time of the last tick."""
        return (
            int(self.session_opens[-1])
            + self.count * self.fast_period_ns
            - self.fast_period_ns // 4
        )

    def venue_time(self, recorded_ns: int) -> int:
        """Return the opening time of the first real bar that opens at or after a moment."""
        place = int(np.searchsorted(self.session_opens, recorded_ns))
        return int(self.session_opens[min(place, len(self.session_opens) - 1)])

    def bars(self, period_ns: int, stop_ns: int, count: int) -> NDArray[np.void]:
        """Return at most `count` bars, the newest, that open before `stop_ns`, ascending."""
        stop = int(np.searchsorted(self.rows['time'], stop_ns))
        if period_ns == self.slow_period_ns:
            return self.rows[max(0, stop - count) : stop]
        needed = -(-count // self.count) + 1
        minutes = self.split(max(0, stop - needed), stop)
        return minutes[minutes['time'] < stop_ns][-count:]

    def chunks(self, start_ns: int) -> Iterator[Chunk]:
        """Yield the ticks whose venue time is at or after `start_ns`, as recorded."""
        first = int(np.searchsorted(self.session_opens, start_ns))
        run = max(1, CHUNK_BARS // self.count)
        for start in range(first, len(self.rows), run):
            minutes = self.split(start, min(start + run, len(self.rows)))
            ticks = with_quotes(bar_ticks(minutes, self.fast_period_ns), self.ticks_per_unit)
            yield Chunk(ticks['time'], ticks)

    def split(self, start: int, stop: int) -> NDArray[np.void]:
        """Return the minutes of the real bars [start, stop)."""
        bars = self.rows[start:stop].copy()
        bars['time'] = self.session_opens[start:stop]
        return split_bars(bars, self.count, self.fast_period_ns, self.ticks_per_unit)
