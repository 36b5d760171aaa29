"""`ChartView`: the plot area of one chart, which holds its maps, flows and grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from pyqtgraph import GraphicsObject

from piker.ui.model.geometry import rects
from piker.ui.model.yrange import YRange
from piker.ui.qt.carriers import RectArray
from piker.ui.qt.qtlib import (
    QPainter,
    QPoint,
    QRect,
    QRectF,
    QRegion,
    QStyleOptionGraphicsItem,
    Qt,
    QWidget,
)

if TYPE_CHECKING:
    from piker.ui.model.flow import Flow
    from piker.ui.model.viewport import Viewport
    from piker.ui.qt.axes import AxisTick, PriceAxis
    from piker.ui.qt.chart import ChartPlotWidget
    from piker.ui.qt.curve import Curve
    from piker.ui.qt.palette import Palette

__all__ = ['ChartView', 'PlotItem']

LEAST_TEXTS = '00:00:00', '8.888M'
LOW = 8
"""Rows of the highest line from edge to edge, at any scale."""


class PlotItem(GraphicsObject):  # type: ignore[misc]
    """Base of what is painted on a chart in whole device pixels.

    The scene's coordinates are the widget's logical pixels with the origin at its top left
    corner; items stand there, and paint on the device's own pixels.

    Parameters
    ----------
    chart : ChartPlotWidget
        The widget that shows it.
    """

    def __init__(self, chart: ChartPlotWidget, z: float) -> None:
        super().__init__()
        self.chart = chart
        self.setZValue(z)
        chart.scene().addItem(self)

    @property
    def palette(self) -> Palette:
        """Colours of the theme in use."""
        return self.chart.tokens

    @property
    def line(self) -> int:
        """Width of a line in device pixels."""
        return self.chart.line

    @property
    def origin(self) -> QPoint:
        """The widget's device pixel at which its own coordinates begin: the plot's corner."""
        return self.chart.plot_at

    def device_rect(self) -> QRect:
        """Return where it paints, in its device pixels."""
        raise NotImplementedError

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint in device pixels; nothing outside of `exposed` will be seen."""
        raise NotImplementedError

    def pinned(self) -> list[QRect]:
        """Return the device pixels that stay where they are when the rows below move."""
        return [self.device_rect()]

    def invalidate(self, *rects: QRect) -> None:
        """Have its device pixels painted again; null rectangles ask for nothing."""
        origin = self.origin
        self.chart.invalidate(*(rect.translated(origin) for rect in rects if not rect.isNull()))

    @property
    def is_exposed(self) -> bool:
        """Whether some of its device pixels are under repaint."""
        return self.chart.exposed_from(self.origin).intersects(self.device_rect())

    def boundingRect(self) -> QRectF:  # noqa: N802
        """Return where it paints, in logical pixels of the widget."""
        return self.chart.to_logical(self.device_rect().translated(self.origin))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem | None,
        widget: QWidget | None = None,
    ) -> None:
        """Paint what the widget exposes."""
        exposed = self.begin_paint(painter)
        self.draw(painter, exposed)
        self.end_paint(painter)

    def begin_paint(self, painter: QPainter) -> QRegion:
        """Set a painter to device pixels and return those to be painted."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        ratio = self.chart.ratio
        if ratio != 1:
            painter.scale(1 / ratio, 1 / ratio)
        painter.translate(self.origin)
        return self.chart.exposed_from(self.origin)

    def end_paint(self, painter: QPainter) -> None:
        """Set a painter back to logical pixels."""
        ratio = self.chart.ratio
        painter.translate(-self.origin)
        if ratio != 1:
            painter.scale(ratio, ratio)


class ChartView(PlotItem):
    """Plot area: x range (shared), y range (its own), flows, and the grid behind them.

    Parameters
    ----------
    chart : ChartPlotWidget
        The widget that shows it.
    viewport : Viewport
        The x range, shared with linked charts.
    axis : PriceAxis
        The axis of its y range.
    margins : tuple of int
        Room above and below the data in pixels of the design.
    has_grid : bool, optional
        Whether it draws the grid of its axis.

    Attributes
    ----------
    rect : QRect
        The plot area in its own device pixels: its top left corner is (0, 0).
    flows : dict of str to Flow
        What it shows, by name.
    marks_painted : int
        Rectangles of data painted so far.
    """

    def __init__(
        self,
        chart: ChartPlotWidget,
        viewport: Viewport,
        axis: PriceAxis,
        margins: tuple[int, int],
        *,
        has_grid: bool = True,
    ) -> None:
        self.viewport = viewport
        self.axis = axis
        self.has_grid = has_grid
        self.yrange = YRange()
        self.margins = margins
        self.rect = QRect(0, 0, 1, 1)
        self.flows: dict[str, Flow] = {}
        self.marks_painted = 0
        self.curves: list[Curve] = []
        self.grid_columns: set[tuple[int, bool]] = set()
        self.columns = RectArray()
        self.breaks = RectArray()
        self.rows = RectArray()
        self.exposed: QRegion | None = None
        self.exposure_found = Exposure([], None)
        super().__init__(chart, 0)

    def device_rect(self) -> QRect:
        """Return the plot area."""
        return self.rect

    def add_curve(self, curve: Curve) -> None:
        """Put a curve onto the plot."""
        self.curves.append(curve)
        self.chart.scene().addItem(curve)

    def leave(self) -> None:
        """Take itself, its axis and its curves off the chart."""
        for item in (*self.curves, self.axis, self):
            self.chart.scene().removeItem(item)
        self.curves.clear()
        self.flows.clear()

    def place(self, width: int, height: int) -> None:
        """Take a new size in device pixels."""
        self.prepareGeometryChange()
        self.rect = QRect(0, 0, width, height)
        self.yrange.height = max(1, height)

    def wanted_axis_width(self) -> int:
        """Return the logical pixels that the widest text its axis can come to show needs."""
        bounds = [value for flow in self.flows.values() for value in flow.whole_bounds() or ()]
        texts = [self.axis.formatter(value) for value in bounds or (0.0,)]
        return self.axis.needed_width(*texts, self.axis.title, *LEAST_TEXTS)

    def set_yrange(self, *beside: float) -> None:
        """Fit the y range to what is in view, and to finite values `beside` it."""
        found = [bounds for flow in self.flows.values() if (bounds := flow.maxmin(self.viewport))]
        if found:
            low = min(bounds[0] for bounds in found)
            high = max(bounds[1] for bounds in found)
            near = [value for value in beside if np.isfinite(value)]
            top, bottom = (round(margin * self.chart.em) for margin in self.margins)
            self.yrange.fit(min([low, *near]), max([high, *near]), top, bottom)

    def pinned(self) -> list[QRect]:
        """Return nothing: all of it moves with the rows."""
        return []

    def shift(self, pixels: int) -> None:
        """Note that what is painted was moved to the right."""
        self.grid_columns = {
            (column + pixels, is_strong) for column, is_strong in self.grid_columns
        }

    def set_grid(self, ticks: list[AxisTick], y_pixels: list[int]) -> None:
        """Take the ticks of the time axis, and the device pixels of those of its own.

        The vertical lines that came or went are painted; the horizontal ones change with the y
        range only, and so with all of the picture.
        """
        if not self.has_grid:
            return
        line = self.line
        columns = {(tick.pixel, tick.is_strong) for tick in ticks}
        differing = {column for column, _ in self.grid_columns ^ columns}
        self.grid_columns = columns
        for batch, is_strong in ((self.columns, False), (self.breaks, True)):
            pixels = [tick.pixel for tick in ticks if tick.is_strong == is_strong]
            batch.fill(rects(np.array(pixels, float), 0.0, line, self.rect.height()))
        tops = np.array(y_pixels, float)
        self.rows.fill(rects(np.zeros(len(tops)), tops, self.rect.width(), line))
        self.invalidate(*(QRect(column, 0, line, self.rect.height()) for column in differing))

    @property
    def exposure(self) -> Exposure:
        """What of the plot is under repaint."""
        exposed = self.chart.exposed_from(self.origin)
        if exposed is not self.exposed:
            self.exposed, self.exposure_found = exposed, Exposure.of(exposed & self.rect, self.rect)
        return self.exposure_found

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the grid, and the lines at which a day, month or year begins upon it."""
        painter.setPen(Qt.PenStyle.NoPen)
        exposure = self.exposure
        painter.setBrush(self.palette.brush('grid'))
        for left, right in exposure.spans:
            self.rows.draw_part(painter, left, right)
        if exposure.rows:
            self.rows.draw_rows(painter, *exposure.rows)
        for batch, token in ((self.columns, 'grid'), (self.breaks, 'line')):
            painter.setBrush(self.palette.brush(token))
            for left, right in exposure.spans:
                batch.draw(painter, left, right)
            if exposure.rows:
                batch.draw_rows(painter, *exposure.rows)


