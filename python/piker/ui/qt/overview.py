"""`OverviewChart`: the slow chart, on which a band marks what the fast one shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piker.ui.model.band import GRIP, Band, changed_columns
from piker.ui.qt.chart import ChartPlotWidget, Region
from piker.ui.qt.qtlib import (
    QApplication,
    QMouseEvent,
    QPainter,
    QRect,
    QRegion,
    Qt,
    pyqtSignal,
)
from piker.ui.qt.view import PlotItem

if TYPE_CHECKING:
    from piker.ui.model.viewport import Viewport
    from piker.ui.qt.axes import Formatter, TickFormatter
    from piker.ui.qt.palette import Palette

__all__ = ['OverviewChart']

TINT_Z, EDGES_Z = -1, 0.5
MARGINS, STRIP_MARGINS = (40, 16), (10, 6)
TIME_AXIS_HEIGHT = 24


class BandItem(PlotItem):
    """Base of the two parts of the band, which moves with the rows."""

    chart: OverviewChart

    def device_rect(self) -> QRect:
        """Return the plot, within which the band moves."""
        return self.chart.view.rect

    def pinned(self) -> list[QRect]:
        """Return nothing: it stands where its time stands."""
        return []

    def part(self, band: Band) -> QRect:
        """Return what of some columns is in the plot."""
        rect = self.device_rect()
        left, right = max(0, band.left), min(rect.width(), band.right)
        return QRect(left, 0, right - left, rect.height()) if left < right else QRect()


class BandTint(BandItem):
    """The ground of the band, below the grid."""

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the ground."""
        if self.chart.band is not None:
            rect = self.part(self.chart.band) & exposed.boundingRect()
            painter.fillRect(rect, self.palette.brush('band'))


class BandEdges(BandItem):
    """The lines at the ends of the band, upon the grid and below the bars."""

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the lines."""
        if self.chart.band is None:
            return
        for edge in self.chart.band.edges(self.line):
            rect = self.part(edge)
            if exposed.intersects(rect):
                painter.fillRect(rect, self.palette.brush('band_edge'))


class OverviewChart(ChartPlotWidget):
    """The slow chart.

    A drag that begins on the band moves it, one that begins beside it pans the chart as on any
    other, and a click beside it asks for the band to come there.

    Parameters
    ----------
    viewport, palette, formatter, tick_formatter, tick_size
        As for `ChartPlotWidget`.

    Attributes
    ----------
    band : Band or None
        What is marked, in device pixels of the plot.
    grip : int or None
        While the band is dragged: the device pixel of it that was taken hold of.
    is_click : bool
        The mouse is down and has not moved so far that it is a drag.
    """

    band_moved = pyqtSignal(int)
    band_called = pyqtSignal(int)

    def __init__(
        self,
        viewport: Viewport,
        palette: Palette,
        formatter: Formatter,
        tick_formatter: TickFormatter,
        *,
        tick_size: float,
    ) -> None:
        self.band: Band | None = None
        self.grip: int | None = None
        self.is_click = False
        super().__init__(
            viewport,
            palette,
            formatter,
            tick_formatter,
            tick_size=tick_size,
            margins=MARGINS,
            time_axis_height=TIME_AXIS_HEIGHT,
        )
        self.tint = BandTint(self, TINT_Z)
        self.edges = BandEdges(self, EDGES_Z)

    def set_form(self, *, is_strip: bool) -> None:
        """Take the margins of a strip, or those of a whole chart."""
        self.view.margins = STRIP_MARGINS if is_strip else MARGINS

    def set_band(self, band: Band | None) -> None:
        """Mark other columns, and have those painted that look different."""
        if band == self.band:
            return
        differing = changed_columns(self.band, band, self.line)
        self.band = band
        self.tint.invalidate(*(self.tint.part(Band(*columns)) for columns in differing))

    def shift(self, pixels: int) -> None:
        """Move what is painted of the plot, the band with it."""
        super().shift(pixels)
        if self.band is not None:
            self.band = self.band.shifted(pixels)

    def pixel_of(self, x: float) -> int:
        """Return the device pixel of the plot at a logical pixel of the widget."""
        return int(x * self.ratio) - self.plot_at.x()

    def is_on_band(self, x: float) -> bool:
        """Whether the band can be taken hold of at a logical pixel."""
        reach = round(GRIP * self.em)
        return self.band is not None and self.band.holds(self.pixel_of(x), reach)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take hold of the band, or begin what is a click or a drag."""
        super().mousePressEvent(event)
        if event.button() != Qt.MouseButton.LeftButton or self.pressed is not Region.PLOT:
            return
        if self.band is not None and self.is_on_band(event.x()):
            self.grip = self.pixel_of(event.x()) - self.band.left
            self.viewport().setCursor(Qt.CursorShape.SizeHorCursor)
        else:
            self.is_click = True

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Move the band, or go on as any chart does."""
        if self.grip is not None:
            wanted = self.pixel_of(event.x()) - self.grip
            if self.band is not None and wanted != self.band.left:
                self.band_moved.emit(wanted)
            self.pointed.emit((event.x(), event.y()))
            return
        if self.is_click:
            moved = abs(event.x() - self.press_at[0]) + abs(event.y() - self.press_at[1])
            if moved < QApplication.startDragDistance():
                return
            self.is_click = False
        super().mouseMoveEvent(event)
        if self.pressed is None and self.region_at(event.x(), event.y()) is Region.PLOT:
            is_on_band = self.is_on_band(event.x())
            self.viewport().setCursor(
                Qt.CursorShape.SizeHorCursor if is_on_band else Qt.CursorShape.CrossCursor
            )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """End a drag, or have the band come to where the mouse was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            if self.is_click:
                self.band_called.emit(self.pixel_of(event.x()))
            self.grip, self.is_click = None, False
        super().mouseReleaseEvent(event)
