"""Where the header, the columns and the pyramid nodes of a ring lie in its segment."""

from __future__ import annotations

import hashlib
import math
import mmap
import operator
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Literal, NamedTuple, SupportsIndex, TypeAlias

import msgspec
import numpy as np

from piker._cython.shmring import HEADER_BYTES
from piker.core.errors import InputError, SegmentForeign
from piker.core.words import describe
from piker.shm.segments import is_text

__all__ = ['FieldPlace', 'Layout', 'Reducer', 'default_reducers', 'make_layout', 'parse_layout']

Reducer: TypeAlias = Literal['minmax', 'sum']

# What can be mapped twice in a row: 4 KiB on x86, up to 64 KiB elsewhere.
PAGE = mmap.PAGESIZE
LEAF_ROWS = 64
FANOUT = 8
NODE_BYTES = 16
MAX_FIELDS = 64
MAX_ROWS = 1 << 40
REDUCERS = ('minmax', 'sum')
KINDS = {'i': (1, 2, 4, 8), 'u': (1, 2, 4, 8), 'f': (4, 8)}


class FieldPlace(NamedTuple):
    """One field in a row, and in the segment.

    Attributes
    ----------
    name : str
        Of the dtype.
    itemsize, offset : int
        Bytes of a value, and where it is in a row.
    place : int
        Where its column begins in the segment.
    reducer : str or None
        'minmax' or 'sum'; None where it has no pyramid.
    levels : tuple of (int, int)
        Where each level of its pyramid begins in the segment, and how many slots it has.
    """

    name: str
    itemsize: int
    offset: int
    place: int
    reducer: Reducer | None
    levels: tuple[tuple[int, int], ...]


class Layout(NamedTuple):
    """A whole segment.

    Attributes
    ----------
    dtype : numpy.dtype
        Of a row.
    capacity : int
        Rows; every column is whole pages.
    waiters_place, header_bytes, nodes_place, segment_bytes : int
        Where the page of the waiters begins, the columns behind it, the nodes, and the size of all.
    fields : tuple of FieldPlace
        In the order of the dtype.
    schema : bytes
        The text from which `parse_layout` makes the same layout.
    schema_hash : int
        63 bits of it.
    """

    dtype: np.dtype[np.void]
    capacity: int
    waiters_place: int
    header_bytes: int
    nodes_place: int
    segment_bytes: int
    fields: tuple[FieldPlace, ...]
    schema: bytes
    schema_hash: int

    def reducers(self) -> dict[str, Reducer]:
        """Return which fields have a pyramid, and of what."""
        return {field.name: field.reducer for field in self.fields if field.reducer}


def default_reducers(dtype: np.dtype[np.void]) -> dict[str, Reducer]:
    """Return 'sum' for the field volume and 'minmax' for every other float64 field.

    Parameters
    ----------
    dtype : numpy.dtype
        Of a row.

    Returns
    -------
    dict
        Reducer by field.
    """
    return {
        name: 'sum' if name == 'volume' else 'minmax'
        for name in dtype.names or ()
        if dtype[name] == np.float64
    }


