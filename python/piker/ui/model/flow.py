"""`Flow`: what binds one ring of bars to the graphics that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from piker.core.rows import BAR
from piker.data import columns
from piker.ui.model.columncache import ColumnCache

if TYPE_CHECKING:
    from piker.shm import ShmArray
    from piker.ui.model.viewport import Viewport

__all__ = ['Flow', 'Graphics', 'Reading', 'RingState']

Floats = NDArray[np.float64]
Bounds = tuple[float, float]
Dirty_co = TypeVar('Dirty_co', covariant=True)


class Reading(NamedTuple):
    """What a frame reads of a ring.

    Attributes
    ----------
    first, last : int
        The rows that exist, half-open.
    start, stop : int
        Those of them in view, half-open; `start == stop` where none is.
    closed_stop : int
        End of the closed rows in view: `stop`, or one less where the live row is in view.
    """

    first: int
    last: int
    start: int
    stop: int

    @property
    def closed_stop(self) -> int:
        """End of the closed rows in view."""
        return max(self.start, min(self.stop, self.last - 1))

    @property
    def shows_last(self) -> bool:
        """Whether the live row is in view."""
        return self.start < self.stop == self.last


class RingState(NamedTuple):
    """Counters of a ring: two equal states mean that not a byte of it has changed."""

    first: int
    last: int
    revision: int
    live_seq: int


class Graphics(Protocol[Dirty_co]):
    """The graphics of a flow: what draws its rows, and which of a pair does so now."""

    @property
    def reach(self) -> int:
        """Rows before one that closes which are painted otherwise then."""

    def update_graphics(self, flow: Flow, reading: Reading) -> None:
        """Rebuild what is in view."""

    def draw_last(self, flow: Flow, reading: Reading) -> Dirty_co:
        """Rebuild the last datum alone, and return the device pixels that differ."""


class Flow:
    """One series on a chart: its ring, the graphics for it, and bounds for its y range.

    Parameters
    ----------
    name : str
        What the legend calls it.
    ring : ShmArray
        Bars; it belongs to whoever opened it.
    period_ns : int
        Length of a bar.
    field : str
        `'ohlc'`, or the one column that is shown as steps and summed over a pixel column.

    Attributes
    ----------
    graphics : Graphics or None
        What draws it; put there by the chart.
    reads : int
        Rows turned into graphics since the start: a counter for tests and profiles.
    """

    def __init__(self, name: str, ring: ShmArray, period_ns: int, field: str = 'ohlc') -> None:
        self.name = name
        self.ring = ring
        self.period_ns = period_ns
        self.field = field
        self.graphics: Graphics[Any] | None = None
        self.reads = 0
        self.column_cache = ColumnCache(self.columns)
        self.close_cache = ColumnCache(self.close_columns)
        self.bounds_key: tuple[int, ...] | None = None
        self.bounds_value: Bounds | None = None

    def state(self) -> RingState:
        """Return the ring's counters."""
        ring = self.ring
        return RingState(ring.first, ring.last, ring.revision, ring.live_seq)

    def datums_range(self, view: Viewport) -> Reading:
        """Return which rows exist and which of them are in view."""
        first, last = self.ring.first, self.ring.last
        start, stop = view.rows()
        start = min(max(start, first), last)
        return Reading(first, last, start, max(start, min(stop, last)))

    def read(self, view: Viewport) -> tuple[Reading, NDArray[np.void]]:
        """Return the range in view and a copy of its closed rows.

        Raises
        ------
        Overrun
            The writer lapped the range while it was copied.
        """
        reading = self.datums_range(view)
        return reading, self.rows(reading.start, reading.closed_stop)

    def rows(self, start: int, stop: int) -> NDArray[np.void]:
        """Return a checked copy of closed rows."""
        self.reads += stop - start
        if stop <= start:
            return np.empty(0, BAR)
        return self.ring.rows(start, stop)

    def closes(self, start: int, stop: int) -> Floats:
        """Return a checked copy of the closes of closed rows.

        Raises
        ------
        Overrun
            The writer lapped the rows while they were copied.
        """
        self.reads += stop - start
        if stop <= start:
            return np.empty(0)
        found: Floats = self.ring.column('close', start, stop).copy()
        self.ring.check(start)
        return found

    def live(self) -> np.void | None:
        """Return a copy of the live row, or None when the ring is empty."""
        return self.ring.live()

    def times(self, start: int, stop: int) -> NDArray[np.int64]:
        """Return the open times of rows as a view into the ring."""
        return self.ring.column('time', start, stop)

    def columns(self, edges: NDArray[np.int64]) -> Floats:
        """Return what each pixel column holds, the live row included.

        Parameters
        ----------
        edges : ndarray of shape (m + 1,), int64
            Ascending absolute rows; column k holds `[edges[k], edges[k + 1])`.

        Returns
        -------
        ndarray of shape (m, 4) or (m,), float64
            First open, highest high, lowest low, last close; or the sum of the field. NaN where
            a column is empty.
        """
        self.reads += len(edges) - 1
        if self.field == 'ohlc':
            return columns.ohlc_columns(self.ring, edges)
        return columns.sum_columns(self.ring, self.field, edges)

    def close_columns(self, edges: NDArray[np.int64]) -> Floats:
        """Return the closes of each pixel column, the live one included.

        Parameters
        ----------
        edges : ndarray of shape (m + 1,), int64
            As for `columns`.

        Returns
        -------
        ndarray of shape (m, 4), float64
            First, highest, lowest and last close; NaN where a column is empty.
        """
        self.reads += len(edges) - 1
        return columns.field_columns(self.ring, 'close', edges)[:, [0, 2, 1, 3]]

    def view_columns(self, view: Viewport, start: int, stop: int) -> Floats:
        """Return `columns` of device pixels `[start, stop)` of a view, partly kept: read only."""
        return self.column_cache.columns(view, start, stop, self.closed_rows(), self.ring.revision)

    def view_closes(self, view: Viewport, start: int, stop: int) -> Floats:
        """Return `close_columns` of device pixels `[start, stop)` of a view, likewise."""
        return self.close_cache.columns(view, start, stop, self.closed_rows(), self.ring.revision)

    def closed_rows(self) -> tuple[int, int]:
        """Return which rows are closed, half-open."""
        first, last = self.ring.first, self.ring.last
        return first, max(first, last - 1)

    def maxmin(self, view: Viewport) -> Bounds | None:
        """Return the lowest and highest value in view, the live row included.

        Returns
        -------
        tuple of float, or None
            None where nothing in view has a finite value. A summed field spans from 0 (or its
            lowest sum) to its highest sum a column.
        """
        reading = self.datums_range(view)
        if reading.start == reading.stop:
            return None
        if self.field == 'ohlc':
            return self.price_bounds(reading)
        return self.sum_bounds(view, reading)

    def whole_bounds(self) -> Bounds | None:
        """Return the bounds of all prices; None for sums, which grow as the view gets wider."""
        if self.field != 'ohlc':
            return None
        return columns.price_bounds(self.ring, self.ring.first, self.ring.last)

    def price_bounds(self, reading: Reading) -> Bounds | None:
        """Return the bounds of lows and highs, those of the closed rows cached."""
        key = (reading.start, reading.closed_stop, self.ring.revision)
        if key != self.bounds_key:
            self.bounds_value = columns.price_bounds(self.ring, reading.start, reading.closed_stop)
            self.bounds_key = key
        found = [] if self.bounds_value is None else list(self.bounds_value)
        if reading.shows_last and (live := self.live()) is not None:
            found += [value for value in (live['low'], live['high']) if np.isfinite(value)]
        return (float(min(found)), float(max(found))) if found else None

    def sum_bounds(self, view: Viewport, reading: Reading) -> Bounds | None:
        """Return zero and the highest step in view."""
        if view.zoom.step:
            values = self.ring.column(self.field, reading.start, reading.stop)
        else:
            values = self.view_columns(view, 0, view.width)
        values = values[np.isfinite(values)]
        if len(values) == 0:
            return None
        return min(0.0, float(values.min())), max(0.0, float(values.max()))
