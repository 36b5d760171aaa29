"""Prices: one curve for each style when near, a column a pixel when far, one of them at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from piker.ui.model.geometry import bar_marks, candle_marks, column_rects, rects
from piker.ui.model.prices import HEIKIN_ASHI_LOOK_BACK, PriceStyle, drawable, heikin_ashi
from piker.ui.qt.curve import Curve
from piker.ui.qt.lines import AreaCurve, LineCurve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from piker.ui.model.flow import Flow, Reading
    from piker.ui.qt.qtlib import QRect
    from piker.ui.qt.renderer import Renderer
    from piker.ui.qt.view import ChartView

__all__ = [
    'BarItems',
    'CandleItems',
    'FlattenedArea',
    'FlattenedCloses',
    'FlattenedOHLC',
    'HeikinAshiItems',
    'HollowItems',
    'PriceGraphics',
]

FLATTEN_UPPX = 2.0
"""Rows a pixel beyond which bars are too narrow to see."""
FLATTEN_CLOSES_UPPX = 1.0
"""The same of a line: it is dense from there on, and columns are exact where smoothing is not."""


class RowItems(Curve):
    """Base of the curves that draw each row by itself.

    Attributes
    ----------
    look_back : int
        How many rows before those that it draws a subclass has to know.
    """

    look_back = 0

    def fill(
        self, batches: dict[str, Renderer], rows: NDArray[np.void], start: int, skipped: int
    ) -> None:
        """Fill batches with the marks of rows.

        Parameters
        ----------
        batches : dict of str to Renderer
            Those of `declare_paintables`.
        rows : structured ndarray of shape (skipped + n,)
            Bars.
        start : int
            Absolute index of the first one to draw.
        skipped : int
            How many come before it, to look back at.
        """
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
        begin = max(reading.first, reading.start - self.look_back)
        rows = flow.rows(begin, reading.closed_stop)
        self.fill(self.closed, rows, reading.start, min(len(rows), reading.start - begin))

    def draw_last_datum(self, flow: Flow, reading: Reading) -> None:
        """Fill the last batches from the live row."""
        live = flow.live()
        if live is None:
            self.clear(self.last)
            return
        start = reading.last - 1
        begin = max(reading.first, start - self.look_back)
        rows = np.append(flow.rows(begin, start), np.array([live]))
        self.fill(self.last, rows, start, start - begin)


class CandleItems(RowItems):
    """Candles: filled when falling, tinted inside when rising."""

    def declare_paintables(self) -> dict[str, str]:
        """Return the batches: wicks first, interiors upon bodies."""
        return {
            'wick_up': 'up',
            'wick_down': 'down',
            'body_up': 'up',
            'body_down': 'down',
            'interior': 'up_interior',
        }

    def fill(
        self, batches: dict[str, Renderer], rows: NDArray[np.void], start: int, skipped: int
    ) -> None:
        """Fill batches with candles."""
        rows = rows[skipped:]
        risen = (rows['close'] >= rows['open'])[drawable(rows)]
        self.fill_candles(batches, rows, start, is_up=risen)

    def fill_candles(
        self,
        batches: dict[str, Renderer],
        rows: NDArray[np.void],
        start: int,
        *,
        is_up: NDArray[np.bool_],
    ) -> None:
        """Fill batches with candles in the colours of a direction of each drawable row."""
        view = self.view
        step = max(1, view.viewport.zoom.step)
        marks = candle_marks(rows, self.left_pixels(len(rows), start), step, view.yrange, view.line)
        batches['wick_up'].fill(marks.wicks[is_up])
        batches['wick_down'].fill(marks.wicks[~is_up])
        batches['body_up'].fill(marks.bodies[is_up])
        batches['body_down'].fill(marks.bodies[~is_up])
        batches['interior'].fill(marks.interiors[marks.is_up])


class HollowItems(CandleItems):
    """Hollow candles: empty when risen since their open, coloured by change from close to close.

    The first row of all has no close before it, and is coloured by its open.
    """

    look_back = 1

    def declare_paintables(self) -> dict[str, str]:
        """Return the batches of candles, with the canvas in their interiors."""
        return {**super().declare_paintables(), 'interior': 'canvas'}

    def fill(
        self, batches: dict[str, Renderer], rows: NDArray[np.void], start: int, skipped: int
    ) -> None:
        """Fill batches with hollow candles."""
        before = rows['close'][skipped - 1 : -1] if skipped else rows['close'][:-1]
        rows = rows[skipped:]
        if not skipped:
            before = np.concatenate([rows['open'][:1], before])
        before = np.where(np.isfinite(before), before, rows['open'])
        is_up = (rows['close'] >= before)[drawable(rows)]
        self.fill_candles(batches, rows, start, is_up=is_up)


class HeikinAshiItems(CandleItems):
    """Candles of Heikin-Ashi bars."""

    look_back = HEIKIN_ASHI_LOOK_BACK

    def fill(
        self, batches: dict[str, Renderer], rows: NDArray[np.void], start: int, skipped: int
    ) -> None:
        """Fill batches with the candles of smoothed bars."""
        super().fill(batches, heikin_ashi(rows), start, skipped)


class BarItems(RowItems):
    """OHLC bars: the open to the left of a stem, the close to its right."""

    def declare_paintables(self) -> dict[str, str]:
        """Return the batches of both directions."""
        return {
            f'{part}_{direction}': direction
            for direction in ('up', 'down')
            for part in ('open', 'stem', 'close')
        }

    def fill(
        self, batches: dict[str, Renderer], rows: NDArray[np.void], start: int, skipped: int
    ) -> None:
        """Fill batches with bars."""
        view, rows = self.view, rows[skipped:]
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

    def columns(self, flow: Flow, start: int, stop: int) -> NDArray[np.float64]:
        """Return first, highest, lowest and last of device pixels `[start, stop)`."""
        return flow.view_columns(self.view.viewport, start, stop)

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
        columns = self.columns(flow, start - 1, max(start, stop))
        line = column_rects(columns, start - 1, self.view.yrange, self.view.line)
        self.fill(self.closed, line[line[:, 0] >= start])

    def draw_last_datum(self, flow: Flow, reading: Reading) -> None:
        """Fill the last pixel column: from its lowest to its highest value so far."""
        _, stop = self.pixels_in_use(reading)
        columns = self.columns(flow, stop - 2, stop)
        line = column_rects(columns, stop - 2, self.view.yrange, self.view.line)
        self.fill(self.last, line[line[:, 0] >= stop - 1])

    def fill(self, batches: dict[str, Renderer], line: NDArray[np.float64]) -> None:
        """Fill batches with the line's rectangles, one a column."""
        batches['line'].fill(line)