def make_layout(
    capacity: int, dtype: np.dtype[Any], reducers: Mapping[str, Reducer] | None = None
) -> Layout:
    """Lay a ring out.

    Parameters
    ----------
    capacity : int
        Rows at least; it is rounded up until every column is whole pages.
    dtype : numpy.dtype
        Structured; fields are native integers, or floats of 4 or 8 bytes.
    reducers : mapping, optional
        Which float64 fields have a pyramid, and of what; None: `default_reducers`.

    Returns
    -------
    Layout
        The same for the same arguments.

    Raises
    ------
    InputError
        When one of them cannot be.
    """
    count = require_capacity(capacity)
    rows = require_fields(dtype)
    reducers = default_reducers(rows) if reducers is None else require_reducers(reducers, rows)
    unit = math.lcm(*(PAGE // rows[name].itemsize for name in rows.names or ()))
    return place_parts(-(-count // unit) * unit, rows, reducers)


def require_capacity(capacity: object) -> int:
    """Return a number of rows, or refuse what is none."""
    count: object = capacity
    # A bool is an integer to Python, and a mistake here.
    if isinstance(capacity, SupportsIndex) and not isinstance(capacity, bool):
        # An array has the method too, and refuses; another type may raise what it likes.
        with suppress(Exception):
            count = operator.index(capacity)
    if type(count) is not int or not 1 <= count <= MAX_ROWS:
        raise InputError(
            f'a ring was asked for whose capacity is {describe(count)}: '
            f'choose a capacity from 1 to {MAX_ROWS} rows, an integer'
        )
    return count


def require_reducers(reducers: object, rows: np.dtype[np.void]) -> dict[str, Reducer]:
    """Return reducers by field, or refuse those that cannot be."""
    if not isinstance(reducers, Mapping):
        raise InputError(
            f'the reducers of a ring were given as {describe(reducers)}: give a mapping by field'
        )
    for name, reducer in reducers.items():
        is_field = isinstance(name, str) and name in (rows.names or ())
        is_reducer = isinstance(reducer, str) and reducer in REDUCERS
        if not is_field or rows[name] != np.float64 or not is_reducer:
            raise InputError(
                f'the reducer {describe(reducer)} was asked for field {describe(name)}: '
                f'choose {" or ".join(REDUCERS)}, for float64 fields of {rows}'
            )
    return dict(reducers)


def require_fields(dtype: object) -> np.dtype[np.void]:
    """Return a dtype that can be spread over columns, or refuse what cannot."""
    try:
        rows: np.dtype[np.void] = np.dtype(dtype)  # type: ignore[call-overload]
    except Exception as error:
        # NumPy raises many kinds.
        raise InputError(
            f'a ring of rows of {describe(dtype)} was asked for: '
            f'choose a structured dtype of 1 to {MAX_FIELDS} fields'
        ) from error
    names = rows.names or ()
    if not 1 <= len(names) <= MAX_FIELDS:
        raise InputError(
            f'a ring of rows of {rows} was asked for: '
            f'choose a structured dtype of 1 to {MAX_FIELDS} fields'
        )
    for name in names:
        field = rows[name]
        if not field.isnative or field.itemsize not in KINDS.get(field.kind, ()):
            raise InputError(
                f'a ring with field {name!r} of {field} was asked for: '
                'fields are native integers, or floats of 4 or 8 bytes'
            )
        if not is_text(name):
            raise InputError(
                f'a ring with a field called {describe(name)} was asked for: '
                'choose a name that can be encoded as UTF-8'
            )
    return rows


def place_parts(capacity: int, rows: np.dtype[np.void], reducers: Mapping[str, Reducer]) -> Layout:
    """Put columns behind the header and levels behind the columns."""
    names = rows.names or ()
    offsets = {name: int(rows.fields[name][1]) for name in names} if rows.fields else {}
    schema = msgspec.json.encode(
        {
            'fields': [[name, rows[name].str, offsets[name]] for name in names],
            'itemsize': rows.itemsize,
            'reducers': [[name, reducers[name]] for name in names if name in reducers],
        }
    )
    waiters_place = whole_pages(HEADER_BYTES + len(schema))
    header_bytes = waiters_place + PAGE
    nodes_place = header_bytes + capacity * sum(rows[name].itemsize for name in names)
    column, level = header_bytes, nodes_place
    fields = []
    for name in names:
        levels = []
        span = LEAF_ROWS
        while name in reducers and span <= capacity:
            slots = capacity // span + 1
            levels.append((level, slots))
            level += slots * NODE_BYTES
            span *= FANOUT
        itemsize = rows[name].itemsize
        reducer = reducers.get(name)
        fields.append(FieldPlace(name, itemsize, offsets[name], column, reducer, tuple(levels)))
        column += capacity * itemsize
    digest = hashlib.blake2b(schema, digest_size=8).digest()
    return Layout(
        rows,
        capacity,
        waiters_place,
        header_bytes,
        nodes_place,
        whole_pages(level),
        tuple(fields),
        schema,
        int.from_bytes(digest, 'little') >> 1,
    )


def whole_pages(size: int) -> int:
    """Return a size rounded up to pages."""
    return -(-size // PAGE) * PAGE


class Schema(msgspec.Struct, forbid_unknown_fields=True):
    """The text in a segment's header."""

    fields: list[tuple[str, str, int]]
    itemsize: int
    reducers: list[tuple[str, Reducer]]


def parse_layout(schema: bytes, capacity: int) -> Layout:
    """Return the layout that a segment's header describes.

    Parameters
    ----------
    schema : bytes
        Its text.
    capacity : int
        Its rows.

    Returns
    -------
    Layout
        As the writer made it.

    Raises
    ------
    SegmentForeign
        When the text is not of a ring.
    """
    try:
        found = msgspec.json.decode(schema, type=Schema)
        rows = np.dtype(
            {
                'names': [name for name, _, _ in found.fields],
                'formats': [code for _, code, _ in found.fields],
                'offsets': [offset for _, _, offset in found.fields],
                'itemsize': found.itemsize,
            }
        )
        layout = make_layout(capacity, rows, dict(found.reducers))
    except (msgspec.MsgspecError, InputError, TypeError, ValueError) as error:
        raise SegmentForeign(
            f'a ring was to be attached and its header does not describe one ({error}): '
            'open the feed again'
        ) from error
    return layout
