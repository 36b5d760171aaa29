"""`Pyramid`: any window of a series that grows at both ends."""

from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from piker.errors import InputError
from piker.kernels import Pyramid
from tests.kernels import oracle, strategies


def columns(values: np.ndarray, start: int, stop: int, count: int) -> np.ndarray:
    """Return the columns of a window, each from its rows."""
    rows = stop - start
    edges = [start + k * rows // count for k in range(count + 1)]
    found = [oracle.extremes(values[low:high]) for low, high in itertools.pairwise(edges)]
    return np.array(found).reshape(count, 4)


def assert_equals_scan(
    pyramid: Pyramid, values: np.ndarray, windows: list[tuple[int, int]]
) -> None:
    assert len(pyramid) == len(values)
    for start, stop in windows:
        np.testing.assert_array_equal(
            pyramid.bounds(start, stop), oracle.bounds(values[start:stop])
        )
        for count in (1, 3, 70):
            np.testing.assert_array_equal(
                pyramid.columns(start, stop, count), columns(values, start, stop, count)
            )


def assert_positions(pyramid: Pyramid, values: np.ndarray, start: int, stop: int) -> None:
    window = values[start:stop]
    kept = np.flatnonzero(np.isfinite(window))
    expected = None
    if len(kept):
        expected = tuple(start + int(kept[find(window[kept])]) for find in (np.argmin, np.argmax))
    assert pyramid.positions(start, stop) == expected


@st.composite
def windows_of(draw: st.DrawFn, length: int) -> tuple[int, int]:
    start = draw(st.integers(0, length))
    return start, draw(st.integers(start, length))


@settings(max_examples=60, deadline=None)
@given(strategies.long_series(), st.data())
def test_any_window_equals_a_scan_of_its_rows(values: np.ndarray, data: st.DataObject) -> None:
    window = data.draw(windows_of(len(values)))
    assert_equals_scan(Pyramid(values), values, [(0, len(values)), window])


class Growing(RuleBasedStateMachine):
    """The pyramid after any mix of changes equals a scan of the values that should be there."""

    def __init__(self) -> None:
        super().__init__()
        self.pyramid, self.sums = Pyramid(), Pyramid(reducer='sum')
        self.values = np.empty(0)
        self.first = 0

    @rule(values=strategies.long_series(700))
    def append(self, values: np.ndarray) -> None:
        for pyramid in (self.pyramid, self.sums):
            pyramid.append(values)
        self.values = np.concatenate([self.values, values])

    @rule(values=strategies.long_series(700))
    def prepend(self, values: np.ndarray) -> None:
        for pyramid in (self.pyramid, self.sums):
            pyramid.prepend(values)
        self.values = np.concatenate([values, self.values])
        self.first -= len(values)

    @precondition(lambda self: len(self.values) > 0)
    @rule(value=strategies.values)
    def set_last(self, value: float) -> None:
        for pyramid in (self.pyramid, self.sums):
            pyramid.set_last(value)
        self.values[-1] = value

    @rule(data=st.data(), values=strategies.long_series(700))
    def revise(self, data: st.DataObject, values: np.ndarray) -> None:
        start = data.draw(st.integers(0, len(self.values)))
        fitting = values[: len(self.values) - start]
        for pyramid in (self.pyramid, self.sums):
            pyramid.revise(start, fitting)
        self.values[start : start + len(fitting)] = fitting

    @precondition(lambda self: len(self.values) > 0)
    @rule(value=strategies.values)
    def push_one(self, value: float) -> None:
        for pyramid in (self.pyramid, self.sums):
            pyramid.append([value])
        self.values = np.append(self.values, value)

    @rule(data=st.data())
    def query(self, data: st.DataObject) -> None:
        start, stop = data.draw(windows_of(len(self.values)))
        assert_equals_scan(self.pyramid, self.values, [(start, stop)])
        assert_positions(self.pyramid, self.values, start, stop)
        expected = oracle.canonical_sum(
            lambda row: float(self.values[row - self.first]), self.first + start, self.first + stop
        )
        for pyramid in (self.pyramid, self.sums):
            found = pyramid.sums(start, stop, 1)
            assert found.tobytes() == np.array([expected]).tobytes()

    @invariant()
    def whole_equals_a_scan(self) -> None:
        np.testing.assert_array_equal(
            self.pyramid.bounds(0, len(self.values)), oracle.bounds(self.values)
        )


Growing.TestCase.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
TestGrowing = Growing.TestCase


def test_one_by_one_equals_at_once_from_either_end() -> None:
    values = np.random.default_rng(3).normal(size=1500)
    forward, backward = Pyramid(), Pyramid()
    for value in values:
        forward.append([value])
    for value in values[::-1]:
        backward.prepend([value])
    for pyramid in (forward, backward):
        assert_equals_scan(
            pyramid, values, [(0, 1500), (1, 1499), (63, 129), (64, 128), (512, 1024)]
        )


def test_a_changed_live_value_is_in_no_node_before_it_is_closed() -> None:
    values = np.zeros(64)
    pyramid = Pyramid(values)
    for live in (5.0, -5.0, np.nan, 1.0):
        pyramid.set_last(live)
        expected = (min(0.0, live), max(0.0, live)) if np.isfinite(live) else (0.0, 0.0)
        assert pyramid.bounds(0, 64) == expected
    pyramid.append([np.nan])
    assert pyramid.bounds(0, 65) == (0.0, 1.0)


def test_more_columns_than_rows_leave_some_empty() -> None:
    found = Pyramid([1.0, 2.0]).columns(0, 2, 4)
    nothing = [np.nan] * 4
    np.testing.assert_array_equal(found, [nothing, [1.0] * 4, nothing, [2.0] * 4])


def test_an_empty_pyramid_has_no_bounds() -> None:
    pyramid = Pyramid()
    assert len(pyramid) == 0
    assert np.isnan(pyramid.bounds(0, 0)).all()
    assert pyramid.columns(0, 0, 0).shape == (0, 4)
    assert np.isnan(pyramid.columns(0, 0, 2)).all()


def test_nodes_take_at_most_four_percent_of_the_values() -> None:
    assert 0 < Pyramid(np.zeros(1_000_000)).node_bytes < 0.04 * 8e6


def test_columns_are_a_copy_and_values_are_copied() -> None:
    values = np.arange(200.0)
    pyramid = Pyramid(values)
    values[:] = -1.0
    pyramid.columns(0, 200, 2)[:] = -1.0
    assert pyramid.bounds(0, 200) == (0.0, 199.0)


def test_threads_may_ask_while_another_one_appends() -> None:
    pyramid = Pyramid(np.zeros(100))
    failures: list[object] = []

    def ask() -> None:
        for _ in range(300):
            found = pyramid.bounds(0, len(pyramid))
            if found[0] != 0.0 or not found[1] < 300.0:
                failures.append(found)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for value in range(300):
        pyramid.append(np.full(100, float(value)))
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize(('start', 'stop'), [(-1, 2), (0, 4), (2, 1), (-(2**63), 2**63 - 1)])
def test_windows_outside_of_the_rows_are_refused(start: int, stop: int) -> None:
    pyramid = Pyramid([1.0, 2.0, 3.0])
    with pytest.raises(InputError, match='invalid window: not within 0 and 3'):
        pyramid.bounds(start, stop)
    with pytest.raises(InputError, match='invalid window: not within 0 and 3'):
        pyramid.columns(start, stop, 1)


@pytest.mark.parametrize(
    ('start', 'stop', 'count', 'message'),
    [
        (0, 3, -1, 'invalid count: not within'),
        (0, 3, 2**40, 'invalid count: not within'),
        (0.5, 3, 1, 'invalid start: not a whole number'),
        (0, 2**70, 1, 'invalid stop: not within'),
    ],
)
def test_counts_and_rows_are_whole_numbers(start: int, stop: int, count: int, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Pyramid([1.0, 2.0, 3.0]).columns(start, stop, count)


def test_there_must_be_a_value_to_change() -> None:
    with pytest.raises(InputError, match='there is no value yet'):
        Pyramid().set_last(1.0)
    with pytest.raises(InputError, match='invalid value: not a number'):
        Pyramid([1.0]).set_last('one')  # type: ignore[arg-type]


@pytest.mark.parametrize('reducer', ['m4', 'sum', 'last'])
@settings(max_examples=40, deadline=None)
@given(strategies.long_series(), st.integers(1, 90), st.data())
def test_each_reducer_answers_every_question(
    reducer: str, values: np.ndarray, count: int, data: st.DataObject
) -> None:
    start, stop = data.draw(windows_of(len(values)))
    pyramid = Pyramid(values, reducer)
    assert_equals_scan(pyramid, values, [(start, stop)])
    assert_positions(pyramid, values, start, stop)
    expected = columns(values, start, stop, count)
    np.testing.assert_array_equal(pyramid.lasts(start, stop, count), expected[:, 3])
    edges = [start + k * (stop - start) // count for k in range(count + 1)]
    sums = [
        oracle.canonical_sum(lambda row: float(values[row]), low, high)
        for low, high in itertools.pairwise(edges)
    ]
    assert pyramid.sums(start, stop, count).tobytes() == np.array(sums).tobytes()
    mine = {'m4': expected, 'sum': np.array(sums), 'last': expected[:, 3]}[reducer]
    np.testing.assert_array_equal(pyramid.reduced(start, stop, count), mine)


def test_the_last_values_of_a_series_that_changes_are_those_of_its_rows() -> None:
    pyramid = Pyramid([np.nan] * 5000, reducer='last')
    pyramid.append([1.0, 2.0, np.nan])
    pyramid.prepend([7.0, np.inf])
    assert pyramid.reducer == 'last'
    np.testing.assert_array_equal(pyramid.reduced(0, len(pyramid), 2), [7.0, 2.0])
    pyramid.set_last(5.0)
    pyramid.revise(1, [8.0])
    np.testing.assert_array_equal(pyramid.reduced(0, len(pyramid), 2), [8.0, 5.0])
    np.testing.assert_array_equal(pyramid.reduced(2, 5000, 3), [np.nan] * 3)


def test_rows_that_are_not_there_cannot_be_revised() -> None:
    pyramid = Pyramid([1.0, 2.0, 3.0])
    for start, values in [(-1, [0.0]), (3, [0.0]), (2, [0.0, 0.0]), (2**62, [0.0])]:
        with pytest.raises(InputError, match='are not within 0 and 3'):
            pyramid.revise(start, values)
    assert pyramid.bounds(0, 3) == (1.0, 3.0)
    pyramid.revise(3, [])


def test_an_unknown_reducer_is_named() -> None:
    with pytest.raises(InputError, match="not one of 'm4', 'sum' and 'last', was 'max'"):
        Pyramid([1.0], 'max')


def test_wrong_windows_are_named_by_every_question() -> None:
    pyramid = Pyramid([1.0, 2.0, 3.0])
    for ask in (pyramid.sums, pyramid.lasts):
        with pytest.raises(InputError, match='invalid window'):
            ask(0, 4, 1)
        with pytest.raises(InputError, match='invalid count'):
            ask(0, 3, -1)
    with pytest.raises(InputError, match='invalid window'):
        pyramid.positions(2, 1)
