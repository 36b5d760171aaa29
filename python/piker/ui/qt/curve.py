"""`Curve`: the base of every series on a chart, painted as batches of device-pixel rectangles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pyqtgraph import GraphicsObject

from piker.ui.qt.qtlib import (
    QPainter,
    QRect,
    QRectF,
    QRegion,
    QStyleOptionGraphicsItem,
    Qt,
    QWidget,
)
from piker.ui.qt.renderer import Renderer

if TYPE_CHECKING:
    from piker.ui.model.flow import Flow, Reading
    from piker.ui.qt.view import ChartView

__all__ = ['Curve']

Floats = NDArray[np.float64]


class Curve(GraphicsObject):  # type: ignore[misc]
    """A series of rectangles in a few colours, the live datum apart from the closed ones.

    A subclass says by its hooks what it looks like; data reaches it through its `Flow` only:

    - `declare_paintables` names its batches and their colour tokens, in the order of painting;
    - `redraw` fills them from the closed rows in view;
    - `draw_last_datum` fills them for the live datum;
    - `sub_paint` and `sub_br` paint something besides, and say where.

    Parameters
    ----------
    view : ChartView
        The chart it belongs to, whose maps and colours it uses.

    Attributes
    ----------
    redraws, last_draws : int
        Calls that filled the closed batches, and the last ones: a hidden curve has none.
    """

    def __init__(self, view: ChartView) -> None:
        super().__init__()
        self.view = view
        tokens = self.declare_paintables()
        self.tokens = tokens
        self.closed = {name: Renderer() for name in tokens}
        self.last = {name: Renderer() for name in tokens}
        self.redraws = 0
        self.last_draws = 0
        self.setZValue(1)

    def declare_paintables(self) -> dict[str, str]:
        """Return the colour token of each batch by its name, in the order of painting."""
        raise NotImplementedError

    def redraw(self, flow: Flow, reading: Reading) -> None:
        """Fill `closed` from the closed rows in view."""
        raise NotImplementedError

    def draw_last_datum(self, flow: Flow, reading: Reading) -> None:
        """Fill `last` from the live row, or from its whole pixel column."""
        raise NotImplementedError

    def sub_paint(self, painter: QPainter, exposed: QRegion) -> None:
        """Paint what is not a batch of rectangles, in device pixels."""

    def sub_br(self) -> QRect | None:
        """Return where `sub_paint` paints, in device pixels."""
        return None

    def update_closed(self, flow: Flow, reading: Reading) -> None:
        """Take the closed rows in view."""
        self.redraws += 1
        self.redraw(flow, reading)

    def update_last(self, flow: Flow, reading: Reading) -> QRect:
        """Take the live row.

        Returns
        -------
        QRect
            The device pixels that differ: those of the datum before and after.
        """
        before = self.last_bounds()
        self.last_draws += 1
        if reading.shows_last:
            self.draw_last_datum(flow, reading)
        else:
            self.forget_last()
        return before.united(self.last_bounds())

    def forget_last(self) -> None:
        """Show no live datum."""
        self.clear(self.last)

    @property
    def reach(self) -> int:
        """Rows before one that closes which are painted otherwise then."""
        return 0

    def clear(self, batches: dict[str, Renderer]) -> None:
        """Empty batches."""
        for batch in batches.values():
            batch.clear()

    def last_bounds(self) -> QRect:
        """Return where the last datum is painted, in device pixels; a null rectangle if nowhere."""
        bounds = QRect()
        for batch in self.last.values():
            if (part := batch.bounds()) is not None:
                bounds = bounds.united(part)
        if (part := self.sub_br()) is not None:
            bounds = bounds.united(part)
        return bounds

    @property
    def is_exposed(self) -> bool:
        """Whether some of its plot's device pixels are under repaint."""
        return self.view.is_exposed

    def boundingRect(self) -> QRectF:  # noqa: N802
        """Return the plot's rectangle, which every datum in view lies in."""
        return self.view.boundingRect()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem | None,
        widget: QWidget | None = None,
    ) -> None:
        """Paint the batches that reach into the exposed pixels."""
        exposed = self.view.begin_paint(painter)
        # A datum at the edge reaches out of the plot, where another chart may have an axis.
        painter.setClipRect(self.view.rect)
        painter.setPen(Qt.PenStyle.NoPen)
        palette = self.view.palette
        exposure = self.view.exposure
        for batches in (self.closed, self.last):
            for name, batch in batches.items():
                if batch.count:
                    colour = palette.colour(self.tokens[name])
                    plot = self.view.rect
                    for left, right in exposure.spans:
                        self.view.marks_painted += batch.draw(painter, left, right, colour, plot)
                    if exposure.rows:
                        drawn = batch.draw_rows(painter, *exposure.rows, colour, plot)
                        self.view.marks_painted += drawn
        self.sub_paint(painter, exposed)
        painter.setClipping(False)
        self.view.end_paint(painter)
