"""The base of formatters: which rows of a series are formatted, and which of them changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from piker.core.errors import InputError
from piker.core.rows import BAR
from piker.core.words import describe
from piker.kernels import arguments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from piker import _rust

__all__ = ['BAR_FIELDS', 'Formatter']

Floats: TypeAlias = NDArray[np.float64]

BAR_FIELDS = BAR.names or ()


class Formatter:
    """What all formatters share. One thread at a time may use one.

    Parameters
    ----------
    compiled : _rust.Formatter
        The state and the memory.
    fields : tuple of str
        What is read of a row.
    """

    def __init__(self, compiled: _rust.Formatter, fields: tuple[str, ...]) -> None:
        self.compiled = compiled
        self.fields = fields

    @property
    def xy_first(self) -> int:
        """The absolute index of the first row that is formatted."""
        return self.compiled.first

    @property
    def xy_last(self) -> int:
        """The absolute index behind the last row that is formatted."""
        return self.compiled.last

    # The names that the feature table gives them.
    _xy_first = xy_first
    _xy_last = xy_last

    @property
    def rows_written(self) -> int:
        """How many rows were formatted since the beginning, each as often as it was."""
        return self.compiled.rows_written

    @property
    def bytes_allocated(self) -> int:
        """How many bytes of memory were taken since the beginning, those given back included."""
        return self.compiled.bytes_allocated

    @property
    def x_data(self) -> Floats:
        """The whole memory of x with its room at both ends, read-only."""
        return self.compiled.x

    @property
    def y_data(self) -> Floats:
        """The whole memory of y with its room at both ends, read-only."""
        return self.compiled.y

    def allocate_xy(self, first: int, last: int) -> None:
        """Get memory for rows, with room at both ends, so that formatting them moves none.

        An update does so by itself where it has to, at a cost that is constant for each row. What
        is formatted stays; views of other memory keep what they show.

        Parameters
        ----------
        first, last : int
            Absolute rows, half-open, beside those that are formatted.

        Raises
        ------
        InputError
            When they are reversed or beyond 2**52.
        MemoryError
            When there is not so much memory; nothing changed.
        """
        self.compiled.allocate(arguments.whole(first, 'first'), arguments.whole(last, 'last'))

    def places(self, start: int, stop: int) -> tuple[int, int]:
        """Return where a window begins and ends in memory, counted in what a row takes.

        Parameters
        ----------
        start, stop : int
            Absolute rows, half-open, within those that are formatted.

        Returns
        -------
        tuple of int

        Raises
        ------
        InputError
            When some of these rows are not formatted.
        """
        return self.compiled.window(arguments.whole(start, 'start'), arguments.whole(stop, 'stop'))

    def points(self, start: int, stop: int, size: int, more: int = 0) -> tuple[Floats, Floats]:
        """Return the x and the y of a window.

        Parameters
        ----------
        start, stop : int
            Absolute rows, half-open, within those that are formatted.
        size : int
            How many points a row has.
        more : int, optional
            How many points follow the last row, where there is one.

        Returns
        -------
        tuple of ndarray of shape (n * size + more,), float64
            Read-only views.

        Raises
        ------
        InputError
            When some of these rows are not formatted.
        """
        first, last = self.places(start, stop)
        window = slice(size * first, size * last + (more if last > first else 0))
        return self.compiled.x[window], self.compiled.y[window]

    def update_xy(self, rows: Any, first: int, revised: Iterable[tuple[int, int]] = ()) -> None:
        """Format what changed: prepended, appended and revised rows, and the live one.

        Rows before `first` are dropped. The last row is live: it is formatted at each update, and
        once more when one was appended behind it. Where rows are missing between those that are
        formatted and these, all is formatted anew.

        Parameters
        ----------
        rows : sequence of ndarray of shape (n,), or structured ndarray of shape (n,)
            All rows that there are: the columns of a ring of bars (time, open, high, low, close,
            volume), or those that are formatted alone, contiguous float64; or rows with such
            fields. A value that is not finite is a gap. Columns that can be written are read in
            place; of those that cannot, as a ring's, which its writer may change meanwhile, the
            rows that changed are copied first.
        first : int
            The absolute index of the first of them, which may be negative.
        revised : iterable of (start, stop), optional
            Absolute rows that changed among those that were formatted, half-open.

        Raises
        ------
        InputError
            When columns are not contiguous float64 of one length, a field is missing, the rows end
            before those that are formatted, or revised rows are reversed; nothing changed.
        MemoryError
            When there is not so much memory; nothing changed.
        """
        start = arguments.whole(first, 'first')
        ranges = windows(revised)
        if not isinstance(rows, np.ndarray):
            columns = checked(self.columns(rows), self.fields)
            update(self.compiled, columns, start, ranges)
        elif isinstance(rows, np.ma.MaskedArray):
            raise InputError('invalid rows: a masked array, fill what is masked with NaN')
        elif rows.ndim != 1:
            raise InputError(f'invalid rows: not of one dimension, was of shape {rows.shape}')
        elif rows.dtype.names is None:
            update(self.compiled, checked((rows,), ('level',)), start, ranges)
        else:
            last = start + len(rows)
            changed = self.compiled.changes(start, last, ranges)
            parts = [rows[begin - start : end - start] for begin, end in changed]
            columns = tuple(gather(parts, field) for field in self.fields)
            self.compiled.update_packed(columns, (start, last), ranges)

    def columns(self, rows: Any) -> tuple[Any, ...]:
        """Return the columns that are formatted.

        Parameters
        ----------
        rows : sequence of ndarray
            The columns of a ring of bars, or those that are formatted alone.

        Returns
        -------
        tuple of ndarray

        Raises
        ------
        InputError
            When they are neither.
        """
        try:
            columns = tuple(rows)
        except Exception as error:
            # Whatever an object raises when it is asked for its items.
            raise InputError(f'invalid rows: not columns, was {describe(rows)}') from error
        if len(columns) == len(BAR_FIELDS):
            return tuple(columns[BAR_FIELDS.index(field)] for field in self.fields)
        if len(columns) == len(self.fields):
            return columns
        raise InputError(
            f'invalid rows: neither the columns {", ".join(BAR_FIELDS)} nor '
            f'{", ".join(self.fields)} alone, were {len(columns)}'
        )


def update(
    compiled: _rust.Formatter, columns: tuple[Any, ...], start: int, ranges: list[tuple[int, int]]
) -> None:
    """Format what changed of columns: by copies where another process may write to them.

    Parameters
    ----------
    compiled : _rust.Formatter
        The state and the memory.
    columns : tuple of ndarray of shape (n,), float64
        What is formatted of all rows.
    start : int
        The absolute index of the first of them.
    ranges : list of (int, int)
        Absolute rows that were revised.

    Raises
    ------
    InputError
        As `update_xy` does.
    """
    lengths = {len(column) for column in columns}
    if len(lengths) > 1 or all(column.flags.writeable for column in columns):
        compiled.update(columns, start, ranges)
        return
    last = start + lengths.pop()
    changed = compiled.changes(start, last, ranges)
    packed = tuple(
        np.concatenate([column[begin - start : end - start] for begin, end in changed])
        for column in columns
    )
    compiled.update_packed(packed, (start, last), ranges)


def windows(revised: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ranges of rows as compiled code takes them.

    Parameters
    ----------
    revised : iterable of (start, stop)
        Half-open ranges.

    Returns
    -------
    list of tuple of int

    Raises
    ------
    InputError
        When they are not pairs of whole numbers.
    """
    try:
        pairs = [(start, stop) for start, stop in revised]
    except Exception as error:
        # Whatever an object raises when it is asked for its items.
        raise InputError(f'invalid revised: not pairs of rows, was {describe(revised)}') from error
    return [
        (arguments.whole(start, 'revised'), arguments.whole(stop, 'revised'))
        for start, stop in pairs
    ]


