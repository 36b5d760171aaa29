"""Ticks of a value axis on round values, a whole number of price ticks apart."""

from __future__ import annotations

import math

__all__ = ['value_ticks']

ROUND = (1.0, 2.0, 2.5, 5.0)
FEWEST, MOST = 5, 9


def steps(rough: float) -> list[float]:
    """Return the round steps around a rough one, ascending."""
    exponent = math.floor(math.log10(rough))
    return [unit * 10.0**power for power in range(exponent - 1, exponent + 3) for unit in ROUND]


def is_multiple(step: float, tick: float) -> bool:
    """Whether a step is a whole number of ticks (any step is, of a tick of zero)."""
    if tick <= 0:
        return True
    count = step / tick
    return count > 0.5 and abs(count - round(count)) < 1e-6


def value_ticks(
    low: float, high: float, pixels: float, gap: float, tick: float = 0.0
) -> list[float]:
    """Return the ticks of an axis.

    Parameters
    ----------
    low, high : float
        Values at the ends of the axis, finite, `low < high`.
    pixels, gap : float
        Length of the axis, and the least distance between two ticks, in the same pixels.
    tick : float
        The price tick: steps are multiples of it; 0 where values are not prices. One greater than
        the values themselves is none of theirs, and is passed over.

    Returns
    -------
    list of float
        Ascending, inside `[low, high]`; five to nine, fewer where there is no room or where the
        range holds fewer price ticks.
    """
    if not (math.isfinite(low) and math.isfinite(high) and high > low and pixels > 0):
        return []
    room = max(1, min(MOST, int(pixels // gap)))
    span = high - low
    if tick > max(abs(low), abs(high)):
        tick = 0.0
    chosen = None
    for step in steps(span / room):
        if not is_multiple(step, tick):
            continue
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= room:
            chosen = (step, first, last)
            break
    if chosen is None:
        # The range is narrower than steps of whole price ticks: those that it holds are enough.
        first, last = math.ceil(low / tick - 1e-9), math.floor(high / tick + 1e-9)
        chosen = (tick, first, min(last, first + room - 1))
    step, first, last = chosen
    return [index * step for index in range(first, last + 1)]
