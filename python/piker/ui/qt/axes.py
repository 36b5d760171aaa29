"""`PriceAxis` and `TimeAxis`: ticks, last-price and crosshair labels beside the plot."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from piker.ui.model.ticks import value_ticks
from piker.ui.qt.composed import Side
from piker.ui.qt.label import Label
from piker.ui.qt.qtlib import QPainter, QPoint, QRect, QRegion
from piker.ui.qt.text import Role
from piker.ui.qt.view import PlotItem

if TYPE_CHECKING:
    from piker.ui.model.yrange import YRange
    from piker.ui.qt.chart import ChartPlotWidget

__all__ = ['Axis', 'AxisTick', 'Formatter', 'PriceAxis', 'TickFormatter', 'TimeAxis']

AXIS_Z = 10
PAD = 8
TICK_GAP, LEAST_TICK_GAP, FEW = 44, 24, 6
LABEL_HEIGHT = 20
COUNTDOWN_HEIGHT = 34
MOST_WIDTH = 128

Formatter = Callable[[float], str]
TickFormatter = Callable[[list[float]], list[str]]


class AxisTick(NamedTuple):
    """A tick as it is painted: its device pixel on the axis and its text."""

    pixel: int
    text: str
    is_strong: bool = False


class Axis(PlotItem):
    """A strip beside a plot.

    Attributes
    ----------
    rect : QRect
        The strip, in device pixels that count from the plot's corner along the axis, and from
        the widget's across it.
    """

    def __init__(self, chart: ChartPlotWidget, z: float) -> None:
        self.rect = QRect()
        super().__init__(chart, z)

    def device_rect(self) -> QRect:
        """Return the strip it stands on."""
        return self.rect

    def pinned(self) -> list[QRect]:
        """Return nothing: it does not stand on the plot."""
        return []

    def place(self, rect: QRect) -> None:
        """Take a new strip."""
        self.prepareGeometryChange()
        self.rect = rect


class PriceAxis(Axis):
    """Value axis at a side of a plot.

    Parameters
    ----------
    chart : ChartPlotWidget
        The widget that shows it.
    formatter : callable
        Text of a value, as labels show it.
    tick_formatter : callable
        Texts of the values of all ticks.
    tick_size : float
        The price tick, whose multiples ticks are; 0 where values are not prices.

    Attributes
    ----------
    side : Side
        Where it stands.
    title : str
        What it is called; stands at its foot.
    ticks : list of AxisTick
        What it shows now, from the bottom up.
    last, cursor : Label
        The newest value (with the time to the bar's close); the value under the crosshair.
    layouts : int
        How often ticks were laid out: a counter for tests.
    """

    def __init__(
        self,
        chart: ChartPlotWidget,
        formatter: Formatter,
        tick_formatter: TickFormatter,
        tick_size: float,
    ) -> None:
        self.formatter = formatter
        self.tick_formatter = tick_formatter
        self.tick_size = tick_size
        self.side = Side.RIGHT
        self.title = ''
        self.ticks: list[AxisTick] = []
        self.signature: tuple[object, ...] = ()
        self.layouts = 0
        self.last = Label('up', 'on_fill')
        self.cursor = Label('accent', 'on_fill')
        super().__init__(chart, AXIS_Z)

    @property
    def origin(self) -> QPoint:
        """It counts from the plot's top, and from the widget's left."""
        return QPoint(0, self.chart.plot_at.y())

    def place(self, rect: QRect) -> None:
        """Take a new strip, and maybe another font."""
        super().place(rect)
        self.signature = ()

    def needed_width(self, *texts: str) -> int:
        """Return the width in logical pixels, a multiple of 4, that shows texts with their pads.

        It is never so wide that the plot suffers, whatever the texts.
        """
        face, scale = self.chart.book.face(Role.AXIS), self.chart.em / self.chart.ratio
        widest = max((face.width(text) for text in texts), default=0.0) / self.chart.ratio
        return min(round(MOST_WIDTH * scale), -(-round(widest + 2 * PAD * scale) // 4) * 4)

    def layout_ticks(self, y: YRange) -> bool:
        """Lay the ticks out anew where the y map has changed, and return whether it had."""
        if y.signature == self.signature:
            return False
        self.signature = y.signature
        self.layouts += 1
        # A low chart gets closer ticks rather than none.
        gap = max(LEAST_TICK_GAP * self.chart.em, min(TICK_GAP * self.chart.em, y.height / FEW))
        values = value_ticks(y.low, y.high, y.height, gap, self.tick_size)
        texts = self.tick_formatter(values)
        pairs = zip(values, texts, strict=True)
        self.ticks = [AxisTick(y.pixel_of(value), text) for value, text in pairs]
        return True

    def set_last(self, pixel: int, fill: str, ink: str, *texts: str) -> None:
        """Show the newest value and what belongs to it at a device pixel, unless it is off."""
        last = self.last
        is_recoloured = (last.fill, last.ink) != (fill, ink)
        last.fill, last.ink = fill, ink
        if texts and 0 <= pixel <= self.rect.height():
            tall = COUNTDOWN_HEIGHT if len(texts) > 1 else LABEL_HEIGHT
            dirty = last.set(self.label_rect(pixel, tall), *texts)
        else:
            dirty = last.hide()
        self.invalidate(self.dirty(dirty.united(last.rect) if is_recoloured else dirty))

    def set_cursor(self, pixel: int, text: str) -> None:
        """Show the value under the crosshair at a device pixel; nothing where there is no text."""
        cursor = self.cursor
        dirty = cursor.set(self.label_rect(pixel), text) if text else cursor.hide()
        self.invalidate(self.dirty(dirty))

    def label_rect(self, pixel: int, height: int = LABEL_HEIGHT) -> QRect:
        """Return the box of a label at a device pixel, moved to lie within the axis."""
        em = self.chart.em
        tall, single = round(height * em), round(LABEL_HEIGHT * em)
        top = pixel - single // 2
        top = max(self.rect.top(), min(top, self.rect.bottom() + 1 - tall))
        inset = self.line
        return QRect(self.rect.left() + inset, top, self.rect.width() - 2 * inset, tall)

    def dirty(self, changed: QRect) -> QRect:
        """Return a changed label's pixels with those of the ticks it may have hidden."""
        if changed.isNull():
            return changed
        reach = round(LABEL_HEIGHT * self.chart.em)
        return changed.adjusted(0, -reach, 0, reach) & self.rect

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the strip, its ticks and its labels."""
        rect = self.rect
        if not exposed.intersects(rect):
            return
        painter.fillRect(rect & exposed.boundingRect(), self.palette.brush('canvas'))
        line = self.line
        inner = rect.left() if self.side is Side.RIGHT else rect.right() + 1 - line
        painter.fillRect(QRect(inner, rect.top(), line, rect.height()), self.palette.brush('line'))
        face = self.chart.book.face(Role.AXIS)
        right = rect.right() + 1 - round(PAD * self.chart.em)
        colour = self.palette.colour('dim')
        if self.title:
            foot = self.title_rect()
            left = foot.left() + (foot.width() - face.width(self.title)) / 2
            face.draw(painter, left, foot.center().y(), self.title, self.palette.colour('ink'))
        for tick in self.shown_ticks():
            top, bottom = face.figures_at(tick.pixel)
            # Smoothed, figures reach a pixel beside their rows.
            if exposed.intersects(QRect(rect.left(), top - 1, rect.width(), bottom - top + 2)):
                face.draw(painter, right - face.width(tick.text), tick.pixel, tick.text, colour)
        for label in (self.last, self.cursor):
            label.draw(painter, self.palette, face, -right, self.chart.em)

    def shown_ticks(self) -> list[AxisTick]:
        """Return the ticks whose figures are neither cut by an edge nor under a label."""
        face = self.chart.book.face(Role.AXIS)
        shown = []
        for tick in self.ticks:
            top, bottom = face.figures_at(tick.pixel)
            is_cut = top < self.rect.top() or bottom > self.rect.bottom() + 1
            if not (is_cut or self.is_covered(top, bottom)):
                shown.append(tick)
        return shown

    def is_covered(self, top: int, bottom: int) -> bool:
        """Whether a label or the title stands on one of the device pixels `[top, bottom)`."""
        taken = [label.rect for label in (self.last, self.cursor) if label.is_shown]
        if self.title:
            taken.append(self.title_rect())
        return any(rect.top() < bottom and rect.bottom() >= top for rect in taken)

    def title_rect(self) -> QRect:
        """Return where the title stands: the foot of the axis."""
        tall = round(LABEL_HEIGHT * self.chart.em)
        top = self.rect.bottom() + 1 - tall
        return QRect(self.rect.left(), top, self.rect.width(), tall)


class TimeAxis(Axis):
    """Time axis below the bottom plot.

    Attributes
    ----------
    ticks : list of AxisTick
        What it shows now, from the left.
    cursor : Label
        The time under the crosshair.
    zone : str
        What the clock is called that times are told on; stands in the corner.
    """

    def __init__(self, chart: ChartPlotWidget) -> None:
        self.ticks: list[AxisTick] = []
        self.zone = ''
        self.cursor = Label('accent', 'on_fill')
        super().__init__(chart, AXIS_Z + 1)

    @property
    def origin(self) -> QPoint:
        """It counts from the plot's left, and from the widget's top."""
        return QPoint(self.chart.plot_at.x(), 0)

    def set_ticks(self, ticks: list[AxisTick]) -> None:
        """Take other ticks."""
        if ticks != self.ticks:
            self.ticks = ticks
            self.invalidate(self.rect)

    def set_zone(self, zone: str) -> None:
        """Take the name of another clock."""
        if zone != self.zone:
            self.zone = zone
            self.invalidate(self.rect)

    def corner(self) -> tuple[float, float]:
        """Return the device pixels between which the name of the clock stands."""
        right = self.rect.right() + 1 - PAD * self.chart.em
        return right - self.chart.book.face(Role.AXIS).width(self.zone), right

    def end(self) -> float:
        """Return the device pixel before which ticks and labels have to end."""
        room = self.rect.right() + 1
        return min(room, self.corner()[0] - PAD * self.chart.em) if self.zone else room

    def set_cursor(self, pixel: int, text: str) -> None:
        """Show a time at a device pixel of the plot; nothing where there is no text."""
        if not text:
            self.invalidate(self.dirty(self.cursor.hide()))
            return
        em = self.chart.em
        face = self.chart.book.face(Role.AXIS)
        width = round(face.width(text) + 2 * PAD * em)
        # The label moves in from an edge rather than being cut by it.
        left = max(0, min(pixel - width // 2, int(self.end()) - width))
        top = self.rect.top() + round(2 * em)
        box = QRect(left, top, width, round(20 * em))
        self.invalidate(self.dirty(self.cursor.set(box, text)))

    def dirty(self, changed: QRect) -> QRect:
        """Return a changed label's pixels with those of the ticks it may have hidden."""
        if changed.isNull():
            return changed
        reach = round(48 * self.chart.em)
        return changed.adjusted(-reach, 0, reach, 0) & self.rect

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the strip, its ticks and the cursor's time."""
        rect = self.rect
        if not exposed.intersects(rect):
            return
        palette, em = self.palette, self.chart.em
        painter.fillRect(rect & exposed.boundingRect(), palette.brush('canvas'))
        edge = QRect(rect.left(), rect.top(), rect.width(), self.line)
        painter.fillRect(edge, palette.brush('line'))
        middle = rect.top() + round(12 * em)
        painted = exposed & rect
        end, limit = 0.0, min(self.end(), rect.right() - 2 * em)
        covered = self.cursor.rect if self.cursor.is_shown else QRect()
        for tick in self.ticks:
            face = self.chart.book.face(Role.AXIS_STRONG if tick.is_strong else Role.AXIS)
            width = face.width(tick.text)
            left = tick.pixel - width / 2
            is_cut = left < 2 * em or left + width > limit
            hides = left < covered.right() + 4 * em and left + width > covered.left() - 4 * em
            if is_cut or (not covered.isNull() and hides) or left < end:
                continue
            end = left + width + PAD * em
            if not painted.intersects(QRect(int(left), rect.top(), int(width) + 2, rect.height())):
                continue
            colour = palette.colour('ink' if tick.is_strong else 'dim')
            face.draw(painter, left, middle, tick.text, colour)
        font = self.chart.book.face(Role.AXIS)
        if self.zone:
            font.draw(painter, self.corner()[0], middle, self.zone, palette.colour('dim'))
        start = self.cursor.rect.left() + round(PAD * em)
        self.cursor.draw(painter, palette, font, start, em)
