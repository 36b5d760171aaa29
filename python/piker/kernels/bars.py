"""OHLC bars as lines: flattened for when they are narrow, with ticks for when they are wide.

A bar takes the slot from x to x + width. Each is drawn without a look at its neighbours, so what
was appended or changed can be refilled alone, with `out`, and equals what the whole would give.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from piker import _rust
from piker.core.errors import InputError
from piker.core.words import describe
from piker.kernels import arguments

__all__ = ['BarLines', 'FlatBars', 'bar_lines', 'bar_segments', 'ohlc_flatten', 'ohlc_trace']

GAP = 0.125
"""The part of a slot that is left free at each side, so that neighbours stay apart."""

Floats: TypeAlias = NDArray[np.float64]


class FlatBars(NamedTuple):
    """Bars as one line.

    Attributes
    ----------
    x, y : ndarray of shape (4 n,) or (2 n,), float64
        Points; x ascends with the bars, y is NaN for a bar that is a gap.
    """

    x: Floats
    y: Floats


class BarLines(NamedTuple):
    """Bars as separate pieces of a path.

    Attributes
    ----------
    x, y : ndarray of shape (6 n,), float64
        Vertices; y is NaN for a bar that is a gap.
    connect : ndarray of shape (6 n,), int32
        1 where a vertex is joined to the next: 1, 1, 1, 1, 1, 0 for each bar;
        for a gap 0 only.
    """

    x: Floats
    y: Floats
    connect: NDArray[np.int32]


def ohlc_flatten(
    rows: Any,
    x: ArrayLike | None = None,
    *,
    width: float = 1.0,
    out: tuple[Floats, Floats] | None = None,
) -> FlatBars:
    """Flatten bars to a line of four points each: open, high, low, close.

    They lie at x, x + width / 4, x + width / 2 and x + 3 * width / 4, evenly spaced where bars are.

    Parameters
    ----------
    rows : ndarray of shape (n,) with fields open, high, low, close; or array_like of shape (n, 4)
        Bars; one with a value that is not finite is a gap.
    x : array_like of shape (n,), optional
        Left edge of each bar; 0, 1, 2, ... by default.
    width : float, optional
        Width of a bar, positive.
    out : tuple of ndarray of shape (4 n,), float64, optional
        Contiguous memory for x and y.

    Returns
    -------
    FlatBars
        Of shape (4 n,): `out` itself, or fresh arrays.

    Raises
    ------
    InputError
        When rows are not bars, x or `out` does not fit, or the width is not positive.
    """
    bars = arguments.bars(rows, x)
    flat = FlatBars(*targets(out, bars, 4 * len(bars.x)))
    _rust.flatten(bars, arguments.positive(width, 'width'), flat.x, flat.y)
    return flat


def ohlc_trace(
    rows: Any,
    x: ArrayLike | None = None,
    *,
    width: float = 1.0,
    out: tuple[Floats, Floats] | None = None,
) -> FlatBars:
    """Flatten bars to a high-low tracer: both extremes of each, in the order of its way.

    A bar that closed at or above its open goes from low to high, one that closed below from high
    to low. The two points lie at x + width / 4 and x + 3 * width / 4.

    Parameters
    ----------
    rows : ndarray of shape (n,) with fields open, high, low, close; or array_like of shape (n, 4)
        Bars; one with a value that is not finite is a gap.
    x : array_like of shape (n,), optional
        Left edge of each bar; 0, 1, 2, ... by default.
    width : float, optional
        Width of a bar, positive.
    out : tuple of ndarray of shape (2 n,), float64, optional
        Contiguous memory for x and y.

    Returns
    -------
    FlatBars
        Of shape (2 n,): `out` itself, or fresh arrays.

    Raises
    ------
    InputError
        When rows are not bars, x or `out` does not fit, or the width is not positive.
    """
    bars = arguments.bars(rows, x)
    flat = FlatBars(*targets(out, bars, 2 * len(bars.x)))
    _rust.trace(bars, arguments.positive(width, 'width'), flat.x, flat.y)
    return flat


def bar_lines(
    rows: Any,
    x: ArrayLike | None = None,
    *,
    width: float = 1.0,
    gap: float = GAP,
) -> BarLines:
    """Return bars as six joined vertices each: open tick, stem from low to high, close tick.

    The open tick begins at x + gap * width, the stem stands at x + width / 2, the close tick ends
    at x + (1 - gap) * width.

    Parameters
    ----------
    rows : ndarray of shape (n,) with fields open, high, low, close; or array_like of shape (n, 4)
        Bars; one with a value that is not finite is a gap.
    x : array_like of shape (n,), optional
        Left edge of each bar; 0, 1, 2, ... by default.
    width : float, optional
        Width of a bar, positive.
    gap : float, optional
        The part of the width that is left free at each side, from 0 to less than a half.

    Returns
    -------
    BarLines
        Fresh arrays, as `pyqtgraph.arrayToQPath` takes them.

    Raises
    ------
    InputError
        When rows are not bars, x does not fit, or width or gap is out of range.
    """
    bars = arguments.bars(rows, x)
    count = 6 * len(bars.x)
    lines = BarLines(np.empty(count), np.empty(count), np.empty(count, np.int32))
    _rust.vertices(bars, slots(width, gap), *lines)
    return lines


def bar_segments(
    rows: Any,
    x: ArrayLike | None = None,
    *,
    width: float = 1.0,
    gap: float = GAP,
    out: Floats | None = None,
) -> Floats:
    """Return bars as three separate segments each: open tick, stem from low to high, close tick.

    Places are those of `bar_lines`.

    Parameters
    ----------
    rows : ndarray of shape (n,) with fields open, high, low, close; or array_like of shape (n, 4)
        Bars; one with a value that is not finite is left out, as a painter would draw it anywhere.
    x : array_like of shape (n,), optional
        Left edge of each bar; 0, 1, 2, ... by default.
    width : float, optional
        Width of a bar, positive.
    gap : float, optional
        The part of the width that is left free at each side, from 0 to less than a half.
    out : ndarray of shape (n, 3, 4), float64, optional
        Contiguous memory for the segments.

    Returns
    -------
    ndarray of shape (m, 3, 4), float64
        x1, y1, x2, y2 of each segment of the m bars that are no gaps: the memory of `QLineF`.
        The first m rows of `out`, or of a fresh array.

    Raises
    ------
    InputError
        When rows are not bars, x or `out` does not fit, or width or gap is out of range.
    """
    bars = arguments.bars(rows, x)
    segments = arguments.target(out, (len(bars.x), 3, 4), 'out', np.float64)
    arguments.require_apart((segments,), bars, 'out')
    count = _rust.segments(bars, slots(width, gap), segments.reshape(-1))
    return segments[:count]


def slots(width: float, gap: float) -> tuple[float, float]:
    """Return width and gap of bars that can be drawn.

    Parameters
    ----------
    width, gap : float
        Width of a bar, and the part of it that is left free at each side.

    Returns
    -------
    tuple of float

    Raises
    ------
    InputError
        When the width is not positive, or nothing is left of it between the gaps.
    """
    found = arguments.number(gap, 'gap')
    if not 0 <= found < 0.5:
        raise InputError(f'invalid gap: not from 0 to less than 0.5, was {found}')
    return arguments.positive(width, 'width'), found


def targets(
    out: tuple[Floats, Floats] | None, bars: arguments.Bars, count: int
) -> tuple[Floats, Floats]:
    """Return where the x and the y of points go.

    Parameters
    ----------
    out : tuple of ndarray, or None
        Memory of the caller.
    bars : Bars
        What is read while they are written.
    count : int
        How many points there are.

    Returns
    -------
    tuple of ndarray of shape (count,), float64

    Raises
    ------
    InputError
        When `out` does not fit, or shares memory with the bars.
    """
    if out is None:
        out = np.empty(count), np.empty(count)
    elif not (isinstance(out, (tuple, list)) and len(out) == 2):
        raise InputError(f'invalid out: not two arrays, was {describe(out)}')
    to_x, to_y = (
        arguments.target(given, (count,), f'out[{place}]', np.float64)
        for place, given in enumerate(out)
    )
    arguments.require_apart((to_x, to_y), bars, 'out')
    return to_x, to_y
