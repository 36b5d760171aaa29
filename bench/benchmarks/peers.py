"""M4 by others: tsdownsample, a plain loop compiled by numba, and NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba
import numpy as np
import tsdownsample

from .series import columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .series import Points

__all__ = ['Columns', 'numba_m4', 'numpy_m4', 'tsdownsample_m4']


class Columns(NamedTuple):
    """The non-empty columns.

    Attributes
    ----------
    x : ndarray of shape (m,), float64
        Left edges.
    y : ndarray of shape (m, 4), float64
        First, min, max and last.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]


def tsdownsample_m4(series: Points, pixels: int, *, is_parallel: bool = False) -> NDArray[np.int64]:
    """Return which points tsdownsample keeps: four a pixel."""
    downsample = tsdownsample.M4Downsampler().downsample
    kept: NDArray[np.int64] = downsample(series.x, series.y, n_out=4 * pixels, parallel=is_parallel)
    return kept


def numpy_m4(series: Points, uppx: float) -> Columns:
    """Return columns by bisection and `reduceat`; each column has a finite value."""
    x, y = series
    origin = int(x[0])
    left = origin + uppx * np.arange(int((int(x[-1]) - origin) // uppx) + 1)
    starts = np.searchsorted(x, np.ceil(left).astype(np.int64))
    is_filled = np.diff(starts, append=len(x)) > 0
    edges = np.append(starts[is_filled], len(x))
    return Columns(left[is_filled], columns(y, edges))


def numba_m4(series: Points, uppx: float) -> Columns:
    """Return columns by one pass over all points."""
    x, y = series
    room = int((int(x[-1]) - int(x[0])) // uppx) + 1
    left, found = np.empty(room), np.empty((room, 4))
    count = compiled_pass(x, y, uppx, left, found)
    return Columns(left[:count], found[:count])


def one_pass(
    x: NDArray[np.int64],
    y: NDArray[np.float64],
    uppx: float,
    left: NDArray[np.float64],
    found: NDArray[np.float64],
) -> int:
    """Fill columns in order and return how many there are."""
    count = 0
    current = -1
    for row in range(len(y)):
        value = y[row]
        if not np.isfinite(value):
            continue
        column = int((x[row] - x[0]) / uppx)
        if column != current:
            current = column
            left[count] = x[0] + column * uppx
            found[count, :] = value
            count += 1
        else:
            found[count - 1, 1] = min(found[count - 1, 1], value)
            found[count - 1, 2] = max(found[count - 1, 2], value)
            found[count - 1, 3] = value
    return count


compiled_pass = numba.njit(one_pass)
