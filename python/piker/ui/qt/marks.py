"""Marks upon a plot: last-price line, level 1 labels, crosshair, and the notice of an empty one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from piker.ui.model import formats
from piker.ui.qt.label import paint_triangle
from piker.ui.qt.qtlib import QColor, QPainter, QPen, QPointF, QRect, QRegion, Qt
from piker.ui.qt.text import Role
from piker.ui.qt.view import PlotItem

if TYPE_CHECKING:
    from piker.ui.qt.chart import ChartPlotWidget

__all__ = ['Crosshair', 'L1Labels', 'LastLine', 'Notice']

LAST_LINE_Z, L1_Z, CROSSHAIR_Z = 2, 3, 5
LAST_LINE_DASHES = (2, 4)
WIDEST_SIZE = '8.888k'
TRIANGLE = 7
GAP = 8
TEXT_HEIGHT = 18


def dotted(colour: QColor, line: int, *pattern: float) -> QPen:
    """Return a cosmetic dashed pen whose dashes are counted in line widths."""
    pen = QPen(colour, line)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setDashPattern(list(pattern))
    return pen


class LastLine(PlotItem):
    """A dashed line at the last price, from edge to edge; its dashes move with the rows."""

    def __init__(self, chart: ChartPlotWidget) -> None:
        self.pixel: int | None = None
        self.tint = 'up'
        super().__init__(chart, LAST_LINE_Z)

    def device_rect(self) -> QRect:
        """Return the plot, within which the line moves."""
        return self.chart.view.rect

    def strip(self) -> QRect:
        """Return where the line is."""
        if self.pixel is None:
            return QRect()
        return QRect(0, self.pixel, self.chart.view.rect.width(), self.line)

    def pinned(self) -> list[QRect]:
        """Return nothing: the dashes are anchored to absolute columns."""
        return []

    def set(self, pixel: int | None, tint: str) -> None:
        """Move the line."""
        if pixel == self.pixel and tint == self.tint:
            return
        before = self.strip()
        self.pixel, self.tint = pixel, tint
        self.invalidate(before, self.strip())

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the line."""
        if self.pixel is None or not exposed.intersects(self.strip()):
            return
        middle = self.pixel + self.line / 2
        pen = dotted(self.palette.colour(self.tint), self.line, *LAST_LINE_DASHES)
        pen.setDashOffset(self.chart.view.viewport.left / self.line % sum(LAST_LINE_DASHES))
        painter.setPen(pen)
        painter.drawLine(QPointF(0, middle), QPointF(self.chart.view.rect.width(), middle))


