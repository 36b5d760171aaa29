"""Turns columns of a table into times, numbers and sides, or says which cell cannot be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from piker.core.errors import DataFileError
from piker.core.rows import EARLIEST_NS, LATEST_NS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ['read_numbers', 'read_sides', 'read_times', 'require_sizes', 'times_to_ns']

LONGEST_CELL = 40
SIZE_FIELDS = ('volume', 'size', 'bid_size', 'ask_size')
BUYS = ('buy', 'b', 'bid', '1')
SELLS = ('sell', 's', 'ask', '-1')
UNKNOWN_SIDES = ('', '0', 'unknown', 'none', 'nan')
ISO_DATE = r'^\d{4}-\d{2}-\d{2}'
DAY_NS = 86_400 * 1_000_000_000
FIRST_YEAR, LAST_YEAR = 1800, 2079
UNITS_NS = {'ns': 1, 'us': 1_000, 'ms': 1_000_000}
# An epoch number below a bound counts this many nanoseconds. As seconds the first bound would be
# the year 5138, so that only times which are refused anyway could be taken for another unit.
EPOCH_UNITS_NS = ((1e11, 1_000_000_000), (1e14, 1_000_000), (1e17, 1_000), (np.inf, 1))


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
    if isinstance(series.dtype, pl.Date | pl.Datetime):
        unit = DAY_NS if isinstance(series.dtype, pl.Date) else UNITS_NS[series.dtype.time_unit]
        return temporal_to_ns(path, series, unit)
    plain = plain_column(path, series)
    if plain.dtype.is_numeric():
        numbers = read_numbers(path, series, is_needed=True)
        require_known_years(path, series, numbers * epoch_unit(numbers))
        return times_to_ns(numbers, exact_ints(series))
    text = plain.cast(pl.String).str.strip_chars()
    numbers = text.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    if np.isfinite(numbers).all():
        require_known_years(path, series, numbers * epoch_unit(numbers))
        whole = text.cast(pl.Int64, strict=False)
        return times_to_ns(numbers, None if whole.null_count() else whole.to_numpy())
    if np.isfinite(numbers[0]):
        row = int(np.argmin(np.isfinite(numbers)))
        raise bad_time(path, row, series[row])
    is_iso = text.str.contains(ISO_DATE).fill_null(value=False)
    if not is_iso.all():
        row = int((~is_iso).arg_max() or 0)
        raise bad_time(path, row, series[row])
    # Polars wraps years that nanoseconds cannot hold into others.
    is_far = ~text.str.slice(0, 4).cast(pl.Int64).is_between(FIRST_YEAR, LAST_YEAR)
    if is_far.any():
        row = int(is_far.arg_max() or 0)
        raise far_time(path, row, series[row])
    try:
        times = text.str.to_datetime(time_unit='ns', time_zone='UTC', strict=False)
    except pl.exceptions.ComputeError:
        raise bad_time(path, 0, series[0]) from None
    if times.null_count():
        row = int(times.is_null().arg_max() or 0)
        raise bad_time(path, row, series[row])
    return times.to_physical().to_numpy().astype(np.int64)


def temporal_to_ns(path: Path, series: pl.Series, unit: int) -> NDArray[np.int64]:
    """Turn dates or datetimes, which count so many nanoseconds each, into nanoseconds."""
    if series.null_count():
        raise bad_time(path, int(series.is_null().arg_max() or 0), None)
    whole = series.to_physical().to_numpy().astype(np.int64)
    require_known_years(path, series, whole.astype(np.float64) * unit)
    return whole * unit


def require_known_years(path: Path, series: pl.Series, times_ns: NDArray[np.float64]) -> None:
    """Check that times, as nanoseconds that are rounded, are within `EARLIEST_NS`, `LATEST_NS`."""
    is_far = (times_ns < EARLIEST_NS) | (times_ns >= LATEST_NS)
    if is_far.any():
        row = int(np.argmax(is_far))
        raise far_time(path, row, series.to_physical()[row])


def far_time(path: Path, row: int, cell: object) -> DataFileError:
    """Return the error for a time that rows cannot hold."""
    return DataFileError(
        f'{path} has {shown(cell)} as time in row {row + 1}, which is outside of the years '
        f'{FIRST_YEAR} to {LAST_YEAR}: correct it, or its unit'
    )


def bad_time(path: Path, row: int, cell: object) -> DataFileError:
    """Return the error for a cell that is no time."""
    return DataFileError(
        f'{path} has {shown(cell)} as time in row {row + 1}, which is neither ISO 8601 nor epoch '
        'seconds, ms, us or ns: write it as one of these'
    )


def shown(cell: object) -> str:
    """Return a cell as a message shows it, however long it is."""
    text = repr(cell)
    return text if len(text) <= LONGEST_CELL else f'{text[:LONGEST_CELL]}…'


def plain_column(path: Path, series: pl.Series) -> pl.Series:
    """Return a column as numbers or text.

    Parameters
    ----------
    path : Path
        For the message.
    series : polars.Series
        Any column.

    Returns
    -------
    polars.Series
        Numbers as they are; categories as their text. Numbers of single precision are text too,
        in the fewest digits that tell them apart: 1.1 was written, not 1.10000002384.

    Raises
    ------
    DataFileError
        When it holds neither, but bytes, lists or the like.
    """
    if series.dtype == pl.Float32 or isinstance(series.dtype, pl.Categorical | pl.Enum):
        return series.cast(pl.String)
    if series.dtype.is_numeric() or series.dtype in (pl.String, pl.Null):
        return series
    raise DataFileError(
        f'{path} has values of type {series.dtype.base_type()} in column {shown(series.name)}: '
        'write them as numbers or as text'
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
    unit = epoch_unit(numbers)
    if whole is not None:
        return whole * unit
    floor = np.floor(numbers)
    fraction = np.rint((numbers - floor) * unit)
    return floor.astype(np.int64) * unit + fraction.astype(np.int64)


def epoch_unit(numbers: NDArray[np.float64]) -> int:
    """Return how many nanoseconds epoch numbers count, by the largest of them."""
    largest = float(np.abs(numbers).max()) if numbers.size else 0.0
    return next(unit for bound, unit in EPOCH_UNITS_NS if largest < bound)


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
        When a needed cell is not a number, or none can be.
    """
    plain = plain_column(path, series)
    text = plain.str.strip_chars() if plain.dtype == pl.String else plain
    values = text.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().copy()
    if is_needed and not np.isfinite(values).all():
        row = int(np.argmin(np.isfinite(values)))
        raise DataFileError(
            f'{path} has {shown(series[row])} in column {shown(series.name)} of row {row + 1}, '
            'which is not a number: correct it or leave the row out'
        )
    return values


