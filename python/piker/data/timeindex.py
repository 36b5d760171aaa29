"""Finds rows of a ring by time, without copying it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from piker.shm import ShmArray

__all__ = ['row_at', 'rows_between']


def row_at(ring: ShmArray, time_ns: int, *, stop: int | None = None) -> int:
    """Return the first row that opens at or after a time.

    Parameters
    ----------
    ring : ShmArray
        Rows with an ascending field `time`.
    time_ns : int
        The time.
    stop : int, optional
        Look only at rows before it; by default at all.

    Returns
    -------
    int
        Absolute index in [ring.first, stop]; `stop` where every row is older.

    Raises
    ------
    Overrun
        When the writer lapped the oldest rows meanwhile.
    """
    first = ring.first
    end = ring.last if stop is None else stop
    if end <= first:
        return end
    place = first + int(np.searchsorted(ring.column('time', first, end), time_ns))
    ring.check(first)
    return place


def rows_between(ring: ShmArray, start_ns: int, stop_ns: int) -> tuple[int, int]:
    """Return the rows that open in a span of time.

    Parameters
    ----------
    ring : ShmArray
        Rows with an ascending field `time`.
    start_ns, stop_ns : int
        The span, half-open.

    Returns
    -------
    start, stop : int
        Absolute indices, half-open.

    Raises
    ------
    Overrun
        When the writer lapped the oldest rows meanwhile.
    """
    return row_at(ring, start_ns), row_at(ring, stop_ns)
