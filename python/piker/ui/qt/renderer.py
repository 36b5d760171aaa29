"""`Renderer`: one batch of rectangles of one colour, drawn by the carrier that costs least."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from piker.kernels import premultiplied
from piker.ui.model.carrier import Carrier, cheapest, rect_work
from piker.ui.qt.carriers import Raster, RectArray
from piker.ui.qt.qtlib import QTransform

if TYPE_CHECKING:
    from piker.ui.qt.qtlib import QColor, QPainter, QRect

__all__ = ['Renderer']

Floats = NDArray[np.float64]

PARTS = 8
FEW = 64
"""Rectangles that a raster is never cheaper for."""


class Renderer:
    """A batch of rectangles on whole device pixels.

    Which carrier draws them changes nothing of the picture.

    Attributes
    ----------
    carrier : Carrier
        What was chosen when all of them were drawn last.
    paints : int
        How often they were painted into the raster, which a mere repaint does not.
    """

    def __init__(self) -> None:
        self.rects = RectArray()
        self.raster = Raster()
        self.carrier = Carrier.RECTS
        self.painted: tuple[int, int, int] | None = None
        self.paints = 0

    @property
    def count(self) -> int:
        """How many there are."""
        return self.rects.count

    @property
    def allocations(self) -> int:
        """How often memory was taken; it stays as it is once warm."""
        return self.rects.allocations + self.raster.allocations

    def fill(self, rects: Floats) -> None:
        """Hold copies of the rectangles, ascending in x: `(n, 4)` of x, y, width, height."""
        self.rects.fill(rects)
        self.painted = None

    def clear(self) -> None:
        """Hold none."""
        self.rects.count = 0
        self.painted = None

    def bounds(self) -> QRect | None:
        """Return the smallest rectangle around all of them, or None without any."""
        return self.rects.bounds()

    def choose(self, painter: QPainter, colour: QColor, plot: QRect) -> Carrier:
        """Return the carrier that costs least.

        A raster needs pixels that are the device's own.
        """
        if painter.deviceTransform().type() > QTransform.TransformationType.TxTranslate:
            return Carrier.RECTS
        values = self.rects.values[: self.count]
        work = rect_work(values, plot.width(), plot.height())
        return cheapest(work, is_opaque=colour.alpha() == 255)

    def draw(self, painter: QPainter, left: int, right: int, colour: QColor, plot: QRect) -> int:
        """Draw those between two device pixels.

        Parameters
        ----------
        painter : QPainter
            Set to device pixels, without a pen.
        left, right : int
            Device pixels, half-open.
        colour : QColor
            The colour of all of them.
        plot : QRect
            The plot from its corner (0, 0) on; nothing outside of it is painted.

        Returns
        -------
        int
            How many were drawn.
        """
        # A part of the plot is not worth painting all of a raster for.
        is_part = (right - left) * PARTS < plot.width()
        if not is_part and self.count > FEW:
            self.prepare(painter, colour, plot)
        if self.has_raster(colour, plot):
            self.raster.draw(painter, left, right)
            start, stop = self.rects.between(left, right)
            return stop - start
        painter.setBrush(colour)
        return self.rects.draw(painter, left, right)

    def prepare(self, painter: QPainter, colour: QColor, plot: QRect) -> None:
        """Choose a carrier and paint the raster where that is it, unless both was done already."""
        key = (colour.rgba(), plot.width(), plot.height())
        if self.painted == key:
            return
        self.carrier = self.choose(painter, colour, plot)
        if self.carrier is Carrier.RASTER:
            pixel = premultiplied(colour.red(), colour.green(), colour.blue())
            values = self.rects.values[: self.count]
            self.raster.fill_rects(values, pixel, plot.width(), plot.height())
            self.paints += 1
        self.painted = key

    def has_raster(self, colour: QColor, plot: QRect) -> bool:
        """Whether the raster holds them in a colour, for a plot."""
        key = (colour.rgba(), plot.width(), plot.height())
        return self.carrier is Carrier.RASTER and self.painted == key

    def draw_rows(
        self, painter: QPainter, top: int, bottom: int, colour: QColor, plot: QRect
    ) -> int:
        """Draw what has a pixel in a few rows; parameters and result as for `draw`."""
        if self.has_raster(colour, plot):
            self.raster.draw(painter, 0, plot.width(), top, bottom)
            return self.count
        painter.setBrush(colour)
        return self.rects.draw_rows(painter, top, bottom)
