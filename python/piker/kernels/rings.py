"""Queries of a ring's closed rows, by addresses that the ring vouches for.

The memory may change while it is read, and a wrong address ends the process. `piker.data.columns`
holds the ring during the call, adds the live row, and checks the ring's counters afterwards; nobody
else calls these. Rows outside of the closed ones, or more than the ring holds, are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from piker import _rust
from piker.core.errors import InputError
from piker.core.words import describe
from piker.kernels import arguments

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    'FieldView',
    'ring_bounds',
    'ring_columns',
    'ring_ohlc_columns',
    'ring_positions',
    'ring_sums',
]

CLOSED = ('first', 'closed_last')


class FieldView(Protocol):
    """Where a column of a ring and its pyramid lie.

    Attributes
    ----------
    data : int
        Address of the column, which is mapped twice in a row.
    capacity : int
        Rows of the column.
    levels : sequence of tuple of int
        Address and slots of each level of the pyramid (layout: rust/series/src/pyramid.rs).
    reducer : str
        'minmax' or 'sum'.
    """

    @property
    def data(self) -> int:
        """Address of the column."""

    @property
    def capacity(self) -> int:
        """Rows of the column."""

    @property
    def levels(self) -> Sequence[tuple[int, int]]:
        """Address and slots of each level."""

    @property
    def reducer(self) -> str:
        """What the nodes hold."""


def ring_bounds(
    view: FieldView, first: int, closed_last: int, start: int, stop: int
) -> tuple[float, float]:
    """Return the least and the greatest finite value of closed rows.

    Parameters
    ----------
    view : FieldView
        The column; without a min/max pyramid every row is looked at.
    first, closed_last : int
        The rows that are there and closed, half-open.
    start, stop : int
        The window, half-open; what lies outside of the rows is left out.

    Returns
    -------
    tuple of float
        NaN twice where no value is finite.

    Raises
    ------
    InputError
        When the view cannot be one of a ring.
    """
    closed = arguments.window(first, closed_last, CLOSED)
    return _rust.ring_bounds(view, *closed, *arguments.window(start, stop))


def ring_positions(
    view: FieldView, first: int, closed_last: int, start: int, stop: int
) -> tuple[int, int] | None:
    """Return where the least and the greatest finite value of closed rows stand first.

    Parameters
    ----------
    view : FieldView
        The column; without a min/max pyramid every row is looked at.
    first, closed_last : int
        The rows that are there and closed, half-open.
    start, stop : int
        The window, half-open; what lies outside of the rows is left out.

    Returns
    -------
    tuple of int, or None
        Absolute rows; None where no value is finite, or the rows changed meanwhile.

    Raises
    ------
    InputError
        When the view cannot be one of a ring.
    """
    closed = arguments.window(first, closed_last, CLOSED)
    return _rust.ring_positions(view, *closed, *arguments.window(start, stop))


def ring_columns(
    view: FieldView, first: int, closed_last: int, edges: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return first, min, max and last of each column of closed rows.

    Parameters
    ----------
    view : FieldView
        The column; without a min/max pyramid every row is looked at.
    first, closed_last : int
        The rows that are there and closed, half-open.
    edges : ndarray of shape (m + 1,), int64
        Ascending absolute rows: column k is `[edges[k], edges[k + 1])`.

    Returns
    -------
    ndarray of shape (m, 4), float64
        NaN where a column has no finite value.

    Raises
    ------
    InputError
        When the view cannot be one of a ring, or the edges do not ascend.
    """
    closed = arguments.window(first, closed_last, CLOSED)
    return _rust.ring_columns(view, *closed, arguments.wholes(edges, 'edges'))


def ring_sums(
    view: FieldView,
    first: int,
    closed_last: int,
    edges: NDArray[np.int64],
    live: float | None = None,
) -> NDArray[np.float64]:
    """Return the canonical sum of each column of closed rows, and of the live one if it is given.

    The live row takes its place in the order of the sum, so that this is to the bit what it will be
    once the row has closed.

    Parameters
    ----------
    view : FieldView
        The column; without a sum pyramid every row is looked at.
    first, closed_last : int
        The rows that are there and closed, half-open.
    edges : ndarray of shape (m + 1,), int64
        Ascending absolute rows: column k is `[edges[k], edges[k + 1])`.
    live : float, optional
        The value of row `closed_last`, as it was copied; None: there is none, or it does not count.

    Returns
    -------
    ndarray of shape (m,), float64
        NaN where a column has no finite value.

    Raises
    ------
    InputError
        When the view cannot be one of a ring, or the edges do not ascend.
    """
    closed = arguments.window(first, closed_last, CLOSED)
    value = None if live is None else arguments.real(live, 'live')
    return _rust.ring_sums(view, *closed, arguments.wholes(edges, 'edges'), value)


def ring_ohlc_columns(
    views: Sequence[FieldView], first: int, closed_last: int, edges: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the bar that each column of closed rows comes to.

    Parameters
    ----------
    views : sequence of FieldView
        Open, high, low and close, best with min/max pyramids.
    first, closed_last : int
        The rows that are there and closed, half-open.
    edges : ndarray of shape (m + 1,), int64
        Ascending absolute rows: column k is `[edges[k], edges[k + 1])`.

    Returns
    -------
    ndarray of shape (m, 4), float64
        First open, highest high, lowest low, last close; each NaN where it has none.

    Raises
    ------
    InputError
        When the views are not four of a ring, or the edges do not ascend.
    """
    if not isinstance(views, (tuple, list)):
        raise InputError(f'invalid views: not four views, was {describe(views)}')
    if len(views) != 4:
        raise InputError(f'invalid views: not open, high, low and close, were {len(views)}')
    closed = arguments.window(first, closed_last, CLOSED)
    return _rust.ring_ohlc_columns(tuple(views), *closed, arguments.wholes(edges, 'edges'))
