"""Reads bars and ticks from CSV and Parquet files with named columns."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from piker.core.errors import DataFileError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ['ALIASES', 'Table', 'read_table', 'times_to_ns']

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
ISO_DATE = r'^\s*\d{4}-\d{2}-\d{2}'
# An epoch number below a bound counts this many nanoseconds; the bounds lie in the year 5138.
EPOCH_UNITS_NS = ((1e11, 1_000_000_000), (1e14, 1_000_000), (1e17, 1_000), (np.inf, 1))


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
        When the file cannot be read, lacks a column, is empty, or has times out of order or
        cells that are not numbers.
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
    if 'side' in names:
        columns['side'] = read_sides(frame.get_column(names['side']))
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
        return pl.read_csv(
            path, infer_schema=False, separator=find_delimiter(path), truncate_ragged_lines=False
        )
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
    return pl.read_csv(path, separator='\x01', n_rows=1, infer_schema=False).columns[0]


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


def read_times(path: Path, series: pl.Series) -> NDArray[np.int64]:
    """Turn a column of times into nanoseconds.

    Parameters
    ----------
    path : Path
        For the message.
    series : polars.Series
        Dates, datetimes, numbers, or text of either ISO 8601 (UTC where no offset is given) or
        epoch numbers in s, ms, us or ns by their magnitude.

    Returns
    -------
    ndarray of shape (n,), int64
        Nanoseconds UTC; an own copy.

    Raises
    ------
    DataFileError
        When a cell is none of these.
    """
    if series.dtype.is_temporal():
        times = series.cast(pl.Datetime('ns'))
    elif series.dtype.is_numeric():
        return times_to_ns(read_numbers(path, series, is_needed=True), exact_ints(series))
    else:
        text = series.cast(pl.String)
        whole = text.cast(pl.Int64, strict=False)
        if whole.null_count() == 0:
            return times_to_ns(whole.to_numpy().astype(np.float64), whole.to_numpy())
        numbers = text.cast(pl.Float64, strict=False)
        if numbers.null_count() == 0:
            return times_to_ns(numbers.to_numpy(), None)
        is_iso = text.str.contains(ISO_DATE).fill_null(value=False)
        if not is_iso.all():
            row = int((~is_iso).arg_max() or 0)
            raise bad_time(path, row, text[row])
        try:
            times = text.str.strip_chars().str.to_datetime(
                time_unit='ns', time_zone='UTC', strict=False
            )
        except pl.exceptions.ComputeError:
            raise bad_time(path, 0, text[0]) from None
        if times.null_count():
            row = int(times.is_null().arg_max() or 0)
            raise bad_time(path, row, text[row])
    if times.null_count():
        row = int(times.is_null().arg_max() or 0)
        raise bad_time(path, row, None)
    return times.to_physical().to_numpy().astype(np.int64)


def bad_time(path: Path, row: int, cell: str | None) -> DataFileError:
    """Return the error for a cell that is no time."""
    return DataFileError(
        f'{path} has {cell!r} as time in row {row + 1}, which is neither ISO 8601 nor epoch '
        'seconds, ms, us or ns: write it as one of these'
    )


def exact_ints(series: pl.Series) -> NDArray[np.int64] | None:
    """Return an integer column as it is, None for any other."""
    return series.to_numpy().astype(np.int64) if series.dtype.is_integer() else None


def times_to_ns(
    numbers: NDArray[np.float64], whole: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Turn epoch numbers into nanoseconds, with the unit told by their magnitude.

    Parameters
    ----------
    numbers : ndarray of shape (n,), float64
        Finite epoch numbers in s, ms, us or ns, all in one unit.
    whole : ndarray of shape (n,), int64, optional
        The same where they are integers; then nothing is rounded.

    Returns
    -------
    ndarray of shape (n,), int64
        Nanoseconds UTC.
    """
    largest = float(np.abs(numbers).max()) if numbers.size else 0.0
    unit = next(unit for bound, unit in EPOCH_UNITS_NS if largest < bound)
    if whole is not None:
        return whole * unit
    floor = np.floor(numbers)
    fraction = np.rint((numbers - floor) * unit)
    return floor.astype(np.int64) * unit + fraction.astype(np.int64)


def read_numbers(path: Path, series: pl.Series, *, is_needed: bool) -> NDArray[np.float64]:
    """Turn a column into numbers.

    Parameters
    ----------
    path : Path
        For the message.
    series : polars.Series
        Numbers, or text of numbers.
    is_needed : bool
        Whether every cell must be a finite number; else others become NaN.

    Returns
    -------
    ndarray of shape (n,), float64
        An own copy.

    Raises
    ------
    DataFileError
        When a needed cell is not a number.
    """
    text = series.str.strip_chars() if series.dtype == pl.String else series
    values = text.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().copy()
    if is_needed and not np.isfinite(values).all():
        row = int(np.argmin(np.isfinite(values)))
        raise DataFileError(
            f'{path} has {series[row]!r} in column {series.name!r} of row {row + 1}, which is '
            'not a number: correct it or leave the row out'
        )
    return values


def read_sides(series: pl.Series) -> NDArray[np.float64]:
    """Turn a column of aggressor sides into 1 (buy), -1 (sell) and 0 (unknown)."""
    text = series.cast(pl.String).str.strip_chars().str.to_lowercase().fill_null('')
    is_buy = text.is_in(['buy', 'b', 'bid', '1']).to_numpy()
    is_sell = text.is_in(['sell', 's', 'ask', '-1']).to_numpy()
    sides: NDArray[np.float64] = is_buy.astype(np.float64) - is_sell.astype(np.float64)
    return sides
