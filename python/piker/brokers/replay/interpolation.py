"""Interpolated paths inside real bars: deterministic, on the tick grid, exact in the aggregate.

Nothing is known of a market inside a bar but that it went from open to close and touched high
and low. `split_bars` invents a path that does just that, so that its bars add up to the real one
to the digit. It is a stand-in for a demonstration, and every symbol made of it says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from piker.core.rows import BAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ['hash_uniform', 'split_bars']

# Constants of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)

# Share of a bar's range that the noise between two anchors may take, on average.
NOISE = 0.62
WICK = 0.06


def hash_uniform(seeds: NDArray[np.int64], stream: int, count: int) -> NDArray[np.float64]:
    """Return pseudo-random numbers that depend on nothing but their seed and place.

    Parameters
    ----------
    seeds : ndarray of shape (m,), int64
        One seed a row, for example a bar's time.
    stream : int
        Tells apart the numbers drawn for different ends, 0 to 255.
    count : int
        How many numbers a row, at most 2**16.

    Returns
    -------
    ndarray of shape (m, count), float64
        Uniform in [0, 1).
    """
    places = np.arange(1, count + 1, dtype=np.uint64) + np.uint64(stream << 16)
    with np.errstate(over='ignore'):
        state = seeds.astype(np.uint64)[:, None] * MIX_1 + places * GOLDEN
        state = (state ^ (state >> np.uint64(30))) * MIX_1
        state = (state ^ (state >> np.uint64(27))) * MIX_2
    mixed = (state ^ (state >> np.uint64(31))) >> np.uint64(11)
    numbers: NDArray[np.float64] = mixed.astype(np.float64) * 2.0**-53
    return numbers


def split_bars(
    bars: NDArray[np.void], count: int, step_ns: int, ticks_per_unit: int
) -> NDArray[np.void]:
    """Split each bar into shorter ones along an interpolated path.

    Parameters
    ----------
    bars : ndarray of shape (m,), `piker.core.rows.BAR`
        Real bars, prices on the tick grid, volumes whole numbers below 2**53.
    count : int
        How many bars to make of each, at least 4.
    step_ns : int
        Length of a made bar; the first starts at the real bar's time.
    ticks_per_unit : int
        Inverse of the price tick.

    Returns
    -------
    ndarray of shape (m * count,), `piker.core.rows.BAR`
        New rows. Those of a bar have its open first, its close last, its extremes, and whole
        volumes that add up to its own. The same bar always gives the same rows.
    """
    seeds = bars['time']
    low = to_grid(bars['low'], ticks_per_unit)
    high = to_grid(bars['high'], ticks_per_unit)
    path = draw_path(bars, low, high, count, ticks_per_unit)
    opens, closes = path[:, :-1], path[:, 1:]
    reach = (high - low)[:, None] * WICK
    upper = opens.clip(min=closes) + np.floor(reach * hash_uniform(seeds, 3, count) ** 2)
    lower = opens.clip(max=closes) - np.floor(reach * hash_uniform(seeds, 4, count) ** 2)
    # Wicks stay inside by a tick, so that only the path itself touches the extremes.
    ceiling = np.maximum(opens.clip(min=closes), (high - 1)[:, None])
    floor = np.minimum(opens.clip(max=closes), (low + 1)[:, None])
    rows = np.empty((len(bars), count), BAR)
    rows['time'] = seeds[:, None] + np.arange(count) * step_ns
    rows['open'] = opens / ticks_per_unit
    rows['high'] = np.minimum(upper, ceiling) / ticks_per_unit
    rows['low'] = np.maximum(lower, floor) / ticks_per_unit
    rows['close'] = closes / ticks_per_unit
    rows['volume'] = spread_volume(bars['volume'], seeds, count)
    return rows.reshape(-1)


def to_grid(prices: NDArray[np.float64], ticks_per_unit: int) -> NDArray[np.float64]:
    """Return prices as whole numbers of ticks, in float64."""
    return np.rint(prices * ticks_per_unit)


def draw_path(
    bars: NDArray[np.void],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    count: int,
    ticks_per_unit: int,
) -> NDArray[np.float64]:
    """Draw a path from open to close over both extremes for each bar.

    A rising bar visits its low first, a falling one its high, at places drawn from the seed.
    Between these anchors runs a random walk pinned to them, folded back into the range.

    Parameters
    ----------
    bars : ndarray of shape (m,), `piker.core.rows.BAR`
        Real bars.
    low, high : ndarray of shape (m,), float64
        Their extremes in ticks.
    count : int
        Steps of the path.
    ticks_per_unit : int
        Inverse of the price tick.

    Returns
    -------
    ndarray of shape (m, count + 1), float64
        Prices in ticks, whole numbers.
    """
    seeds = bars['time']
    first = to_grid(bars['open'], ticks_per_unit)
    last = to_grid(bars['close'], ticks_per_unit)
    is_rising = last >= first
    early = np.where(is_rising, low, high)
    late = np.where(is_rising, high, low)
    draws = hash_uniform(seeds, 1, 2)
    one = 1 + np.floor(draws[:, 0] * (count // 2 - 1)).astype(np.int64)
    two = one + 1 + np.floor(draws[:, 1] * (count - one - 2)).astype(np.int64)
    # A bar that opens or closes at an extreme has touched it there.
    one = np.where(first == early, 0, one)
    two = np.where(last == late, count, two)
    places = np.stack([np.zeros_like(one), one, two, np.full_like(one, count)], axis=1)
    anchors = np.stack([first, early, late, last], axis=1)
    steps = hash_uniform(seeds, 2, count) - 0.5
    walk = np.zeros((len(bars), count + 1))
    np.cumsum(steps, axis=1, out=walk[:, 1:])
    spread = (high - low) * NOISE / np.sqrt(count / 12)
    pinned = pin(places, np.take_along_axis(walk, places, axis=1), count)
    noise = (walk - pinned) * spread[:, None]
    path = fold_back(pin(places, anchors, count) + noise, low[:, None], high[:, None])
    np.put_along_axis(path, places, anchors, axis=1)
    return path


def pin(places: NDArray[np.int64], values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Join four values a row by straight lines.

    Parameters
    ----------
    places : ndarray of shape (m, 4), int64
        Columns of the values, ascending from 0 to `count`.
    values : ndarray of shape (m, 4), float64
        The values.
    count : int
        The last column.

    Returns
    -------
    ndarray of shape (m, count + 1), float64
        The lines.
    """
    column = np.arange(count + 1)[None, :]
    line = np.empty((len(places), count + 1))
    for piece in range(3):
        start, stop = places[:, piece, None], places[:, piece + 1, None]
        share = (column - start) / np.maximum(stop - start, 1)
        straight = values[:, piece, None] * (1 - share) + values[:, piece + 1, None] * share
        np.copyto(line, straight, where=(column >= start) & (column <= stop))
    return line


