"""The box that Shift-drag measures: its corners, anchored to rows and prices, and its figures.

start          The corner that was pressed. Change, bars and time go from it to the other one,
  +------+     and so have a sign; highest, lowest and deviation are of all rows from the one to
  |      |     the other, both included. To the right of the newest row time goes on by the
  +------+     period, and there is nothing yet to be the highest.
       stop
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from piker.data import columns
from piker.ui.model import formats
from piker.ui.model.card import Entry
from piker.ui.model.readout import direction

if TYPE_CHECKING:
    from piker.ui.model.flow import Flow
    from piker.ui.model.viewport import Viewport
    from piker.ui.model.yrange import YRange

__all__ = ['MOST_CLOSES', 'Box', 'Corner', 'Measure', 'Measured', 'box_of', 'corner_at']

MOST_CLOSES = 16_384
"""The most closes that a deviation is of: of more rows every second, third … one is looked at, and
the label says so. A box at the live row is measured anew at each tick, whatever the rows in it."""


class Corner(NamedTuple):
    """A corner of the box: an absolute row and a price."""

    row: int
    price: float


class Box(NamedTuple):
    """Where a box stands: absolute columns and device pixels of the plot, both edges included."""

    left: int
    top: int
    right: int
    bottom: int


class Measured(NamedTuple):
    """The figures of a box.

    Attributes
    ----------
    start, stop : Corner
        From which corner to which.
    span_ns : int
        Time between them.
    high, low : float
        Highest high and lowest low; NaN without a row in the box.
    deviation : float
        Standard deviation of the closes about their mean; NaN without one.
    every : int
        Of so many rows it looked at one.
    """

    start: Corner
    stop: Corner
    span_ns: int
    high: float
    low: float
    deviation: float
    every: int

    def title(self, digits: int) -> Entry:
        """Return the change of price, and its share of the price it begins at."""
        start, stop = self.start.price, self.stop.price
        token = 'ink' if start == stop else direction(start, stop)
        return Entry('', formats.change(stop, start, digits), token)

    def entries(self, digits: int) -> tuple[Entry, ...]:
        """Return the other figures with their names."""
        name = 'σ' if self.every == 1 else f'σ, 1 of {self.every} bars'
        return (
            Entry('Bars', formats.signed(self.stop.row - self.start.row, 0).lstrip('+')),
            Entry('Time', formats.duration(self.span_ns)),
            Entry('High', formats.price(self.high, digits)),
            Entry('Low', formats.price(self.low, digits)),
            Entry(name, formats.price(self.deviation, digits + 1)),
        )


def corner_at(
    flow: Flow, viewport: Viewport, yrange: YRange, at: tuple[int, int], tick_size: float
) -> Corner:
    """Return the corner under a device pixel of the plot.

    Parameters
    ----------
    flow : Flow
        The rows, of which the first one has nothing at its left.
    viewport, yrange : Viewport and YRange
        What the plot shows.
    at : tuple of int
        The device pixel, counted from the plot's top left.
    tick_size : float
        The price tick, whose multiple the price is; 0 where values are not prices.

    Returns
    -------
    Corner
        The nearest row and price.
    """
    price = yrange.value_at(at[1])
    if tick_size > 0 and math.isfinite(price / tick_size):
        price = round(price / tick_size) * tick_size
    return Corner(max(flow.ring.first, viewport.row_at(at[0])), price)


def box_of(viewport: Viewport, yrange: YRange, corners: tuple[Corner, Corner]) -> Box:
    """Return where a box stands, from the middle of the one row to that of the other."""
    pixels = [yrange.pixel_of(corner.price) for corner in corners]
    columns = [viewport.left + viewport.pixel_of(corner.row) for corner in corners]
    return Box(min(columns), min(pixels), max(columns), max(pixels))


def time_of(flow: Flow, row: int) -> int:
    """Return the time of a row; before the first one and after the last it goes on by the period.

    Raises
    ------
    Overrun
        The writer lapped the row while it was read.
    """
    ring = flow.ring
    inside = max(ring.first, min(row, ring.last - 1))
    time = int(flow.times(inside, inside + 1)[0])
    ring.check(inside)
    return time + (row - inside) * flow.period_ns


class Measure:
    """The box of one chart.

    Attributes
    ----------
    corners : tuple of Corner or None
        The one that was pressed and the other; None where there is no box.
    readings : int
        How often figures were taken from the ring: a counter for tests.
    """

    def __init__(self) -> None:
        self.corners: tuple[Corner, Corner] | None = None
        self.readings = 0
        self.key: tuple[object, ...] | None = None
        self.measured: Measured | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there is a box: one whose corners are the same is none yet."""
        return self.corners is not None and self.corners[0] != self.corners[1]

    def begin(self, corner: Corner) -> None:
        """Begin a box at a corner; it takes the place of an earlier one."""
        self.corners = corner, corner

    def move(self, corner: Corner) -> None:
        """Take another place of the second corner."""
        if self.corners is not None:
            self.corners = self.corners[0], corner

    def clear(self) -> None:
        """Have no box."""
        self.corners = None

    def figures(self, flow: Flow) -> Measured | None:
        """Return the figures of the box, read anew where one of its rows or corners has changed.

        Parameters
        ----------
        flow : Flow
            The rows.

        Returns
        -------
        Measured or None
            None where there is no box, or no row.

        Raises
        ------
        Overrun
            The writer lapped the rows while they were read.
        """
        ring = flow.ring
        if not self.is_shown or self.corners is None or ring.last <= ring.first:
            return None
        low, high = sorted(corner.row for corner in self.corners)
        first, last = ring.first, ring.last
        # Rows that close beyond the box do not change it, nor does the live one there.
        end = min(last, high + 1)
        live = ring.live_seq if end == last else 0
        key = (flow, self.corners, max(first, low), end, ring.revision, live)
        if key != self.key:
            self.measured = self.read(flow, low, end)
            self.key = key
        return self.measured

    def read(self, flow: Flow, low: int, end: int) -> Measured:
        """Take the figures from the ring."""
        assert self.corners is not None
        start, stop = self.corners
        self.readings += 1
        spread = columns.deviation(flow.ring, 'close', low, end, MOST_CLOSES)
        bounds = columns.price_bounds(flow.ring, low, end) or (math.nan, math.nan)
        return Measured(
            start,
            stop,
            time_of(flow, stop.row) - time_of(flow, start.row),
            bounds[1],
            bounds[0],
            spread.value,
            spread.every,
        )
