"""The series that are measured, and what kernels have to make of them, by NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ['Points', 'assert_same_bits', 'columns', 'part_edges', 'points', 'walk', 'with_gaps']

GAPS = 0.01


class Points(NamedTuple):
    """A series with places.

    Attributes
    ----------
    x : ndarray of shape (n,), int64
        Ascending in steps of 1 to 19.
    y : ndarray of shape (n,), float64
        A random walk.
    """

    x: NDArray[np.int64]
    y: NDArray[np.float64]

    def uppx(self, pixels: int) -> float:
        """Return a whole width of pixels, by which all points fit into so many."""
        return float(-(-int(self.x[-1] - self.x[0] + 1) // pixels))


def walk(rows: int) -> NDArray[np.float64]:
    """Return a random walk, the same for the same number of rows."""
    values = np.random.default_rng(rows).standard_normal(rows)
    return np.cumsum(values, out=values)


def points(rows: int) -> Points:
    """Return a random walk over places that are not uniform."""
    steps = np.random.default_rng(rows + 1).integers(1, 20, rows)
    return Points(np.cumsum(steps, out=steps), walk(rows))


def with_gaps(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a copy of which one row in a hundred, at random, is NaN."""
    gappy = values.copy()
    places = np.random.default_rng(2).integers(0, len(gappy), int(len(gappy) * GAPS))
    gappy[places] = np.nan
    return gappy


def part_edges(start: int, stop: int, count: int) -> NDArray[np.int64]:
    """Return where `count` equal parts of a window begin, and its end."""
    return np.array([start + k * (stop - start) // count for k in range(count + 1)])


def columns(values: NDArray[np.float64], edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return first, min, max and last of the finite values of columns, none of which is empty.

    Parameters
    ----------
    values : ndarray of shape (n,), float64
        NaN are gaps; each column has a value that is none.
    edges : ndarray of shape (m + 1,), int64
        Where columns begin, ascending, and where the last one ends.

    Returns
    -------
    ndarray of shape (m, 4), float64
    """
    window = values[: edges[-1]]
    kept = np.flatnonzero(np.isfinite(window))
    found = np.searchsorted(kept, edges)
    return np.column_stack(
        (
            values[kept[found[:-1]]],
            np.fmin.reduceat(window, edges[:-1]),
            np.fmax.reduceat(window, edges[:-1]),
            values[kept[found[1:] - 1]],
        )
    )


def assert_same_bits(found: NDArray[np.float64], expected: NDArray[np.float64]) -> None:
    """Fail unless two arrays are equal to the bit."""
    np.testing.assert_array_equal(
        np.ascontiguousarray(found).view(np.int64), np.ascontiguousarray(expected).view(np.int64)
    )
