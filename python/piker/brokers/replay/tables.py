"""Reads bars and ticks from CSV and Parquet files with named columns."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from piker.brokers.replay.columns import read_numbers, read_sides, read_times, require_sizes
from piker.core.errors import DataFileError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ['ALIASES', 'Table', 'read_table']

ALIASES: dict[str, tuple[str, ...]] = {
    'time': ('time', 'timestamp', 'datetime', 'date', 'ts'),
    'open': ('open', 'o'),
    'high': ('high', 'h'),
    'low': ('low', 'l'),
    'close': ('close', 'c'),
    'volume': ('volume', 'vol', 'v'),
    'price': ('price', 'p'),
    'size': ('size', 'quantity', 'qty', 'amount', 'volume', 'vol', 'q'),
    'bid': ('bid', 'bid_price'),
    'bid_size': ('bid_size', 'bid_qty'),
    'ask': ('ask', 'ask_price'),
    'ask_size': ('ask_size', 'ask_qty'),
    'side': ('side',),
}
"""Names under which each column is found, compared without case, the best first."""

BAR_FIELDS = ('open', 'high', 'low', 'close')
LONGEST_NAME = 40
MOST_NAMES = 20
DELIMITERS = ',\t;|'
PARQUET_SUFFIXES = ('.parquet', '.pq')
# No file uses it, so that each line is one cell.
NO_DELIMITER = '\x01'
# Polars panics where it is asked for one row and there is none: so small a file is read whole.
SMALL_BYTES = 4096


class Table(NamedTuple):
    """The columns of a file that piker knows, all of one length.

    Attributes
    ----------
    kind : str
        'bars' (open, high, low, close), 'trades' (price) or 'quotes' (bid, ask).
    time : ndarray of shape (n,), int64
        Nanoseconds UTC, ascending.
    columns : dict of str to ndarray of shape (n,), float64
        By the keys of `ALIASES`; those the kind needs are finite.
    """

    kind: str
    time: NDArray[np.int64]
    columns: dict[str, NDArray[np.float64]]


def read_table(path: Path) -> Table:
    """Read a CSV or Parquet file of bars, trades or quotes.

    Parameters
    ----------
    path : Path
        Parquet by its suffix, else CSV (comma, tab, semicolon or bar; plain, gzip or zstd).

    Returns
    -------
    Table
        What the file holds.

    Raises
    ------
    DataFileError
        When the file cannot be read, lacks a column, is empty, has short rows or times out of
        order, or has cells that are not numbers or cannot be.
    """
    frame = read_frame(path)
    names = find_columns(frame.columns)
    kind = kind_of(path, frame.columns, names)
    if frame.height == 0:
        raise DataFileError(f'{path} has a heading and no rows: give a file with data')
    time = read_times(path, frame.get_column(names['time']))
    behind = np.flatnonzero(np.diff(time) < 0)
    if behind.size:
        raise DataFileError(
            f'{path} has times out of order: row {behind[0] + 2} is older than the row before '
            'it, sort the file by time'
        )
    needed = {'bars': BAR_FIELDS, 'trades': ('price',), 'quotes': ('bid', 'ask')}[kind]
    columns = {
        field: read_numbers(path, frame.get_column(name), is_needed=field in needed)
        for field, name in names.items()
        if field not in ('time', 'side')
    }
    require_sizes(path, columns)
    if 'side' in names:
        columns['side'] = read_sides(path, frame.get_column(names['side']))
    return Table(kind, time, columns)


def read_frame(path: Path) -> pl.DataFrame:
    """Read a file whole, CSV cells as text.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    polars.DataFrame
        All its columns.

    Raises
    ------
    DataFileError
        When there is no such file, or it is damaged.
    """
    if not path.is_file():
        raise DataFileError(f'there is no file {path}: check its name')
    try:
        if path.suffix.lower() in PARQUET_SUFFIXES:
            return pl.read_parquet(path)
        delimiter = find_delimiter(path)
        frame = pl.read_csv(
            path, infer_schema=False, separator=delimiter, truncate_ragged_lines=False
        )
        # A row that is short lacks the last column; polars fills it up without a word.
        if frame.width and frame.to_series(frame.width - 1).null_count():
            require_full_rows(path, frame, delimiter)
    except pl.exceptions.NoDataError:
        raise DataFileError(f'{path} is empty: give a file with a heading and rows') from None
    except (
        pl.exceptions.PolarsError,
        pl.exceptions.PanicException,
        OSError,
        UnicodeError,
    ) as error:
        reason = str(error).splitlines()[0]
        raise DataFileError(
            f'{path} cannot be read ({reason}): it is truncated or neither CSV nor Parquet, '
            'fetch it again'
        ) from error
    return frame


def require_full_rows(path: Path, frame: pl.DataFrame, delimiter: str) -> None:
    """Check that every line of a CSV file has as many fields as its heading.

    Parameters
    ----------
    path : Path
        The file.
    frame : polars.DataFrame
        What was read of it.
    delimiter : str
        What stands between fields.

    Raises
    ------
    DataFileError
        When a line is short.
    """
    lines = pl.read_csv(
        path, infer_schema=False, separator=NO_DELIMITER, quote_char=None, has_header=False
    ).to_series()
    if len(lines) != frame.height + 1:
        # Quoted line breaks: what a line is cannot be told without parsing.
        return
    bare = lines.fill_null('').str.replace_all('"[^"]*"', '')
    fields = bare.str.count_matches(delimiter, literal=True) + 1
    is_short = fields < frame.width
    if is_short.any():
        place = int(is_short.arg_max() or 0)
        raise DataFileError(
            f'{path} has a line {place + 1} of {fields[place]} fields under a heading of '
            f'{frame.width}: the file is cut short or damaged, fetch it again or drop that line'
        )


def find_delimiter(path: Path) -> str:
    """Return the delimiter that a CSV file's first line uses most; a comma where unclear."""
    with path.open('rb') as file:
        start = file.read(4)
    if start[:2] == b'\x1f\x8b' or start == b'\x28\xb5\x2f\xfd':
        line = first_line_of_compressed(path)
    else:
        with path.open(encoding='utf-8', errors='replace') as text:
            line = text.readline()
    try:
        return csv.Sniffer().sniff(line, DELIMITERS).delimiter
    except csv.Error:
        return ','


