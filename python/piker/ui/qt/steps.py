"""Volume: `StepCurve` draws one step a row when near, one a pixel column (its sum) when far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from piker.ui.model.geometry import step_rects, step_width
from piker.ui.qt.curve import Curve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from piker.ui.model.flow import Flow, Reading
    from piker.ui.qt.qtlib import QRect
    from piker.ui.qt.renderer import Renderer
    from piker.ui.qt.view import ChartView

__all__ = ['StepCurve', 'StepGraphics']


class StepCurve(Curve):
    """Steps from zero: coloured by the bar's direction when near, plain where rows are summed."""

    def declare_paintables(self) -> dict[str, str]:
        """Return a batch for each direction and one for sums."""
        return {'up': 'volume_up', 'down': 'volume_down', 'sum': 'volume_curve'}

    def redraw(self, flow: Flow, reading: Reading) -> None:
        """Fill the closed steps."""
        self.clear(self.closed)
        if reading.start == reading.stop:
            return
        viewport = self.view.viewport
        if viewport.zoom.step:
            self.fill(
                self.closed, flow, flow.rows(reading.start, reading.closed_stop), reading.start
            )
            return
        start = max(0, viewport.column_of(reading.start) - viewport.left)
        stop = viewport.column_of(reading.stop - 1) + 1 - viewport.left - reading.shows_last
        if stop > start:
            self.fill_sums(self.closed, flow, start, min(viewport.width, stop))

    def draw_last_datum(self, flow: Flow, reading: Reading) -> None:
        """Fill the step of the live row, or the sum of its column."""
        self.clear(self.last)
        viewport = self.view.viewport
        if not viewport.zoom.step:
            last = viewport.column_of(reading.last - 1) - viewport.left
            self.fill_sums(self.last, flow, last, last + 1)
        elif (live := flow.live()) is not None:
            self.fill(self.last, flow, np.array([live]), reading.last - 1)

    def fill(
        self, batches: dict[str, Renderer], flow: Flow, rows: NDArray[np.void], start: int
    ) -> None:
        """Fill batches with one step a row."""
        view = self.view
        step = view.viewport.zoom.step
        width = step_width(step, view.line)
        left = view.viewport.pixels_of(start, start + len(rows)) + (step - width) // 2
        steps = step_rects(rows[flow.field], left.astype(np.float64), width, view.yrange, view.line)
        is_up = rows['close'] >= rows['open']
        batches['up'].fill(steps[is_up])
        batches['down'].fill(steps[~is_up])

    def fill_sums(self, batches: dict[str, Renderer], flow: Flow, start: int, stop: int) -> None:
        """Fill batches with one step a pixel column."""
        view = self.view
        sums = flow.view_columns(view.viewport, start, stop)
        left = np.arange(start, stop, dtype=np.float64)
        batches['sum'].fill(step_rects(sums, left, 1, view.yrange, view.line))


class StepGraphics:
    """The graphics of a summed flow: one `StepCurve`."""

    def __init__(self, view: ChartView) -> None:
        self.view = view
        self.curve = StepCurve(view)
        view.add_curve(self.curve)

    @property
    def reach(self) -> int:
        """Rows before one that closes which are painted otherwise then."""
        return self.curve.reach

    def update_graphics(self, flow: Flow, reading: Reading) -> None:
        """Rebuild what is in view."""
        self.curve.update_closed(flow, reading)
        self.curve.update_last(flow, reading)

    def draw_last(self, flow: Flow, reading: Reading) -> QRect:
        """Rebuild the last datum and return the device pixels that differ."""
        return self.curve.update_last(flow, reading)
