"""The join of rings and kernels: what columns of pixels hold of a ring's rows.

A column k is rows [edges[k], edges[k + 1]) by absolute index. Closed rows come from the kernels, by
the ring's pyramid where that is faster; the live row, which its writer changes at any time, is
copied whole and added here, or by the kernel of sums, where its place in their order counts. Every
answer is of one state of the ring: where a closed row was revised, or the live row closed, while it
was read, it is read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from piker import kernels
from piker.core.errors import InputError, Overrun
from piker.kernels import arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from piker.shm import ShmArray

__all__ = [
    'Deviation',
    'bounds',
    'deviation',
    'field_columns',
    'ohlc_columns',
    'price_bounds',
    'sum_columns',
]

T = TypeVar('T')

ATTEMPTS = 64
PRICES = ('open', 'high', 'low', 'close')


class Deviation(NamedTuple):
    """A standard deviation, NaN where no value is finite, and of how many rows it looked at one."""

    value: float
    every: int


def ohlc_columns(ring: ShmArray, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the bar that each column makes, the live row included.

    Parameters
    ----------
    ring : ShmArray
        Rows of `piker.core.rows.BAR`.
    edges : ndarray of shape (m + 1,), int64
        Ascending absolute rows.

    Returns
    -------
    ndarray of shape (m, 4), float64
        First open, highest high, lowest low, last close of the finite values; NaN where a
        column has none. A copy.

    Raises
    ------
    InputError
        When the edges are none, not whole numbers in one dimension, or do not ascend.
    Overrun
        When the writer lapped rows that were read.
    """
    edges = edges_of(edges)
    views = tuple(ring.field_view(field) for field in PRICES)

    def read(first: int, closed: int) -> NDArray[np.float64]:
        return kernels.ring_ohlc_columns(views, first, closed, edges)

    def add(found: NDArray[np.float64], column: int, live: np.void) -> None:
        bar = found[column]
        if np.isnan(bar[0]):
            bar[0] = finite(live['open'])
        bar[1] = np.fmax(bar[1], finite(live['high']))
        bar[2] = np.fmin(bar[2], finite(live['low']))
        if np.isfinite(live['close']):
            bar[3] = live['close']

    return with_live(ring, edges, read, add)


