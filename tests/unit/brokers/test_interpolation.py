"""Interpolated paths: exact in the aggregate, on the grid, the same every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from piker.brokers.replay.interpolation import hash_uniform, split_bars
from piker.core.rows import BAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

MINUTE = 60_000_000_000


@st.composite
def bars(draw: st.DrawFn) -> NDArray[np.void]:
    rows = []
    for place in range(draw(st.integers(1, 6))):
        low = draw(st.integers(1, 10**6))
        high = low + draw(st.integers(0, 300))
        opens, closes = draw(st.integers(low, high)), draw(st.integers(low, high))
        volume = draw(st.integers(0, 10**7))
        time = draw(st.integers(0, 2**40)) + place
        rows.append((time, opens / 100, high / 100, low / 100, closes / 100, volume))
    return np.array(rows, BAR)


@settings(max_examples=200, deadline=None)
@given(bars(), st.integers(4, 60))
def test_parts_add_up_to_the_bar_to_the_digit(rows: NDArray[np.void], count: int) -> None:
    parts = split_bars(rows, count, MINUTE, 100).reshape(-1, count)
    assert (parts['open'][:, 0] == rows['open']).all()
    assert (parts['close'][:, -1] == rows['close']).all()
    assert (parts['high'].max(axis=1) == rows['high']).all()
    assert (parts['low'].min(axis=1) == rows['low']).all()
    assert (parts['volume'].sum(axis=1) == rows['volume']).all()
    assert (parts['volume'] >= 0).all()
    assert (parts['volume'] == np.rint(parts['volume'])).all()
    assert (parts['high'] >= np.maximum(parts['open'], parts['close'])).all()
    assert (parts['low'] <= np.minimum(parts['open'], parts['close'])).all()
    assert (parts['open'][:, 1:] == parts['close'][:, :-1]).all()
    for field in ('open', 'high', 'low', 'close'):
        assert (np.rint(parts[field] * 100) / 100 == parts[field]).all()


@given(bars())
def test_a_bar_is_split_the_same_way_alone_and_among_others(rows: NDArray[np.void]) -> None:
    together = split_bars(rows, 60, MINUTE, 100)
    alone = [split_bars(rows[place : place + 1], 60, MINUTE, 100) for place in range(len(rows))]
    assert (together == np.concatenate(alone)).all()


def test_no_bars_make_no_parts() -> None:
    assert len(split_bars(np.empty(0, BAR), 60, MINUTE, 100)) == 0


def test_a_wide_bar_is_visited_all_over() -> None:
    row = np.array([(7, 1.0, 2.0, 0.5, 1.5, 1000)], BAR)
    parts = split_bars(row, 60, MINUTE, 100)
    assert len(np.unique(parts['close'])) > 20
    assert (parts['volume'] > 0).sum() > 50
    # The extreme is an end of one part and the beginning of the next, and nothing else.
    assert (parts['high'] == 2.0).sum() == 2


def test_hashed_numbers_are_uniform_and_differ_by_seed_and_stream() -> None:
    numbers = hash_uniform(np.arange(1000), 1, 100)
    assert numbers.min() >= 0
    assert numbers.max() < 1
    assert abs(numbers.mean() - 0.5) < 0.01
    assert abs(numbers.var() - 1 / 12) < 0.005
    assert abs(np.corrcoef(numbers[:-1, 0], numbers[1:, 0])[0, 1]) < 0.1
    assert len(np.unique(numbers)) == numbers.size
    assert (hash_uniform(np.arange(1000), 2, 100) != numbers).any()
