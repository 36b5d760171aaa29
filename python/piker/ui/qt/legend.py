"""The legend at a plot's top left: symbol, timeframe, and the values under the cursor.

It stands on canvas of its own, so that bars which reach under it do not make it unreadable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from piker.ui.qt.qtlib import QPainter, QRect, QRegion
from piker.ui.qt.text import Role
from piker.ui.qt.view import PlotItem

if TYPE_CHECKING:
    from piker.ui.qt.chart import ChartPlotWidget

__all__ = ['Legend', 'Part']

LEGEND_Z = 4
LEFT = 12
MIDDLE = 18
HEIGHT = 36
BOX_PAD, BOX_HEIGHT = 4, 24


class Part(NamedTuple):
    """A stretch of text in one colour, and the room in front of it in logical pixels."""

    text: str
    token: str
    space: int = 4
    role: Role = Role.TITLE


class Legend(PlotItem):
    """One line of parts, painted over the plot.

    Attributes
    ----------
    parts : tuple of Part
        What it says.
    """

    def __init__(self, chart: ChartPlotWidget) -> None:
        self.parts: tuple[Part, ...] = ()
        super().__init__(chart, LEGEND_Z)

    def device_rect(self) -> QRect:
        """Return the strip along the top of the plot."""
        return QRect(0, 0, self.chart.view.rect.width(), round(HEIGHT * self.chart.ratio))

    def pinned(self) -> list[QRect]:
        """Return the canvas under its texts."""
        return [self.box(self.placed())]

    def set(self, *parts: Part) -> None:
        """Take new parts."""
        if parts == self.parts:
            return
        reach = max(self.width(), 0)
        self.parts = parts
        width = max(reach, self.width())
        strip = self.device_rect()
        self.invalidate(QRect(0, 0, width, strip.height()) & strip)

    def width(self) -> int:
        """Return where its text and the canvas around it end, in device pixels."""
        ratio = self.chart.ratio
        book = self.chart.book
        spaces = sum(part.space for part in self.parts) * ratio
        texts = sum(book.face(part.role).width(part.text) for part in self.parts)
        return round((LEFT + BOX_PAD) * ratio + spaces + texts) + 1

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the parts that fit whole, on canvas."""
        ratio = self.chart.ratio
        if not exposed.intersects(self.device_rect()):
            return
        placed = self.placed()
        painter.fillRect(self.box(placed), self.palette.brush('canvas'))
        for part, x in placed:
            face = self.chart.book.face(part.role)
            face.draw(painter, x, MIDDLE * ratio, part.text, self.palette.colour(part.token))

    def placed(self) -> list[tuple[Part, float]]:
        """Return the parts that fit whole, each with the device pixel it begins at."""
        ratio = self.chart.ratio
        x = LEFT * ratio
        limit = self.device_rect().width() - LEFT * ratio
        found = []
        for part in self.parts:
            x += part.space * ratio
            end = x + self.chart.book.face(part.role).width(part.text)
            if end > limit:
                break
            found.append((part, x))
            x = end
        return found

    def box(self, placed: list[tuple[Part, float]]) -> QRect:
        """Return the canvas under placed parts; a null rectangle without any."""
        if not placed:
            return QRect()
        ratio = self.chart.ratio
        part, x = placed[-1]
        left, tall = round((LEFT - BOX_PAD) * ratio), round(BOX_HEIGHT * ratio)
        end = x + self.chart.book.face(part.role).width(part.text) + BOX_PAD * ratio
        return QRect(left, round(MIDDLE * ratio) - tall // 2, round(end) - left, tall)
