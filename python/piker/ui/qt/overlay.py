"""`PlotItemOverlay`: views on top of each other in one plot, each with a y range and an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piker.errors import InputError
from piker.ui.qt.composed import ComposedGridLayout, Side

if TYPE_CHECKING:
    from piker.ui.qt.axes import PriceAxis
    from piker.ui.qt.view import ChartView

__all__ = ['PlotItemOverlay']


class PlotItemOverlay:
    """Views in one plot: they share x, and what the mouse does to it reaches all of them.

    One has the focus: its y range follows a drag on the plot once the user has set it.

    Parameters
    ----------
    main : ChartView
        The view that was there first; it has the grid, and is never removed.

    Attributes
    ----------
    views : list of ChartView
        The main one first.
    layout : ComposedGridLayout
        Their axes, and the time axis.
    focused : ChartView
        The view whose y range the mouse moves on the plot.
    """

    def __init__(self, main: ChartView) -> None:
        self.views = [main]
        self.layout = ComposedGridLayout()
        self.layout.append(Side.RIGHT, main.axis)
        self.focused = main

    @property
    def main(self) -> ChartView:
        """The view that was there first."""
        return self.views[0]

    def overlay_plotitem(
        self, view: ChartView, side: Side = Side.RIGHT, index: int | None = None, title: str = ''
    ) -> None:
        """Lay a view over the others.

        Parameters
        ----------
        view : ChartView
            Of the same chart.
        side : Side, optional
            Where its axis stands: left or right.
        index : int, optional
            How many axes of that side are nearer to the plot; None: all of them.
        title : str, optional
            What its axis is called.

        Raises
        ------
        InputError
            When it is there already, or the axis cannot stand there.
        """
        if view in self.views:
            raise InputError('invalid view: it lies over this plot already; remove it first')
        if side not in (Side.LEFT, Side.RIGHT):
            raise InputError(f'invalid side: a value axis stands left or right, was {side.value}')
        row = self.layout.get_axes(side)
        place = len(row) if index is None else index
        if not 0 <= place <= len(row):
            raise InputError(f'invalid index: not within 0 and {len(row)}, was {index}')
        view.axis.title = title
        view.axis.side = side
        self.layout.insert(side, place, view.axis)
        self.views.append(view)
        view.chart.relayout()

    def remove(self, view: ChartView) -> None:
        """Take a view and its axis out; the main one gets the focus if it had that.

        Raises
        ------
        InputError
            When it is the main one, or not there.
        """
        if view not in self.views[1:]:
            raise InputError('invalid view: it does not lie over this plot')
        self.views.remove(view)
        self.layout.pop(view.axis)
        if self.focused is view:
            self.focused = self.main
        view.leave()
        view.chart.relayout()

    def focus(self, view: ChartView) -> None:
        """Let a view's y range follow a drag on the plot.

        Raises
        ------
        InputError
            When it is not there.
        """
        if view not in self.views:
            raise InputError('invalid view: it does not lie over this plot')
        before, self.focused = self.focused, view
        for changed in {before, view}:
            changed.axis.invalidate(changed.axis.rect)

    def view_of(self, axis: PriceAxis) -> ChartView:
        """Return the view whose axis this is."""
        return next(view for view in self.views if view.axis is axis)