def fold_back(
    path: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mirror a path at the borders of its range, a tick inside them, and round it to ticks.

    Parameters
    ----------
    path : ndarray of shape (m, n), float64
        Prices in ticks.
    low, high : ndarray of shape (m, 1), float64
        The range.

    Returns
    -------
    ndarray of shape (m, n), float64
        Whole numbers, in (low, high) where the range is wide enough, else in [low, high].
    """
    inset = np.where(high - low >= 2, 1.0, 0.0)
    width = high - low - 2 * inset
    period = np.maximum(2 * width, 1.0)
    phase = np.mod(path - low - inset, period)
    folded: NDArray[np.float64] = np.clip(np.minimum(phase, period - phase), 0.0, width)
    return low + inset + np.rint(folded)


def spread_volume(
    volumes: NDArray[np.float64], seeds: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """Share each bar's volume out in whole parts.

    Parameters
    ----------
    volumes : ndarray of shape (m,), float64
        Whole numbers.
    seeds : ndarray of shape (m,), int64
        One a bar.
    count : int
        How many parts.

    Returns
    -------
    ndarray of shape (m, count), float64
        Whole numbers, not negative, that add up to the volume.
    """
    weights = np.cumsum(0.2 + hash_uniform(seeds, 5, count) ** 3, axis=1)
    done = np.floor(volumes[:, None] * (weights / weights[:, -1:]))
    done[:, -1] = volumes
    return np.diff(done, axis=1, prepend=0.0)
