"""Prices: `CandleItems` or `BarItems` when near, `FlattenedOHLC` when far, one at a time."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from piker.ui.model.geometry import bar_marks, candle_marks, column_rects
from piker.ui.qt.curve import Curve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from piker.ui.model.flow import Flow, Reading
    from piker.ui.qt.qtlib import QRect
    from piker.ui.qt.renderer import Renderer
    from piker.ui.qt.view import ChartView

__all__ = ['BarItems', 'CandleItems', 'FlattenedOHLC', 'PriceGraphics', 'PriceStyle']

FLATTEN_UPPX = 2.0


class PriceStyle(Enum):
    """How prices are drawn while bars can be told apart."""

    CANDLES = 'candles'
    BARS = 'OHLC bars'


class RowItems(Curve):
    """Base of the curves that draw each row by itself."""

    def fill(self, batches: dict[str, Renderer], rows: NDArray[np.void], start: int) -> None:
        """Fill batches with the marks of rows, the first of which has the index `start`."""
        raise NotImplementedError

    def left_pixels(self, count: int, start: int) -> NDArray[np.float64]:
        """Return the left device pixel of each row."""
        viewport = self.view.viewport
        if viewport.zoom.step:
            return viewport.pixels_of(start, start + count).astype(np.float64)
        indices = np.arange(start, start + count, dtype=np.float64)
        return np.floor(indices / viewport.zoom.uppx) - viewport.left

    def redraw(self, flow: Flow, reading: Reading) -> None:
        """Fill the closed batches."""
        self.fill(self.closed, flow.rows(reading.start, reading.closed_stop), reading.start)

    def draw_last_datum(self, flow: Flow, reading: Reading) -> None:
        """Fill the last batches from the live row."""
        live = flow.live()
        if live is None:
            self.clear(self.last)
            return
        self.fill(self.last, np.array([live]), reading.last - 1)


class CandleItems(RowItems):
    """Candles: filled when falling, hollow and tinted when rising."""

    def declare_paintables(self) -> dict[str, str]:
        """Return the batches: wicks first, interiors upon bodies."""
        return {
            'wick_up': 'up',
            'wick_down': 'down',
            'body_up': 'up',
            'body_down': 'down',
            'interior': 'up_interior',
        }

    def fill(self, batches: dict[str, Renderer], rows: NDArray[np.void], start: int) -> None:
        """Fill batches with candles."""
        view = self.view
        step = max(1, view.viewport.zoom.step)
        marks = candle_marks(rows, self.left_pixels(len(rows), start), step, view.yrange, view.line)
        up, down = marks.is_up, ~marks.is_up
        batches['wick_up'].fill(marks.wicks[up])
        batches['wick_down'].fill(marks.wicks[down])
        batches['body_up'].fill(marks.bodies[up])
        batches['body_down'].fill(marks.bodies[down])
        batches['interior'].fill(marks.interiors[up])


class BarItems(RowItems):
    """OHLC bars: the open to the left of a stem, the close to its right."""

    def declare_paintables(self) -> dict[str, str]:
        """Return the batches of both directions."""
        return {
            f'{part}_{direction}': direction
            for direction in ('up', 'down')
            for part in ('open', 'stem', 'close')
        }

    def fill(self, batches: dict[str, Renderer], rows: NDArray[np.void], start: int) -> None:
        """Fill batches with bars."""
        view = self.view
        step = max(1, view.viewport.zoom.step)
        marks = bar_marks(rows, self.left_pixels(len(rows), start), step, view.yrange, view.line)
        for direction, chosen in (('up', marks.is_up), ('down', ~marks.is_up)):
            batches[f'open_{direction}'].fill(marks.opens[chosen])
            batches[f'stem_{direction}'].fill(marks.stems[chosen])
            batches[f'close_{direction}'].fill(marks.closes[chosen])


class FlattenedOHLC(Curve):
    """One vertical extent a pixel column: the line that stands for bars too narrow to see."""

    def declare_paintables(self) -> dict[str, str]:
        """Return the one batch."""
        return {'line': 'curve'}

    def pixels_in_use(self, reading: Reading) -> tuple[int, int]:
        """Return the half-open range of device pixels that hold rows of the reading."""
        viewport = self.view.viewport
        start = viewport.column_of(reading.start) - viewport.left
        stop = viewport.column_of(reading.stop - 1) + 1 - viewport.left
        return max(0, start), min(viewport.width, stop)

    def redraw(self, flow: Flow, reading: Reading) -> None:
        """Fill the line up to the column before the last datum's."""
        if reading.start == reading.stop:
            self.clear(self.closed)
            return
        start, stop = self.pixels_in_use(reading)
        stop -= reading.shows_last
        # One column more to the left, for the line to come from where it was.
        columns = flow.columns(self.view.viewport.edges(start - 1, max(start, stop)))
        line = column_rects(columns, start - 1, self.view.yrange, self.view.line)
        self.closed['line'].fill(line[line[:, 0] >= start])

    def draw_last_datum(self, flow: Flow, reading: Reading) -> None:
        """Fill the last pixel column: from its lowest to its highest value so far."""
        _, stop = self.pixels_in_use(reading)
        columns = flow.columns(self.view.viewport.edges(stop - 2, stop))
        line = column_rects(columns, stop - 2, self.view.yrange, self.view.line)
        self.last['line'].fill(line[line[:, 0] >= stop - 1])


class PriceGraphics:
    """The graphics of an OHLC flow: candles, bars and the line, of which one is visible.

    Parameters
    ----------
    view : ChartView
        Where they are drawn.
    """

    def __init__(self, view: ChartView) -> None:
        self.view = view
        self.style = PriceStyle.CANDLES
        self.candles = CandleItems(view)
        self.bars = BarItems(view)
        self.flattened = FlattenedOHLC(view)
        self.curves: tuple[Curve, ...] = (self.candles, self.bars, self.flattened)
        for curve in self.curves:
            curve.setVisible(False)
            view.add_curve(curve)

    @property
    def current(self) -> Curve:
        """The curve that this zoom and style call for."""
        if self.view.viewport.zoom.uppx > FLATTEN_UPPX:
            return self.flattened
        return self.candles if self.style is PriceStyle.CANDLES else self.bars

    def cycle(self) -> PriceStyle:
        """Go on to the next style and return it."""
        styles = list(PriceStyle)
        self.style = styles[(styles.index(self.style) + 1) % len(styles)]
        return self.style

    def update_graphics(self, flow: Flow, reading: Reading) -> None:
        """Rebuild the one visible curve, and hide the others with no work spent on them."""
        current = self.current
        for curve in self.curves:
            curve.setVisible(curve is current)
        current.update_closed(flow, reading)
        current.update_last(flow, reading)

    def draw_last(self, flow: Flow, reading: Reading) -> QRect:
        """Rebuild the last datum and return the device pixels that differ."""
        return self.current.update_last(flow, reading)
