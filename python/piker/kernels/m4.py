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


class M4(NamedTuple):
    """A downsampled series.

    Attributes
    ----------
    x : ndarray of shape (m,), float64
        Left edge of each non-empty column, ascending.
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
        Ascending, uniform or not. Integers are compared with the edges exactly, so that an epoch
        in nanoseconds keeps every digit. Points out of order between the ends are not noticed: they
        count for the column that surrounds them.
    y : array_like of shape (n,)
        Values; NaN and infinities are gaps.
    uppx : float
        Units of x in a pixel, positive.
    origin : float, optional
        Left edge of column 0; `x[0]` by default.
    is_oversampled : bool, optional
        Divide each pixel into `oversampling` columns: more detail where few points share a pixel.

    Returns
    -------
    M4
        Fresh arrays; columns without a finite value are left out.

    Raises
    ------
    InputError
        When lengths differ, an end of x is not finite or the ends descend, or uppx is not positive
        or too small to tell columns of this x apart.

    References
    ----------
    Jugel, Jerzak, Hackenbroich, Markl: M4: A Visualization-Oriented Time Series Data Aggregation,
    VLDB 2014.
    """
    uppx = arguments.positive(uppx, 'uppx')
    is_divided = arguments.flag(is_oversampled, 'is_oversampled')
    values = arguments.floats(y, 'y')
    array = arguments.array_of(x, 'x')
    is_exact = array.dtype.kind in 'iu' and array.dtype != np.uint64
    if is_exact and (origin is None or arguments.number(origin, 'origin').is_integer()):
        integers = arguments.wholes(array, 'x')
        if origin is None:
            origin = int(integers[0]) if len(integers) else 0
        start = arguments.whole(int(origin), 'origin')
        width = divided(uppx, integers) if is_divided else uppx
        return M4(*_rust.m4_integers(integers, values, width, start))
    reals = arguments.floats(array, 'x')
    if origin is None:
        origin = float(reals[0]) if len(reals) and np.isfinite(reals[0]) else 0.0
    width = divided(uppx, reals) if is_divided else uppx
    return M4(*_rust.m4_floats(reals, values, width, arguments.number(origin, 'origin')))


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


def divided(uppx: float, x: NDArray[np.int64] | NDArray[np.float64]) -> float:
    """Return the width of a pixel, divided by how many columns its points allow."""
    span = float(x[-1]) - float(x[0]) if len(x) else 0.0
    return uppx / oversampling(len(x) * (uppx / span)) if span > 0 else uppx


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
