"""Makes a recording of a file: a raw Binance capture, or a table of ticks or bars."""

from __future__ import annotations

import re
import stat
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from piker.accounting.symbols import Symbol, normalize_part, parse_fqsn
from piker.brokers.replay.captures import MOST_DIGITS, is_capture, read_capture
from piker.brokers.replay.periods import bar_grid, tick_period
from piker.brokers.replay.recordings import BarRecording, TickRecording
from piker.brokers.replay.tables import BAR_FIELDS, PARQUET_SUFFIXES, read_table
from piker.core.errors import DataFileError, SymbolError
from piker.core.rows import ASK, BAR, BID, TICK, TRADE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from piker.brokers.replay.recordings import Recording
    from piker.brokers.replay.tables import Table

__all__ = ['bars_of_table', 'find_tick', 'load_file', 'ticks_of_table']

SECOND = 1_000_000_000
ENDINGS = re.compile(r'(\.(csv|tsv|txt|parquet|pq|gz|zst))+$', re.IGNORECASE)


def load_file(path: Path, fqsn: str = '') -> Recording:
    """Read a file whole.

    Parameters
    ----------
    path : Path
        A raw Binance capture (plain or gzip), or a CSV or Parquet table of bars, trades or
        quotes.
    fqsn : str, optional
        The symbol that is wanted of it; '' is the one with most trades.

    Returns
    -------
    Recording
        Ready to be played.

    Raises
    ------
    DataFileError
        When the file cannot be used; the message says why.
    SymbolError
        When the file is of another symbol.
    """
    check_file(path)
    if path.suffix.lower() not in PARQUET_SUFFIXES and is_capture(path):
        recording: Recording = load_capture(path, fqsn)
    else:
        recording = load_table(path)
    if fqsn and str(parse_fqsn(fqsn)) != recording.symbol.fqsn:
        raise SymbolError(
            f'{path} is not of {fqsn!r} but of {recording.symbol.fqsn!r}: ask for that'
        )
    return recording


def check_file(path: Path) -> None:
    """Check that a path is one of a regular file that holds something.

    Parameters
    ----------
    path : Path
        What was asked for.

    Raises
    ------
    DataFileError
        When it is not; the message says what it is instead.
    """
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise DataFileError(f'there is no file {path}: check its name') from None
    except (OSError, ValueError) as error:
        raise DataFileError(f'{path!s} cannot be opened ({error}): check its name') from error
    if stat.S_ISDIR(found.st_mode):
        raise DataFileError(f'{path} is a folder: name one file in it')
    if not stat.S_ISREG(found.st_mode):
        raise DataFileError(f'{path} is no regular file: save what it gives to one and play that')
    if found.st_size == 0:
        raise DataFileError(f'{path} is empty: give a file with data')


def load_capture(path: Path, fqsn: str) -> TickRecording:
    """Make a recording of a raw Binance capture."""
    capture = read_capture(path, parse_fqsn(fqsn).symbol if fqsn else None)
    venue = 'binance-usdm' if capture.is_futures else 'binance'
    market = 'USD-M perpetual' if capture.is_futures else 'spot'
    symbol = Symbol(
        fqsn=f'{normalize_part(capture.native)}.{venue}.replay',
        name=f'{capture.native} {market}',
        provider='replay',
        venue=venue,
        suffix='',
        price_tick=capture.price_tick,
        size_tick=capture.size_tick,
        note=f'recorded stream of Binance {market}',
    )
    return TickRecording(symbol, capture.recorded, capture.ticks, SECOND)


