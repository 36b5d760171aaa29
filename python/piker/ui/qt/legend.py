"""The legend at a plot's top left: symbol, timeframe, and the values under the cursor.

It stands on canvas of its own, so that bars which reach under it do not make it unreadable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from piker.ui.model.formats import elided
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
TITLE_SHARE = 0.4


class Part(NamedTuple):
    """A stretch of text in one colour, and the room in front of it in pixels of the design.

    One that `leads` says what the next one is, and is not shown without it.
    """

    text: str
    token: str
    space: int = 4
    role: Role = Role.TITLE
    leads: bool = False


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
        return QRect(0, 0, self.chart.view.rect.width(), round(HEIGHT * self.chart.em))

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
        em = self.chart.em
        book = self.chart.book
        spaces = sum(part.space for part in self.parts) * em
        texts = sum(book.face(part.role).width(part.text) for part in self.parts)
        return round((LEFT + BOX_PAD) * em + spaces + texts) + 1

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the parts that fit whole, on canvas."""
        em = self.chart.em
        if not exposed.intersects(self.device_rect()):
            return
        placed = self.placed()
        painter.fillRect(self.box(placed), self.palette.brush('canvas'))
        for part, x in placed:
            face = self.chart.book.face(part.role)
            face.draw(painter, x, MIDDLE * em, part.text, self.palette.colour(part.token))

    def placed(self) -> list[tuple[Part, float]]:
        """Return the parts that fit whole, each with the device pixel it begins at.

        A plot that is lower than the strip has none.
        """
        if self.chart.view.rect.height() < self.device_rect().height():
            return []
        em = self.chart.em
        x = LEFT * em
        limit = self.device_rect().width() - LEFT * em
        found = []
        for place, part in enumerate(self.parts):
            x += part.space * em
            shown = part if place else self.shortened(part, TITLE_SHARE * limit)
            end = x + self.chart.book.face(part.role).width(shown.text)
            if end > limit:
                break
            found.append((shown, x))
            x = end
        else:
            return found
        while found and found[-1][0].leads:
            found.pop()
        return found

    def shortened(self, part: Part, room: float) -> Part:
        """Return a part without as much of its middle as has no room."""
        width_of = self.chart.book.face(part.role).metrics.horizontalAdvance
        return part._replace(text=elided(part.text, room, width_of))

    def box(self, placed: list[tuple[Part, float]]) -> QRect:
        """Return the canvas under placed parts; a null rectangle without any."""
        if not placed:
            return QRect()
        em = self.chart.em
        part, x = placed[-1]
        left, tall = round((LEFT - BOX_PAD) * em), round(BOX_HEIGHT * em)
        end = x + self.chart.book.face(part.role).width(part.text) + BOX_PAD * em
        return QRect(left, round(MIDDLE * em) - tall // 2, round(end) - left, tall)
