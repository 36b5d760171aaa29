"""What a ring does with rows: CONTRACT's words, one by one, in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from piker.core.rows import BAR, QUOTE, TICK
from piker.errors import InputError, Overrun
from piker.shm import ShmArray, attach_shm_array, open_shm_array
from tests.shm.bars import bars, same_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

ROW = (7, 1.0, 2.0, 0.5, 1.5, 10.0)


@pytest.fixture(name='ring')
def open_ring() -> Iterator[ShmArray]:
    with open_shm_array('test', 512, BAR) as ring:
        yield ring


@pytest.fixture(name='reader')
def attach_ring(ring: ShmArray) -> Iterator[ShmArray]:
    with attach_shm_array(ring.token) as reader:
        yield reader


@pytest.mark.parametrize(
    ('asked', 'dtype', 'capacity'),
    [(1, BAR, 512), (512, BAR, 512), (513, BAR, 1024), (1, TICK, 4096), (5000, TICK, 8192)],
)
def test_capacity_is_rounded_up_to_whole_pages(asked: int, dtype: np.dtype, capacity: int) -> None:
    with open_shm_array('test', asked, dtype) as ring:
        assert ring.capacity == capacity
        assert all(capacity * dtype[name].itemsize % 4096 == 0 for name in dtype.names or ())


def test_empty_ring_has_no_rows(ring: ShmArray, reader: ShmArray) -> None:
    assert (reader.first, reader.last, reader.closed_last) == (0, 0, 0)
    assert reader.live() is None
    assert len(reader.rows(0, 0)) == 0
    assert len(reader.column('close', 0, 0)) == 0


@pytest.mark.parametrize('form', ['tuple', 'void', 'zero-dimensional', 'one row'])
def test_push_takes_a_row_in_every_form(ring: ShmArray, reader: ShmArray, form: str) -> None:
    array = np.array([ROW], BAR)
    forms = {
        'tuple': ROW,
        'void': array[0],
        'zero-dimensional': array.reshape(()),
        'one row': array,
    }
    ring.push(forms[form])
    assert (reader.first, reader.last) == (0, 1)
    live = reader.live()
    assert live is not None
    assert live.tolist() == ROW
    assert same_bytes(reader.rows(0, 1), array)


def test_tuple_takes_numbers_of_numpy(ring: ShmArray) -> None:
    ring.push((np.int64(7), np.float32(1), 2, np.int8(0), True, np.float64(10)))
    assert ring.rows(0, 1).tolist() == [(7, 1.0, 2.0, 0.0, 1.0, 10.0)]


@pytest.mark.parametrize('count', [1, 2, 255, 256, 257, 511, 512, 513, 1024, 5000])
def test_push_of_many_rows_keeps_the_newest(ring: ShmArray, reader: ShmArray, count: int) -> None:
    ring.push(bars(0, 100))
    ring.push(bars(100, 100 + count))
    assert reader.last == 100 + count
    assert reader.first == max(0, 100 + count - 512)
    assert same_bytes(reader.rows(reader.first, reader.last), bars(reader.first, reader.last))


def test_rows_of_any_stride_are_taken(ring: ShmArray) -> None:
    rows = bars(0, 200)
    ring.push(rows[::2])
    ring.push(rows[::-3])
    expected = np.concatenate([rows[::2], rows[::-3]])
    assert same_bytes(ring.rows(0, ring.last), expected)


def test_prepended_rows_go_negative_and_never_evict(ring: ShmArray, reader: ShmArray) -> None:
    ring.push(bars(0, 500))
    assert ring.prepend(bars(-10, 0)) == 10
    assert (reader.first, reader.last) == (-10, 500)
    assert ring.prepend(bars(-30, -10)) == 2
    assert (reader.first, reader.last) == (-12, 500)
    assert ring.prepend(bars(-20, -12)) == 0
    assert same_bytes(reader.rows(-12, 500), bars(-12, 500))


def test_history_may_come_before_the_first_pushed_row(ring: ShmArray, reader: ShmArray) -> None:
    assert ring.prepend(bars(-600, 0)) == 512
    assert (reader.first, reader.last) == (-512, 0)
    live = reader.live()
    assert live is not None
    assert live['time'] == -1
    ring.push(bars(0, 1))
    assert (reader.first, reader.last) == (-511, 1)
    assert same_bytes(reader.rows(-511, 1), bars(-511, 1))


def test_column_is_contiguous_across_the_wrap(ring: ShmArray, reader: ShmArray) -> None:
    ring.push(bars(0, 700))
    closes = reader.column('close', 400, 700)
    assert closes.flags.c_contiguous
    assert closes.tobytes() == bars(400, 700)['close'].tobytes()
    ring.set_last(ROW)
    assert closes[-1] == 1.5, 'a column is a view, not a copy'


@pytest.mark.parametrize('name', BAR.names or ())
def test_column_cannot_be_written(ring: ShmArray, reader: ShmArray, name: str) -> None:
    ring.push(ROW)
    for holder in (ring, reader):
        view = holder.column(name, 0, 1)
        assert view.dtype == BAR[name]
        assert not view.flags.writeable
        with pytest.raises(ValueError, match='WRITEABLE'):
            view.flags.writeable = True


def test_view_keeps_the_memory(ring: ShmArray) -> None:
    ring.push(bars(0, 512))
    reader = attach_shm_array(ring.token)
    view = reader.column('open', 0, 512)
    del reader
    assert view.tobytes() == bars(0, 512)['open'].tobytes()


def test_set_last_changes_the_live_row_only(ring: ShmArray, reader: ShmArray) -> None:
    ring.push(bars(0, 3))
    before, revision = reader.live_seq, reader.revision
    ring.set_last(ROW)
    live = reader.live()
    assert live is not None
    assert live.tolist() == ROW
    assert same_bytes(reader.rows(0, 2), bars(0, 2))
    assert reader.live_seq == before + 2
    assert reader.revision == revision
    assert reader.dirty(revision) == []


def test_set_last_reaches_the_place_before_the_wrap(ring: ShmArray, reader: ShmArray) -> None:
    ring.push(bars(0, 512))
    ring.set_last(bars(9, 10))
    assert same_bytes(reader.rows(511, 512), bars(9, 10))


def test_revise_is_counted_and_logged(ring: ShmArray, reader: ShmArray) -> None:
    ring.push(bars(0, 600))
    before = reader.revision
    ring.revise(500, bars(500, 520, seed=1))
    ring.revise(100, bars(100, 101, seed=1)[0])
    assert reader.revision == before + 4
    assert reader.dirty(before) == [(500, 520), (100, 101)]
    assert reader.dirty(before + 2) == [(100, 101)]
    assert reader.dirty(reader.revision) == []
    assert same_bytes(reader.rows(500, 520), bars(500, 520, seed=1))
    assert same_bytes(reader.rows(101, 500), bars(101, 500))


def test_all_rows_are_dirty_where_the_log_is_too_short(ring: ShmArray, reader: ShmArray) -> None:
    ring.push(bars(0, 600))
    before = reader.revision
    for index in range(100, 356):
        ring.revise(index, bars(index, index + 1))
    assert reader.dirty(before) == [(index, index + 1) for index in range(100, 356)]
    ring.revise(356, bars(356, 357))
    assert reader.dirty(before) == [(reader.first, reader.closed_last)]


def test_check_tells_when_a_view_was_lapped(ring: ShmArray, reader: ShmArray) -> None:
    ring.push(bars(0, 512))
    reader.check(0)
    ring.push(ROW)
    reader.check(1)
    with pytest.raises(Overrun, match=r'row 0 .* oldest one kept is 1'):
        reader.check(0)
    with pytest.raises(Overrun):
        reader.rows(0, 2)
    with pytest.raises(Overrun):
        reader.column('close', 0, 2)


@pytest.mark.parametrize(
    ('rows', 'message'),
    [
        ((1, 2.0), 'has 6 fields'),
        ((1, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0), 'has 6 fields'),
        ((1.5, 2.0, 3.0, 4.0, 5.0, 6.0), "value of 'time'"),
        ((1, 'x', 3.0, 4.0, 5.0, 6.0), "value of 'open'"),
        ((1 << 63, 2.0, 3.0, 4.0, 5.0, 6.0), "value of 'time'"),
        ([1, 2.0, 3.0, 4.0, 5.0, 6.0], 'a list was given'),
        (None, 'a NoneType was given'),
        (np.zeros(3), 'rows of float64'),
        (np.zeros(3, QUOTE), 'convert them first'),
        (np.zeros((2, 2), BAR), 'one dimension'),
        (np.zeros(1, BAR.newbyteorder()), 'convert them first'),
    ],
)
def test_other_rows_are_refused_whole(ring: ShmArray, rows: Any, message: str) -> None:
    ring.push(bars(0, 3))
    for change in (ring.push, ring.set_last, ring.prepend, lambda given: ring.revise(0, given)):
        with pytest.raises(InputError):
            change(rows)
    with pytest.raises(InputError, match=message):
        ring.push(rows)
    assert (ring.first, ring.last, ring.revision, ring.live_seq) == (0, 3, 0, 0)
    assert same_bytes(ring.rows(0, 3), bars(0, 3))


@pytest.mark.parametrize(
    ('place', 'value'), [(3, 256), (3, -1), (4, 128), (4, -129), (5, 1 << 63), (3, 0.5)]
)
def test_integers_that_do_not_fit_are_refused(place: int, value: float) -> None:
    row: list[object] = [1, 2.0, 3.0, 255, -128, -(1 << 63)]
    with open_shm_array('test', 1, TICK) as ring:
        ring.push(tuple(row))
        assert ring.rows(0, 1).tolist() == [tuple(row)]
        row[place] = value
        with pytest.raises(InputError, match=repr(TICK.names[place])):  # type: ignore[index]
            ring.push(tuple(row))
        assert ring.last == 1


@pytest.mark.parametrize('start', [-1, 9, 10, 11, 1000])
def test_only_closed_rows_are_revised(ring: ShmArray, start: int) -> None:
    ring.push(bars(0, 11))
    with pytest.raises((InputError, Overrun)):
        ring.revise(start, bars(0, 2))
    assert ring.revision == 0
    assert same_bytes(ring.rows(0, 11), bars(0, 11))


@pytest.mark.parametrize(('start', 'stop'), [(0, 4), (4, 5), (2, 1), (3, 4)])
def test_rows_that_are_not_there_are_refused(ring: ShmArray, start: int, stop: int) -> None:
    ring.push(bars(0, 3))
    with pytest.raises(InputError, match=r'it has \[0, 3\)'):
        ring.rows(start, stop)
    with pytest.raises(InputError, match=r'it has \[0, 3\)'):
        ring.column('close', start, stop)


def test_fields_that_are_not_there_are_refused(ring: ShmArray) -> None:
    with pytest.raises(InputError, match="no field 'price'"):
        ring.column('price', 0, 0)
    with pytest.raises(InputError, match="no field 'price'"):
        ring.field_view('price')
    with pytest.raises(InputError, match='kernels read float64'):
        ring.field_view('time')


def test_live_row_cannot_be_set_before_there_is_one(ring: ShmArray) -> None:
    with pytest.raises(InputError, match='push one first'):
        ring.set_last(ROW)
    ring.push(bars(0, 2))
    with pytest.raises(InputError, match='2 were given'):
        ring.set_last(bars(0, 2))


def test_reader_and_closed_writer_cannot_change_rows(ring: ShmArray, reader: ShmArray) -> None:
    ring.push(ROW)
    for change in (reader.push, reader.set_last, reader.prepend):
        with pytest.raises(InputError, match='attached for reading'):
            change(ROW)
    ring.close()
    with pytest.raises(InputError, match='was closed'):
        ring.push(ROW)
    assert reader.is_closed
    assert reader.is_orphaned
    assert reader.rows(0, 1).tolist() == [ROW]


@pytest.mark.parametrize(
    'dtype',
    [
        np.dtype('f8'),
        np.dtype([('name', 'U4')]),
        np.dtype([('many', 'f8', (2,))]),
        np.dtype([('swapped', '>f8')]),
        np.dtype([('half', 'f2')]),
        np.dtype([(f'f{number}', 'f8') for number in range(65)]),
        np.dtype([]),
    ],
)
def test_types_that_make_no_columns_are_refused(dtype: np.dtype) -> None:
    with pytest.raises(InputError, match='was asked for'):
        open_shm_array('test', 1, dtype)


@pytest.mark.parametrize('capacity', [0, -1, (1 << 40) + 1])
def test_capacities_that_cannot_be_are_refused(capacity: int) -> None:
    with pytest.raises(InputError, match='choose a capacity'):
        open_shm_array('test', capacity, BAR)


@pytest.mark.parametrize('reducers', [{'time': 'minmax'}, {'close': 'mean'}, {'price': 'sum'}])
def test_reducers_that_cannot_be_are_refused(reducers: dict[str, str]) -> None:
    with pytest.raises(InputError, match='the reducer'):
        open_shm_array('test', 1, BAR, reducers=reducers)  # type: ignore[arg-type]


def test_padded_rows_of_small_types_come_back_unchanged() -> None:
    dtype = np.dtype(
        [('a', 'u2'), ('b', 'f4'), ('c', 'i1'), ('d', 'u8'), ('e', 'i4'), ('f', 'u4')], align=True
    )
    with open_shm_array('test', 1, dtype) as ring, attach_shm_array(ring.token) as reader:
        row = (65535, 0.25, -128, (1 << 64) - 1, -(1 << 31), (1 << 32) - 1)
        ring.push(row)
        ring.push(np.array([row, row], dtype))
        assert reader.dtype == dtype
        assert reader.rows(0, 3).tolist() == [row] * 3
        assert reader.live().tolist() == row  # type: ignore[union-attr]