class L1Labels(PlotItem):
    """Best ask above its line with a ▼, best bid below its line with a ▲, beside the price axis.

    Attributes
    ----------
    bid, ask : tuple of float
        Price and size; NaN where unknown.
    near : float
        A price by which room is kept before the first quote; NaN where unknown.
    """

    def __init__(self, chart: ChartPlotWidget, digits: int) -> None:
        self.digits = digits
        self.bid = self.ask = (math.nan, math.nan)
        self.near = math.nan
        super().__init__(chart, L1_Z)

    def device_rect(self) -> QRect:
        """Return the plot, within which the labels move."""
        return self.chart.view.rect

    def text(self, price: float, size: float) -> str:
        """Return a label's text: size × price."""
        return f'{formats.size(size)} × {formats.price(price, self.digits)}'

    def pre_l1_xs(self) -> int:
        """Return the device pixel left of the widest label there can be at the present price."""
        known = (price for price in (self.ask[0], self.bid[0], self.near) if math.isfinite(price))
        price = next(known, 0.0)
        widest = f'{WIDEST_SIZE} × {formats.price(price, self.digits)}'
        width = self.chart.book.face(Role.AXIS).width(widest)
        used = round(width) + self.scaled(TRIANGLE + 3 * GAP)
        return self.chart.view.rect.width() - used

    def scaled(self, design: float) -> int:
        """Return pixels of the design as device pixels."""
        return round(design * self.chart.em)

    def boxes(self) -> list[tuple[str, tuple[float, float], int, QRect]]:
        """Return side, quote, line pixel and box of each label that has a price in view."""
        view = self.chart.view
        found = []
        left = self.pre_l1_xs() + self.scaled(GAP)
        tall = self.scaled(TEXT_HEIGHT)
        for side, quote in (('ask', self.ask), ('bid', self.bid)):
            if not math.isfinite(quote[0]):
                continue
            pixel = view.yrange.pixel_of(quote[0])
            if not 0 <= pixel < view.rect.height():
                continue
            top = pixel - tall if side == 'ask' else pixel + self.line
            found.append((side, quote, pixel, QRect(left, top, view.rect.width() - left, tall)))
        return found

    def covered(self) -> QRect:
        """Return where the labels and their lines are."""
        area = QRect()
        for _, _, pixel, box in self.boxes():
            area = area.united(box).united(QRect(box.left(), pixel, box.width(), self.line))
        return area

    def pinned(self) -> list[QRect]:
        """Return where the labels and their lines are."""
        return [self.covered()]

    def set(self, bid: tuple[float, float], ask: tuple[float, float]) -> None:
        """Take new quotes."""
        if (bid, ask) == (self.bid, self.ask):
            return
        before = self.covered()
        self.bid, self.ask = bid, ask
        self.invalidate(before.united(self.covered()))

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the labels."""
        face = self.chart.book.face(Role.AXIS)
        for side, quote, pixel, box in self.boxes():
            if not exposed.intersects(box.adjusted(0, -2, 0, 2)):
                continue
            text = self.text(*quote)
            colour = self.palette.colour(side)
            right = box.right() + 1 - self.scaled(GAP)
            left = right - face.width(text)
            line_left = round(left) - self.scaled(TRIANGLE + GAP)
            # Bars that reach under a label do not make it unreadable.
            painter.fillRect(
                QRect(line_left, box.top(), box.right() + 1 - line_left, box.height()),
                self.palette.brush('canvas'),
            )
            painter.fillRect(
                QRect(line_left, pixel, box.right() + 1 - line_left, self.line), colour
            )
            middle = box.center().y()
            face.draw(painter, left, middle, text, colour)
            spot = QPointF(left - self.scaled(TRIANGLE), middle)
            size = self.scaled(TRIANGLE)
            paint_triangle(painter, self.palette, side, spot, size, is_up=side == 'bid')


class Crosshair(PlotItem):
    """Dotted lines through the cursor: vertical on every linked chart, horizontal on one.

    Attributes
    ----------
    column, row : int or None
        Device pixels of the two lines; None where one is not shown.
    """

    def __init__(self, chart: ChartPlotWidget) -> None:
        self.column: int | None = None
        self.row: int | None = None
        super().__init__(chart, CROSSHAIR_Z)

    def device_rect(self) -> QRect:
        """Return the plot."""
        return self.chart.view.rect

    def pinned(self) -> list[QRect]:
        """Return where the lines are."""
        return self.strips()

    def strips(self) -> list[QRect]:
        """Return where the lines are."""
        rect = self.device_rect()
        found = []
        if self.column is not None:
            found.append(QRect(self.column, 0, self.line, rect.height()))
        if self.row is not None:
            found.append(QRect(0, self.row, rect.width(), self.line))
        return found

    def set(self, x: int | None, y: int | None) -> None:
        """Move the lines."""
        if (x, y) == (self.column, self.row):
            return
        before = self.strips()
        self.column, self.row = x, y
        self.invalidate(*before, *self.strips())

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the lines."""
        if self.column is None and self.row is None:
            return
        rect = self.device_rect()
        half = self.line / 2
        painter.setPen(dotted(self.palette.colour('accent'), self.line, 1, 3))
        if self.column is not None:
            middle = self.column + half
            painter.drawLine(QPointF(middle, 0), QPointF(middle, rect.height()))
        if self.row is not None:
            middle = self.row + half
            painter.drawLine(QPointF(0, middle), QPointF(rect.width(), middle))


class Notice(PlotItem):
    """A sentence in the middle of an empty plot.

    Attributes
    ----------
    text : str
        What would fill it, and how; empty while there is something to see.
    """

    def __init__(self, chart: ChartPlotWidget) -> None:
        self.text = ''
        super().__init__(chart, CROSSHAIR_Z)

    def device_rect(self) -> QRect:
        """Return the plot."""
        return self.chart.view.rect

    def pinned(self) -> list[QRect]:
        """Return the plot while there is a sentence on it."""
        return [self.device_rect()] if self.text else []

    def set(self, text: str) -> None:
        """Take another text."""
        if text != self.text:
            self.text = text
            self.invalidate(self.device_rect())

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the sentence."""
        if not self.text:
            return
        face = self.chart.book.face(Role.BODY)
        rect = self.device_rect()
        left = max(0.0, (rect.width() - face.width(self.text)) / 2)
        middle = rect.height() / 2
        face.draw(painter, left, middle, self.text, self.palette.colour('dim'))