def gather(parts: list[NDArray[np.void]], field: str) -> Floats:
    """Return a field of rows that changed as one column.

    Parameters
    ----------
    parts : list of structured ndarray
        The rows.
    field : str
        The field.

    Returns
    -------
    ndarray of shape (n,), float64
        A copy.

    Raises
    ------
    InputError
        When rows have no such field, or it is not real numbers.
    """
    names = parts[0].dtype.names or ()
    if field not in names:
        raise InputError(f'invalid rows: no field {field}, has {", ".join(names)}')
    name = f'rows[{field!r}]'
    return np.concatenate([arguments.floats(part[field], name) for part in parts])


def checked(columns: tuple[Any, ...], names: tuple[str, ...]) -> tuple[Any, ...]:
    """Return columns as they are, once each is known to be an array that is read in place.

    Parameters
    ----------
    columns : tuple
        As many as there are names.
    names : tuple of str
        What errors call them.

    Returns
    -------
    tuple of ndarray of shape (n,), float64

    Raises
    ------
    InputError
        When one is no array, or of another type or shape.
    """
    for column, name in zip(columns, names, strict=True):
        is_array = isinstance(column, np.ndarray) and not isinstance(column, np.ma.MaskedArray)
        if not is_array or column.dtype != np.float64 or column.ndim != 1:
            raise InputError(
                f'invalid {name}: not an array of float64 and one dimension, was {describe(column)}'
            )
    return columns
