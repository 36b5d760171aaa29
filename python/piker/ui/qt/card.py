"""`Card`: a small panel of figures upon a plot, which never leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from piker.ui.model.card import Entry, Size, columns_for
from piker.ui.qt.qtlib import QPainter, QRect, QRegion
from piker.ui.qt.text import Role
from piker.ui.qt.view import PlotItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from piker.ui.qt.chart import ChartPlotWidget

__all__ = ['Card']

CARD_Z = 6
PAD, ROW = 8, 18
NAME_GAP, COLUMN_GAP = 12, 20
GRID = 4


class Sheet(NamedTuple):
    """How a card divides its entries: lines of a column, the widths of columns, the size."""

    lines: int
    widths: tuple[int, ...]
    size: Size


class Card(PlotItem):
    """A title and entries with their figures at the right, in as few columns as fit the plot.

    Attributes
    ----------
    title : Entry or None
        What stands above the entries; None while it shows nothing.
    entries : tuple of Entry
        Names and figures.
    rect : QRect
        Where it stands; null while it shows nothing.
    """

    def __init__(self, chart: ChartPlotWidget) -> None:
        self.title: Entry | None = None
        self.entries: tuple[Entry, ...] = ()
        self.sheet = Sheet(0, (), Size(0, 0))
        self.rect = QRect()
        super().__init__(chart, CARD_Z)

    def device_rect(self) -> QRect:
        """Return the plot, within which it moves."""
        return self.chart.view.rect

    def pinned(self) -> list[QRect]:
        """Return where it stands."""
        return [self.rect]

    def show_entries(
        self,
        title: Entry,
        entries: tuple[Entry, ...],
        place: Callable[[Size, Size], tuple[int, int]],
    ) -> None:
        """Say something at a place; say nothing where the plot has no room for it.

        Parameters
        ----------
        title : Entry
            The first line.
        entries : tuple of Entry
            What stands below it.
        place : callable
            The card's size and the plot's to its top left corner.
        """
        sheet = self.sheet_of(title, entries)
        if sheet is None:
            self.clear()
            return
        plot = self.chart.view.rect
        left, top = place(sheet.size, Size(plot.width(), plot.height()))
        rect = QRect(left, top, sheet.size.width, sheet.size.height)
        if (title, entries, rect) != (self.title, self.entries, self.rect):
            self.invalidate(self.rect, rect)
            self.title, self.entries, self.sheet, self.rect = title, entries, sheet, rect

    def clear(self) -> None:
        """Say nothing."""
        if self.title is not None:
            self.invalidate(self.rect)
            self.title, self.entries, self.rect = None, (), QRect()

    def sheet_of(self, title: Entry, entries: tuple[Entry, ...]) -> Sheet | None:
        """Return how the entries are divided, None where they do not fit the plot."""
        em, plot = self.chart.em, self.chart.view.rect
        face = self.chart.book.face(Role.AXIS)
        pad, row = round(PAD * em), round(ROW * em)
        columns = columns_for(len(entries), (plot.height() - 2 * pad) // row - 1)
        if columns is None:
            return None
        lines = -(-len(entries) // columns)
        widths = []
        for start in range(0, len(entries), lines):
            part = entries[start : start + lines]
            names = max(face.width(entry.name) for entry in part)
            figures = max(face.width(entry.text) for entry in part)
            widths.append(round(names + NAME_GAP * em + figures))
        inner = sum(widths) + round(COLUMN_GAP * em) * (len(widths) - 1)
        head = round(self.chart.book.face(Role.AXIS_STRONG).width(title.text))
        grid = round(GRID * em)
        # It grows by whole steps of the grid, lest it trembles under figures that change.
        width = -(-(max(inner, head) + 2 * pad) // grid) * grid
        if width > plot.width():
            return None
        if len(widths) == 1:
            widths[0] = width - 2 * pad
        return Sheet(lines, tuple(widths), Size(width, (lines + 1) * row + 2 * pad))

    def draw(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint a panel with a hairline around it, and the figures on it."""
        if self.title is None or not exposed.intersects(self.rect):
            return
        line, em, colour = self.line, self.chart.em, self.palette.colour
        painter.fillRect(self.rect, self.palette.brush('line'))
        painter.fillRect(self.rect.adjusted(line, line, -line, -line), self.palette.brush('panel'))
        pad, row = round(PAD * em), round(ROW * em)
        face, strong = self.chart.book.face(Role.AXIS), self.chart.book.face(Role.AXIS_STRONG)
        left, top = self.rect.left() + pad, self.rect.top() + pad + row / 2
        strong.draw(painter, left, top, self.title.text, colour(self.title.colour))
        for place, entry in enumerate(self.entries):
            column, below = divmod(place, self.sheet.lines)
            start = left + sum(self.sheet.widths[:column]) + column * round(COLUMN_GAP * em)
            end = start + self.sheet.widths[column]
            middle = top + (below + 1) * row
            face.draw(painter, start, middle, entry.name, colour('dim'))
            face.draw(
                painter, end - face.width(entry.text), middle, entry.text, colour(entry.colour)
            )
