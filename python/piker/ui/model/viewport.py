"""The x range that linked charts share, in whole device pixels anchored to absolute row indices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from piker.ui.model.zoom import Zoom, fitting

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ['Viewport']

FOLLOW_UPPX = 4.0
WIDEST_ROW = 40
KEPT_IN_VIEW = 24


class Viewport:
    """Which rows a window shows, and on which device pixel.

    Absolute x is cut into columns one device pixel wide. A row nearer than one pixel covers
    columns `[row * step, (row + 1) * step)`; farther away column k holds the rows
    `[ceil(k * uppx), ceil((k + 1) * uppx))`. The view begins at a whole column, so a pan
    moves the picture by whole pixels and never changes what a column shows.

    Zooming out rests where all rows fill the width, apart from the margin at the right, and goes on
    from there, in the end to one column:

        |.. first row ......... last row ..| margin |
        0                                  room     width

    Attributes
    ----------
    zoom : Zoom
        Rows a pixel.
    left : int
        Column at device pixel 0 of the plot.
    width : int
        Width of the plot in device pixels.
    margin : int
        Device pixels that stay free at the right of the newest row.
    widest : int
        The most device pixels a row takes for a short history to fill the width.
    is_beyond : bool
        The user has zoomed out from where all rows fill the width.
    """

    def __init__(self, width: int = 1, zoom: Zoom | None = None) -> None:
        self.width = width
        self.zoom = zoom or Zoom(-5)
        self.left = 0
        self.margin = 0
        self.widest = WIDEST_ROW
        self.is_beyond = False

    @property
    def room(self) -> int:
        """Device pixels left of the margin."""
        return max(1, self.width - self.margin)

    @property
    def signature(self) -> tuple[Zoom, int, int]:
        """What a picture depends on: two equal signatures show the same columns."""
        return self.zoom, self.left, self.width

    def column_of(self, row: int) -> int:
        """Return the (left) column of an absolute row."""
        pixels, rows = self.zoom.spacing
        if rows:
            return row * pixels // rows
        uppx = self.zoom.uppx
        column = math.floor(row / uppx)
        while math.ceil((column + 1) * uppx) <= row:
            column += 1
        while math.ceil(column * uppx) > row:
            column -= 1
        return column

    def pixel_of(self, row: int) -> int:
        """Return the device pixel of the middle of a row, relative to the plot's left edge."""
        return self.column_of(row) - self.left + self.zoom.step // 2

    def right_of(self, row: int) -> int:
        """Return the device pixel just right of a row, relative to the plot's left edge."""
        return self.column_of(row) - self.left + max(1, self.zoom.step)

    def row_at(self, pixel: int) -> int:
        """Return the absolute row under a device pixel (its first row, where it holds several)."""
        column = self.left + pixel
        pixels, rows = self.zoom.spacing
        if rows:
            return ((column + 1) * rows - 1) // pixels
        return math.ceil(column * self.zoom.uppx)

    def rows(self) -> tuple[int, int]:
        """Return the half-open range of absolute rows in view, whether they exist or not."""
        return self.rows_of(self.left, self.left + self.width)

    def rows_of(self, start: int, stop: int) -> tuple[int, int]:
        """Return the half-open range of absolute rows that columns `[start, stop)` show."""
        pixels, rows = self.zoom.spacing
        if rows:
            return ((start + 1) * rows - 1) // pixels, -(-stop * rows // pixels)
        uppx = self.zoom.uppx
        return math.ceil(start * uppx), math.ceil(stop * uppx)

    def edges(self, start: int = 0, stop: int | None = None) -> NDArray[np.int64]:
        """Return the row edges of the device pixels `[start, stop)` of the plot.

        Returns
        -------
        ndarray of shape (stop - start + 1,), int64
            Ascending; pixel `start + k` holds the rows `[edges[k], edges[k + 1])`.
        """
        stop = self.width if stop is None else stop
        columns = np.arange(self.left + start, self.left + stop + 1, dtype=np.int64)
        edges: NDArray[np.int64] = np.ceil(columns * self.zoom.uppx).astype(np.int64)
        return edges

    def pixels_of(self, start: int, stop: int) -> NDArray[np.int64]:
        """Return the left device pixels of the rows `[start, stop)`, each a pixel wide at least."""
        pixels, held = self.zoom.spacing
        rows: NDArray[np.int64] = np.arange(start, stop, dtype=np.int64)
        rows *= pixels
        rows //= held
        rows -= self.left
        return rows

    def resize(self, width: int, first: int, last: int) -> None:
        """Take a new width, keeping the right edge where it was."""
        self.left += self.width - width
        self.width = max(1, width)
        self.hold(first, last)

    def pan(self, pixels: int, first: int, last: int) -> None:
        """Move the picture to the right by device pixels, keeping some data in view."""
        self.left -= pixels
        self.clamp(first, last)

    def zoom_by(self, levels: int, first: int, last: int) -> None:
        """Zoom out by levels about the right-most datum in view, whose right edge stays.

        It rests where all rows fill the width, and no room is left free at the left of the first
        row while there are rows beyond the right edge.
        """
        farthest = self.farthest(first, last)
        if levels > 0 and self.zoom.uppx < farthest.uppx:
            levels = min(levels, max(0, farthest.level - self.zoom.level))
        else:
            self.is_beyond = self.zoom.by(levels).uppx > farthest.uppx
        focus = min(last, self.rows()[1]) - 1
        right = self.right_of(focus)
        self.zoom = self.zoom.by(levels)
        self.left += self.right_of(focus) - right
        if levels >= 0:
            empty = self.column_of(first) - self.left
            hidden = self.right_of(last - 1) - self.room
            self.left += max(0, min(empty, hidden))
        self.hold(first, last)

    def farthest(self, first: int, last: int) -> Zoom:
        """Return the zoom at which the rows `[first, last)` fill the width."""
        return fitting(max(1, last - first), self.room, self.widest)

    def hold(self, first: int, last: int) -> None:
        """Zoom in to where all rows fill the width, if the view is farther by chance; clamp it."""
        if last > first and not self.is_beyond:
            farthest = self.farthest(first, last)
            if self.zoom.uppx >= farthest.uppx:
                self.zoom = farthest
                self.show_last(last, self.room)
        self.clamp(first, last)

    def show(self, row: int, pixel: int) -> None:
        """Put the middle of a row at a device pixel."""
        self.left += self.pixel_of(row) - pixel

    def show_last(self, last: int, right: int) -> None:
        """Put the right edge of the last row just left of device pixel `right`."""
        self.left += self.right_of(last - 1) - right

    def follow(self, before: int, last: int) -> bool:
        """Move with rows appended since `before`, if the last datum was in view and wide enough.

        Returns
        -------
        bool
            Whether the view moved.
        """
        if before == last or self.zoom.uppx > FOLLOW_UPPX:
            return False
        if not 0 <= self.pixel_of(before - 1) < self.width:
            return False
        shift = self.column_of(last - 1) - self.column_of(before - 1)
        self.left += shift
        return shift != 0

    def fill(self, first: int, last: int) -> None:
        """Leave no room free that the rows `[first, last)` can fill, but for the margin."""
        most = self.left + self.right_of(last - 1) - self.room
        self.left = min(most, max(self.column_of(first), self.left))

    def clamp(self, first: int, last: int) -> None:
        """Keep a few pixels of the rows `[first, last)` in view."""
        if last <= first:
            return
        kept = min(KEPT_IN_VIEW, self.width)
        most = self.left + self.right_of(last - 1) - kept
        least = self.column_of(first) + kept - self.width
        self.left = max(least, min(most, self.left)) if least <= most else most
