"""Queries of rings: closed rows by address, with and without the nodes of a pyramid."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piker.errors import InputError
from piker.kernels import ring_bounds, ring_columns, ring_ohlc_columns, ring_positions, ring_sums
from tests.kernels import oracle, strategies
from tests.kernels.oracle import FakeRing

NAN4 = [np.nan] * 4


@st.composite
def rings(draw: st.DrawFn, reducer: str) -> FakeRing:
    """A ring of any fill, its rows anywhere around the wrap and around index 0."""
    values = draw(strategies.long_series(2048))
    first = draw(st.sampled_from([0, -1, -700, -2048, 63, 64, 1000, 2**40 + 17]))
    return FakeRing(values, first, 2048, reducer)


@st.composite
def edges_of(draw: st.DrawFn, ring: FakeRing) -> np.ndarray:
    """Ascending edges, which may reach beyond the rows on both sides and repeat."""
    drawn = draw(st.lists(st.integers(ring.first - 50, ring.last + 50), min_size=1, max_size=8))
    return np.array(sorted(drawn), np.int64)


def pairs(edges: np.ndarray) -> list[tuple[int, int]]:
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


@settings(max_examples=80, deadline=None)
@given(rings('minmax'), st.data())
def test_columns_and_bounds_equal_a_scan_of_the_closed_rows(
    ring: FakeRing, data: st.DataObject
) -> None:
    edges = data.draw(edges_of(ring))
    expected = [oracle.extremes(ring.window(start, stop)) for start, stop in pairs(edges)]
    found = ring_columns(ring.view, ring.first, ring.closed_last, edges)
    np.testing.assert_array_equal(found, np.array(expected).reshape(-1, 4))
    start, stop = int(edges[0]), int(edges[-1])
    window, from_row = ring.window(start, stop), min(max(start, ring.first), ring.closed_last)
    kept = np.flatnonzero(np.isfinite(window))
    places = (
        [from_row + int(kept[find(window[kept])]) for find in (np.argmin, np.argmax)]
        if len(kept)
        else None
    )
    positions = ring_positions(ring.view, ring.first, ring.closed_last, start, stop)
    assert positions == (None if places is None else tuple(places))
    np.testing.assert_array_equal(
        ring_bounds(ring.view, ring.first, ring.closed_last, start, stop),
        oracle.bounds(ring.window(start, stop)),
    )


@settings(max_examples=80, deadline=None)
@given(rings('sum'), st.data())
def test_sums_are_canonical_to_the_bit_with_and_without_nodes(
    ring: FakeRing, data: st.DataObject
) -> None:
    edges = data.draw(edges_of(ring))

    def expected(start: int, stop: int) -> float:
        low = min(max(start, ring.first), ring.closed_last)
        return oracle.canonical_sum(ring.value, low, min(max(stop, low), ring.closed_last))

    wanted = np.array([expected(start, stop) for start, stop in pairs(edges)])
    for view in (ring.view, ring.view._replace(levels=())):
        found = ring_sums(view, ring.first, ring.closed_last, edges)
        np.testing.assert_array_equal(
            found.view(np.int64)[~np.isnan(wanted)], wanted.view(np.int64)[~np.isnan(wanted)]
        )
        np.testing.assert_array_equal(np.isnan(found), np.isnan(wanted))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_ohlc_columns_are_the_bars_of_their_rows(data: st.DataObject) -> None:
    rings_ = [data.draw(rings('minmax')) for _ in range(4)]
    shortest = min(len(ring.values) for ring in rings_)
    first = rings_[0].first
    rings_ = [FakeRing(ring.values[:shortest], first, 2048, 'minmax') for ring in rings_]
    edges = data.draw(edges_of(rings_[0]))
    found = ring_ohlc_columns([ring.view for ring in rings_], first, rings_[0].closed_last, edges)
    order = (0, 2, 1, 3)  # first open, highest high, lowest low, last close
    for column, window in zip(found, pairs(edges), strict=True):
        expected = [
            oracle.extremes(ring.window(*window))[place]
            for ring, place in zip(rings_, order, strict=True)
        ]
        np.testing.assert_array_equal(column, expected)


def test_golden_columns_across_the_wrap_and_index_zero() -> None:
    values = np.arange(100.0)
    ring = FakeRing(values, -50, 128, 'minmax')
    found = ring_columns(ring.view, -50, ring.closed_last, np.array([-60, -40, 0, 0, 49, 60]))
    np.testing.assert_array_equal(
        found, [[0, 0, 9, 9], [10, 10, 49, 49], NAN4, [50, 50, 98, 98], NAN4]
    )


def test_nodes_are_used_where_they_lie_inside() -> None:
    # The nodes lie: only their use can give these bounds.
    ring = FakeRing(np.zeros(2048), 0, 2048, 'minmax')
    ring.levels[1][1] = -7.0, 7.0
    assert ring_bounds(ring.view, 0, 2047, 512, 1024) == (-7.0, 7.0)
    assert ring_bounds(ring.view, 0, 2047, 513, 1024) == (0.0, 0.0)
    # A node that began before the first row, or reaches to the live one, is never looked at.
    assert ring_bounds(ring.view, 513, 2047, 0, 2048) == (0.0, 0.0)
    assert ring_bounds(ring.view, 0, 1023, 0, 2048) == (0.0, 0.0)


def test_nodes_of_another_reducer_are_not_looked_at() -> None:
    values = np.full(2048, 2.0)
    sums, extremes = FakeRing(values, 0, 2048, 'sum'), FakeRing(values, 0, 2048, 'minmax')
    edges = np.array([0, 2047])
    assert ring_bounds(sums.view, 0, 2047, 0, 2047) == (2.0, 2.0)
    assert ring_columns(sums.view, 0, 2047, edges).tolist() == [[2.0] * 4]
    assert ring_sums(extremes.view, 0, 2047, edges).tolist() == [4094.0]


def test_the_live_row_is_never_read() -> None:
    ring = FakeRing(np.array([1.0, 2.0, 99.0]), 0, 64, 'minmax')
    assert ring_bounds(ring.view, 0, ring.closed_last, 0, 3) == (1.0, 2.0)


def test_counters_that_a_writer_moved_never_lead_outside_of_the_column() -> None:
    ring = FakeRing(np.arange(64.0), 0, 64, 'minmax')
    # 'first' was read before the writer went on: at most `capacity` rows are looked at, so row -1
    # is where row 63 lies.
    assert ring_bounds(ring.view, -10_000, 63, -(2**63), 2**63 - 1) == (0.0, 63.0)
    assert np.isnan(ring_bounds(ring.view, 70, 63, 0, 100)).all()
    small = FakeRing(np.arange(8.0), 56, 8, 'minmax')
    found = ring_ohlc_columns(
        [ring.view, small.view, ring.view, ring.view], 0, 63, np.array([0, 64])
    )
    assert found.tolist() == [[0.0, 7.0, 0.0, 62.0]]


def test_an_empty_ring_has_columns_without_values() -> None:
    ring = FakeRing(np.empty(0), 0, 64, 'sum')
    assert np.isnan(ring_sums(ring.view, 0, 0, np.array([0, 1, 2]))).all()
    assert ring_columns(ring.view, 0, 0, np.array([5])).shape == (0, 4)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'capacity': 0}, 'invalid capacity: not a number of rows, was 0'),
        ({'data': 0}, 'invalid address'),
        ({'data': 12345}, 'invalid address'),
        ({'levels': ((0, 1),)}, 'invalid address'),
        ({'levels': ((4096, 0),)}, 'invalid slots: not a positive number, was 0'),
    ],
)
def test_views_that_cannot_be_one_of_a_ring_are_refused(
    change: dict[str, Any], message: str
) -> None:
    ring = FakeRing(np.arange(10.0), 0, 64, 'minmax')
    with pytest.raises(InputError, match=message):
        ring_bounds(ring.view._replace(**change), 0, 9, 0, 9)


@pytest.mark.parametrize(
    ('edges', 'message'),
    [
        (np.array([3, 2]), 'invalid edges: not ascending at 1, was 2'),
        (np.array([], np.int64), 'invalid edges: empty'),
        (np.array([0.0, 1.0]), 'invalid edges: not whole numbers'),
        (np.array([[0, 1]]), 'invalid edges: not of one dimension, was of shape'),
    ],
)
def test_edges_that_bound_no_columns_are_refused(edges: np.ndarray, message: str) -> None:
    ring = FakeRing(np.arange(10.0), 0, 64, 'minmax')
    for kernel in (ring_columns, ring_sums):
        with pytest.raises(InputError, match=message):
            kernel(ring.view, 0, 9, edges)
    with pytest.raises(InputError, match=message):
        ring_ohlc_columns([ring.view] * 4, 0, 9, edges)


def test_rows_and_views_are_checked_for_their_number() -> None:
    ring = FakeRing(np.arange(10.0), 0, 64, 'minmax')
    with pytest.raises(InputError, match='invalid first: not a row'):
        ring_bounds(ring.view, -(2**60), 9, 0, 9)
    with pytest.raises(InputError, match='invalid views: not open, high, low and close, were 1'):
        ring_ohlc_columns([ring.view], 0, 9, np.array([0, 1]))
