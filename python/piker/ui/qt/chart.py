"""`ChartPlotWidget`: one chart of a stack: its plot, axes and marks, and the mouse upon them."""

from __future__ import annotations

import math
from enum import Enum
from time import perf_counter
from typing import TYPE_CHECKING

from pyqtgraph import GraphicsView

from piker.ui.qt.axes import Formatter, PriceAxis, TickFormatter, TimeAxis
from piker.ui.qt.composed import Side
from piker.ui.qt.curve import Curve
from piker.ui.qt.legend import Legend
from piker.ui.qt.marks import Crosshair
from piker.ui.qt.overlay import PlotItemOverlay
from piker.ui.qt.qtlib import (
    QEvent,
    QGraphicsItem,
    QGraphicsView,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPoint,
    QRect,
    QRectF,
    QRegion,
    QResizeEvent,
    Qt,
    QWheelEvent,
    pyqtSignal,
)
from piker.ui.qt.text import TextBook
from piker.ui.qt.view import ChartView, PlotItem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from piker.ui.model.viewport import Viewport
    from piker.ui.qt.measure import MeasureBox
    from piker.ui.qt.palette import Palette

__all__ = ['ChartPlotWidget', 'Region']

NOTCH = 120
CLICK_REACH = 4
YSCALE_A_NOTCH = 1.12
MARGIN_TOP, MARGIN_BOTTOM = 44, 24


class Region(Enum):
    """What lies under the mouse."""

    PLOT = 'plot'
    PRICE_AXIS = 'price axis'
    TIME_AXIS = 'time axis'


