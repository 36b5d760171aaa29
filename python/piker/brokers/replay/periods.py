"""Periods of a recording's bars: those that a file of bars has, and those that suit its ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from piker.core.errors import DataFileError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ['LONGEST_PERIOD_NS', 'BarGrid', 'bar_grid', 'tick_period']

SECOND = 1_000_000_000
PERIODS_S = (1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400)
MOST_ROWS_PER_TICK = 16
WIDEST_SPREAD = 8
MOST_HOLES = 16
UNIT_NAMES = {86_400: 'd', 3600: 'h', 60: 'min', 1: 's'}
UNITS_S = tuple(UNIT_NAMES)
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
MONTH = 30 * DAY
# Calendar months, an hour of summer time included.
SHORTEST_MONTH, LONGEST_MONTH = 28 * DAY - HOUR, 31 * DAY + HOUR
LONGEST_PERIOD_NS = 30 * 365 * DAY
"""No bar is longer, so that two periods behind the last time still fit int64."""


class BarGrid(NamedTuple):
    """When bars open: at the phase, and every period before and after it.

    Attributes
    ----------
    period_ns : int
        Their length, whole seconds.
    phase_ns : int
        In [0, period_ns); 0 where they open at multiples of the period since 1970 UTC.
    is_uneven : bool
        Whether some open beside that grid: all then keep the times that they have.
    note : str
        What a reader of their chart must know of it, else ''.
    """

    period_ns: int
    phase_ns: int
    is_uneven: bool = False
    note: str = ''


def bar_grid(path: Path, times: NDArray[np.int64]) -> BarGrid:
    """Return the grid that bars of a file lie on.

    The period is the distance that most neighbours have, so that nights, weekends and holes do
    not matter. The phase is the earliest of their offsets in it: daily bars that open at 14:30 in
    winter and 13:30 in summer are of one grid. Bars are irregular where the offsets spread over
    more than an eighth of it, where two bars would share a place, or where the period is of some
    seconds and most bars are more than 16 of them apart: their period is then the median
    distance, and 30 days where most are a calendar month apart. The period of a single bar is the
    largest of a day, an hour, a minute and a second at a multiple of which it opens.

    Parameters
    ----------
    path : Path
        For the message.
    times : ndarray of shape (n,), int64
        When they open, ascending, all different, n at least 1.

    Returns
    -------
    BarGrid
        With a note where the period is not that of every bar.

    Raises
    ------
    DataFileError
        When they do not open at whole seconds.
    """
    if (times % SECOND).any():
        raise DataFileError(
            f'{path} has bars that do not open at whole seconds: give ticks, or round their times'
        )
    if len(times) == 1:
        unit_s = next(unit_s for unit_s in UNITS_S if times[0] % (unit_s * SECOND) == 0)
        return BarGrid(unit_s * SECOND, 0, note='the period of its single bar is assumed')
    distances = np.diff(times)
    different, counts = np.unique(distances, return_counts=True)
    period_ns = int(different[np.argmax(counts)])
    median_ns = int(np.sort(distances)[(len(distances) - 1) // 2])
    offset, spread = shortest_arc(times % period_ns, period_ns)
    places = (times - offset) // period_ns
    is_regular = (
        spread <= period_ns // WIDEST_SPREAD
        and period_ns <= LONGEST_PERIOD_NS
        and (period_ns >= MINUTE or median_ns <= MOST_HOLES * period_ns)
        and (np.diff(places) > 0).all()
    )
    if is_regular:
        return BarGrid(period_ns, offset, is_uneven=spread > 0)
    is_monthly = np.mean((distances >= SHORTEST_MONTH) & (distances <= LONGEST_MONTH)) > 0.5
    period_ns = MONTH if is_monthly else min(median_ns, LONGEST_PERIOD_NS)
    note = (
        'bars of calendar months, counted as 30 d'
        if is_monthly
        else f'bars are irregular, most of them about {spoken(period_ns)} apart'
    )
    return BarGrid(period_ns, int(times[0]) % period_ns, is_uneven=True, note=note)


def spoken(period_ns: int) -> str:
    """Return a period in its largest whole unit, such as 5 min."""
    seconds = period_ns // SECOND
    unit_s = next(unit_s for unit_s in UNITS_S if seconds % unit_s == 0)
    return f'{seconds // unit_s} {UNIT_NAMES[unit_s]}'


def shortest_arc(offsets: NDArray[np.int64], period_ns: int) -> tuple[int, int]:
    """Return where the shortest arc that holds all offsets on the circle of a period begins.

    Parameters
    ----------
    offsets : ndarray of shape (n,), int64
        In [0, period_ns), n at least 1.
    period_ns : int
        Length of the circle.

    Returns
    -------
    start, length : int
        Of the arc: the circle without the widest gap between neighbours.
    """
    ascending = np.unique(offsets)
    gaps = np.diff(ascending, prepend=ascending[-1] - period_ns)
    widest = int(np.argmax(gaps))
    return int(ascending[widest]), period_ns - int(gaps[widest])


def tick_period(times: NDArray[np.int64]) -> int:
    """Return the period of bars that suits ticks: a second unless they are few and far between.

    Parameters
    ----------
    times : ndarray of shape (n,), int64
        Their times, ascending.

    Returns
    -------
    int
        Nanoseconds; the shortest of `PERIODS_S` that makes at most 16 rows a tick.
    """
    span_s = int(times[-1] - times[0]) / SECOND
    wanted_s = span_s / (MOST_ROWS_PER_TICK * len(times))
    fitting = [period_s for period_s in PERIODS_S if period_s >= wanted_s]
    return (fitting[0] if fitting else PERIODS_S[-1]) * SECOND
