"""Formatters: whatever became of a series, their memory is what the kernel gives for all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from piker.core.rows import BAR
from piker.errors import InputError
from piker.kernels import (
    BarLinesFormatter,
    BarSegmentsFormatter,
    FlatBarsFormatter,
    StepFormatter,
    TraceFormatter,
    bar_lines,
    bar_segments,
    ohlc_flatten,
    ohlc_trace,
    to_step_format,
)
from tests.kernels import strategies

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTH, GAP, BASELINE = 0.75, 0.2, -1.5


class Form(NamedTuple):
    """A formatter, the kernel of which it is the incremental form, and its memory by the row."""

    make: Callable[[], Any]
    kernel: Callable[[np.ndarray, np.ndarray], Any]
    bytes_a_row: int


def steps(rows: np.ndarray, x: np.ndarray) -> Any:
    return to_step_format(rows[:, 3], x, width=WIDTH, baseline=BASELINE)


FORMS = {
    'flat': Form(
        lambda: FlatBarsFormatter(WIDTH), lambda rows, x: ohlc_flatten(rows, x, width=WIDTH), 64
    ),
    'trace': Form(
        lambda: TraceFormatter(WIDTH), lambda rows, x: ohlc_trace(rows, x, width=WIDTH), 32
    ),
    'steps': Form(lambda: StepFormatter('close', width=WIDTH, baseline=BASELINE), steps, 32),
    'lines': Form(
        lambda: BarLinesFormatter(WIDTH, GAP),
        lambda rows, x: bar_lines(rows, x, width=WIDTH, gap=GAP),
        120,
    ),
    'segments': Form(
        lambda: BarSegmentsFormatter(WIDTH, GAP),
        lambda rows, x: bar_segments(rows, x, width=WIDTH, gap=GAP),
        96,
    ),
}

bars = hnp.arrays(np.float64, 4, elements=strategies.values)
reserved = np.full(4, np.nan)


def tables(max_size: int = 12) -> st.SearchStrategy[np.ndarray]:
    """Bars, some of them gaps, some of them rows that were reserved while a feed was down."""
    row = st.one_of(bars, bars, st.just(reserved))
    return st.lists(row, max_size=max_size).map(lambda rows: np.array(rows).reshape(-1, 4))


def columns_of(rows: np.ndarray) -> tuple[np.ndarray, ...]:
    return tuple(np.ascontiguousarray(rows[:, column]) for column in range(4))


def structured(rows: np.ndarray) -> np.ndarray:
    table = np.zeros(len(rows), BAR)
    for column, name in enumerate(('open', 'high', 'low', 'close')):
        table[name] = rows[:, column]
    return table


def bits(found: Any) -> list[bytes]:
    arrays = found if isinstance(found, tuple) else (found,)
    return [np.ascontiguousarray(array).tobytes() for array in arrays]


def update(formatter: Any, rows: np.ndarray, first: int, revised: Any = ()) -> None:
    columns = columns_of(rows)
    formatter.update_xy(columns[3:] if len(formatter.fields) == 1 else columns, first, revised)


def update_live(formatter: Any, bar: np.ndarray) -> None:
    formatter.update_live(*(bar[3:] if len(formatter.fields) == 1 else bar).tolist())


class IncrementalEqualsFromScratchBitForBit(RuleBasedStateMachine):
    """The law of all formatters, under any mix of changes and windows."""

    form: Form

    @initialize(rows=tables(), first=st.sampled_from([0, 3, -5, -(2**40), 2**51]))
    def begin(self, rows: np.ndarray, first: int) -> None:
        self.formatter = self.form.make()
        self.rows, self.first = rows, first
        self.revised: list[tuple[int, int]] = []
        self.update(is_structured=False)

    @property
    def last(self) -> int:
        return self.first + len(self.rows)

    def update(self, *, is_structured: bool) -> None:
        if is_structured:
            self.formatter.update_xy(structured(self.rows), self.first, self.revised)
        else:
            update(self.formatter, self.rows, self.first, self.revised)
        self.revised = []

    @rule(rows=tables(), is_structured=st.booleans())
    def append(self, rows: np.ndarray, *, is_structured: bool) -> None:
        self.rows = np.concatenate([self.rows, rows])
        self.update(is_structured=is_structured)

    @rule(rows=tables(), is_structured=st.booleans())
    def prepend(self, rows: np.ndarray, *, is_structured: bool) -> None:
        self.rows, self.first = np.concatenate([rows, self.rows]), self.first - len(rows)
        self.update(is_structured=is_structured)

    @rule(bar=bars, is_alone=st.booleans())
    def change_the_live_row(self, bar: np.ndarray, *, is_alone: bool) -> None:
        if len(self.rows) == 0:
            return
        self.rows[-1] = bar
        if is_alone:
            update_live(self.formatter, bar)
        else:
            self.update(is_structured=False)

    @rule(data=st.data())
    def revise(self, data: st.DataObject) -> None:
        for _ in range(data.draw(st.integers(1, 3))):
            start = data.draw(st.integers(0, len(self.rows)))
            rows = data.draw(tables(6))[: len(self.rows) - start]
            self.rows[start : start + len(rows)] = rows
            self.revised.append((self.first + start, self.first + start + len(rows)))
        self.update(is_structured=data.draw(st.booleans()))

    @precondition(lambda self: len(self.rows) > 0)
    @rule(count=st.integers(0, 30), rows=tables(3))
    def drop_at_the_front_and_append(self, count: int, rows: np.ndarray) -> None:
        dropped = min(count, len(self.rows))
        self.rows = np.concatenate([self.rows[dropped:], rows])
        self.first += dropped
        self.update(is_structured=False)

    @rule(gap=st.integers(1, 200), rows=tables())
    def go_on_behind_a_hole(self, gap: int, rows: np.ndarray) -> None:
        self.first, self.rows = self.last + gap, rows
        self.update(is_structured=False)

    @rule(before=st.integers(0, 300), behind=st.integers(0, 300))
    def reserve_memory(self, before: int, behind: int) -> None:
        self.formatter.allocate_xy(self.first - before, self.last + behind)

    @rule(data=st.data())
    def look_through_a_window(self, data: st.DataObject) -> None:
        start = data.draw(st.integers(0, len(self.rows)))
        stop = data.draw(st.integers(start, len(self.rows)))
        found = self.formatter.format_xy(self.first + start, self.first + stop)
        whole = self.from_scratch()
        if isinstance(whole, np.ndarray):
            kept = np.isfinite(self.rows).all(axis=1)
            numbers = slice(int(kept[:start].sum()), int(kept[:stop].sum()))
            assert bits(found) == bits(whole[numbers])
            return
        size = len(whole[0]) // max(1, len(self.rows))
        more = self.form.kernel is steps and stop > start
        window = slice(size * start, size * stop + more)
        assert bits(found) == bits(tuple(array[window] for array in whole))

    def from_scratch(self) -> Any:
        return self.form.kernel(self.rows, np.arange(self.first, self.last, dtype=np.float64))

    @invariant()
    def equals_from_scratch(self) -> None:
        formatter = self.formatter
        assert (formatter.xy_first, formatter.xy_last) == (self.first, self.last)
        assert (formatter._xy_first, formatter._xy_last) == (self.first, self.last)
        found = formatter.format_xy(self.first, self.last)
        assert bits(found) == bits(self.from_scratch())


class Flat(IncrementalEqualsFromScratchBitForBit):
    form = FORMS['flat']


class Trace(IncrementalEqualsFromScratchBitForBit):
    form = FORMS['trace']


class StepOutline(IncrementalEqualsFromScratchBitForBit):
    form = FORMS['steps']


class Lines(IncrementalEqualsFromScratchBitForBit):
    form = FORMS['lines']


class Segments(IncrementalEqualsFromScratchBitForBit):
    form = FORMS['segments']


for machine in (Flat, Trace, StepOutline, Lines, Segments):
    machine.TestCase.settings = settings(max_examples=25, stateful_step_count=25)

test_flat_bars_incremental_equals_from_scratch_bit_for_bit = Flat.TestCase
test_traces_incremental_equals_from_scratch_bit_for_bit = Trace.TestCase
test_steps_incremental_equals_from_scratch_bit_for_bit = StepOutline.TestCase
test_bar_lines_incremental_equals_from_scratch_bit_for_bit = Lines.TestCase
test_bar_segments_incremental_equals_from_scratch_bit_for_bit = Segments.TestCase


def walk(count: int, seed: int = 3) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, 4))
    rows[::17, 2] = np.nan
    return rows


@pytest.mark.parametrize('form', FORMS.values(), ids=FORMS)
@pytest.mark.parametrize('count', [1000, 100_000])
def test_an_append_writes_the_live_row_and_the_new_ones_whatever_stands_before(
    form: Form, count: int
) -> None:
    rows = walk(count + 50)
    formatter = form.make()
    formatter.allocate_xy(0, len(rows))
    update(formatter, rows[:count], 0)
    written, taken = formatter.rows_written, formatter.bytes_allocated
    for stop in range(count + 1, len(rows) + 1):
        update(formatter, rows[:stop], 0)
    assert formatter.rows_written - written == 2 * 50
    assert formatter.bytes_allocated == taken
    update(formatter, rows, 0)
    assert formatter.rows_written - written == 2 * 50 + 1


@pytest.mark.parametrize('form', FORMS.values(), ids=FORMS)
@pytest.mark.parametrize('side', [-1, 1])
def test_bytes_allocated_a_row_are_constant_however_many_there_are(form: Form, side: int) -> None:
    rows = walk(20_000)
    formatter = form.make()
    for count in range(1, len(rows) + 1, 7):
        update(formatter, rows[:count] if side > 0 else rows[-count:], min(0, side) * count)
    # All growths together, each by a quarter at both ends.
    assert formatter.bytes_allocated < 10 * form.bytes_a_row * len(rows)


@pytest.mark.parametrize('form', FORMS.values(), ids=FORMS)
def test_a_window_that_moves_on_takes_little_memory(form: Form) -> None:
    rows = walk(20_000)
    formatter = form.make()
    for first in range(0, 19_000, 10):
        update(formatter, rows[first : first + 1000], first)
    assert formatter.bytes_allocated < 6 * form.bytes_a_row * len(rows)
    assert max(len(formatter.x_data), len(formatter.y_data)) < 20 * 2000


@pytest.mark.parametrize('form', FORMS.values(), ids=FORMS)
def test_a_revision_writes_its_rows_once(form: Form) -> None:
    rows = walk(5000)
    formatter = form.make()
    update(formatter, rows, -100)
    before = formatter.rows_written
    update(formatter, rows, -100, [(0, 10), (5, 12), (-(10**6), -90), (4000, 4003)])
    assert formatter.rows_written - before == 12 + 10 + 3 + 1


def test_revised_gaps_move_the_shorter_side_alone() -> None:
    rows = np.abs(walk(1000)) + 1
    rows[:] = np.nan_to_num(rows, nan=1.0)
    formatter = BarSegmentsFormatter()
    update(formatter, rows, 0)
    for row, moved in ((990, 9), (10, 10)):
        rows[row] = np.nan
        before = formatter.rows_moved
        update(formatter, rows, 0, [(row, row + 1)])
        assert formatter.rows_moved - before == moved
    assert formatter.format_xy(0, 1000).shape == (998, 3, 4)


def test_views_are_read_only_and_aligned_to_lines_of_the_cache() -> None:
    for form in FORMS.values():
        formatter = form.make()
        update(formatter, walk(10), 0)
        for array in (formatter.x_data, formatter.y_data):
            assert not array.flags.writeable
            assert len(array) == 0 or array.ctypes.data % 64 == 0
        found = formatter.format_xy(0, 10)
        for array in found if isinstance(found, tuple) else (found,):
            assert not array.flags.writeable
            assert array.base is not None


def test_columns_of_a_ring_of_bars_are_taken_whole() -> None:
    rows = walk(30)
    ring = structured(rows)
    columns = [np.ascontiguousarray(ring[name]) for name in BAR.names or ()]
    for form in FORMS.values():
        formatter, expected = form.make(), form.make()
        formatter.update_xy(columns, 5)
        update(expected, rows, 5)
        assert bits(formatter.format_xy(5, 35)) == bits(expected.format_xy(5, 35))


MISALIGNED = np.frombuffer(bytearray(8 * 9 + 1), np.uint8)[1 : 1 + 8 * 9].view(np.float64)
GOOD = columns_of(walk(9))

MISUSES: dict[str, Callable[[FlatBarsFormatter], object]] = {
    'invalid open, high, low and close: not equally long': lambda f: f.update_xy(
        (*GOOD[:3], GOOD[3][:5]), 0
    ),
    'invalid close: not an array of float64': lambda f: f.update_xy(
        (*GOOD[:3], GOOD[3].astype(np.float32)), 0
    ),
    'invalid high: not contiguous': lambda f: f.update_xy(
        (GOOD[0], np.repeat(GOOD[1], 2)[::2], *GOOD[2:]), 0
    ),
    'invalid low: ': lambda f: f.update_xy((*GOOD[:2], MISALIGNED, GOOD[3]), 0),
    'invalid open: not an array of float64 and one dimension': lambda f: f.update_xy(
        (GOOD[0].reshape(3, 3), *GOOD[1:]), 0
    ),
    'invalid rows: neither the columns': lambda f: f.update_xy(GOOD[:3], 0),
    'invalid rows: not columns': lambda f: f.update_xy(5, 0),
    'invalid rows: neither four columns nor one|invalid level': lambda f: f.update_xy(
        np.zeros(9, np.int32), 0
    ),
    'invalid rows: not of one dimension': lambda f: f.update_xy(np.zeros((3, 4)), 0),
    'invalid rows: no field open': lambda f: f.update_xy(np.zeros(9, [('time', 'i8')]), 0),
    'invalid first: not a whole number': lambda f: f.update_xy(GOOD, 0.5),  # type: ignore[arg-type]
    r'invalid rows: not within -2\*\*52': lambda f: f.update_xy(GOOD, 2**62),
    'invalid first: not within': lambda f: f.update_xy(GOOD, 2**64),
    'end at 8, before row 8': lambda f: f.update_xy([column[:8] for column in GOOD], 0),
    r'invalid revised: \[5, 2\) is reversed': lambda f: f.update_xy(GOOD, 0, [(5, 2)]),
    'invalid revised: not pairs': lambda f: f.update_xy(GOOD, 0, [5]),  # type: ignore[list-item]
    'invalid revised: not a whole': lambda f: f.update_xy(GOOD, 0, [('a', 'b')]),  # type: ignore[list-item]
    'invalid window: not within the formatted rows 0 to 9': lambda f: f.format_xy(0, 10),
    r'was \[-1, 3\)': lambda f: f.format_xy(-1, 3),
    r'was \[4, 3\)': lambda f: f.format_xy(4, 3),
    'invalid stop: not a whole number': lambda f: f.format_xy(0, None),  # type: ignore[arg-type]
    r'invalid rows: \[9, 3\) is reversed': lambda f: f.allocate_xy(9, 3),
    'invalid rows: not within': lambda f: f.allocate_xy(0, 2**53),
    "invalid low: not a number of float64, was 'x'": lambda f: f.update_live(1.0, 2.0, 'x', 1.0),  # type: ignore[arg-type]
    'invalid open: not a number': lambda f: f.update_live(None, 2.0, 1.0, 1.0),  # type: ignore[arg-type]
    'invalid close: not a number': lambda f: f.update_live(1.0, 2.0, 1.0, 10**400),
}


@pytest.mark.parametrize('message', MISUSES)
def test_misuse_names_the_argument_and_changes_nothing(message: str) -> None:
    formatter = FlatBarsFormatter()
    formatter.update_xy(GOOD, 0)
    before = bits(formatter.format_xy(0, 9))
    with pytest.raises(InputError, match=message):
        MISUSES[message](formatter)
    assert (formatter.xy_first, formatter.xy_last) == (0, 9)
    assert bits(formatter.format_xy(0, 9)) == before


def test_columns_that_another_process_may_write_to_are_copied_first() -> None:
    """Read-only columns, as a ring's, make what writable ones do, and old rows are not read."""
    rows = [column.copy() for column in GOOD]
    shown = []
    for column in rows:
        view = column.view()
        view.flags.writeable = False
        shown.append(view)
    plain, copying = FlatBarsFormatter(), FlatBarsFormatter()
    for count, revised in ((5, []), (9, [(1, 3)]), (9, [])):
        plain.update_xy([column[:count] for column in rows], 0, revised)
        copying.update_xy([column[:count] for column in shown], 0, revised)
        assert bits(copying.format_xy(0, count)) == bits(plain.format_xy(0, count))
    written = copying.rows_written
    copying.update_xy(shown, 0)
    assert copying.rows_written == written + 1
    with pytest.raises(InputError, match='not equally long'):
        copying.update_xy([*shown[:3], shown[3][:8]], 0)
    # Its own output, which is read-only, may be its input.
    copying.update_xy(tuple(copying.y_data[start : start + 9] for start in (0, 9, 18, 27)), 0)


