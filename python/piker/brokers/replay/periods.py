"""Periods of a recording's bars: those that a file of bars has, and those that suit its ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from piker.core.errors import DataFileError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ['BarGrid', 'bar_grid', 'tick_period']

SECOND = 1_000_000_000
PERIODS_S = (1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400)
MOST_ROWS_PER_TICK = 16
WIDEST_SPREAD = 8
UNITS_S = (86_400, 3600, 60, 1)


class BarGrid(NamedTuple):
    """When bars open: at the phase, and every period before and after it.

    Attributes
    ----------
    period_ns : int
        Their length, whole seconds.
    phase_ns : int
        In [0, period_ns); 0 where they open at multiples of the period since 1970 UTC.
    """

    period_ns: int
    phase_ns: int

    def floor(self, times: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return when the bars that times fall in open."""
        return times - (times - self.phase_ns) % self.period_ns


def bar_grid(path: Path, times: NDArray[np.int64]) -> BarGrid:
    """Return the grid that bars of a file lie on.

    The period is the distance that most neighbours have, so that nights, weekends and holes do
    not matter. The phase is the earliest of their offsets in it: daily bars that open at 14:30 in
    winter and 13:30 in summer are of one grid. Where they spread over more than an eighth of it, as
    those of months do, or two bars would share a place, the period is the largest that divides
    all distances. The period of a single bar is the largest of a
    day, an hour, a minute and a second at a multiple of which it opens.

    Parameters
    ----------
    path : Path
        For the message.
    times : ndarray of shape (n,), int64
        When they open, ascending, all different, n at least 1.

    Returns
    -------
    BarGrid
        On which every bar has a place of its own.

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
        return BarGrid(unit_s * SECOND, 0)
    distances, counts = np.unique(np.diff(times), return_counts=True)
    period_ns = int(distances[np.argmax(counts)])
    offset, spread = shortest_arc(times % period_ns, period_ns)
    grid = BarGrid(period_ns, offset)
    if spread <= period_ns // WIDEST_SPREAD and (np.diff(grid.floor(times)) > 0).all():
        return grid
    period_ns = int(np.gcd.reduce(distances))
    return BarGrid(period_ns, int(times[0]) % period_ns)


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
