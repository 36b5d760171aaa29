"""`Band`: the time that one chart shows as device pixels of another one, and the way back.

Rows are found by bisection in the time column, and a place within a row by the share of its period:

    slow   |  row  |  row  |  row  |  row  |
               [---- band ----]
    fast       [ rows in view ]
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from piker.ui.model.flow import Flow
    from piker.ui.model.viewport import Viewport

__all__ = ['GRIP', 'Band', 'band_of', 'changed_columns', 'pixel_at', 'row_of', 'span_of', 'time_at']

LEAST_WIDTH = 3
GRIP = 5
OUTSIDE, WITHIN, EDGE = 0, 1, 2


class Band(NamedTuple):
    """Device pixels `[left, right)` of a plot; either end may lie out of the plot."""

    left: int
    right: int

    def shifted(self, pixels: int) -> Band:
        """Return it moved to the right."""
        return Band(self.left + pixels, self.right + pixels)

    def holds(self, pixel: int, reach: int) -> bool:
        """Whether a pixel lies on it, or so near that one who aims at it may mean it."""
        return self.left - reach <= pixel < self.right + reach

    def edges(self, line: int) -> tuple[Band, Band]:
        """Return its lines at the left and at the right, each so many pixels wide."""
        return Band(self.left, self.left + line), Band(self.right - line, self.right)

    def look_of(self, pixel: int, line: int) -> int:
        """Return what stands at a pixel: nothing, the tint or a line."""
        if not self.left <= pixel < self.right:
            return OUTSIDE
        return WITHIN if self.left + line <= pixel < self.right - line else EDGE


def changed_columns(before: Band | None, after: Band | None, line: int) -> list[tuple[int, int]]:
    """Return the half-open ranges of pixels at which two bands look different, ascending."""
    bands = [band for band in (before, after) if band is not None]
    cuts = sorted({cut for band in bands for edge in band.edges(line) for cut in edge})
    found: list[tuple[int, int]] = []
    for left, right in pairwise(cuts):
        was, now = (band.look_of(left, line) if band else OUTSIDE for band in (before, after))
        if was == now:
            continue
        if found and found[-1][1] == left:
            found[-1] = found[-1][0], right
        else:
            found.append((left, right))
    return found


def span_of(flow: Flow, viewport: Viewport) -> tuple[int, int] | None:
    """Return the time of the rows in view, from the first one's open to the last one's close.

    Returns
    -------
    tuple of int, or None
        Epoch ns; None where no row is in view.

    Raises
    ------
    Overrun
        The writer lapped the rows while their times were read.
    """
    reading = flow.datums_range(viewport)
    if reading.start == reading.stop:
        return None
    times = flow.times(reading.start, reading.stop)
    begin, end = int(times[0]), int(times[-1]) + flow.period_ns
    flow.ring.check(reading.start)
    return begin, end


def row_of(flow: Flow, time: int) -> int:
    """Return the row that holds a time: the last that opens at it or before, else the first one.

    Raises
    ------
    Overrun
        The writer lapped the rows while their times were read.
    """
    first, last = flow.ring.first, flow.ring.last
    found = int(flow.times(first, last).searchsorted(time, side='right'))
    flow.ring.check(first)
    return first + max(0, found - 1)


def columns_of(viewport: Viewport, row: int) -> tuple[int, int]:
    """Return a row's column, and how many of them it takes: 0 where the next one shares it."""
    column = viewport.column_of(row)
    return column, viewport.column_of(row + 1) - column


def pixel_at(flow: Flow, viewport: Viewport, time: int) -> int:
    """Return the device pixel at which a time stands; one out of the rows stands at their end."""
    row = row_of(flow, time)
    column, width = columns_of(viewport, row)
    into = time - int(flow.times(row, row + 1)[0])
    share = max(0, min(flow.period_ns, into)) * width // flow.period_ns
    return column + share - viewport.left


def time_at(flow: Flow, viewport: Viewport, pixel: int) -> int:
    """Return the time that begins at a device pixel: the inverse of `pixel_at`.

    Beside the rows it is the open of the first one or the close of the last.
    """
    first, last = flow.ring.first, flow.ring.last
    row = max(first, min(viewport.row_at(pixel), last - 1))
    column, width = columns_of(viewport, row)
    within = max(0, min(viewport.left + pixel - column, width))
    share = -(-within * flow.period_ns // width) if width else 0
    return int(flow.times(row, row + 1)[0]) + share


def band_of(shown: Flow, view: Viewport, flow: Flow, viewport: Viewport) -> Band | None:
    """Return where the time that one view shows stands in another.

    Parameters
    ----------
    shown, view : Flow, Viewport
        The rows whose time is told, and their view.
    flow, viewport : Flow, Viewport
        The rows among which it is told, at least one, and their view.

    Returns
    -------
    Band or None
        A few pixels wide at least, and to the end of the last row where the view shows the newest
        of its own; None where the view shows no row.

    Raises
    ------
    Overrun
        The writer lapped rows while their times were read.
    """
    span = span_of(shown, view)
    if span is None:
        return None
    left, right = (pixel_at(flow, viewport, time) for time in span)
    if shown.datums_range(view).shows_last:
        # The last row holds what there is so far, however little of its period that is.
        right = max(right, viewport.right_of(flow.ring.last - 1))
    return Band(left, max(right, left + LEAST_WIDTH))