def require_sizes(path: Path, columns: dict[str, NDArray[np.float64]]) -> None:
    """Check that no volume or size is negative or infinite; one that is not known is NaN."""
    for field in SIZE_FIELDS:
        values = columns.get(field)
        if values is None:
            continue
        is_wrong = (values < 0) | np.isinf(values)
        if is_wrong.any():
            row = int(np.argmax(is_wrong))
            kind = 'a negative' if values[row] < 0 else 'an infinite'
            raise DataFileError(
                f'{path} has {kind} {field} in row {row + 1}: correct it or drop that row'
            )


def read_sides(path: Path, series: pl.Series) -> NDArray[np.float64]:
    """Turn a column of aggressor sides into 1 (buy), -1 (sell) and 0 (unknown).

    Parameters
    ----------
    path : Path
        For the message.
    series : polars.Series
        Words or numbers.

    Returns
    -------
    ndarray of shape (n,), float64
        New values.

    Raises
    ------
    DataFileError
        When a cell is none of the words for these.
    """
    text = plain_column(path, series).cast(pl.String).fill_null('').str.strip_chars()
    words = text.str.to_lowercase().str.strip_suffix('.0')
    is_known = words.is_in([*BUYS, *SELLS, *UNKNOWN_SIDES])
    if not is_known.all():
        row = int((~is_known).arg_max() or 0)
        raise DataFileError(
            f'{path} has {shown(series[row])} as side in row {row + 1}: write buy, sell, or '
            'nothing where it is not known'
        )
    is_buy = words.is_in(BUYS).to_numpy()
    is_sell = words.is_in(SELLS).to_numpy()
    sides: NDArray[np.float64] = is_buy.astype(np.float64) - is_sell.astype(np.float64)
    return sides
