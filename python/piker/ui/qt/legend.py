"""The legend at a plot's top left: symbol, timeframe, and the values under the cursor.

It stands on canvas of its own, so that bars which reach under it do not make it unreadable.
"""

from __future__ import annotations

import itertools
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


class Placed(NamedTuple):
    """A part, and the device pixels between which it stands."""

    part: Part
    left: float
    right: float


class Legend(PlotItem):
    """One line of parts, painted over the plot.

    Attributes
    ----------
    parts : tuple of Part
        What it says.
    """

    def __init__(self, chart: ChartPlotWidget) -> None:
        self.parts: tuple[Part, ...] = ()
        self.placed_for: tuple[float, ...] = ()
        self.placed_parts: list[Placed] = []
        super().__init__(chart, LEGEND_Z)

    def device_rect(self) -> QRect:
        """Return the strip along the top of the plot."""
        return QRect(0, 0, self.chart.view.rect.width(), round(HEIGHT * self.chart.em))

    def pinned(self) -> list[QRect]:
        """Return the canvas under its texts."""
        return [self.box(self.placed())]

    def set(self, *parts: Part) -> None:
        """Take new parts; what differs is painted."""
        if parts == self.parts:
            return
        before = self.placed()
        self.parts = parts
        self.placed_for = ()
        after = self.placed()
        pairs = itertools.zip_longest(before, after)
        differing = [place for pair in pairs if pair[0] != pair[1] for place in pair if place]
        if before and after and differing:
            pad = round(BOX_PAD * self.chart.em)
            box = self.box(after)
            # Where one ends the canvas does, before the room that a part has in front of it.
            least = min(box.right(), self.box(before).right())
            left = min(least, *(int(place.left) for place in differing))
            right = max(place.right for place in differing)
            self.invalidate(QRect(left, box.top(), int(right) - left + 2 + pad, box.height()))
        else:
            self.invalidate(self.box(before).united(self.box(after)))

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint the parts that fit whole, on canvas."""
        placed = self.placed()
        box = self.box(placed)
        if not exposed.intersects(box):
            return
        painter.fillRect(box, self.palette.brush('canvas'))
        middle = MIDDLE * self.chart.em
        for part, left, right in placed:
            reach = QRect(int(left) - 1, box.top(), int(right - left) + 3, box.height())
            if exposed.intersects(reach):
                face = self.chart.book.face(part.role)
                face.draw(painter, left, middle, part.text, self.palette.colour(part.token))

    def placed(self) -> list[Placed]:
        """Return the parts that fit whole, with the device pixels between which each stands.

        A plot that is lower than the strip has none.
        """
        room = self.device_rect()
        key = (room.width(), room.height(), self.chart.view.rect.height(), self.chart.em)
        if key != self.placed_for:
            self.placed_for = key
            has_room = self.chart.view.rect.height() >= room.height()
            self.placed_parts = self.laid_out(room.width()) if has_room else []
        return self.placed_parts

    def laid_out(self, width: int) -> list[Placed]:
        """Return the parts that fit whole into a width."""
        em = self.chart.em
        x = LEFT * em
        limit = width - LEFT * em
        found: list[Placed] = []
        for place, part in enumerate(self.parts):
            x += part.space * em
            shown = part if place else self.shortened(part, TITLE_SHARE * limit)
            end = x + self.chart.book.face(part.role).width(shown.text)
            if end > limit:
                break
            found.append(Placed(shown, x, end))
            x = end
        else:
            return found
        while found and found[-1].part.leads:
            found.pop()
        return found

    def shortened(self, part: Part, room: float) -> Part:
        """Return a part without as much of its middle as has no room."""
        width_of = self.chart.book.face(part.role).metrics.horizontalAdvance
        return part._replace(text=elided(part.text, room, width_of))

    def box(self, placed: list[Placed]) -> QRect:
        """Return the canvas under placed parts; a null rectangle without any."""
        if not placed:
            return QRect()
        em = self.chart.em
        left, tall = round((LEFT - BOX_PAD) * em), round(BOX_HEIGHT * em)
        end = placed[-1].right + BOX_PAD * em
        return QRect(left, round(MIDDLE * em) - tall // 2, round(end) - left, tall)
