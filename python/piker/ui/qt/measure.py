"""`MeasureBox`: the box that Shift-drag measures, tinted upon the bars, with a card beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piker.ui.model.card import placed_outside
from piker.ui.model.measure import Box, Measure, box_of, corner_at
from piker.ui.qt.card import Card
from piker.ui.qt.qtlib import QPainter, QPoint, QRect, QRegion
from piker.ui.qt.view import PlotItem

if TYPE_CHECKING:
    from piker.ui.model.card import Size
    from piker.ui.model.flow import Flow
    from piker.ui.model.measure import Corner
    from piker.ui.qt.chart import ChartPlotWidget

__all__ = ['MeasureBox']

BOX_Z = 1.5
TINT_SHARE = 0.10
CARD_GAP = 8
OUTSIDE = 16


class MeasureBox(PlotItem):
    """A box between two rows and prices; it moves with the rows, its card stays in the plot.

    Parameters
    ----------
    chart : ChartPlotWidget
        A chart of prices, whose flow is called so.
    digits : int
        Decimals of a price.

    Attributes
    ----------
    measure : Measure
        Corners and figures.
    card : Card
        What tells the figures.
    shown : Box or None
        Where the last frame put it.
    left : int
        The absolute column at the plot's left edge in that frame.
    """

    def __init__(self, chart: ChartPlotWidget, digits: int) -> None:
        self.digits = digits
        self.measure = Measure()
        self.shown: Box | None = None
        self.flow: Flow | None = None
        self.left = 0
        super().__init__(chart, BOX_Z)
        self.card = Card(chart)

    def device_rect(self) -> QRect:
        """Return the plot, within which it moves."""
        return self.chart.view.rect

    def pinned(self) -> list[QRect]:
        """Return nothing: it is anchored to rows."""
        return []

    def begin(self, x: float, y: float) -> None:
        """Begin a box at a logical pixel of the widget."""
        self.measure.begin(self.corner(x, y))

    def move(self, x: float, y: float) -> None:
        """Put the other corner at a logical pixel, or at the nearest one of the plot."""
        self.measure.move(self.corner(x, y))

    def clear(self) -> bool:
        """Have no box; return whether there was one."""
        was_shown = self.measure.is_shown
        self.measure.clear()
        return was_shown

    def corner(self, x: float, y: float) -> Corner:
        """Return the corner at a logical pixel of the widget, or at the nearest one of the plot."""
        chart, view = self.chart, self.chart.view
        at = QPoint(round(x * chart.ratio), round(y * chart.ratio)) - chart.plot_at
        inside = (
            max(0, min(at.x(), view.rect.right())),
            max(0, min(at.y(), view.rect.bottom())),
        )
        flow = view.flows['price']
        return corner_at(flow, view.viewport, view.yrange, inside, view.axis.tick_size)

    def update_box(self) -> None:
        """Bring the box and its card up to date, and have what differs of them painted."""
        view = self.chart.view
        flow = view.flows['price']
        if flow is not self.flow:
            # Rows of another period are other rows.
            self.measure.clear()
            self.flow = flow
        measured = self.measure.figures(flow)
        corners = self.measure.corners
        box = None
        if measured is not None and corners is not None:
            box = box_of(view.viewport, view.yrange, corners)
        self.left = view.viewport.left
        if box != self.shown:
            self.invalidate_from(self.shown, box)
            self.shown = box
        if box is None or measured is None:
            self.card.clear()
            return
        is_above = measured.stop.price >= measured.start.price
        stand = self.rect_of(box)

        def place(size: Size, room: Size) -> tuple[int, int]:
            sides = stand.left(), stand.top(), stand.right() + 1, stand.bottom() + 1
            gap = round(CARD_GAP * self.chart.em)
            return placed_outside(sides, gap, size, room, is_above=is_above)

        self.card.show_entries(measured.title(self.digits), measured.entries(self.digits), place)

    def rect_of(self, box: Box) -> QRect:
        """Return where a box stands on the plot of this frame, as far as it is in view."""
        left, rect, line = self.left, self.chart.view.rect, self.line
        # Edges out of view stay there, however far they are.
        ends = [
            max(-OUTSIDE, min(at - left, rect.width() + OUTSIDE)) for at in (box.left, box.right)
        ]
        tops = [max(-OUTSIDE, min(at, rect.height() + OUTSIDE)) for at in (box.top, box.bottom)]
        return QRect(ends[0], tops[0], ends[1] - ends[0] + line, tops[1] - tops[0] + line)

    def edges(self, rect: QRect) -> list[QRect]:
        """Return the four lines around a box."""
        line = self.line
        wide, tall = rect.width(), rect.height()
        return [
            QRect(rect.left(), rect.top(), wide, line),
            QRect(rect.left(), rect.bottom() + 1 - line, wide, line),
            QRect(rect.left(), rect.top(), line, tall),
            QRect(rect.right() + 1 - line, rect.top(), line, tall),
        ]

    def invalidate_from(self, before: Box | None, now: Box | None) -> None:
        """Have painted what one of two boxes covers alone, and the lines around both."""
        differing = QRegion()
        for box in (before, now):
            if box is not None:
                differing = differing.xored(QRegion(self.rect_of(box)))
        for box in (before, now):
            for edge in self.edges(self.rect_of(box)) if box is not None else ():
                differing += edge
        self.invalidate(*(differing & self.chart.view.rect).rects())

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the tint, and the lines around it."""
        if self.shown is None:
            return
        rect = self.rect_of(self.shown)
        seen = rect & self.chart.view.rect
        if not exposed.intersects(seen):
            return
        painter.fillRect(seen, self.palette.tint('accent', TINT_SHARE))
        for edge in self.edges(rect):
            painter.fillRect(edge & self.chart.view.rect, self.palette.brush('accent'))