def test_formatters_refuse_what_cannot_be_drawn() -> None:
    for make in (FlatBarsFormatter, TraceFormatter, BarLinesFormatter, BarSegmentsFormatter):
        for width in (0, -1.0, np.nan, np.inf, '1'):
            with pytest.raises(InputError, match='invalid width'):
                make(width)  # type: ignore[arg-type]
    for gap in (0.5, -0.1, np.nan):
        with pytest.raises(InputError, match='invalid gap'):
            BarLinesFormatter(1.0, gap)
    with pytest.raises(InputError, match='invalid field: not one of open'):
        StepFormatter('time')
    with pytest.raises(InputError, match='invalid baseline'):
        StepFormatter(baseline=np.inf)
    with pytest.raises(InputError, match='invalid level'):
        StepFormatter().update_live('high')  # type: ignore[arg-type]


@pytest.mark.parametrize('form', FORMS.values(), ids=FORMS)
def test_nothing_and_one_row_are_series_too(form: Form) -> None:
    formatter = form.make()
    with pytest.raises(InputError, match='there is no live row yet'):
        update_live(formatter, np.ones(4))
    formatter.allocate_xy(1000, 1010)
    for first in (0, 7, -3):
        update(formatter, np.empty((0, 4)), first)
        found = formatter.format_xy(formatter.xy_first, formatter.xy_last)
        assert all(len(part) == 0 for part in bits(found))
    one = np.array([[1.0, 2.0, 0.5, 1.5]])
    update(formatter, one, -3)
    assert bits(formatter.format_xy(-3, -2)) == bits(form.kernel(one, np.array([-3.0])))


def test_memory_that_there_is_not_leaves_all_as_it_was() -> None:
    formatter = FlatBarsFormatter()
    formatter.update_xy(GOOD, 0)
    before = bits(formatter.format_xy(0, 9))
    with pytest.raises(MemoryError):
        formatter.allocate_xy(0, 2**50)
    assert bits(formatter.format_xy(0, 9)) == before
    update(formatter, walk(12), 0)
    assert formatter.xy_last == 12