class ChartPlotWidget(GraphicsView):  # type: ignore[misc]
    """A plot with its axes, painted in device pixels and repainted by dirty rectangles.

    Mouse events are not sent through the scene: moves are coalesced to one a frame, presses and
    wheel notches are all kept.

    Parameters
    ----------
    viewport : Viewport
        The x range, shared with linked charts.
    palette : Palette
        Colours.
    formatter : callable
        Text of a value, as labels on the y axis show it.
    tick_formatter : callable
        Texts of the values of all ticks of the y axis.
    tick_size : float
        The price tick; 0 where values are not prices.
    margins : tuple of int
        Room above and below the data in logical pixels.
    time_axis_height : int
        Height of the time axis below it in pixels of the design; 0 for none.

    Attributes
    ----------
    ratio : float
        Device pixels a logical pixel.
    plot_at : QPoint
        The device pixel of the plot's top left corner.
    measure : MeasureBox or None
        What Shift-drag measures with; put there by whoever shows prices.
    exposed : QRegion
        Device pixels under repaint, while painting.
    paints, pixels_painted : int
        Paint events so far, and the device pixels they exposed: counters for tests.
    """

    panned = pyqtSignal(float)
    zoomed = pyqtSignal(float)
    y_changed = pyqtSignal()
    pointed = pyqtSignal(object)
    resized = pyqtSignal()
    painted = pyqtSignal()

    def __init__(
        self,
        viewport: Viewport,
        palette: Palette,
        formatter: Formatter,
        tick_formatter: TickFormatter,
        *,
        tick_size: float = 0.0,
        margins: tuple[int, int] = (MARGIN_TOP, MARGIN_BOTTOM),
        time_axis_height: int = 0,
    ) -> None:
        self.tokens = palette
        self.ratio = 1.0
        self.exposed = QRegion()
        self.exposures: dict[tuple[int, int], QRegion] = {}
        self.plot_at = QPoint(0, 0)
        self.paints = 0
        self.has_painted = False
        self.pixels_painted = 0
        self.paint_ms = 0.0
        self.pressed: Region | None = None
        self.pressed_view: ChartView | None = None
        self.press_at = self.cursor_at = (0.0, 0.0)
        self.travel = 0.0
        self.measure: MeasureBox | None = None
        self.is_measuring = False
        self.is_laid_out = False
        super().__init__(background=None)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlags(
            QGraphicsView.OptimizationFlag.DontSavePainterState
            | QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing
        )
        self.scene().setItemIndexMethod(self.scene().ItemIndexMethod.NoIndex)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(1)
        self.book = TextBook(self.ratio)
        axis = PriceAxis(self, formatter, tick_formatter, tick_size)
        self.overlay = PlotItemOverlay(ChartView(self, viewport, axis, margins))
        self.time_axis = TimeAxis(self) if time_axis_height else None
        self.time_axis_height = time_axis_height
        if self.time_axis:
            self.overlay.layout.append(Side.BOTTOM, self.time_axis)
        self.crosshair = Crosshair(self)
        self.legend = Legend(self)
        self.is_laid_out = True

    @property
    def view(self) -> ChartView:
        """The main view."""
        return self.overlay.main

    @property
    def axis(self) -> PriceAxis:
        """The axis of the main view."""
        return self.overlay.main.axis

    @property
    def views(self) -> list[ChartView]:
        """All views of its plot, the main one first."""
        return self.overlay.views

    @property
    def em(self) -> float:
        """Device pixels of a pixel of the design: with the font grows the room for it."""
        return self.book.em

    @property
    def line(self) -> int:
        """Width of a line in device pixels."""
        return max(1, round(self.ratio))

    def to_logical(self, rect: QRect) -> QRectF:
        """Return device pixels as logical ones."""
        ratio = self.ratio
        return QRectF(
            rect.x() / ratio, rect.y() / ratio, rect.width() / ratio, rect.height() / ratio
        )

    def to_device(self, region: QRegion) -> QRegion:
        """Return logical pixels as all device pixels of which they cover a part."""
        ratio = self.ratio
        if ratio == 1:
            return region
        covered = QRegion()
        for rect in region.rects():
            left, top = math.floor(rect.left() * ratio), math.floor(rect.top() * ratio)
            right = math.ceil((rect.left() + rect.width()) * ratio)
            bottom = math.ceil((rect.top() + rect.height()) * ratio)
            covered += QRect(left, top, right - left, bottom - top)
        return covered

    def place(self, widths: Mapping[Side, Sequence[int]]) -> None:
        """Divide the widget among plot and axes.

        Parameters
        ----------
        widths : mapping of Side to sequence of int
            Logical pixels of the value axes of each side, from the plot outwards.
        """
        ratio = self.devicePixelRatioF()
        if ratio != self.ratio:
            self.ratio = ratio
            self.book = TextBook(ratio)
        strips = {side: [round(width * ratio) for width in row] for side, row in widths.items()}
        strips[Side.BOTTOM] = [round(self.time_axis_height * self.em)] if self.time_axis else []
        wide, tall = round(self.width() * ratio), round(self.height() * ratio)
        for item in self.scene().items():
            item.prepareGeometryChange()
        plot = self.overlay.layout.place(wide, tall, strips)
        self.plot_at = plot.topLeft()
        for view in self.views:
            view.place(plot.width(), plot.height())

    def relayout(self) -> None:
        """Have the widget divided anew: an axis came or went."""
        if self.is_laid_out:
            self.resized.emit()

    def exposed_from(self, origin: QPoint) -> QRegion:
        """Return the device pixels under repaint as counted from one of the widget's."""
        key = origin.x(), origin.y()
        found = self.exposures.get(key)
        if found is None:
            found = self.exposures[key] = self.exposed.translated(-origin)
        return found

    def invalidate(self, *rects: QRect) -> None:
        """Have device pixels painted again; null rectangles ask for nothing."""
        ratio = self.ratio
        for rect in rects:
            if rect.isNull():
                continue
            left, top = math.floor(rect.left() / ratio), math.floor(rect.top() / ratio)
            right = math.ceil((rect.left() + rect.width()) / ratio)
            bottom = math.ceil((rect.top() + rect.height()) / ratio)
            self.viewport().update(left, top, right - left, bottom - top)

    def invalidate_all(self) -> None:
        """Have the whole widget painted again."""
        self.viewport().update()

    def shift(self, pixels: int) -> None:
        """Move what is painted of the plot to the right, and have what that exposes painted.

        Parameters
        ----------
        pixels : int
            Device pixels. Where they are no whole logical ones, all is painted again.
        """
        plot = self.view.rect
        for view in self.views:
            view.shift(pixels)
        by = pixels / self.ratio
        if not by.is_integer() or not self.ratio.is_integer() or abs(pixels) >= plot.width():
            self.invalidate_all()
            return
        self.viewport().scroll(int(by), 0, self.to_logical(plot.translated(self.plot_at)).toRect())
        for item in self.scene().items():
            if isinstance(item, PlotItem) and item.origin == self.plot_at:
                for rect in item.pinned():
                    item.invalidate(rect & plot, rect.translated(pixels, 0) & plot)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the exposed pixels, and count them."""
        started = perf_counter()
        self.exposed = self.to_device(event.region())
        self.exposures.clear()
        painter = QPainter(self.viewport())
        canvas = self.tokens.brush('canvas')
        for rect in event.region().rects():
            painter.fillRect(rect, canvas)
        # Not by the scene, which would ask each item for its bounds in Python, whatever is exposed.
        items = self.scene().items(Qt.SortOrder.AscendingOrder)
        for item in sorted(items, key=QGraphicsItem.zValue):
            if isinstance(item, (PlotItem, Curve)) and item.isVisible() and item.is_exposed:
                item.paint(painter, None)
        painter.end()
        if not self.has_painted and any(view.marks_painted for view in self.views):
            self.has_painted = True
            self.painted.emit()
        self.paints += 1
        self.pixels_painted += sum(part.width() * part.height() for part in self.exposed.rects())
        self.paint_ms += (perf_counter() - started) * 1e3

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        """Lay out anew."""
        super().resizeEvent(event)
        self.relayout()

    def view_at(self, x: float, y: float) -> ChartView | None:
        """Return the view whose axis lies at a point of logical pixels, None where none does."""
        at = QPoint(int(x * self.ratio), int(y * self.ratio))
        for view in self.views:
            axis = view.axis
            if axis.rect.translated(axis.origin).contains(at):
                return view
        return None

    def region_at(self, x: float, y: float) -> Region:
        """Return what lies at a point of logical pixels."""
        at = QPoint(int(x * self.ratio), int(y * self.ratio)) - self.plot_at
        if self.time_axis and at.y() > self.view.rect.bottom():
            return Region.TIME_AXIS
        inside = self.view.rect.left() <= at.x() <= self.view.rect.right()
        return Region.PLOT if inside else Region.PRICE_AXIS

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave keys to the window."""
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Begin a drag; with Shift on prices, a measure."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.press_at = event.x(), event.y()
            self.travel = 0.0
            self.pressed = self.region_at(*self.press_at)
            self.pressed_view = self.view_at(*self.press_at)
            if self.pressed is not Region.PLOT:
                return
            has_shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
            self.is_measuring = has_shift and self.measure is not None
            if self.measure is not None and self.is_measuring:
                self.measure.begin(*self.press_at)
                self.pointed.emit(self.press_at)
            else:
                self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End a drag; a click takes what was measured away."""
        if event.button() == Qt.MouseButton.LeftButton:
            is_click = self.pressed is Region.PLOT and self.travel < CLICK_REACH
            if is_click and self.measure is not None and self.measure.clear():
                self.y_changed.emit()
            self.is_measuring = False
            self.pressed = self.pressed_view = None
            self.viewport().setCursor(Qt.CursorShape.CrossCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Treat the second click as a first one."""
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Go on with a drag, or move the crosshair."""
        at = event.x(), event.y()
        if self.pressed is None:
            region = self.region_at(*at)
            is_axis = region is Region.PRICE_AXIS
            self.viewport().setCursor(
                Qt.CursorShape.SizeVerCursor if is_axis else Qt.CursorShape.CrossCursor
            )
            self.pointed.emit(at if region is Region.PLOT else None)
            return
        dx, dy = at[0] - self.press_at[0], at[1] - self.press_at[1]
        self.press_at = at
        self.travel += abs(dx) + abs(dy)
        if self.measure is not None and self.is_measuring:
            self.measure.move(*at)
            self.pointed.emit(at)
            return
        if self.pressed is Region.PRICE_AXIS:
            if self.pressed_view:
                self.pressed_view.yrange.pan(dy * self.ratio)
                self.y_changed.emit()
            return
        if dx:
            self.panned.emit(dx)
        focused = self.overlay.focused.yrange
        if dy and self.pressed is Region.PLOT and focused.is_static:
            focused.pan(dy * self.ratio)
            self.y_changed.emit()
        if self.pressed is Region.PLOT:
            self.pointed.emit(at)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Hide the crosshair."""
        self.pointed.emit(None)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom time on the plot, values on their axis; sideways pans."""
        delta = event.angleDelta()
        at = event.position()
        notches = delta.y() / NOTCH
        view = self.view_at(at.x(), at.y())
        if view is not None:
            pixel = at.y() * self.ratio - self.plot_at.y()
            view.yrange.zoom_by(YSCALE_A_NOTCH**-notches, pixel)
            self.y_changed.emit()
        elif notches:
            self.zoomed.emit(-notches)
        if delta.x():
            self.panned.emit(delta.x() / 2)
        event.accept()

    def contextMenuEvent(self, event: QEvent) -> None:  # noqa: N802
        """Have no context menu."""
        event.accept()
