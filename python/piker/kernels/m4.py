"""M4 downsampling and bounds of whole arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from piker import _rust
from piker.core.errors import InputError
from piker.kernels import arguments

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ['M4', 'bounds', 'ds_m4', 'oversampling']

MOST_OVERSAMPLING = 16
PIVOT_ROWS = 64.0
MOST_INT64 = 2**63 - 1
# Each integer up to it is one of float64.
MOST_EXACT = 2**53


class M4(NamedTuple):
    """A downsampled series.

    Attributes
    ----------
    x : ndarray of shape (m,), float64
        Left edge of each non-empty column, ascending; rounded to float64, though points are put
        into columns by exact edges. Near an epoch in nanoseconds float64 tells multiples of 256
        apart: narrower columns may have one x in common. Where that matters, hand in x less an
        origin of the caller's.
    y : ndarray of shape (m, 4), float64
        First, min, max and last of the finite values of each.
    bounds : tuple of float
        The least and the greatest of all; NaN twice where there is no column.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    bounds: tuple[float, float]


def ds_m4(
    x: ArrayLike,
    y: ArrayLike,
    uppx: float,
    origin: float | None = None,
    *,
    is_oversampled: bool = False,
) -> M4:
    """Downsample to first, min, max and last of each pixel column.

    Column k holds the points with `origin + k * uppx <= x < origin + (k + 1) * uppx`; the edges
    are multiplied out, never accumulated. The time it takes depends on the values, hardly on x:
    only the x around edges are looked at.

    Parameters
    ----------
    x : array_like of shape (n,)
        Ascending, uniform or not. Integers that fit int64 are compared with edges that are not
        rounded, so that an epoch in nanoseconds keeps every digit. Points out of order between the
        ends are refused where a column would begin with one; others are not noticed, and count for
        the column that surrounds them.
    y : array_like of shape (n,)
        Values; NaN and infinities are gaps.
    uppx : float
        Units of x in a pixel, positive.
    origin : float, optional
        Left edge of column 0; `x[0]` by default. Where x is integers and this is not, x is read as
        float64, which has to hold it exactly.
    is_oversampled : bool, optional
        Divide each pixel into `oversampling` columns: more detail where few points share a pixel.

    Returns
    -------
    M4
        Fresh arrays; columns without a finite value are left out.

    Raises
    ------
    InputError
        When lengths differ, an end of x is not finite, x was seen to descend, uppx is not
        positive or too small to tell columns of this x apart, or origin is a fraction where x has
        integers that float64 does not hold.

    References
    ----------
    Jugel, Jerzak, Hackenbroich, Markl: M4: A Visualization-Oriented Time Series Data Aggregation,
    VLDB 2014.
    """
    uppx = arguments.positive(uppx, 'uppx')
    is_divided = arguments.flag(is_oversampled, 'is_oversampled')
    values = arguments.floats(y, 'y')
    array = arguments.array_of(x, 'x')
    if array.dtype == np.uint64 and array.ndim == 1 and len(array) and array[-1] <= MOST_INT64:
        array = array.astype(np.int64)
    is_whole = array.dtype.kind in 'iu' and array.dtype != np.uint64
    start = None if origin is None else arguments.number(origin, 'origin')
    if is_whole and (start is None or start.is_integer()):
        integers = arguments.wholes(array, 'x')
        if origin is None:
            origin = int(integers[0]) if len(integers) else 0
        parts = columns_of(uppx, integers, is_divided)
        begin = arguments.whole(int(origin), 'origin')
        return M4(*_rust.m4_integers(integers, values, uppx, begin, parts))
    reals = arguments.floats(array, 'x')
    if is_whole and len(array) and max(-int(array[0]), int(array[-1])) > MOST_EXACT:
        raise InputError(
            f'invalid origin: not a whole number, was {start}, and x has integers that float64 '
            'does not hold'
        )
    if start is None:
        start = float(reals[0]) if len(reals) and np.isfinite(reals[0]) else 0.0
    width = uppx / columns_of(uppx, reals, is_divided)
    return M4(*_rust.m4_floats(reals, values, width, start))


def oversampling(rows: float) -> int:
    """Return how many columns a pixel is divided into: a log sigmoid of the points in it.

    Parameters
    ----------
    rows : float
        Points a pixel, on average; 0 or more.

    Returns
    -------
    int
        16 where they are few, 9 at 64 points, 1 from some 2000 on. It is whole, so that every edge
        of a pixel stays the edge of a column.

    Raises
    ------
    InputError
        When it is no number, NaN or negative.
    """
    count = arguments.real(rows, 'rows')
    if not count >= 0:
        raise InputError(f'invalid rows: not a number from 0 on, was {count}')
    return 1 + round((MOST_OVERSAMPLING - 1) / (1 + count / PIVOT_ROWS))


def columns_of(uppx: float, x: NDArray[np.int64] | NDArray[np.float64], is_divided: bool) -> int:
    """Return into how many columns a pixel is divided, which its points decide."""
    span = float(x[-1]) - float(x[0]) if is_divided and len(x) else 0.0
    return oversampling(len(x) * (uppx / span)) if span > 0 else 1


def bounds(y: ArrayLike) -> tuple[float, float]:
    """Return the least and the greatest finite value.

    Parameters
    ----------
    y : array_like of shape (n,)
        Values; NaN and infinities are gaps.

    Returns
    -------
    tuple of float
        NaN twice where no value is finite.

    Raises
    ------
    InputError
        When `y` is not real numbers in one dimension.
    """
    return _rust.bounds(arguments.floats(y, 'y'))
