"""Every kernel equals its twin over every kind of series."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest

from piker import kernels
from piker.core.rows import TRADE
from piker.kernels import (
    Pyramid,
    TriggerIndex,
    bar_lines,
    bar_segments,
    bounds,
    ds_m4,
    ohlc_flatten,
    ohlc_trace,
    ring_bounds,
    ring_columns,
    ring_ohlc_columns,
    ring_positions,
    ring_sums,
    to_step_format,
)
from tests.kernels import oracle
from tests.kernels.matrix import PLACES, SERIES, WIDTHS
from tests.kernels.oracle import FakeRing

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY_SERIES = pytest.mark.parametrize('y', SERIES.values(), ids=SERIES)
CAPACITY = 1024


def windows(length: int) -> list[tuple[int, int]]:
    """Return the whole, and windows that begin and end at, before and behind edges of nodes."""
    edges = sorted({min(edge, length) for edge in (0, 1, 63, 64, 65, 512, 575, 576, length)})
    return list(itertools.combinations_with_replacement(edges, 2))


def cut(start: int, stop: int, count: int) -> list[tuple[int, int]]:
    """Return the columns of a window, as documented."""
    edges = [start + k * (stop - start) // count for k in range(count + 1)]
    return list(itertools.pairwise(edges))


def positions(y: np.ndarray, start: int, stop: int) -> tuple[int, int] | None:
    """Return where the extremes of a window stand first."""
    low, high = oracle.bounds(y[start:stop])
    if np.isnan(low):
        return None
    rows = y[start:stop].tolist()
    return start + rows.index(low), start + rows.index(high)


def assert_bits(found: np.ndarray, expected: list[float]) -> None:
    """Check floats to the bit, except which NaN it is."""
    wanted = np.array(expected, np.float64)
    is_nan = np.isnan(wanted)
    np.testing.assert_array_equal(np.isnan(found), is_nan)
    assert found[~is_nan].tobytes() == wanted[~is_nan].tobytes()


@EVERY_SERIES
@pytest.mark.parametrize('places', PLACES.values(), ids=PLACES)
def test_m4_columns(y: np.ndarray, places: np.ndarray) -> None:
    x = places[: len(y)]
    step = max(1, (places[-1].item() - places[0].item()) / len(places))
    for width in WIDTHS:
        uppx = width * step
        for origin in {x[0].item() if len(x) else 0, places[0].item() - 3, 0}:
            if abs(places[0].item() - origin) / uppx >= 2**52:
                continue
            found = ds_m4(x, y, uppx, origin)
            left, values = oracle.m4(x.tolist(), y.tolist(), uppx, origin)
            np.testing.assert_array_equal(found.x, np.array(left))
            np.testing.assert_array_equal(found.y, np.array(values).reshape(-1, 4))
            np.testing.assert_array_equal(found.bounds, oracle.bounds(y))


@EVERY_SERIES
def test_bounds(y: np.ndarray) -> None:
    np.testing.assert_array_equal(bounds(y), oracle.bounds(y))


@EVERY_SERIES
@pytest.mark.parametrize('reducer', ['m4', 'sum', 'last'])
@pytest.mark.parametrize('prepended', [0, 1, 100])
@pytest.mark.filterwarnings('ignore:overflow')
def test_pyramid(y: np.ndarray, reducer: str, prepended: int) -> None:
    pyramid = Pyramid(y[prepended:], reducer)
    pyramid.prepend(y[:prepended])
    first = -len(y[:prepended])
    for start, stop in windows(len(y)):
        np.testing.assert_array_equal(pyramid.bounds(start, stop), oracle.bounds(y[start:stop]))
        assert pyramid.positions(start, stop) == positions(y, start, stop)
        for count in (1, 5):
            parts = cut(start, stop, count)
            expected = np.array([oracle.extremes(y[low:high]) for low, high in parts])
            np.testing.assert_array_equal(pyramid.columns(start, stop, count), expected)
            np.testing.assert_array_equal(pyramid.lasts(start, stop, count), expected[:, 3])
            sums = [
                oracle.canonical_sum(lambda row: float(y[row - first]), first + low, first + high)
                for low, high in parts
            ]
            assert_bits(pyramid.sums(start, stop, count), sums)
            if reducer == 'last':
                np.testing.assert_array_equal(pyramid.reduced(start, stop, count), expected[:, 3])


@EVERY_SERIES
@pytest.mark.parametrize('first', [0, -1, -576, 448, 2**40 + 7])
def test_ring(y: np.ndarray, first: int) -> None:
    extremes, sums = (FakeRing(y, first, CAPACITY, reducer) for reducer in ('minmax', 'sum'))
    closed = y[: max(0, len(y) - 1)]
    for start, stop in windows(len(y)):
        window = closed[start:stop]
        edges = np.array([first + start, first + (start + stop) // 2, first + stop])
        rows = (extremes.first, extremes.closed_last)
        for ring in (extremes, sums):
            found = ring_bounds(ring.view, *rows, first + start, first + stop)
            np.testing.assert_array_equal(found, oracle.bounds(window))
            places = positions(closed, start, stop)
            expected = None if places is None else tuple(first + place for place in places)
            assert ring_positions(ring.view, *rows, first + start, first + stop) == expected
            parts = [closed[start : (start + stop) // 2], closed[(start + stop) // 2 : stop]]
            columns = np.array([oracle.extremes(part) for part in parts])
            np.testing.assert_array_equal(ring_columns(ring.view, *rows, edges), columns)
            bars = ring_ohlc_columns([ring.view] * 4, *rows, edges)
            np.testing.assert_array_equal(bars, columns[:, [0, 2, 1, 3]])
            wanted = [
                oracle.canonical_sum(ring.value, int(low), min(int(high), ring.closed_last))
                for low, high in itertools.pairwise(edges)
            ]
            assert_bits(ring_sums(ring.view, *rows, edges), wanted)


def tables(y: np.ndarray) -> Iterator[np.ndarray]:
    """Yield bars made of a series: any prices, and ones that are as bars are."""
    yield np.stack([np.roll(y, shift) for shift in (0, 1, 2, 3)], axis=1)
    with np.errstate(invalid='ignore'):
        yield np.stack([y, np.maximum(y, 1), np.minimum(y, -1), np.roll(y, 1)], axis=1)


@EVERY_SERIES
@pytest.mark.parametrize('x', ['rows from 0', 'floats with gaps and ties', 'rows before 0'])
def test_bars(y: np.ndarray, x: str) -> None:
    places = PLACES[x][: len(y)]
    for rows in tables(y):
        whole = np.isfinite(rows).all(axis=1)
        prices = np.where(whole[:, None], rows, np.nan)
        left, middle, right = (places + 2.0 * part for part in (0.125, 0.5, 0.875))
        flat = ohlc_flatten(rows, places, width=2.0)
        np.testing.assert_array_equal(flat.y.reshape(-1, 4), prices)
        shifted = places[:, None] + 2.0 * np.arange(4) / 4
        np.testing.assert_array_equal(flat.x.reshape(-1, 4), shifted)
        trace = ohlc_trace(rows, places, width=2.0)
        is_rising = prices[:, 3] >= prices[:, 0]
        way = np.where(is_rising[:, None], prices[:, [2, 1]], prices[:, [1, 2]])
        np.testing.assert_array_equal(trace.y.reshape(-1, 2), way)
        np.testing.assert_array_equal(trace.x.reshape(-1, 2), shifted[:, [1, 3]])
        lines = bar_lines(rows, places, width=2.0)
        np.testing.assert_array_equal(lines.y.reshape(-1, 6), prices[:, [0, 0, 2, 1, 3, 3]])
        corners = np.stack([left, middle, middle, middle, middle, right], axis=1)
        np.testing.assert_array_equal(lines.x.reshape(-1, 6), corners)
        joined = whole[:, None] * np.array([1, 1, 1, 1, 1, 0])
        np.testing.assert_array_equal(lines.connect.reshape(-1, 6), joined)
        ends = np.stack([corners, lines.y.reshape(-1, 6)], axis=2)[whole]
        segments = bar_segments(rows, places, width=2.0)
        np.testing.assert_array_equal(segments, ends.reshape(-1, 3, 4))


@EVERY_SERIES
@pytest.mark.parametrize('x', ['rows from 0', 'floats with gaps and ties', 'rows before 0'])
def test_steps(y: np.ndarray, x: str) -> None:
    places = PLACES[x][: len(y)]
    found = to_step_format(y, places, width=0.5, baseline=-3.0)
    if not len(y):
        assert found.x.shape == found.y.shape == (0, 2)
        return
    levels = np.where(np.isfinite(y), y, np.nan)
    edges = np.append(places, places[-1] + 0.5)
    np.testing.assert_array_equal(found.x, np.stack([edges, edges], axis=1))
    before, behind = np.insert(levels, 0, -3.0), np.append(levels, -3.0)
    np.testing.assert_array_equal(found.y, np.stack([before, behind], axis=1))


@EVERY_SERIES
@pytest.mark.parametrize('name', oracle.SIGNALS)
@pytest.mark.parametrize('length', [1, 2, 14, 200])
def test_signals(y: np.ndarray, name: str, length: int) -> None:
    scale = np.abs(y[np.isfinite(y)]).max(initial=0.0)
    if scale > 1e300 and name not in {'rolling_min', 'rolling_max'}:
        # As great as it may be without sums and squares that leave float64.
        y, scale = y / 1e160, scale / 1e160
    found = getattr(kernels, name)(y, length)
    expected = np.array(oracle.SIGNALS[name](y.tolist(), length), np.float64)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * scale)


@EVERY_SERIES
def test_vwap(y: np.ndarray) -> None:
    volumes = np.abs(np.roll(SERIES['nan'], 3)[: len(y)])
    volumes = np.resize(volumes, len(y)) if len(y) else volumes[:0]
    turnover = volume = 0.0
    expected = []
    for price, size in zip(y.tolist(), volumes.tolist(), strict=True):
        is_whole = np.isfinite(price) and np.isfinite(size)
        if is_whole:
            turnover, volume = turnover + price * size, volume + size
        expected.append(turnover / volume if is_whole and volume else np.nan)
    np.testing.assert_array_equal(kernels.vwap(y, volumes), np.array(expected))


@EVERY_SERIES
def test_triggers(y: np.ndarray) -> None:
    index = TriggerIndex(1)
    resting: dict[int, tuple[bool, int]] = {}
    for oid, level in enumerate((-40, -7, -1, 0, 1, 3, 7, 20)):
        for is_above in (True, False):
            resting[2 * oid + is_above] = (is_above, level)
            index.add(2 * oid + is_above, kind=TRADE, is_above=is_above, level=level)
    for price in y.tolist():
        if not abs(price) <= 2**40:
            continue
        # A price within a thousandth of a tick is that tick.
        near = round(price) if abs(price - round(price)) <= 1e-3 else price
        fired = {
            oid
            for oid, (is_above, level) in resting.items()
            if (near >= level if is_above else near <= level)
        }
        assert set(index.cross(TRADE, price)) == fired
        resting = {oid: rests for oid, rests in resting.items() if oid not in fired}


def test_long_series_are_shared_out_to_all_cores_and_equal_numpy() -> None:
    # More than the 2**22 points from which on threads are started.
    count, rows = 2**22 + 12_345, 1000
    y = np.random.default_rng(3).normal(size=count)
    y[::997] = np.nan
    found = ds_m4(np.arange(count), y, float(rows))
    starts = np.arange(0, count, rows)
    np.testing.assert_array_equal(found.x, starts)
    filled = np.where(np.isnan(y), -np.inf, y)
    np.testing.assert_array_equal(found.y[:, 2], np.maximum.reduceat(filled, starts))
    filled = np.where(np.isnan(y), np.inf, y)
    np.testing.assert_array_equal(found.y[:, 1], np.minimum.reduceat(filled, starts))
    ends = np.append(starts[1:], count) - 1
    np.testing.assert_array_equal(
        found.y[:, 0], np.where(np.isnan(y[starts]), y[starts + 1], y[starts])
    )
    np.testing.assert_array_equal(found.y[:, 3], np.where(np.isnan(y[ends]), y[ends - 1], y[ends]))
    floats = ds_m4(np.arange(float(count)), y, float(rows))
    np.testing.assert_array_equal(floats.y, found.y)