def load_table(path: Path) -> Recording:
    """Make a recording of a table."""
    table = read_table(path)
    stem = ENDINGS.sub('', path.name) or path.name
    prices = [
        table.columns[field]
        for field in (*BAR_FIELDS, 'price', 'bid', 'ask')
        if field in table.columns
    ]
    sizes = [table.columns[field] for field in ('volume', 'size') if field in table.columns]
    notes = {
        'bars': 'the order of prices inside a bar is not known',
        'trades': '',
        'quotes': 'quotes without trades: bars are of the bid, their volume is 0',
    }
    symbol = Symbol(
        fqsn=f'{normalize_part(stem)}.replay',
        name=stem,
        provider='replay',
        venue='',
        suffix='',
        price_tick=find_tick(prices),
        size_tick=find_tick(sizes),
        note=notes[table.kind],
    )
    if table.kind == 'bars':
        rows = bars_of_table(path, table)
        grid = bar_grid(path, table.time)
        if grid.note:
            symbol = msgspec.structs.replace(symbol, note=f'{grid.note}; {symbol.note}')
        return BarRecording(
            symbol, rows, grid.period_ns, phase_ns=grid.phase_ns, is_uneven=grid.is_uneven
        )
    ticks = ticks_of_table(table)
    period_ns = tick_period(table.time)
    kind = TRADE if table.kind == 'trades' else BID
    return TickRecording(symbol, ticks['time'].copy(), ticks, period_ns, kind=kind)


def bars_of_table(path: Path, table: Table) -> NDArray[np.void]:
    """Turn a table of bars into rows.

    Parameters
    ----------
    path : Path
        For the message.
    table : Table
        Of kind 'bars'; where it has no volume, volumes are 0.

    Returns
    -------
    ndarray of shape (n,), `piker.core.rows.BAR`
        New rows.

    Raises
    ------
    DataFileError
        When two bars have the same time, or a bar's high or low are not its extremes.
    """
    rows = np.zeros(len(table.time), BAR)
    rows['time'] = table.time
    for field in BAR_FIELDS:
        rows[field] = table.columns[field]
    if 'volume' in table.columns:
        rows['volume'] = np.nan_to_num(table.columns['volume'])
    twice = np.flatnonzero(np.diff(rows['time']) == 0)
    if twice.size:
        raise DataFileError(
            f'{path} has two bars of the same time in rows {twice[0] + 1} and {twice[0] + 2}: '
            'leave one out'
        )
    top = np.maximum(rows['open'], rows['close'])
    bottom = np.minimum(rows['open'], rows['close'])
    wrong = np.flatnonzero((rows['high'] < top) | (rows['low'] > bottom))
    if wrong.size:
        raise DataFileError(
            f'{path} has a bar in row {wrong[0] + 1} whose high or low lies inside of open and '
            'close: are its columns named right?'
        )
    return rows


def ticks_of_table(table: Table) -> NDArray[np.void]:
    """Turn a table of trades or quotes into ticks.

    Parameters
    ----------
    table : Table
        Of kind 'trades' or 'quotes'; sizes that it lacks are NaN.

    Returns
    -------
    ndarray of shape (n,) or (2 * n,), `piker.core.rows.TICK`
        New rows; a quote is a bid and an ask.
    """
    unknown = np.full(len(table.time), np.nan)
    sides = (
        [(TRADE, 'price', 'size')]
        if table.kind == 'trades'
        else [(BID, 'bid', 'bid_size'), (ASK, 'ask', 'ask_size')]
    )
    ticks = np.zeros((len(table.time), len(sides)), TICK)
    ticks['time'] = table.time[:, None]
    ticks['seq'] = np.arange(len(table.time))[:, None]
    for place, (kind, price, size) in enumerate(sides):
        ticks['kind'][:, place] = kind
        ticks['price'][:, place] = table.columns[price]
        ticks['size'][:, place] = table.columns.get(size, unknown)
    if table.kind == 'trades' and 'side' in table.columns:
        ticks['side'][:, 0] = table.columns['side'].astype(np.int8)
    return ticks.reshape(-1)


def find_tick(columns: list[NDArray[np.float64]]) -> Decimal:
    """Return the finest decimal step that numbers use.

    Parameters
    ----------
    columns : list of ndarray of shape (n,), float64
        Prices or sizes; NaN are passed over.

    Returns
    -------
    Decimal
        A power of ten from 1 down to 1e-10.
    """
    tick = Decimal(1)
    for values in columns:
        finite = values[np.isfinite(values)]
        for digits in range(-int(tick.as_tuple().exponent), MOST_DIGITS + 1):
            tick = Decimal(1).scaleb(-digits)
            scaled = finite * 10.0**digits
            # Half a unit in the last place of the number, as it was parsed, scaled up.
            if (np.abs(scaled - np.rint(scaled)) <= np.abs(scaled) * 2.0**-51).all():
                break
    return tick
