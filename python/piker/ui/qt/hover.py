"""`HoverReadout`: time, prices and volume in a card at the cursor, while its key is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piker.ui.model.card import placed_beside
from piker.ui.model.readout import entries_at
from piker.ui.qt.card import Card

if TYPE_CHECKING:
    from piker.ui.model.card import Size
    from piker.ui.qt.chart import ChartPlotWidget
    from piker.ui.qt.group import ChartGroup

__all__ = ['HoverReadout']

CURSOR_GAP = 16


class HoverReadout:
    """A card on each chart, of which that under the mouse is shown.

    Parameters
    ----------
    groups : tuple of ChartGroup
        The charts, and the rows that are told.
    digits : int
        Decimals of a price.

    Attributes
    ----------
    is_held : bool
        The user holds the key.
    """

    def __init__(self, groups: tuple[ChartGroup, ...], digits: int) -> None:
        self.digits = digits
        self.is_held = False
        self.groups = {chart: group for group in groups for chart in group.charts}
        self.cards = {chart: Card(chart) for chart in self.groups}

    def hold(self, *, is_held: bool) -> bool:
        """Take whether the key is held; return whether that is news."""
        is_news = is_held != self.is_held
        self.is_held = is_held
        return is_news

    def update_card(self, under: ChartPlotWidget | None, x: int, y: int) -> None:
        """Tell of the row, or the column of rows, at a device pixel of the chart under the mouse.

        Raises
        ------
        Overrun
            The writer lapped the rows while they were read.
        """
        card = None
        if self.is_held and under is not None:
            group = self.groups[under]
            rows = group.prices, group.volumes, group.viewport
            entries = entries_at(*rows, x, self.digits, group.clock)
            if entries:
                card = self.cards[under]
                gap = round(CURSOR_GAP * card.chart.em)

                def place(size: Size, room: Size) -> tuple[int, int]:
                    return placed_beside(x, y, gap, size, room)

                card.show_entries(entries[0], entries[1:], place)
        for other in self.cards.values():
            if other is not card:
                other.clear()
