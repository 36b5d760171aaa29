"""`ComposedGridLayout`: the axes around a plot, any number of them on each side."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from piker.ui.qt.qtlib import QPoint, QRect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from piker.ui.qt.axes import Axis

__all__ = ['ComposedGridLayout', 'Side']


class Side(Enum):
    """Where an axis stands."""

    LEFT = 'left'
    RIGHT = 'right'
    TOP = 'top'
    BOTTOM = 'bottom'


class ComposedGridLayout:
    """Axes in rows from the plot outwards.

    Linked charts give each place of a row the same width, whether they have an axis there or not,
    so that their plots stand exactly above each other:

        | left[1] | left[0] |   plot   | right[0] | right[1] |
                  |         | bottom[0]           |
    """

    def __init__(self) -> None:
        self.rows: dict[Side, list[Axis]] = {side: [] for side in Side}

    def insert(self, side: Side, index: int, axis: Axis) -> None:
        """Put an axis before those from `index` on, counted from the plot."""
        self.rows[side].insert(index, axis)

    def append(self, side: Side, axis: Axis) -> None:
        """Put an axis outside of the others of its side."""
        self.rows[side].append(axis)

    def pop(self, axis: Axis) -> None:
        """Take an axis out; those outside of it move up. One that is not there is no error."""
        for row in self.rows.values():
            if axis in row:
                row.remove(axis)

    def get_axes(self, side: Side) -> tuple[Axis, ...]:
        """Return the axes of a side from the plot outwards."""
        return tuple(self.rows[side])

    def side_of(self, axis: Axis) -> Side | None:
        """Return the side an axis stands on, None where it is not part of this."""
        return next((side for side, row in self.rows.items() if axis in row), None)

    def place(self, width: int, height: int, widths: Mapping[Side, Sequence[int]]) -> QRect:
        """Divide a widget among the plot and the axes.

        Parameters
        ----------
        width, height : int
            Of the widget in device pixels.
        widths : mapping of Side to sequence of int
            Device pixels of each place of a row, from the plot outwards.

        Returns
        -------
        QRect
            The plot, at least one pixel wide and high, in device pixels of the widget.
        """
        left = min(sum(widths.get(Side.LEFT, ())), width - 1)
        right = min(sum(widths.get(Side.RIGHT, ())), width - 1 - left)
        top = min(sum(widths.get(Side.TOP, ())), height - 1)
        bottom = min(sum(widths.get(Side.BOTTOM, ())), height - 1 - top)
        plot = QRect(left, top, max(1, width - left - right), max(1, height - top - bottom))
        for side, row in self.rows.items():
            offset = 0
            for axis, thickness in zip(row, widths.get(side, ()), strict=False):
                axis.place(strip_of(side, plot, offset, thickness, width))
                offset += thickness
        return plot


def strip_of(side: Side, plot: QRect, offset: int, thickness: int, width: int) -> QRect:
    """Return an axis's strip beside a plot, as `piker.ui.qt.axes.Axis` counts it."""
    along = plot.topLeft()
    match side:
        case Side.LEFT:
            strip = QRect(plot.left() - offset - thickness, plot.top(), thickness, plot.height())
            return strip.translated(QPoint(0, -along.y()))
        case Side.RIGHT:
            strip = QRect(plot.right() + 1 + offset, plot.top(), thickness, plot.height())
            return strip.translated(QPoint(0, -along.y()))
        case Side.TOP:
            strip = QRect(0, plot.top() - offset - thickness, width, thickness)
            return strip.translated(QPoint(-along.x(), 0))
        case Side.BOTTOM:
            strip = QRect(0, plot.bottom() + 1 + offset, width, thickness)
            return strip.translated(QPoint(-along.x(), 0))