class Exposure(NamedTuple):
    """Device pixels of a plot that are under repaint, as far as what is drawn is chosen by them.

    A line from edge to edge that moves exposes few rows, in which few marks have a pixel; whatever
    else changes exposes columns.

    Attributes
    ----------
    spans : list of tuple of int
        Half-open ranges of columns, ascending.
    rows : tuple of int, or None
        The range of rows of what is wide and low.
    """

    spans: list[tuple[int, int]]
    rows: tuple[int, int] | None

    @classmethod
    def of(cls, region: QRegion, plot: QRect) -> Exposure:
        """Return the exposure of a region of a plot."""
        spans: list[tuple[int, int]] = []
        rows: tuple[int, int] | None = None
        for rect in sorted(region.rects(), key=QRect.left):
            if 2 * rect.width() > plot.width() and rect.height() <= LOW:
                top, bottom = rect.top(), rect.bottom() + 1
                rows = (min(rows[0], top), max(rows[1], bottom)) if rows else (top, bottom)
                continue
            left, right = rect.left(), rect.right() + 1
            if spans and left <= spans[-1][1]:
                spans[-1] = spans[-1][0], max(right, spans[-1][1])
            else:
                spans.append((left, right))
        return cls(spans, rows)

    def whole_spans(self, plot: QRect) -> list[tuple[int, int]]:
        """Return the columns in which anything is exposed."""
        return [(0, plot.width())] if self.rows else self.spans
