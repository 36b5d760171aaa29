"""Whatever a ring is called with, it answers or raises an error of ours, and keeps its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piker.core.messages import ShmToken
from piker.core.rows import BAR
from piker.errors import PikerError
from piker.shm import ShmArray, attach_shm_array, open_shm_array
from tests.shm.bars import bars
from tests.shm.misuse import HUGE, LEAST, MOST, Refusing, assert_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

ROW = (7, 1.0, 2.0, 0.5, 1.5, 10.0)
# No capacity among them that would be had: the memory of one may be all of the machine's.
INTEGERS = st.one_of(
    st.integers(-600, 600),
    st.sampled_from([LEAST, LEAST - 1, MOST, MOST + 1, HUGE, -HUGE, 2**40 + 1]),
)
TEXTS = st.one_of(
    st.sampled_from(['close', 'time', 'sum', 'minmax', 'f8', 'a/b', '\0']),
    st.text(st.characters(exclude_categories=()), max_size=6),
)
ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    INTEGERS,
    st.floats(),
    TEXTS,
    st.binary(max_size=4),
    st.complex_numbers(),
    st.decimals(),
    st.sampled_from(
        [
            Refusing(),
            object(),
            int,
            BAR,
            np.int64(3),
            np.float32(0.5),
            np.bool_(True),
            np.void(b'x'),
            np.array(3),
            np.array([1.0]),
            np.zeros((2, 2)),
            np.zeros(2, object),
            bars(0, 3),
            ROW,
            np.ma.array([1, 2], mask=True),
            np.datetime64('NaT'),
            np.broadcast_to(bars(0, 1), 3),
        ]
    ),
)
OBJECTS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(*[inner] * 6),
        st.dictionaries(TEXTS, inner, max_size=2),
    ),
    max_leaves=8,
)
CALLS: list[tuple[str, int]] = [
    ('push', 1),
    ('prepend', 1),
    ('set_last', 1),
    ('revise', 2),
    ('column', 3),
    ('field_view', 1),
    ('rows', 2),
    ('check', 1),
    ('dirty', 1),
    ('supersede', 1),
    ('mark_superseded', 2),
]


@pytest.fixture(name='ring', scope='module')
def open_ring() -> Iterator[ShmArray]:
    with open_shm_array('test', 512, BAR) as ring:
        ring.push(bars(0, 10))
        yield ring


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_call_of_a_ring_answers_or_refuses(ring: ShmArray, data: st.DataObject) -> None:
    name, count = data.draw(st.sampled_from(CALLS))
    arguments = [data.draw(OBJECTS) for _ in range(count)]
    try:
        getattr(ring, name)(*arguments)
    except PikerError as error:
        assert_sentence(error)
    assert len(ring.rows(ring.first, ring.last)) == ring.last - ring.first <= ring.capacity


@settings(max_examples=100, deadline=None)
@given(
    key=st.just('test') | OBJECTS,
    capacity=st.just(1) | OBJECTS,
    dtype=st.just(BAR) | OBJECTS,
    reducers=st.none() | OBJECTS,
    backend=st.none() | OBJECTS,
)
def test_any_opening_makes_a_ring_or_refuses(**arguments: Any) -> None:
    try:
        open_shm_array(**arguments).close()
    except PikerError as error:
        assert_sentence(error)


@settings(max_examples=100, deadline=None)
@given(
    fields=st.dictionaries(
        st.sampled_from(ShmToken.__struct_fields__),
        OBJECTS,
        max_size=2,
    )
)
def test_any_token_is_attached_or_refused(ring: ShmArray, fields: dict[str, Any]) -> None:
    try:
        attach_shm_array(msgspec.structs.replace(ring.token, **fields)).close()
    except PikerError as error:
        assert_sentence(error)