def first_line_of_compressed(path: Path) -> str:
    """Return the heading of a compressed CSV.

    Polars decompresses as it parses, so one row is read with a delimiter that no file uses: the
    name of its only column is the whole line.
    """
    row_count = 1 if path.stat().st_size > SMALL_BYTES else None
    frame = pl.read_csv(path, separator=NO_DELIMITER, n_rows=row_count, infer_schema=False)
    return frame.columns[0]


def find_columns(found: list[str]) -> dict[str, str]:
    """Map each known field to the column that holds it.

    Parameters
    ----------
    found : list of str
        Column names of the file. A first column without a name, as tables with an index have
        it, counts as time where no other does.

    Returns
    -------
    dict of str to str
        Field to column name, for the fields that are there.
    """
    by_name = {name.strip().lower(): name for name in reversed(found)}
    names = {}
    for field, aliases in ALIASES.items():
        name = next((by_name[alias] for alias in aliases if alias in by_name), None)
        if name is not None:
            names[field] = name
    if 'time' not in names and found and not found[0].strip():
        names['time'] = found[0]
    return names


def kind_of(path: Path, found: list[str], names: dict[str, str]) -> str:
    """Tell bars, trades and quotes apart by the columns.

    Parameters
    ----------
    path : Path
        For the message.
    found : list of str
        Column names of the file.
    names : dict of str to str
        What `find_columns` made of them.

    Returns
    -------
    str
        'bars', 'trades' or 'quotes'.

    Raises
    ------
    DataFileError
        When a needed column is missing; the message lists those that were found.
    """
    listed = ', '.join(repr(name[:LONGEST_NAME]) for name in found[:MOST_NAMES]) or 'none'
    if len(found) > MOST_NAMES:
        listed += f' and {len(found) - MOST_NAMES} more'
    if 'time' not in names:
        raise DataFileError(
            f'{path} has no column of times (one of {", ".join(ALIASES["time"])}), its columns '
            f'are {listed}: name one so'
        )
    for kind, fields in (('bars', BAR_FIELDS), ('trades', ('price',)), ('quotes', ('bid', 'ask'))):
        if all(field in names for field in fields):
            return kind
    missing = [field for field in BAR_FIELDS if field not in names]
    if len(missing) < len(BAR_FIELDS):
        raise DataFileError(
            f'{path} has bars without a column {", ".join(repr(name) for name in missing)}, its '
            f'columns are {listed}: add it'
        )
    raise DataFileError(
        f'{path} has neither bars (open, high, low, close) nor trades (price) nor quotes (bid, '
        f'ask), its columns are {listed}: name them so'
    )
