"""Arguments that no kernel should take, and other forms of those that each does."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

from piker.core.rows import BAR, TICK
from tests.kernels.oracle import FakeRing
from tests.shm.misuse import ENDLESS, HUGE, Refusing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ['DRESSES', 'WRONG', 'anything']


class Raising:
    """An array, a sequence and a number that fails whatever it is asked for."""

    def fail(self, *_: object) -> Any:
        raise RuntimeError('nothing to be had')

    __array__ = __len__ = __getitem__ = __iter__ = __float__ = __index__ = fail


def endless() -> Iterator[float]:
    """Yield numbers; a sequence they are not."""
    while True:
        yield 1.0


VIEW = FakeRing(np.arange(3.0), 0, 64, 'minmax').view
TEXTS: list[Any] = ['1', '', b'1', 'nan', '\ud800', 'x' * 5000]
OBJECTS: list[Any] = [
    Raising(),
    Refusing(),
    object(),
    float,
    {},
    {1.0},
    lambda: 1.0,
    1j,
    np.complex128(1),
    np.datetime64(1, 'ns'),
    np.timedelta64(1, 'ns'),
    np.void(b'x'),
    np.str_('1'),
]
NO_ROWS: list[Any] = [
    None,
    *TEXTS,
    *OBJECTS,
    endless(),
    1.0,
    ENDLESS,
    np.array(1.0),
    np.zeros((2, 2)),
    np.zeros((0, 3)),
    np.zeros(3, complex),
    np.zeros(3, object),
    np.zeros(3, 'M8[ns]'),
    np.zeros(3, 'm8[s]'),
    np.zeros(3, 'U4'),
    np.zeros(3, BAR),
    np.zeros(3, 'V8'),
    [[1.0], [2.0, 3.0]],
    ['1', '2'],
    [None, 1.0],
    [1.0, ENDLESS],
    np.ma.array([1.0, 2.0], mask=[True, False]),
    np.broadcast_to(np.float64(1), 2**58),
]
NO_NUMBERS: list[Any] = [
    *TEXTS,
    bytearray(b'1'),
    *OBJECTS,
    endless(),
    ENDLESS,
    -ENDLESS,
    np.zeros(1),
    np.zeros(2),
    np.array(1j),
    np.array('1'),
    [1.0],
    (),
    Decimal('sNaN'),
]
NOT_FINITE = [np.nan, np.inf, -np.inf, Decimal('NaN'), np.longdouble('1e4000'), np.float16(np.inf)]
NOT_WHOLE: list[Any] = [*NO_NUMBERS, *NOT_FINITE, HUGE, 0.5, 1.0, Decimal(1), Fraction(1), None]
NOT_OUT: list[Any] = [
    *OBJECTS,
    '1',
    1,
    [],
    [1.0, 2.0],
    np.zeros(24, np.float32),
    np.zeros((2, 24)),
    np.zeros(3),
]
# Typed loosely, since no view may have such fields.
altered: Callable[..., Any] = VIEW._replace
VIEWS: list[Any] = [
    None,
    *TEXTS,
    *OBJECTS,
    altered(data=-8),
    altered(data=HUGE),
    altered(data='8'),
    altered(capacity=HUGE),
    altered(capacity=-1),
    altered(levels=None),
    altered(levels=((8,),)),
    altered(levels=((8, 0),)),
    altered(levels=((7, 1),)),
    altered(reducer='max'),
    altered(reducer=None),
]

# What an argument of each kind can never be.
WRONG: dict[str, list[Any]] = {
    'row': NO_ROWS,
    'row or none': [value for value in NO_ROWS if value is not None],
    'edges': [*NO_ROWS, np.zeros(3), np.zeros(3, np.uint64), np.zeros(3, bool), [], [2, 1]],
    'bars': [
        *(value for value in NO_ROWS if getattr(value, 'dtype', None) != BAR),
        np.zeros(3),
        np.zeros((2, 5)),
        np.zeros((2, 4, 1)),
        np.zeros((2, 4), complex),
        np.zeros(2, [('open', 'f8')]),
        np.zeros(2, [(name, 'O') for name in ('open', 'high', 'low', 'close')]),
        np.zeros(2, [(name, 'f8', 2) for name in ('open', 'high', 'low', 'close')]),
        np.zeros((2, 2), BAR),
        np.zeros((), BAR),
        np.ma.array(np.zeros((2, 4)), mask=True),
        np.broadcast_to(np.float64(1), (2**56, 4)),
    ],
    'ticks': [*NO_ROWS, np.zeros(3), np.zeros((1, 1), TICK), np.zeros((), TICK)],
    'real': [None, *NO_NUMBERS],
    'real or none': NO_NUMBERS,
    'count of rows': [None, *NO_NUMBERS, -1.0, np.nan, -np.inf],
    'finite': [None, *NO_NUMBERS, *NOT_FINITE],
    'finite or none': [*NO_NUMBERS, *NOT_FINITE],
    'positive': [None, *NO_NUMBERS, *NOT_FINITE, 0, -0.0, -1.0, Decimal(0), False],
    'gap': [None, *NO_NUMBERS, *NOT_FINITE, -1e-9, 0.5, 1],
    'whole': NOT_WHOLE,
    'row number': [*NOT_WHOLE, 2**62, -(2**62)],
    'place': [*NOT_WHOLE, -1, 4, 2**62, -(2**63)],
    'column count': [*NOT_WHOLE, -1, 2**20 + 1, 2**60],
    'length': [*NOT_WHOLE, 0, -1, 2**26 + 1, 2**60],
    'ddof': [*NOT_WHOLE, -1, 2**26, 2**60],
    'kind': [*NOT_WHOLE, 0, 4, -1, 256],
    'any kind': NOT_WHOLE,
    'oid': [*NOT_WHOLE, -1],
    'flag': [None, *NO_NUMBERS, 0, 1, 1.0],
    'reducer': [None, *TEXTS, *OBJECTS, 'sums', 1, np.array(['m4', 'sum']), ['m4']],
    'state': [None, *TEXTS, *OBJECTS, 1],
    'price': [None, *NO_NUMBERS, 1e300, -1e300],
    'out': NOT_OUT,
    'outs': [
        *NOT_OUT,
        (1, 2),
        (np.zeros(8),) * 3,
        (np.zeros(8), np.zeros(8, np.int64)),
        np.zeros(2),
    ],
    'pairs': [None, *NOT_OUT, np.zeros((4, 2)), np.ma.array(np.zeros((3, 2)), mask=True)],
    'image': [
        None,
        *NOT_OUT,
        np.zeros(9, np.uint32),
        np.zeros((3, 3), np.int32),
        np.zeros((3, 3), '>u4'),
        np.zeros((3, 6), np.uint32)[:, ::2],
        np.broadcast_to(np.uint32(0), (3, 3)),
        np.ma.array(np.zeros((3, 3), np.uint32), mask=True),
        np.zeros(37, np.uint8)[1:].view(np.uint32).reshape(3, 3),
    ],
    'table': [
        *NO_ROWS,
        np.zeros(3),
        np.zeros((2, 5)),
        np.zeros((2, 4, 1)),
        np.zeros((2, 4), complex),
        np.ma.array(np.zeros((2, 4)), mask=True),
        np.broadcast_to(np.float64(1), (2**56, 4)),
    ],
    'colour': [*NOT_WHOLE, -1, 2**32, 0x80FF0000],
    'pen': [*NOT_WHOLE, 0, -1, 65, 2**60],
    'channel': [*NOT_WHOLE, -1, 256],
    'field': [None, *TEXTS, *OBJECTS, 1, 'time', np.array(['open', 'close']), ['open']],
    'columns': [
        None,
        *TEXTS,
        *OBJECTS,
        endless,
        1.0,
        np.zeros((2, 5)),
        [np.zeros(3)] * 3,
        [np.zeros(3, np.float32)] * 6,
        [[1.0]] * 6,
        [np.ma.array(np.zeros(3), mask=True)] * 6,
        np.ma.array(np.zeros(3), mask=True),
        np.zeros(3, [('time', 'f8')]),
    ],
    'ranges': [None, *TEXTS[:1], *OBJECTS[:4], 1, [1], [(1,)], [(0, 0.5)], [(2, 1)], [('a', 'b')]],
    'view': VIEWS,
    'views': [*VIEWS, [], [None] * 4, [1] * 5],
}


def misaligned(values: np.ndarray) -> np.ndarray:
    """Return the values at an odd address."""
    raw = np.zeros(values.nbytes + 1, np.uint8)
    raw[1:] = np.frombuffer(values.tobytes(), np.uint8)
    return np.frombuffer(raw, values.dtype, values.size, 1).reshape(values.shape)


def read_only(values: np.ndarray) -> np.ndarray:
    """Return the values where they cannot be changed."""
    found = values.copy()
    found.flags.writeable = False
    return found


def packed(values: np.ndarray) -> np.ndarray:
    """Return the values as a field of rows that are no multiple of 8 bytes long."""
    rows = np.zeros(len(values), [('kind', 'u1'), ('values', values.dtype, values.shape[1:])])
    rows['values'] = values
    return rows['values']


class Sub(np.ndarray):
    """An array of a class of its own."""


# Other forms of the same rows, which make the same results.
DRESSES: dict[str, Callable[[np.ndarray], Any]] = {
    'list': lambda values: values.tolist(),
    'tuple': lambda values: tuple(values.tolist()),
    'strided': lambda values: np.repeat(values, 3, axis=0)[::3],
    'reversed': lambda values: values[::-1].copy()[::-1],
    'misaligned': misaligned,
    'single misaligned': lambda values: misaligned(np.repeat(values, 3, axis=0))[::3],
    'read only': read_only,
    'big endian': lambda values: values.astype(values.dtype.newbyteorder('>')),
    'subclass': lambda values: values.view(Sub),
    'long': lambda values: values.astype(np.longdouble) if values.dtype.kind == 'f' else values,
    'half': lambda values: values.astype(np.float16) if values.dtype.kind == 'f' else values,
    'fortran': np.asfortranarray,
    'packed': packed,
}

# What may be given for any argument at all: the result, or an error that names it.
EDGES: list[Any] = [
    True,
    0,
    -1,
    3,
    2**20,
    2**31,
    2**53 + 1,
    2**63 - 1,
    -(2**63),
    0.0,
    -0.0,
    5e-324,
    1e308,
    -1e308,
    Decimal('1e-30'),
    Fraction(1, 3),
    np.uint64(2**63),
    np.array(2),
    [],
    [1],
    [np.nan],
    range(5),
    np.zeros(0),
    np.zeros(1, 'f2'),
    np.zeros((0, 4)),
    np.ones((3, 4), np.uint8),
    np.zeros(1, BAR),
    np.zeros(0, TICK),
    np.array([2**63], np.uint64),
    np.array([3, 1, 2]),
    np.array([-np.inf, np.nan, np.inf]),
    np.array([-(2**63), 2**63 - 1]),
    np.array([True, False]),
    np.array([np.longdouble('1e4000')]),
    np.arange(6.0)[::2],
    (np.zeros(12), np.zeros(12)),
    'm4',
]


def is_printed(value: Any) -> bool:
    """Whether hypothesis can tell of a value: Python writes no numbers of thousands of digits."""
    try:
        repr(value)
    except ValueError:
        return False
    return True


def anything(kind: str, right: Any) -> st.SearchStrategy[Any]:
    """Draw a value that is right for an argument, wrong, or at the edge of either."""
    return st.one_of(
        st.just(right),
        st.sampled_from(EDGES),
        st.sampled_from([value for value in WRONG[kind] if is_printed(value)]),
        st.integers(),
        st.floats(),
        st.lists(st.floats(width=32), max_size=4),
    )
