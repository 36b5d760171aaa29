"""Carriers: batches of rectangles and of pixels that Qt draws in one call.

Each keeps its memory from frame to frame. Where Qt's memory is not what it is documented to be
(`memory.fault`), they hold arrays of their own and make Qt's objects by plain calls: the same
picture, slower.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from piker.kernels import paint_columns, paint_rects
from piker.ui.qt import memory
from piker.ui.qt.qtlib import QImage, QPainter, QRect, QRectF

if TYPE_CHECKING:
    from piker.ui.qt.memory import Pixels

__all__ = ['Raster', 'RectArray']

Floats = NDArray[np.float64]


class RectArray:
    """Kept rectangles that Qt draws in one call, all or some of them.

    Its memory grows by halves and is reused from frame to frame.
    """

    def __init__(self) -> None:
        self.count = 0
        self.widest = 0.0
        self.pieces = None if memory.fault() else memory.Pieces(QRectF)
        self.part: RectArray | None = None
        self.grown = 0
        self.allocate(64)

    def allocate(self, capacity: int) -> None:
        """Take new memory for `capacity` rectangles."""
        self.values: Floats = np.empty((capacity, 4))
        self.grown += 1

    @property
    def allocations(self) -> int:
        """How often memory was taken; it stays as it is once warm."""
        parts = 0 if self.part is None else self.part.allocations
        return self.grown + parts + (0 if self.pieces is None else self.pieces.allocations)

    def fill(self, rects: Floats) -> None:
        """Hold copies of the rectangles: `(n, 4)` float64 of x, y, width, height."""
        self.count = len(rects)
        if self.count > len(self.values):
            self.allocate(self.count + self.count // 2)
        self.values[: self.count] = rects
        self.widest = float(rects[:, 2].max()) if self.count else 0.0

    def between(self, left: float, right: float) -> tuple[int, int]:
        """Return the half-open range of those that may reach between two device pixels.

        The rectangles ascend in x.
        """
        x = self.values[: self.count, 0]
        start, stop = x.searchsorted((left - self.widest, right)).tolist()
        return start, max(start, stop)

    def draw(self, painter: QPainter, left: float, right: float) -> int:
        """Draw those between two device pixels with the painter's brush.

        Returns
        -------
        int
            How many were drawn.
        """
        start, stop = self.between(left, right)
        if stop == start:
            return 0
        if self.pieces is None:
            painter.drawRects(*(QRectF(*rect) for rect in self.values[start:stop].tolist()))
        else:
            painter.drawRects(self.pieces.array(self.values[start:stop]))
        return stop - start

    def draw_rows(self, painter: QPainter, top: float, bottom: float) -> int:
        """Draw what reaches between two rows and no more; result as for `draw`.

        A painter spends time on all of a large rectangle, also on what its clip leaves out.
        """
        values = self.values[: self.count]
        parts = values[(values[:, 1] < bottom) & (values[:, 1] + values[:, 3] > top)]
        return self.draw_some(painter, within(parts, 1, top, bottom))

    def draw_part(self, painter: QPainter, left: float, right: float) -> int:
        """Draw what reaches between two columns and no more; result as for `draw`."""
        start, stop = self.between(left, right)
        return self.draw_some(painter, within(self.values[start:stop].copy(), 0, left, right))

    def draw_some(self, painter: QPainter, rects: Floats) -> int:
        """Draw rectangles by memory that is kept for parts of others."""
        if len(rects) == 0:
            return 0
        if self.part is None:
            self.part = RectArray()
        self.part.fill(rects)
        return self.part.draw(painter, -math.inf, math.inf)

    def bounds(self) -> QRect | None:
        """Return the smallest rectangle around all of them, or None without any."""
        if self.count == 0:
            return None
        values = self.values[: self.count]
        left, top = values[:, :2].min(axis=0)
        right, bottom = (values[:, :2] + values[:, 2:]).max(axis=0)
        return QRect(int(left), int(top), int(right - left) + 1, int(bottom - top) + 1)


def within(rects: Floats, axis: int, low: float, high: float) -> Floats:
    """Cut rectangles to a range of columns (axis 0) or rows (axis 1), in place, and return them."""
    ends = np.minimum(rects[:, axis] + rects[:, axis + 2], high)
    np.maximum(rects[:, axis], low, out=rects[:, axis])
    np.subtract(ends, rects[:, axis], out=rects[:, axis + 2])
    return rects


class Raster:
    """A kept picture over a plot, whose pixels kernels paint and Qt lays over it in one call.

    Its memory grows with the plot and is reused from frame to frame; only the rows that were
    painted are cleared and drawn.

    Attributes
    ----------
    allocations : int
        How often memory was taken.
    top, bottom : int
        The rows that are painted, half-open.
    """

    def __init__(self) -> None:
        self.allocations = 0
        self.top = self.bottom = 0
        self.image: QImage | None = None
        self.pixels: Pixels = np.zeros((0, 0), np.uint32)

    def begin(self, width: int, height: int, top: float, bottom: float) -> None:
        """Take the size of a plot and the rows that will be painted, and clear what was there."""
        if self.pixels.shape != (height, width):
            self.allocate(width, height)
        else:
            self.pixels[self.top : self.bottom] = 0
        self.top = max(0, min(height, int(np.floor(top))))
        self.bottom = max(self.top, min(height, int(np.ceil(bottom))))

    def allocate(self, width: int, height: int) -> None:
        """Take new memory for a plot."""
        if memory.fault():
            self.pixels = np.zeros((height, width), np.uint32)
        else:
            self.image = memory.blank_image(width, height)
            self.pixels = memory.image_pixels(self.image)
        self.allocations += 1

    def fill_rects(self, rects: Floats, colour: int, width: int, height: int) -> None:
        """Hold rectangles of one colour.

        Parameters
        ----------
        rects : ndarray of shape (n, 4), float64
            x, y, width and height in device pixels of the plot, whole numbers.
        colour : int
            As `premultiplied` makes it.
        width, height : int
            Size of the plot in device pixels.
        """
        if len(rects):
            bottom = float((rects[:, 1] + rects[:, 3]).max())
            self.begin(width, height, float(rects[:, 1].min()), bottom)
            paint_rects(self.pixels, rects, colour)
        else:
            self.begin(width, height, 0, 0)

    def fill_columns(
        self,
        columns: Floats,
        left: int,
        scale: tuple[float, float],
        colour: int,
        size: tuple[int, int],
        line: int = 1,
    ) -> None:
        """Hold the line through M4 columns.

        Parameters
        ----------
        columns : ndarray of shape (m, 4), float64
            First, min, max and last of each; NaN for a gap.
        left : int
            Device pixel of the first column.
        scale : tuple of float
            `value * scale[0] + scale[1]` is the row, downwards.
        colour : int
            As `premultiplied` makes it.
        size : tuple of int
            Width and height of the plot in device pixels.
        line : int, optional
            Width of the pen in device pixels.
        """
        factor, offset = scale
        rows = columns * factor + offset
        rows = rows[np.isfinite(rows).all(axis=1)]
        if len(rows):
            self.begin(*size, float(rows.min()) - 2 * line, float(rows.max()) + 2 * line)
        else:
            self.begin(*size, 0, 0)
        paint_columns(
            self.pixels[self.top : self.bottom],
            columns,
            factor=factor,
            offset=offset - self.top,
            colour=colour,
            left=left,
            width=line,
        )

    def draw(
        self, painter: QPainter, left: int, right: int, top: int = 0, bottom: int | None = None
    ) -> None:
        """Lay the pixels between two columns, of all rows or of some, over the plot."""
        left, right = max(0, left), min(self.pixels.shape[1], right)
        top = max(self.top, top)
        bottom = self.bottom if bottom is None else min(self.bottom, bottom)
        if left >= right or top >= bottom:
            return
        part = QRect(left, top, right - left, bottom - top)
        painter.drawImage(part, self.shown(), part)

    def shown(self) -> QImage:
        """Return the picture; where Qt's memory is out of reach, a copy of it by a plain call."""
        if self.image is not None:
            return self.image
        height, width = self.pixels.shape
        form = QImage.Format.Format_ARGB32_Premultiplied
        return QImage(self.pixels.tobytes(), width, height, 4 * width, form).copy()
