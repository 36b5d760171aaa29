"""`LineCurve` and `AreaCurve`: closing prices as a line, and as the area below it."""

from __future__ import annotations

import contextlib
import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from piker.ui.qt.curve import Curve
from piker.ui.qt.pathbuf import PathBuf
from piker.ui.qt.qtlib import QPainter, QPen, QPointF, QRect, QRegion, Qt, QTransform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piker.ui.model.flow import Flow, Reading
    from piker.ui.qt.view import ChartView

__all__ = ['AreaCurve', 'LineCurve']

Floats = NDArray[np.float64]

KEPT_VIEWS = 4
"""As many views of rows are kept, before those out of sight are forgotten."""
BESIDE = 2
"""Rows drawn with a part of the line at either side, for no pixel to tell where it was cut."""
SMOOTHED = 2
"""Device pixels that a smoothed line reaches over its points, besides its width."""


class LineCurve(Curve):
    """A line through the closes, each in the middle of its row.

    Its points are kept by row and price, and the painter maps them: a pan, a zoom and a new y range
    write none of them, a bar that closes writes one.

    Attributes
    ----------
    points : PathBuf
        The closed rows in view and some beside it: number n is row `base + n`.
    """

    def __init__(self, view: ChartView) -> None:
        self.points = PathBuf()
        self.base = 0
        self.kept: tuple[object, ...] = ()
        self.tail: Floats = np.empty((0, 2))
        super().__init__(view)

    def declare_paintables(self) -> dict[str, str]:
        """Return no batch: the line is painted by `sub_paint`."""
        return {}

    def redraw(self, flow: Flow, reading: Reading) -> None:
        """Have the points of the closed rows in view, and of those that lead there and away."""
        start = max(reading.first, reading.start - BESIDE)
        stop = max(start, min(reading.last - 1, reading.stop + BESIDE))
        points, kept = self.points, (flow, flow.ring.revision)
        first, last = self.base + points.first, self.base + points.last
        is_apart = start > last or stop < first
        is_long = len(points) > KEPT_VIEWS * (stop - start) + 4096
        if kept != self.kept or is_apart or is_long or first < reading.first:
            points.invalidate()
            self.base, self.kept = start, kept
            first = last = start
        if stop > last:
            points.append(self.places(last, stop), flow.closes(last, stop))
        if start < first:
            points.prepend(self.places(start, first), flow.closes(start, first))

    def places(self, start: int, stop: int) -> Floats:
        """Return the x of rows, in rows from the base on."""
        return np.arange(start - self.base, stop - self.base, dtype=np.float64) + 0.5

    def draw_last_datum(self, flow: Flow, reading: Reading) -> None:
        """Take the stroke from the last closed row to the live one."""
        live = flow.live()
        start = max(reading.first, reading.last - 2)
        closes = flow.closes(start, reading.last - 1)
        if live is None:
            self.forget_last()
            return
        y = np.append(closes, float(live['close']))
        tail = np.column_stack([np.arange(start, start + len(y)) + 0.5, y])
        self.tail = tail[np.isfinite(y)]

    def forget_last(self) -> None:
        """Have no live row."""
        self.tail = np.empty((0, 2))

    def scale(self) -> tuple[float, float, float, float]:
        """Return the map of rows and prices: `pixel = value * factor + offset` of x, then of y."""
        viewport, yrange = self.view.viewport, self.view.yrange
        pixels, rows = viewport.zoom.spacing
        factor = pixels / rows if rows else 1 / viewport.zoom.uppx
        # The middle of the pixel that marks of this price begin with.
        offset = yrange.high * yrange.scale + 0.5
        return factor, -float(viewport.left), -yrange.scale, offset

    @property
    def reach(self) -> int:
        """Rows before one that closes which are painted otherwise then."""
        return 1

    def sub_br(self) -> QRect | None:
        """Return where the stroke to the live row is painted."""
        if len(self.tail) == 0:
            return None
        x_factor, x_offset, y_factor, y_offset = self.scale()
        beside = 0.5 if len(self.tail) == 1 else 0.0
        x = self.tail[:, 0] + [[-beside], [beside]]
        x = x * x_factor + x_offset
        y = np.clip(self.tail[:, 1] * y_factor + y_offset, -1e6, 1e6)
        room = self.view.line + SMOOTHED
        left, top = math.floor(x.min()) - room, math.floor(y.min()) - room
        right, bottom = math.ceil(x.max()) + room, math.ceil(y.max()) + room
        return QRect(left, top, right - left, bottom - top)

    def sub_paint(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the line where it is exposed, by rows and prices."""
        pen = QPen(self.view.palette.colour('curve'), self.view.line)
        pen.setCosmetic(True)
        # With square ends, where a segment is painted would depend on whether another one follows.
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        viewport, points = self.view.viewport, self.points
        # What a part of the line adds beside its span is painted with another one.
        for left, right in self.view.exposure.whole_spans(self.view.rect):
            rows = viewport.rows_of(viewport.left + left, viewport.left + right)
            start = max(points.first, rows[0] - BESIDE - self.base)
            stop = min(points.last, rows[1] + BESIDE - self.base)
            with self.mapped(painter, left, right):
                if stop > start:
                    self.view.marks_painted += points.draw(painter, start, stop)
                self.paint_tail(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setClipRect(self.view.rect)

    def paint_tail(self, painter: QPainter) -> None:
        """Paint the stroke to the live row; a level one through it, where none is before it."""
        if len(self.tail) == 0:
            return
        (x, y), (live_x, live_y) = (self.tail[[0, -1]] - (self.base, 0)).tolist()
        if len(self.tail) == 1:
            x, live_x = x - 0.5, x + 0.5
        painter.drawLine(QPointF(x, y), QPointF(live_x, live_y))

    @contextlib.contextmanager
    def mapped(self, painter: QPainter, left: int, right: int) -> Iterator[None]:
        """Map rows from the base on and prices for a block, clipped to columns of the plot."""
        x_factor, x_offset, y_factor, y_offset = self.scale()
        before = painter.transform()
        painter.setClipRect(QRect(left, 0, right - left, self.view.rect.height()))
        x_offset += self.base * x_factor
        painter.setTransform(QTransform(x_factor, 0, 0, y_factor, x_offset, y_offset), True)
        try:
            yield
        finally:
            painter.setTransform(before)


class AreaCurve(LineCurve):
    """A line through the closes, with the area below it filled.

    Attributes
    ----------
    area : PathBuf
        The outlines of its parts, a gap between any two.
    """

    def __init__(self, view: ChartView) -> None:
        self.area = PathBuf()
        super().__init__(view)

    def redraw(self, flow: Flow, reading: Reading) -> None:
        """Have the points, and the outlines of what lies below them."""
        super().redraw(flow, reading)
        viewport, points = self.view.viewport, self.points
        rows = viewport.rows()
        start = max(points.first, rows[0] - 1 - self.base)
        stop = min(points.last, rows[1] + 1 - self.base)
        self.area.invalidate()
        if stop > start:
            for begin, end in points.runs(start, stop):
                self.add_area(points.window(begin, end))

    def add_area(self, places: Floats) -> None:
        """Add the outline of the area below some points."""
        low, gap = self.floor, [math.nan]
        x, y = places[:, 0], places[:, 1]
        self.area.append(np.concatenate([x[:1], x, x[-1:], gap]), [low, *y, low, math.nan])

    @property
    def floor(self) -> float:
        """A price below the plot."""
        yrange = self.view.yrange
        return yrange.low - 2 * self.view.line / yrange.scale

    def sub_br(self) -> QRect | None:
        """Return where the stroke to the live row and the area below it are painted."""
        stroke = super().sub_br()
        if stroke is not None:
            stroke.setBottom(max(stroke.bottom(), self.view.rect.height()))
        return stroke

    def sub_paint(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the area, and the line upon it."""
        painter.setBrush(self.view.palette.brush('area'))
        for left, right in self.view.exposure.whole_spans(self.view.rect):
            with self.mapped(painter, left, right):
                self.area.fill(painter)
                if len(self.tail) > 1:
                    (x, y), (live_x, live_y) = (self.tail - (self.base, 0)).tolist()
                    corners = ((x, self.floor), (x, y), (live_x, live_y), (live_x, self.floor))
                    painter.drawPolygon(*(QPointF(*corner) for corner in corners))
        super().sub_paint(painter, exposed)
