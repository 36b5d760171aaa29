"""Sessions of a recording: when its market was open, as far as its rows tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ['sessions_of_bars', 'sessions_of_ticks']

SECOND = 1_000_000_000
QUIET_S = 3600
QUIET_ROWS = 60


def sessions_of_bars(times: NDArray[np.int64], period_ns: int) -> NDArray[np.int64]:
    """Return when a market was open, given that every bar of it is there.

    Parameters
    ----------
    times : ndarray of shape (n,), int64
        When the bars open, ascending, n at least 1.
    period_ns : int
        Their length.

    Returns
    -------
    ndarray of shape (k, 2), int64
        Opening and closing time of each run of bars.
    """
    breaks = np.flatnonzero(np.diff(times) > period_ns)
    starts = np.concatenate(([0], breaks + 1))
    stops = np.concatenate((breaks, [len(times) - 1]))
    return np.stack([times[starts], times[stops] + period_ns], axis=1)


def sessions_of_ticks(times: NDArray[np.int64], period_ns: int) -> NDArray[np.int64] | None:
    """Return when a market was open, as far as its ticks tell.

    A recording has no calendar: a silence of more than an hour, and of more than 60 periods,
    counts as closed time.

    Parameters
    ----------
    times : ndarray of shape (n,), int64
        The venue's times of the ticks, in any order, n at least 1.
    period_ns : int
        Period of the bars.

    Returns
    -------
    ndarray of shape (k, 2), int64 or None
        Opening and closing time of each session; None where there was no such silence.
    """
    ascending = np.sort(times)
    quiet = max(QUIET_S * SECOND, QUIET_ROWS * period_ns)
    if not (np.diff(ascending) > quiet).any():
        return None
    sessions = sessions_of_bars(ascending, quiet)
    sessions[:, 1] += 1 - quiet
    return sessions
