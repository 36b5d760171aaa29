"""`LevelLines`: dashed lines at the previous close and the day's high and low, with their names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from piker.ui.model.levels import Levels
from piker.ui.qt.marks import LAST_LINE_Z, dotted
from piker.ui.qt.qtlib import QPainter, QPointF, QRect, QRegion
from piker.ui.qt.text import Role
from piker.ui.qt.view import PlotItem

if TYPE_CHECKING:
    from piker.ui.qt.chart import ChartPlotWidget

__all__ = ['LevelLines']

LEFT, PAD, GAP = 12, 4, 4
TEXT_HEIGHT = 16
LEGEND_FOOT = 32
NAMES = {'prev_close': 'prev close', 'day_high': 'day high', 'day_low': 'day low'}
DASHES = {'prev_close': (5, 4), 'day_high': (12, 4), 'day_low': (12, 4)}


class Level(NamedTuple):
    """A line in view, and where its name stands; a null rectangle where there is no room for it."""

    kind: str
    pixel: int
    box: QRect


class LevelLines(PlotItem):
    """Lines from edge to edge, whose dashes move with the rows; the names stand at the left.

    Attributes
    ----------
    is_wanted : bool
        The user has asked for them.
    levels : Levels
        What they stand at.
    shown : list of Level
        What the last frame showed.
    """

    def __init__(self, chart: ChartPlotWidget) -> None:
        self.is_wanted = False
        self.levels = Levels()
        self.shown: list[Level] = []
        super().__init__(chart, LAST_LINE_Z)

    def device_rect(self) -> QRect:
        """Return the plot, within which the lines move."""
        return self.chart.view.rect

    def pinned(self) -> list[QRect]:
        """Return where the names are."""
        return [level.box for level in self.shown]

    def update_lines(self) -> None:
        """Bring the lines up to date, and have those that moved painted.

        Raises
        ------
        Overrun
            The writer lapped the rows while they were read.
        """
        found = self.placed() if self.is_wanted else []
        if found != self.shown:
            differing = [level for level in self.shown if level not in found]
            differing += [level for level in found if level not in self.shown]
            self.shown = found
            for level in differing:
                self.invalidate(self.strip(level), level.box)

    def placed(self) -> list[Level]:
        """Return the lines in view; a name stands above its line, right of one in its way."""
        view, em = self.chart.view, self.chart.em
        face = self.chart.book.face(Role.AXIS)
        tall = round(TEXT_HEIGHT * em)
        found: list[Level] = []
        for kind, price in self.levels.of(view.flows['price'])._asdict().items():
            pixel = view.yrange.pixel_of(price) if math.isfinite(price) else -1
            if not 0 <= pixel < view.rect.height():
                continue
            width = round(face.width(NAMES[kind]) + 2 * PAD * em)
            top = pixel - tall
            if top < round(LEGEND_FOOT * em):
                # The legend stands there.
                top = max(pixel + self.line, round(LEGEND_FOOT * em))
            box = QRect(round((LEFT - PAD) * em), top, width, tall)
            for other in sorted(found, key=lambda level: level.box.left()):
                if box.intersects(other.box):
                    box.moveLeft(other.box.right() + 1 + round(GAP * em))
            is_whole = view.rect.contains(box)
            found.append(Level(kind, pixel, box if is_whole else QRect()))
        return found

    def strip(self, level: Level) -> QRect:
        """Return where a line is."""
        return QRect(0, level.pixel, self.chart.view.rect.width(), self.line)

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the lines, and upon them the names on canvas."""
        face = self.chart.book.face(Role.AXIS)
        colour = self.palette.colour('dim')
        for level in self.shown:
            if not exposed.intersects(self.strip(level)):
                continue
            dashes = DASHES[level.kind]
            middle = level.pixel + self.line / 2
            pen = dotted(colour, self.line, *dashes)
            pen.setDashOffset(self.chart.view.viewport.left / self.line % sum(dashes))
            painter.setPen(pen)
            painter.drawLine(QPointF(0, middle), QPointF(self.chart.view.rect.width(), middle))
        for level in self.shown:
            if exposed.intersects(level.box):
                painter.fillRect(level.box, self.palette.brush('canvas'))
                left = level.box.left() + PAD * self.chart.em
                top = level.box.top() + level.box.height() / 2
                face.draw(painter, left, top, NAMES[level.kind], colour)
