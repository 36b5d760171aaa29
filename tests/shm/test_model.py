"""Any mix of changes leaves what a plain list would hold, and the pyramid of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from piker.core.rows import BAR
from piker.kernels import ring_bounds, ring_sums
from piker.shm import attach_shm_array, open_shm_array
from tests.shm.bars import bars, brute_node, node_at, nodes_of, same_bytes

if TYPE_CHECKING:
    from piker.shm import ShmArray

CAPACITY = 1024
FIELDS = {'close': 'minmax', 'low': 'minmax', 'volume': 'sum'}
SEEDS = st.integers(0, 30)


class RingMachine(RuleBasedStateMachine):
    """A ring, its reader, and the rows that it must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.ring = open_shm_array('model', CAPACITY, BAR)
        self.reader = attach_shm_array(self.ring.token)
        self.first = 0
        self.rows = np.empty(0, BAR)
        self.revision = 0
        self.ranges: list[tuple[int, int]] = []

    def teardown(self) -> None:
        self.reader.close()
        self.ring.close()

    @property
    def last(self) -> int:
        return self.first + len(self.rows)

    def append(self, rows: np.ndarray) -> None:
        self.rows = np.concatenate([self.rows, rows])
        surplus = max(0, len(self.rows) - CAPACITY)
        self.rows = self.rows[surplus:]
        self.first += surplus

    @rule(count=st.integers(0, 2500), seed=SEEDS)
    def push_rows(self, count: int, seed: int) -> None:
        rows = bars(self.last, self.last + count, seed)
        self.ring.push(rows)
        self.append(rows)

    @rule(count=st.integers(1, 130), seed=SEEDS)
    def push_tuples(self, count: int, seed: int) -> None:
        rows = bars(self.last, self.last + count, seed)
        for row in rows.tolist():
            self.ring.push(row)
        self.append(rows)

    @rule(count=st.integers(0, 1500), seed=SEEDS)
    def prepend(self, count: int, seed: int) -> None:
        rows = bars(self.first - count, self.first, seed)
        fitted = self.ring.prepend(rows)
        assert fitted == min(count, CAPACITY - len(self.rows))
        self.rows = np.concatenate([rows[count - fitted :], self.rows])
        self.first -= fitted

    @precondition(lambda self: len(self.rows) > 0)
    @rule(seed=SEEDS)
    def set_last(self, seed: int) -> None:
        row = bars(self.last - 1, self.last, seed)
        self.ring.set_last(row)
        self.rows = np.concatenate([self.rows[:-1], row])

    @precondition(lambda self: len(self.rows) > 1)
    @rule(data=st.data(), seed=SEEDS)
    def revise(self, data: st.DataObject, seed: int) -> None:
        closed = len(self.rows) - 1
        start = data.draw(st.integers(0, closed - 1))
        stop = data.draw(st.integers(start + 1, closed))
        rows = bars(self.first + start, self.first + stop, seed)
        self.ring.revise(self.first + start, rows)
        self.rows = np.concatenate([self.rows[:start], rows, self.rows[stop:]])
        self.ranges.append((self.first + start, self.first + stop))

    @invariant()
    def rows_are_those_of_the_list(self) -> None:
        reader = self.reader
        assert (reader.first, reader.last) == (self.first, self.last)
        assert same_bytes(reader.rows(self.first, self.last), self.rows)
        for name in BAR.names or ():
            column = reader.column(name, self.first, self.last)
            assert column.tobytes() == self.rows[name].tobytes()
        live = reader.live()
        assert (live is None) == (not len(self.rows))
        if live is not None:
            assert live.tobytes() == self.rows[-1].tobytes()

    @invariant()
    def revisions_are_logged(self) -> None:
        assert self.reader.revision == 2 * len(self.ranges)
        assert self.reader.dirty(0) == self.ranges

    @invariant()
    def nodes_are_those_of_the_rows(self) -> None:
        check_nodes(self.reader, self.rows, self.first)

    @invariant()
    def kernels_agree_with_a_scan(self) -> None:
        first, closed = self.first, self.reader.closed_last
        if closed <= first:
            return
        edges = np.array([first, (first + closed) // 2, closed])
        for field, read in (('low', ring_bounds), ('volume', ring_sums)):
            view = self.reader.field_view(field)
            window = (edges,) if read is ring_sums else (first, closed)
            by_nodes = read(view, first, closed, *window)
            by_rows = read(view._replace(levels=()), first, closed, *window)
            assert np.array(by_nodes).tobytes() == np.array(by_rows).tobytes()


def check_nodes(ring: ShmArray, rows: np.ndarray, first: int) -> None:
    """Compare every complete node, bit for bit, with that of its rows."""
    for field, reducer in FIELDS.items():
        view = ring.field_view(field)
        assert view.reducer == reducer
        for level, number, span in nodes_of(ring, field):
            start = number * span - first
            values = rows[field][start : start + span].tolist()
            found = np.array(node_at(view, level, number))
            assert found.tobytes() == np.array(brute_node(values, reducer)).tobytes()


RingMachine.TestCase.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, print_blob=True
)
TestRing = RingMachine.TestCase


@pytest.mark.parametrize('capacity', [512, 4096, 40_000])
def test_nodes_of_every_level_follow_the_rows_across_many_laps(capacity: int) -> None:
    with open_shm_array('laps', capacity, BAR) as ring:
        ring.prepend(bars(-1000, 0))
        for seed, count in enumerate([0, 63, 64, 65, capacity - 1, capacity, 1, 997, 3 * capacity]):
            ring.push(bars(ring.last, ring.last + count, seed))
            rows = ring.rows(ring.first, ring.last)
            check_nodes(ring, rows, ring.first)
        levels = ring.field_view('close').levels
        assert [slots for _, slots in levels] == [
            ring.capacity // span + 1
            for span in (64 * 8**level for level in range(10))
            if span <= ring.capacity
        ]


EDGE_VALUES = st.sampled_from(
    [0.0, -0.0, 1.5, -1.5, 5e-324, 1e308, -1e308, np.nan, np.inf, -np.inf]
)
LEAVES = st.one_of(
    st.lists(EDGE_VALUES, min_size=64, max_size=64),
    st.lists(st.sampled_from([0.0, -0.0, 2.0]), min_size=64, max_size=64),
    st.lists(st.sampled_from([0.0, -0.0, -2.0, np.nan]), min_size=64, max_size=64),
    st.lists(st.floats(), min_size=64, max_size=64),
)


@given(values=LEAVES)
def test_leaf_is_that_of_a_scan_to_the_sign_of_zero(values: list[float]) -> None:
    rows = np.zeros(65, BAR)
    rows['close'][:64] = rows['volume'][:64] = values
    with open_shm_array('leaf', 512, BAR) as ring:
        ring.push(rows)
        check_nodes(ring, rows, 0)
