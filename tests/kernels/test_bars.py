"""Bars and steps as points, vertices and segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from piker.core.rows import BAR
from piker.errors import InputError
from piker.kernels import bar_lines, bar_segments, ohlc_flatten, ohlc_trace, to_step_format
from tests.kernels import strategies

if TYPE_CHECKING:
    from collections.abc import Callable

NAN4 = [np.nan] * 4
GOLDEN = [[1.0, 4.0, 0.0, 3.0], [1.0, np.nan, 1.0, 1.0], [-2.0, -1.0, -4.0, -3.0]]

tables = st.integers(0, 60).flatmap(
    lambda count: hnp.arrays(np.float64, (count, 4), elements=strategies.values, fill=st.just(0.0))
)


def whole(rows: np.ndarray) -> np.ndarray:
    """Return which bars have four finite prices."""
    return np.array([np.isfinite(row).all() for row in rows], bool)


def flat_twin(rows: np.ndarray) -> np.ndarray:
    return np.where(whole(rows)[:, None], rows, np.nan).reshape(-1)


def trace_twin(rows: np.ndarray) -> np.ndarray:
    points = [
        ([low, high] if close >= open_ else [high, low])
        if np.isfinite([open_, high, low, close]).all()
        else [np.nan, np.nan]
        for open_, high, low, close in rows
    ]
    return np.array(points).reshape(-1)


@given(tables)
def test_flat_bars_are_their_prices_in_order_and_gaps_keep_their_places(rows: np.ndarray) -> None:
    found = ohlc_flatten(rows)
    np.testing.assert_array_equal(found.y, flat_twin(rows))
    np.testing.assert_array_equal(found.x, np.arange(4 * len(rows)) / 4)


@given(tables)
def test_traces_visit_both_extremes_in_the_way_of_the_bar(rows: np.ndarray) -> None:
    found = ohlc_trace(rows, np.arange(len(rows)) * 2.0, width=2.0)
    np.testing.assert_array_equal(found.y, trace_twin(rows))
    np.testing.assert_array_equal(found.x, np.arange(2 * len(rows)) + 0.5)


@given(tables)
def test_bars_are_as_many_pieces_of_six_vertices(rows: np.ndarray) -> None:
    found = bar_lines(rows, gap=0.25)
    kept = whole(rows)
    assert len(found.x) == len(found.y) == len(found.connect) == 6 * len(rows)
    connect = found.connect.reshape(-1, 6)
    np.testing.assert_array_equal(connect, kept[:, None] * np.array([1, 1, 1, 1, 1, 0]))
    x = np.arange(len(rows))[:, None] + [0.25, 0.5, 0.5, 0.5, 0.5, 0.75]
    np.testing.assert_array_equal(found.x.reshape(-1, 6), x)
    y = np.where(kept[:, None], rows[:, [0, 0, 2, 1, 3, 3]], np.nan)
    np.testing.assert_array_equal(found.y.reshape(-1, 6), y)


@given(tables)
def test_segments_are_the_visible_lines_of_the_vertices(rows: np.ndarray) -> None:
    found = bar_segments(rows)
    lines = bar_lines(rows)
    kept = whole(rows)
    x, y = lines.x.reshape(-1, 6)[kept], lines.y.reshape(-1, 6)[kept]
    assert found.shape == (kept.sum(), 3, 4)
    for segment, (begin, end) in enumerate([(0, 1), (2, 3), (4, 5)]):
        expected = np.stack([x[:, begin], y[:, begin], x[:, end], y[:, end]], axis=1)
        np.testing.assert_array_equal(found[:, segment], expected)


@given(tables, st.data())
def test_refilling_a_part_equals_filling_the_whole(rows: np.ndarray, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(rows)))
    x = np.arange(len(rows)) * 1.0
    for kernel, points in ((ohlc_flatten, 4), (ohlc_trace, 2)):
        to_x, to_y = np.empty(points * len(rows)), np.empty(points * len(rows))
        for start, stop in ((cut, len(rows)), (0, cut)):
            at = slice(points * start, points * stop)
            kernel(rows[start:stop], x[start:stop], out=(to_x[at], to_y[at]))
        expected = kernel(rows, x)
        np.testing.assert_array_equal(to_x, expected.x)
        np.testing.assert_array_equal(to_y, expected.y)


def steps_twin(
    x: np.ndarray, y: np.ndarray, width: float, baseline: float
) -> tuple[list[list[float]], list[tuple[float, float]]]:
    levels = [float(value) if np.isfinite(value) else np.nan for value in y]
    if not levels:
        return [], []
    edges = [*x.tolist(), x[-1] + width]
    corners = zip([baseline, *levels], [*levels, baseline], strict=True)
    return [[edge, edge] for edge in edges], list(corners)


@given(strategies.series(), st.sampled_from([0.5, 1.0]), st.sampled_from([0.0, -3.0]))
def test_steps_are_one_outline_from_the_baseline_back_to_it(
    y: np.ndarray, width: float, baseline: float
) -> None:
    x = np.cumsum(np.arange(len(y)) % 3 + 1.0)
    found = to_step_format(y, x, width=width, baseline=baseline)
    edges, levels = steps_twin(x, y, width, baseline)
    np.testing.assert_array_equal(found.x, np.array(edges).reshape(-1, 2))
    np.testing.assert_array_equal(found.y, np.array(levels).reshape(-1, 2))


@given(strategies.series(1), strategies.values)
def test_a_new_step_changes_the_closing_corner_only(y: np.ndarray, value: float) -> None:
    before, after = to_step_format(y), to_step_format(np.append(y, value))
    np.testing.assert_array_equal(after.x[: len(y) + 1], before.x)
    np.testing.assert_array_equal(after.y[: len(y)], before.y[:-1])
    assert after.x[-1].tolist() == [len(y) + 1.0] * 2
    assert after.y[-1, 1] == 0.0


def test_golden_bars() -> None:
    flat = ohlc_flatten(GOLDEN, [10, 11, 13], width=0.5)
    assert flat.x.tolist()[:4] == [10.0, 10.125, 10.25, 10.375]
    np.testing.assert_array_equal(flat.y, [1.0, 4.0, 0.0, 3.0, *NAN4, -2.0, -1.0, -4.0, -3.0])
    trace = ohlc_trace(GOLDEN)
    np.testing.assert_array_equal(trace.y, [0.0, 4.0, np.nan, np.nan, -1.0, -4.0])
    lines = bar_lines(GOLDEN)
    assert lines.x[:6].tolist() == [0.125, 0.5, 0.5, 0.5, 0.5, 0.875]
    assert lines.y[:6].tolist() == [1.0, 1.0, 0.0, 4.0, 3.0, 3.0]
    assert lines.connect.tolist() == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0]
    assert bar_segments(GOLDEN)[1].tolist() == [
        [2.125, -2.0, 2.5, -2.0],
        [2.5, -4.0, 2.5, -1.0],
        [2.5, -3.0, 2.875, -3.0],
    ]


def test_golden_steps() -> None:
    found = to_step_format([1.0, 0.0, np.nan, 4.0])
    assert found.x.tolist() == [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0], [4.0, 4.0]]
    np.testing.assert_array_equal(
        found.y, [[0.0, 1.0], [1.0, 0.0], [0.0, np.nan], [np.nan, 4.0], [4.0, 0.0]]
    )


def test_rows_of_a_ring_and_tables_of_any_layout_give_the_same() -> None:
    table = np.random.default_rng(5).normal(size=(50, 4))
    rows = np.zeros(50, BAR)
    for column, name in enumerate(('open', 'high', 'low', 'close')):
        rows[name] = table[:, column]
    expected = bar_segments(table)
    wide = np.zeros((100, 8))
    wide[::2, ::2] = table
    for same in (rows, table.tolist(), np.asfortranarray(table), wide[::2, ::2]):
        np.testing.assert_array_equal(bar_segments(same), expected)
    np.testing.assert_array_equal(ohlc_flatten(rows[::-1]).y, table[::-1].reshape(-1))


def test_segments_fill_memory_of_the_caller() -> None:
    out = np.full((3, 3, 4), 9.0)
    found = bar_segments(GOLDEN, out=out)
    assert found.shape == (2, 3, 4)
    assert np.shares_memory(found, out)
    assert (out[2] == 9.0).all()


def test_nothing_gives_nothing() -> None:
    nothing = np.empty((0, 4))
    assert ohlc_flatten(nothing).y.shape == (0,)
    assert bar_lines(nothing).connect.shape == (0,)
    assert bar_segments(nothing).shape == (0, 3, 4)
    assert to_step_format([]).y.shape == (0, 2)


@pytest.mark.parametrize(
    ('rows', 'message'),
    [
        ([1.0, 2.0, 3.0, 4.0], r'neither bars .* nor real numbers of shape \(n, 4\)'),
        (np.zeros((2, 5)), r'was float64 of shape \(2, 5\)'),
        (np.zeros(2, [('open', 'f8'), ('close', 'f8')]), 'no field high, low, has open, close'),
        ([['a', 'b', 'c', 'd']], 'neither bars'),
        ([[1.0], [2.0, 3.0]], 'its rows differ in length'),
        (np.zeros((1, 2), BAR), r"rows\['open'\]: not of one dimension"),
    ],
)
def test_rows_that_are_no_bars_are_refused(rows: object, message: str) -> None:
    for kernel in (ohlc_flatten, ohlc_trace, bar_lines, bar_segments):
        with pytest.raises(InputError, match=message):
            kernel(rows)


def test_places_widths_gaps_and_memory_must_fit() -> None:
    read_only = np.empty(12)
    read_only.flags.writeable = False
    same = np.empty(12)
    calls: dict[str, Callable[[], object]] = {
        'invalid x: not one for each of 3 rows, were 2': lambda: ohlc_flatten(GOLDEN, [1.0, 2.0]),
        'invalid width: not a positive': lambda: ohlc_trace(GOLDEN, width=0.0),
        'invalid gap: not from 0 to less than 0.5': lambda: bar_lines(GOLDEN, gap=0.5),
        'invalid baseline: not a finite': lambda: to_step_format([1.0], baseline=np.nan),
        r'invalid out\[0\]: not an array': lambda: ohlc_flatten(GOLDEN, out=(same[:3], same[3:])),
        r'invalid out\[1\]: not contiguous': lambda: ohlc_flatten(GOLDEN, out=(same, read_only)),
        'invalid out: shares memory with': lambda: ohlc_flatten(GOLDEN, out=(same, same)),
        'invalid out: not an array of float64': lambda: bar_segments(GOLDEN, out=same),
    }
    for message, call in calls.items():
        with pytest.raises(InputError, match=message):
            call()
