"""Rectangles of bars, candles, columns and steps in device pixels, from rows and the two maps.

Every mark is an axis-aligned rectangle on whole device pixels: `(n, 4)` float64 of x, y, width,
height, which is the memory of a `QRectF` array. Rows without a finite value make no rectangle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from piker.ui.model.prices import drawable

if TYPE_CHECKING:
    from piker.ui.model.yrange import YRange

__all__ = [
    'BarMarks',
    'CandleMarks',
    'bar_marks',
    'body_width',
    'candle_marks',
    'column_rects',
    'rects',
    'step_rects',
    'step_width',
]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class CandleMarks(NamedTuple):
    """Candles: wicks and bodies `(n, 4)`, the interiors `(n, 4)` of bodies, and direction `(n,)`.

    An interior without area means that the body has no room for one.
    """

    wicks: Floats
    bodies: Floats
    interiors: Floats
    is_up: Bools


class BarMarks(NamedTuple):
    """OHLC bars: open ticks, stems and close ticks `(n, 4)` each, and direction `(n,)`."""

    opens: Floats
    stems: Floats
    closes: Floats
    is_up: Bools


def rects(x: Floats, y: Floats | float, width: Floats | float, height: Floats | float) -> Floats:
    """Return rectangles as a new array of shape (n, 4), float64."""
    out = np.empty((len(x), 4))
    out[:, 0], out[:, 1], out[:, 2], out[:, 3] = x, y, width, height
    return out


def body_width(step: int, line: int) -> int:
    """Return the width of a candle's body in device pixels.

    Parameters
    ----------
    step : int
        Device pixels a row.
    line : int
        Width of the wick in device pixels; the body has its parity, so that the wick is centred.
    """
    gap = max(line, step // 5)
    width = max(line, step - gap)
    return width if (width - line) % 2 == 0 else width - 1


def step_width(step: int, line: int) -> int:
    """Return the width of a volume step in device pixels: that of a candle, whole when narrow."""
    return body_width(step, line) if step > line else max(1, step)


def candle_marks(
    rows: NDArray[np.void], left: Floats, step: int, y: YRange, line: int
) -> CandleMarks:
    """Return the marks of candles.

    Parameters
    ----------
    rows : structured ndarray of shape (n,)
        Bars with `open`, `high`, `low` and `close`; a row with one of them NaN is left out.
    left : ndarray of shape (n,), float64
        Left device pixel of each row.
    step, line : int
        Device pixels a row; width of a line.
    y : YRange
        The map of prices.
    """
    rows, left = whole(rows, left)
    top, high = y.pixels_of(np.maximum(rows['open'], rows['close'])), y.pixels_of(rows['high'])
    end, low = y.pixels_of(np.minimum(rows['open'], rows['close'])), y.pixels_of(rows['low'])
    width = body_width(step, line)
    body_left = left + (step - width) // 2
    # A body's edges are the pixels of its prices, both inside: as high as a wick between them.
    height = end - top + line
    inset = line
    bodies = rects(body_left, top, width, height)
    has_room = np.full(len(rows), width > 2 * inset) & (height > 2 * inset)
    interiors = rects(
        body_left + inset,
        top + inset,
        np.where(has_room, width - 2 * inset, 0),
        np.where(has_room, height - 2 * inset, 0),
    )
    wicks = rects(body_left + (width - line) // 2, high, line, low - high + line)
    return CandleMarks(wicks, bodies, interiors, rows['close'] >= rows['open'])


def bar_marks(rows: NDArray[np.void], left: Floats, step: int, y: YRange, line: int) -> BarMarks:
    """Return the marks of OHLC bars; parameters as for `candle_marks`."""
    rows, left = whole(rows, left)
    reach = (body_width(step, line) - line) // 2
    stem = left + (step - line - 2 * reach) // 2 + reach
    high, low = y.pixels_of(rows['high']), y.pixels_of(rows['low'])
    return BarMarks(
        rects(stem - reach, y.pixels_of(rows['open']), reach, line),
        rects(stem, high, line, low - high + line),
        rects(stem + line, y.pixels_of(rows['close']), reach, line),
        rows['close'] >= rows['open'],
    )


def whole(rows: NDArray[np.void], left: Floats) -> tuple[NDArray[np.void], Floats]:
    """Return rows and pixels of the rows that are drawable."""
    is_whole = drawable(rows)
    return (rows, left) if is_whole.all() else (rows[is_whole], left[is_whole])


def column_rects(columns: Floats, first_pixel: int, y: YRange, line: int) -> Floats:
    """Return the flattened line: one rectangle a pixel column, joined to the column before.

    Parameters
    ----------
    columns : ndarray of shape (m, 4), float64
        First open, highest high, lowest low and last close of each column; NaN where empty.
    first_pixel : int
        Device pixel of the first column.
    y : YRange
        The map of prices.
    line : int
        Width of a line in device pixels.

    Returns
    -------
    ndarray of shape (k, 4), float64
        Ascending in x; k counts the columns that are not empty. A column reaches to the close of
        the one before it, so that the line has no holes; a gap of empty columns stays a gap.
    """
    high, low = columns[:, 1].copy(), columns[:, 2].copy()
    closes = columns[:-1, 3]
    np.fmax(high[1:], closes, out=high[1:], where=np.isfinite(high[1:]))
    np.fmin(low[1:], closes, out=low[1:], where=np.isfinite(low[1:]))
    taken = np.flatnonzero(np.isfinite(high) & np.isfinite(low))
    top, end = y.pixels_of(high[taken]), y.pixels_of(low[taken])
    # An odd line hangs centred on its price, as the lines of axes and labels do.
    offset = (line - 1) // 2
    return rects((taken + first_pixel).astype(float), top - offset, 1.0, end - top + line)


def step_rects(values: Floats, left: Floats, width: int, y: YRange, line: int) -> Floats:
    """Return steps from zero to each value.

    Parameters
    ----------
    values, left : ndarray of shape (n,), float64
        Values and the left device pixel of each step; a NaN makes a step without area.
    width : int
        Width of a step in device pixels.
    y : YRange
        The map of values.
    line : int
        Least height of a step whose value is not zero, in device pixels.
    """
    base = float(y.pixel_of(0.0))
    top = y.pixels_of(values)
    height = np.abs(base - top)
    np.maximum(height, line, out=height, where=values != 0)
    np.nan_to_num(height, copy=False)
    start = np.where(values < 0, base, base - height)
    np.nan_to_num(start, copy=False, nan=base)
    return rects(left, start, width, height)