class FlattenedCloses(FlattenedOHLC):
    """The same of closes alone."""

    def columns(self, flow: Flow, start: int, stop: int) -> NDArray[np.float64]:
        """Return first, highest, lowest and last close of device pixels `[start, stop)`."""
        return flow.view_closes(self.view.viewport, start, stop)


class FlattenedArea(FlattenedCloses):
    """The line of closes, with the area below it filled."""

    def declare_paintables(self) -> dict[str, str]:
        """Return the batches: the line upon the area."""
        return {'area': 'area', 'line': 'curve'}

    def fill(self, batches: dict[str, Renderer], line: NDArray[np.float64]) -> None:
        """Fill batches with the line and what lies below it."""
        super().fill(batches, line)
        top = line[:, 1]
        height = np.maximum(0.0, self.view.rect.height() - top)
        batches['area'].fill(rects(line[:, 0], top, 1.0, height))


class PriceGraphics:
    """The graphics of an OHLC flow: a near and a far curve for each style, of which one is visible.

    Parameters
    ----------
    view : ChartView
        Where they are drawn.
    """

    def __init__(self, view: ChartView) -> None:
        self.view = view
        self.style = PriceStyle.CANDLES
        self.flattened = FlattenedOHLC(view)
        self.near: dict[PriceStyle, Curve] = {
            PriceStyle.CANDLES: CandleItems(view),
            PriceStyle.HOLLOW: HollowItems(view),
            PriceStyle.BARS: BarItems(view),
            PriceStyle.HEIKIN_ASHI: HeikinAshiItems(view),
            PriceStyle.LINE: LineCurve(view),
            PriceStyle.AREA: AreaCurve(view),
        }
        self.far: dict[PriceStyle, Curve] = dict.fromkeys(PriceStyle, self.flattened)
        self.far[PriceStyle.LINE] = FlattenedCloses(view)
        self.far[PriceStyle.AREA] = FlattenedArea(view)
        self.curves = tuple(dict.fromkeys([*self.near.values(), *self.far.values()]))
        for curve in self.curves:
            curve.setVisible(False)
            view.add_curve(curve)

    @property
    def current(self) -> Curve:
        """The curve that this zoom and style call for."""
        farthest = FLATTEN_CLOSES_UPPX if self.style.is_of_closes else FLATTEN_UPPX
        is_far = self.view.viewport.zoom.uppx > farthest
        return (self.far if is_far else self.near)[self.style]

    @property
    def reach(self) -> int:
        """Rows before one that closes which are painted otherwise then."""
        return self.current.reach

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