def field_columns(ring: ShmArray, field: str, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return first, min, max and last of a field in each column, the live row included.

    Parameters
    ----------
    ring : ShmArray
        The ring.
    field : str
        A field whose reducer is 'minmax'.
    edges : ndarray of shape (m + 1,), int64
        Ascending absolute rows.

    Returns
    -------
    ndarray of shape (m, 4), float64
        First, min, max and last finite value; NaN where a column has none. A copy.

    Raises
    ------
    InputError
        When the edges are none, not whole numbers in one dimension, or do not ascend.
    Overrun
        When the writer lapped rows that were read.
    """
    edges = edges_of(edges)
    view = ring.field_view(field)

    def read(first: int, closed: int) -> NDArray[np.float64]:
        return kernels.ring_columns(view, first, closed, edges)

    def add(found: NDArray[np.float64], column: int, live: np.void) -> None:
        value = live[field]
        if np.isfinite(value):
            values = found[column]
            if np.isnan(values[0]):
                values[0] = value
            values[1] = np.fmin(values[1], value)
            values[2] = np.fmax(values[2], value)
            values[3] = value

    return with_live(ring, edges, read, add)


def sum_columns(ring: ShmArray, field: str, edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the sum of a field in each column, the live row included.

    The order of a sum depends on absolute rows alone (rust/series/src/pyramid.rs), so that it stays
    the same to the bit while its rows do: when the live row closes, with and without a pyramid.

    Parameters
    ----------
    ring : ShmArray
        The ring.
    field : str
        A field whose reducer is 'sum'.
    edges : ndarray of shape (m + 1,), int64
        Ascending absolute rows.

    Returns
    -------
    ndarray of shape (m,), float64
        Sums of the finite values; NaN where a column has none. A copy.

    Raises
    ------
    InputError
        When the edges are none, not whole numbers in one dimension, or do not ascend.
    Overrun
        When the writer lapped rows that were read.
    """
    edges = edges_of(edges)
    view = ring.field_view(field)

    def read(first: int, last: int, live: np.void | None) -> NDArray[np.float64]:
        value = None if live is None else float(live[field])
        return kernels.ring_sums(view, first, last - 1, edges, value)

    return steady(ring, int(edges[0]), read)


def bounds(ring: ShmArray, field: str, start: int, stop: int) -> tuple[float, float] | None:
    """Return the least and the greatest value of a field, the live row included.

    Parameters
    ----------
    ring : ShmArray
        The ring.
    field : str
        A field whose reducer is 'minmax'.
    start, stop : int
        Absolute rows, half-open; those that are not there are passed over.

    Returns
    -------
    tuple of float, or None
        (min, max) of the finite values; None where there is none.

    Raises
    ------
    Overrun
        When the writer lapped rows that were read.
    """
    return joint_bounds(ring, (field,), start, stop)


def price_bounds(ring: ShmArray, start: int, stop: int) -> tuple[float, float] | None:
    """Return the lowest low and the highest high, the live row included.

    Parameters
    ----------
    ring : ShmArray
        Rows of `piker.core.rows.BAR`.
    start, stop : int
        Absolute rows, half-open; those that are not there are passed over.

    Returns
    -------
    tuple of float, or None
        (lowest low, highest high) of the finite values; None where there is none.

    Raises
    ------
    Overrun
        When the writer lapped rows that were read.
    """
    return joint_bounds(ring, ('low', 'high'), start, stop)


def deviation(ring: ShmArray, field: str, start: int, stop: int, most: int) -> Deviation:
    """Return the standard deviation of a field about its mean, the live row included.

    Parameters
    ----------
    ring : ShmArray
        The ring.
    field : str
        A field of float64.
    start, stop : int
        Absolute rows, half-open; those that are not there are passed over.
    most : int
        How many rows to look at: of more, every second, third … one.

    Returns
    -------
    Deviation
        Of the finite values of the rows that were looked at, which are divided by their number.

    Raises
    ------
    Overrun
        When the writer lapped rows that were read.
    """

    def read(first: int, last: int, live: np.void | None) -> Deviation:
        low = min(max(start, first), max(first, last - 1))
        high = max(low, min(stop, last - 1))
        has_live = live is not None and start < last <= stop
        every = max(1, -(-(high - low + has_live) // most))
        closed = ring.column(field, low, high)[::every]
        values = np.append(closed, live[field]) if live is not None and has_live else closed
        values = values[np.isfinite(values)]
        with np.errstate(over='ignore', invalid='ignore'):
            found = float(values.std()) if len(values) else np.nan
        return Deviation(found, every)

    return steady(ring, start, read)


def joint_bounds(
    ring: ShmArray, fields: tuple[str, ...], start: int, stop: int
) -> tuple[float, float] | None:
    """Return the least and the greatest value of several fields together."""
    views = [ring.field_view(field) for field in fields]

    def read(first: int, last: int, live: np.void | None) -> tuple[float, float] | None:
        low, high = max(start, first), min(stop, last - 1)
        values: list[float] = []
        for view in views:
            found = kernels.ring_bounds(view, first, last - 1, low, max(low, high))
            values.extend(value for value in found if np.isfinite(value))
        if live is not None and start < last <= stop:
            values.extend(float(live[field]) for field in fields if np.isfinite(live[field]))
        return (min(values), max(values)) if values else None

    return steady(ring, start, read)


def with_live(
    ring: ShmArray,
    edges: NDArray[np.int64],
    read: Callable[[int, int], NDArray[np.float64]],
    add: Callable[[NDArray[np.float64], int, np.void], None],
) -> NDArray[np.float64]:
    """Read the closed rows of columns by a kernel and add the live row to its column."""

    def join(first: int, last: int, live: np.void | None) -> NDArray[np.float64]:
        found = read(first, last - 1)
        if live is not None and edges[0] < last <= edges[-1]:
            add(found, int(np.searchsorted(edges, last - 1, 'right')) - 1, live)
        return found

    return steady(ring, int(edges[0]), join)


def steady(ring: ShmArray, start: int, read: Callable[[int, int, np.void | None], T]) -> T:
    """Read a ring until nothing that was read has changed meanwhile.

    Parameters
    ----------
    ring : ShmArray
        The ring.
    start : int
        The oldest row that is read, as far as it exists.
    read : callable
        (first, last, live row) to the answer.

    Returns
    -------
    object
        What `read` returned.

    Raises
    ------
    Overrun
        When the writer lapped rows that were read.
    """
    for _ in range(ATTEMPTS):
        revision = ring.revision
        first, last = ring.first, ring.last
        live = ring.live()
        if ring.last != last:
            continue
        answer = read(first, max(first, last) if last > first else first, live)
        ring.check(max(first, start))
        if ring.revision == revision:
            return answer
    raise Overrun(
        f'the ring {ring.token.key!r} changed {ATTEMPTS} times while it was read: its writer is '
        'faster than this reader, read fewer rows at once'
    )


def edges_of(edges: ArrayLike) -> NDArray[np.int64]:
    """Return edges that are whole numbers, at least one; whether they ascend, kernels check."""
    found = arguments.wholes(edges, 'edges')
    if not len(found):
        raise InputError('invalid edges: empty, at least one edge is needed')
    return found


def finite(value: float) -> float:
    """Return a value, or NaN where it is infinite."""
    return value if np.isfinite(value) else np.nan
