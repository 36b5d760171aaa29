"""Columns of a ring, live row included, against NumPy over all of its rows."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piker.core.rows import BAR
from piker.data import columns
from piker.errors import InputError, Overrun
from piker.kernels import Pyramid
from piker.shm import ShmArray, open_shm_array

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

NAN = float('nan')
PRICES = ('open', 'high', 'low', 'close')


def bars(seed: int, count: int) -> NDArray[np.void]:
    random = np.random.default_rng(seed)
    rows = np.zeros(count, BAR)
    rows['time'] = np.arange(count)
    for field in (*PRICES, 'volume'):
        # Halves, so that sums are exact in any order.
        rows[field] = random.integers(-50, 50, count) / 2
    is_gap = random.random(count) < 0.3
    for field in PRICES:
        rows[field][is_gap] = NAN
    rows['volume'][random.random(count) < 0.1] = NAN
    return rows


def expected_ohlc(rows: NDArray[np.void]) -> list[float]:
    def pick(field: str, choose: Callable[[NDArray[np.float64]], float]) -> float:
        values = rows[field][np.isfinite(rows[field])]
        return float(choose(values)) if len(values) else NAN

    return [
        pick('open', lambda values: values[0]),
        pick('high', np.max),
        pick('low', np.min),
        pick('close', lambda values: values[-1]),
    ]


cases = st.tuples(
    st.integers(0, 2**16),
    st.integers(1, 900),
    st.lists(st.integers(-20, 920), min_size=2, max_size=12).map(sorted),
)


@settings(max_examples=200, deadline=None)
@given(cases)
def test_columns_equal_numpy_with_the_live_row(case: tuple[int, int, list[int]]) -> None:
    seed, count, edges = case
    rows = bars(seed, count)
    with open_shm_array('test', 1024, BAR) as ring:
        ring.push(rows)
        at = np.array(edges, np.int64)
        ohlc = columns.ohlc_columns(ring, at)
        sums = columns.sum_columns(ring, 'volume', at)
        closes = columns.field_columns(ring, 'close', at)
        for place, (start, stop) in enumerate(pairwise(edges)):
            part = rows[max(start, 0) : max(stop, 0)]
            np.testing.assert_array_equal(ohlc[place], expected_ohlc(part))
            volume = part['volume'][np.isfinite(part['volume'])]
            np.testing.assert_array_equal(sums[place], volume.sum() if len(volume) else NAN)
            close = part['close'][np.isfinite(part['close'])]
            wanted = [close[0], close.min(), close.max(), close[-1]] if len(close) else [NAN] * 4
            np.testing.assert_array_equal(closes[place], wanted)
        window = rows[max(edges[0], 0) : max(edges[-1], 0)]
        low = window['low'][np.isfinite(window['low'])]
        high = window['high'][np.isfinite(window['high'])]
        joint = np.concatenate([low, high])
        found = columns.price_bounds(ring, edges[0], edges[-1])
        assert found == ((joint.min(), joint.max()) if len(joint) else None)
        one = columns.bounds(ring, 'low', edges[0], edges[-1])
        assert one == ((low.min(), low.max()) if len(low) else None)


def sized(sizes: list[float]) -> NDArray[np.void]:
    rows = np.zeros(len(sizes), BAR)
    rows['volume'] = sizes
    return rows


def test_a_sum_stays_what_it_is_when_the_next_row_comes() -> None:
    with open_shm_array('test', 1024, BAR) as ring:
        ring.push(sized([0.1] * 512))
        edges = np.array([0, 512], np.int64)
        before = columns.sum_columns(ring, 'volume', edges)
        assert before.tolist() == Pyramid([0.1] * 512, 'sum').sums(0, 512, 1).tolist()
        ring.push(sized([0.1]))
        assert columns.sum_columns(ring, 'volume', edges).tolist() == before.tolist()


# Of very different sizes, so that the order of a sum is seen in its bits.
volumes = st.one_of(st.floats(0, 1e6), st.sampled_from([0.1, 1e16, 3e-9, -0.0, NAN, float('inf')]))
changes = st.lists(
    st.tuples(
        st.sampled_from(['push', 'prepend', 'live', 'revise']),
        st.integers(1, 600),
        st.lists(volumes, min_size=1, max_size=9),
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=150, deadline=None)
@given(changes, st.lists(st.integers(-700, 3000), min_size=2, max_size=9).map(sorted))
def test_sums_are_to_the_bit_those_of_a_pyramid_of_the_same_rows(
    actions: list[tuple[str, int, list[float]]], edges: list[int]
) -> None:
    before, behind = list[float](), [1.0]
    with open_shm_array('test', 1024, BAR) as ring:
        ring.push(sized(behind))
        for action, count, drawn in actions:
            values = np.resize(drawn, count).tolist()
            if action == 'push':
                ring.push(sized(values))
                behind += values
            elif action == 'prepend':
                fitted = ring.prepend(sized(values))
                before = values[count - fitted :] + before
            elif action == 'live':
                ring.set_last(sized(drawn[:1])[0])
                behind[-1] = drawn[0]
            elif len(behind) > 1 and ring.last - 2 >= ring.first:
                ring.revise(ring.last - 2, sized(drawn[:1]))
                behind[-2] = drawn[0]
            pyramid = Pyramid(behind, 'sum')
            pyramid.prepend(before)
            at = np.array([*edges, ring.last - 1, ring.last], np.int64)
            at.sort()
            found = columns.sum_columns(ring, 'volume', at)
            inside = at.clip(ring.first, ring.last) + len(before)
            wanted = [pyramid.sums(*pair, 1)[0] for pair in pairwise(inside.tolist())]
            assert found.tobytes() == np.array(wanted).tobytes()


@pytest.mark.parametrize('count', [0, 5])
@pytest.mark.parametrize(
    ('edges', 'message'),
    [
        (np.empty(0, np.int64), 'empty'),
        ([], 'not whole numbers'),
        (np.array([0.0, NAN]), 'not whole numbers'),
        (np.array([[0, 5]]), 'not of one dimension'),
        (np.array(3), 'not of one dimension'),
        (np.array([0, 5, 3]), 'not ascending at 2, was 3'),
        (np.array([5, 0]), 'not ascending at 1, was 0'),
        (None, 'not whole numbers'),
    ],
)
def test_edges_that_bound_no_columns_are_refused(count: int, edges: Any, message: str) -> None:
    with open_shm_array('test', 1024, BAR) as ring:
        ring.push(bars(1, count))
        for read in (
            columns.ohlc_columns,
            lambda *given: columns.field_columns(given[0], 'close', given[1]),
            lambda *given: columns.sum_columns(given[0], 'volume', given[1]),
        ):
            with pytest.raises(InputError, match=f'^invalid edges: {message}'):
                read(ring, edges)


def test_an_empty_ring_has_empty_columns() -> None:
    with open_shm_array('test', 1024, BAR) as ring:
        edges = np.array([0, 5, 10], np.int64)
        assert np.isnan(columns.ohlc_columns(ring, edges)).all()
        assert np.isnan(columns.sum_columns(ring, 'volume', edges)).all()
        assert columns.price_bounds(ring, 0, 10) is None


def test_a_revision_in_the_middle_of_a_read_is_read_again() -> None:
    rows = bars(5, 200)
    with open_shm_array('test', 1024, BAR) as ring:
        ring.push(rows)
        reads = []

        def read(first: int, last: int, live: np.void | None) -> float:
            reads.append(first)
            value = float(ring.column('open', 10, 11)[0])
            if len(reads) == 1:
                changed = ring.rows(10, 11)
                changed['open'] = 77.0
                ring.revise(10, changed)
            return value

        assert columns.steady(ring, 0, read) == 77.0
        assert len(reads) == 2


def test_a_lapped_read_is_an_overrun() -> None:
    with open_shm_array('test', 512, BAR) as ring:
        ring.push(bars(1, ring.capacity))

        def read(first: int, last: int, live: np.void | None) -> int:
            ring.push(bars(2, 10))
            return 0

        with pytest.raises(Overrun):
            columns.steady(ring, ring.first, read)


def check_row_at(ring: ShmArray, rows: NDArray[np.void]) -> None:
    from piker.data.timeindex import row_at, rows_between

    for time in (0, 5, 6, 7, 10**6):
        assert row_at(ring, time) == int(np.searchsorted(rows['time'], time))
    assert rows_between(ring, 10, 20) == (5, 10)
    assert row_at(ring, 10**6, stop=7) == 7


def test_rows_are_found_by_time() -> None:
    rows = bars(1, 100)
    rows['time'] *= 2
    with open_shm_array('test', 1024, BAR) as ring:
        ring.push(rows)
        check_row_at(ring, rows)
