"""What no ring can do is refused with one sentence, as an error of ours, and changes nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest

from piker.core.rows import BAR
from piker.errors import InputError, Overrun, PikerError
from piker.shm import SharedInt, ShmArray, attach_shm_array, open_shm_array
from tests.shm.bars import bars, same_bytes
from tests.shm.misuse import ENDLESS, HUGE, LEAST, MOST, Refusing, assert_sentence, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROW = (7, 1.0, 2.0, 0.5, 1.5, 10.0)
NO_INTEGERS = [HUGE, -HUGE, ENDLESS, MOST + 1, LEAST - 1, 1.0, '1', None, [], np.float64(1), 1j]


@pytest.fixture(name='ring')
def open_ring() -> Iterator[ShmArray]:
    with open_shm_array('test', 512, BAR) as ring:
        ring.push(bars(0, 10))
        yield ring


@pytest.mark.parametrize('value', [*NO_INTEGERS, Refusing(), np.array([1])], ids=name_of)
@pytest.mark.parametrize(
    'ask',
    [
        lambda ring, value: ring.column('close', 0, value),
        lambda ring, value: ring.column('close', value, 1),
        lambda ring, value: ring.rows(0, value),
        lambda ring, value: ring.rows(value, 1),
        lambda ring, value: ring.check(value),
        lambda ring, value: ring.dirty(value),
        lambda ring, value: ring.revise(value, ROW),
        lambda ring, value: ring.mark_superseded(value, 0),
        lambda ring, value: ring.mark_superseded(0, value),
    ],
    ids=[
        'column stop',
        'column start',
        'rows stop',
        'rows start',
        'check',
        'dirty',
        'revise',
        'successor fd',
        'successor nonce',
    ],
)
def test_numbers_that_are_no_row_are_refused(
    ring: ShmArray, ask: Callable[[ShmArray, Any], object], value: object
) -> None:
    with pytest.raises(
        InputError, match=r"of ring 'test' was given as .*: give an integer"
    ) as info:
        ask(ring, value)
    assert_sentence(info.value)
    assert ring.revision == 0
    assert not ring.superseded
    assert same_bytes(ring.rows(0, 10), bars(0, 10))


def test_refusal_says_what_was_found(ring: ShmArray) -> None:
    with pytest.raises(InputError) as info:
        ring.column('close', 0, HUGE)
    assert str(info.value) == (
        "the row to stop before of ring 'test' was given as an integer of 81 bits: "
        'give an integer from -2**63 to 2**63 - 1'
    )
    with pytest.raises(InputError, match='given as a value of type float: give an integer'):
        ring.column('close', 0.5, 1)  # type: ignore[arg-type]


def test_integers_of_every_kind_are_rows(ring: ShmArray) -> None:
    kinds: list[Any] = [np.int8(3), np.uint64(3), np.array(3)]
    for three in kinds:
        assert same_bytes(ring.rows(0, three), bars(0, 3))
        assert len(ring.column('close', three, 10)) == 7
        ring.check(three)
    assert len(ring.rows(False, True)) == 1


def test_extreme_rows_are_refused(ring: ShmArray) -> None:
    for read in (ring.rows, lambda start, stop: ring.column('close', start, stop)):
        for start, stop in [(0, MOST), (MOST, MOST), (MOST, LEAST), (0, LEAST), (5, -5)]:
            with pytest.raises(InputError, match=r'it has \[0, 10\): ask for some of these'):
                read(start, stop)
        for start in (-1, LEAST):
            with pytest.raises(Overrun, match='the oldest one kept is 0: read again from there'):
                read(start, 10)
    with pytest.raises(Overrun):
        ring.check(LEAST)
    with pytest.raises(Overrun):
        ring.revise(LEAST, ROW)
    for start in (9, MOST):
        with pytest.raises(InputError, match=rf'1 rows from {start} on .* use set_last'):
            ring.revise(start, ROW)


@pytest.mark.parametrize('since', [-1, -2, LEAST, 1, 2, MOST])
def test_revisions_that_never_were_are_refused(ring: ShmArray, since: int) -> None:
    with pytest.raises(InputError, match='it is at 0: give what its revision was'):
        ring.dirty(since)
    assert ring.dirty(0) == []


@pytest.mark.parametrize('field', ['price', '', '\ud800', 'x' * 1000, None, 0, b'close', ['close']])
def test_names_that_are_no_field_are_refused(ring: ShmArray, field: Any) -> None:
    for ask in (ring.field_view, lambda name: ring.column(name, 0, 1)):
        with pytest.raises(
            InputError, match=r"has no field .*: choose from 'time', 'open'"
        ) as info:
            ask(field)
        assert_sentence(info.value)


@pytest.mark.parametrize(
    'value',
    [ENDLESS, '1', None, Refusing(), Decimal('sNaN'), np.array([1.0, 2.0]), 1j],
    ids=name_of,
)
@pytest.mark.parametrize('place', [0, 4])
def test_values_that_are_no_number_are_refused(ring: ShmArray, place: int, value: object) -> None:
    row: list[object] = list(ROW)
    row[place] = value
    for change in (ring.push, ring.set_last, ring.prepend, lambda row: ring.revise(0, row)):
        with pytest.raises(InputError, match=f'the value of {BAR.names[place]!r}') as info:  # type: ignore[index]
            change(tuple(row))
        assert_sentence(info.value)
    assert same_bytes(ring.rows(0, ring.last), bars(0, 10))


@pytest.mark.parametrize(
    'key',
    ['\ud800', 'a\0b', 'a/b', '/', '', 'x' * 1025, 'é' * 513, None, 5, b'key', ['key']],
    ids=ascii,
)
def test_keys_that_cannot_be_are_refused(key: Any) -> None:
    for make in (lambda: open_shm_array(key, 1, BAR), lambda: SharedInt.open(key)):
        with pytest.raises(
            InputError, match=r'under the key .*: choose a text of 1 to 1024'
        ) as info:
            make()
        assert_sentence(info.value)


def test_longest_key_is_taken() -> None:
    with open_shm_array('é' * 512, 1, BAR) as ring, attach_shm_array(ring.token) as reader:
        assert reader.key == 'é' * 512


@pytest.mark.parametrize(
    'capacity',
    [
        1.5,
        1.0,
        '5',
        True,
        False,
        None,
        0,
        -1,
        2**40 + 1,
        2**70,
        ENDLESS,
        -ENDLESS,
        [1],
        Refusing(),
        np.float64(1),
        np.array([1, 2]),
    ],
    ids=name_of,
)
def test_capacities_that_are_no_number_of_rows_are_refused(ring: ShmArray, capacity: Any) -> None:
    makers: list[Callable[[], ShmArray]] = [lambda: open_shm_array('other', capacity, BAR)]
    if capacity is not None:
        makers.append(lambda: ring.open_generation(capacity))
    for make in makers:
        with pytest.raises(InputError, match=r'whose capacity is .*: choose a capacity') as info:
            make()
        assert_sentence(info.value)


def test_capacity_may_be_an_integer_of_numpy() -> None:
    with open_shm_array('test', np.int32(513), BAR) as ring:  # type: ignore[arg-type]
        assert ring.capacity == 1024


@pytest.mark.parametrize(
    'dtype',
    [
        None,
        5,
        'nonsense',
        'f8',
        'f8,,',
        float,
        [('a',)],
        {'names': ['a']},
        [('a', 'O')],
        [('a', 'M8[ns]')],
        [('a', '?')],
        [('a', BAR)],
        [('\ud800', 'f8')],
    ],
    ids=ascii,
)
def test_types_that_are_no_rows_are_refused(dtype: Any) -> None:
    with pytest.raises(InputError, match='was asked for: ') as info:
        open_shm_array('test', 1, dtype)
    assert_sentence(info.value)


@pytest.mark.parametrize(
    'reducers',
    [
        5,
        'sum',
        [('close', 'sum')],
        {'close': None},
        {'close': np.array(['sum', 'sum'])},
        {5: 'sum'},
        {None: 'sum'},
        {'close': ENDLESS},
        {'\ud800': 'sum'},
    ],
    ids=name_of,
)
def test_reducers_of_other_types_are_refused(reducers: Any) -> None:
    with pytest.raises(InputError, match='reducer') as info:
        open_shm_array('test', 1, BAR, reducers=reducers)
    assert_sentence(info.value)


@pytest.mark.parametrize('backend', ['disk', 5, 0, ['memfd'], b'memfd', '\ud800', np.zeros(2)])
def test_backends_that_cannot_be_are_refused(backend: Any) -> None:
    with pytest.raises(InputError, match=r'backend .*: choose memfd or file') as info:
        open_shm_array('test', 1, BAR, backend=backend)
    assert_sentence(info.value)


@pytest.mark.parametrize('token', [None, 5, 'token', {}, object, BAR], ids=name_of)
def test_what_is_no_token_cannot_be_attached(token: Any) -> None:
    for attach in (attach_shm_array, SharedInt.attach):
        with pytest.raises(
            InputError, match=r'its token is .*: give the token of its writer'
        ) as info:
            attach(token)
        assert_sentence(info.value)


@pytest.mark.parametrize(
    ('field', 'value'),
    [
        ('key', None),
        ('key', '\ud800'),
        ('backend', 'disk'),
        ('backend', 5),
        ('pid', '1'),
        ('pid', ENDLESS),
        ('start_time', None),
        ('start_time', 1.5),
        ('fd', 'x'),
        ('fd', True),
        ('fd', HUGE),
        ('path', None),
        ('path', 5),
        ('path', 'a\0b'),
        ('path', '\ud800'),
        ('generation', 0.0),
        ('schema', 5),
        ('nonce', '5'),
        ('nonce', -HUGE),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else name_of(value),
)
def test_tokens_that_cannot_be_are_refused(ring: ShmArray, field: str, value: object) -> None:
    token = msgspec.structs.replace(ring.token, **{field: value})
    with pytest.raises(InputError, match=rf'the {field} of its token is .* unchanged') as info:
        attach_shm_array(token)
    assert_sentence(info.value)


@pytest.mark.parametrize('successor', [None, 5, 'next', object()], ids=name_of)
def test_only_a_ring_supersedes_a_ring(ring: ShmArray, successor: Any) -> None:
    with pytest.raises(InputError, match='open its next generation by open_generation'):
        ring.supersede(successor)
    with pytest.raises(InputError, match='open it by open_generation'):
        ring.supersede(ring)
    assert not ring.superseded


def test_reader_changes_nothing(ring: ShmArray) -> None:
    with (
        attach_shm_array(ring.token) as reader,
        ring.open_generation() as successor,
    ):
        changes: list[Callable[[], object]] = [
            lambda: reader.push(ROW),
            lambda: reader.push(None),  # type: ignore[arg-type]
            lambda: reader.prepend(ROW),
            lambda: reader.set_last(ROW),
            lambda: reader.revise(0, ROW),
            lambda: reader.supersede(successor),
            lambda: reader.mark_superseded(0, 0),
            reader.mark_closed,
            reader.open_generation,
        ]
        for change in changes:
            with pytest.raises(
                InputError, match="'test' was attached for reading: only the process"
            ):
                change()
        assert not reader.is_closed
        assert not reader.superseded
        assert same_bytes(reader.rows(0, reader.last), bars(0, 10))


def test_closed_ring_is_read_and_closed_again_but_not_changed(ring: ShmArray) -> None:
    ring.revise(0, bars(0, 1))
    reader = attach_shm_array(ring.token)
    for holder in (ring, reader):
        holder.close()
        holder.close()
    assert ring.is_closed
    for holder in (ring, reader):
        assert (holder.first, holder.last, holder.closed_last, holder.revision) == (0, 10, 9, 2)
        assert same_bytes(holder.rows(0, 10), bars(0, 10))
        assert holder.column('close', 0, 10).tobytes() == bars(0, 10)['close'].tobytes()
        assert holder.live() == bars(9, 10)[0]
        assert holder.dirty(0) == [(0, 1)]
        holder.check(0)
    for change in (ring.push, ring.prepend, ring.set_last, lambda row: ring.revise(0, row)):
        with pytest.raises(InputError, match="'test' was closed: open it again"):
            change(ROW)
    for end in (ring.open_generation, ring.mark_closed, lambda: ring.supersede(ring)):
        with pytest.raises(InputError):
            end()
    with pytest.raises(PikerError):
        attach_shm_array(ring.token)
    assert same_bytes(ring.rows(0, 10), bars(0, 10))


@pytest.mark.parametrize('value', [HUGE, 1.5, '1', None], ids=name_of)
def test_shared_integer_takes_integers_only(value: Any) -> None:
    with pytest.raises(InputError, match="the value of 'value'"):
        SharedInt.open('test', value)
    with SharedInt.open('test', 5) as shared:
        with pytest.raises(InputError, match="the value of 'value'"):
            shared.value = value
        assert shared.value == 5
        with (
            SharedInt.attach(shared.token) as reader,
            pytest.raises(InputError, match='attached for reading'),
        ):
            reader.value = 6


def test_ring_of_bars_is_no_shared_integer(ring: ShmArray) -> None:
    with pytest.raises(InputError, match="no field 'value'"):
        SharedInt.attach(ring.token)
