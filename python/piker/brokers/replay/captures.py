"""Reads raw captures of Binance's combined streams.

Each line is the local receive time in nanoseconds, a blank, and the frame as it came
(https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams and
https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams).
Trades and best bid and ask are read; depth updates and REST snapshots are passed over.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec
import numpy as np

from piker.core.errors import DataFileError
from piker.core.rows import ASK, BID, LATEST_NS, TICK, TRADE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ['MOST_DIGITS', 'Capture', 'is_capture', 'read_capture']

MS = 1_000_000
GZIP_MAGIC = b'\x1f\x8b'
MOST_DIGITS = 10
"""A tick is no finer than so many decimals."""
NUMBER = re.compile(r'[0-9]{1,20}(\.[0-9]{0,20})?')
LONGEST_SHOWN = 40
TIME_DIGITS = len(str(LATEST_NS))

Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, lt=LATEST_NS // MS)]


class Envelope(msgspec.Struct):
    """One frame: REST snapshots have no stream."""

    data: msgspec.Raw = msgspec.Raw()
    stream: str = ''


class Trade(msgspec.Struct):
    """A `<symbol>@trade` message.

    `X` is there on futures only, and 'MARKET' for trades of the public; insurance fund and
    auto-deleveraging fills are no trades of the market.
    """

    s: str
    t: Count
    p: str
    q: str
    T: Milliseconds
    m: bool
    X: str = 'MARKET'


class BookTicker(msgspec.Struct):
    """A `<symbol>@bookTicker` message; spot ones have no times."""

    s: str
    u: Count
    b: str
    B: str
    a: str
    A: str
    T: Milliseconds | None = None


class Capture(NamedTuple):
    """What a capture holds of one symbol.

    Attributes
    ----------
    native : str
        The venue's name of the symbol, for example 'BTCUSDT'.
    is_futures : bool
        Whether it is a USD-M future rather than spot.
    recorded : ndarray of shape (n,), int64
        Local receive time of each tick, nanoseconds UTC, ascending.
    ticks : ndarray of shape (n,), `piker.core.rows.TICK`
        Trades, bids and asks; `time` is the venue's where it gave one, else the local one.
    price_tick, size_tick : Decimal
        Finest steps seen.
    """

    native: str
    is_futures: bool
    recorded: NDArray[np.int64]
    ticks: NDArray[np.void]
    price_tick: Decimal
    size_tick: Decimal


class Rows:
    """Collects the ticks of one symbol and the finest decimals seen."""

    def __init__(self) -> None:
        self.recorded: list[int] = []
        self.ticks: list[tuple[int, float, float, int, int, int]] = []
        self.price_digits = 0
        self.size_digits = 0
        self.is_futures = False

    def add(self, recorded: int, price: str, size: str, rest: tuple[int, int, int, int]) -> None:
        """Add one tick: price and size as the venue wrote them, then time, kind, side and seq.

        Raises
        ------
        ValueError
            When they are no numbers, or the price is 0.
        """
        value, amount = number(price), number(size)
        if not value:
            raise ValueError(f'its price is {price}')
        self.price_digits = max(self.price_digits, decimals(price))
        self.size_digits = max(self.size_digits, decimals(size))
        self.recorded.append(recorded)
        time, kind, side, seq = rest
        self.ticks.append((time, value, amount, kind, side, seq))


def number(text: str) -> float:
    """Return a price or a size of the venue, which writes plain decimals.

    Raises
    ------
    ValueError
        When it is anything else: negative, nan, or longer than any that is quoted.
    """
    if NUMBER.fullmatch(text) is None:
        raise ValueError(f'{text[:LONGEST_SHOWN]!r} is no price or size')
    return float(text)


def receipt(head: bytes) -> int:
    """Return when a line was received.

    Raises
    ------
    ValueError
        When it does not say so in nanoseconds, of a year that rows can hold.
    """
    if not head.isdigit() or len(head) > TIME_DIGITS or int(head) >= LATEST_NS:
        shown = head[:LONGEST_SHOWN].decode(errors='replace')
        raise ValueError(f'{shown!r} is no time in nanoseconds before 2080')
    return int(head)


def decimals(text: str) -> int:
    """Return how many decimals a number's text needs."""
    return len(text.partition('.')[2].rstrip('0'))


def is_capture(path: Path) -> bool:
    """Tell whether a file looks like a raw capture.

    Parameters
    ----------
    path : Path
        An existing file, plain or gzip.

    Returns
    -------
    bool
        True when its first line is a number, a blank and an opening brace.

    Raises
    ------
    DataFileError
        When it is a gzip file whose very beginning is damaged.
    """
    line = next(read_lines(path), b'')
    head, _, frame = line.partition(b' ')
    return head.isdigit() and frame.lstrip()[:1] == b'{'


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a plain or gzip file.

    Parameters
    ----------
    path : Path
        The file.

    Yields
    ------
    bytes
        One line each, with its end.

    Raises
    ------
    DataFileError
        When there is no such file, or its compressed data ends early or is damaged.
    """
    try:
        with path.open('rb') as plain:
            magic = plain.read(2)
            plain.seek(0)
            if magic != GZIP_MAGIC:
                yield from plain
                return
            with gzip.open(plain) as lines:
                yield from lines
    except FileNotFoundError:
        raise DataFileError(f'there is no file {path}: check its name') from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataFileError(
            f'{path} is truncated or damaged ({error}): fetch or record it again'
        ) from error
    except OSError as error:
        raise DataFileError(f'{path} cannot be read ({error.strerror}): check it') from error


def read_capture(path: Path, native: str | None = None) -> Capture:
    """Read one symbol of a raw capture.

    Parameters
    ----------
    path : Path
        The capture.
    native : str, optional
        Which symbol, compared without case; by default the one with most trades.

    Returns
    -------
    Capture
        Its ticks in the order in which they were received.

    Raises
    ------
    DataFileError
        When the file is missing, truncated, damaged, out of order, without trades, or does not
        hold the symbol.
    """
    symbols = collect(path)
    traded = Counter(
        {name: sum(tick[3] == TRADE for tick in rows.ticks) for name, rows in symbols.items()}
    )
    if not traded or not traded.most_common(1)[0][1]:
        raise DataFileError(f'{path} holds no trade: record the streams @trade and @bookTicker')
    name = traded.most_common(1)[0][0] if native is None else native.upper()
    if not traded[name]:
        raise DataFileError(
            f'{path} holds no trade of {name}, but of {", ".join(sorted(+traded))}: ask for one '
            'of these'
        )
    rows = symbols[name]
    return Capture(
        name,
        rows.is_futures,
        np.array(rows.recorded, np.int64),
        np.array(rows.ticks, TICK),
        Decimal(1).scaleb(-min(rows.price_digits, MOST_DIGITS)),
        Decimal(1).scaleb(-min(rows.size_digits, MOST_DIGITS)),
    )


def collect(path: Path) -> dict[str, Rows]:
    """Decode every line of a capture into the rows of its symbols.

    Parameters
    ----------
    path : Path
        The capture.

    Returns
    -------
    dict of str to Rows
        By the venue's name of the symbol.

    Raises
    ------
    DataFileError
        When a line is damaged or older than the one before it.
    """
    frames = msgspec.json.Decoder(Envelope)
    trades = msgspec.json.Decoder(Trade)
    books = msgspec.json.Decoder(BookTicker)
    symbols: dict[str, Rows] = {}
    before = 0
    for number, line in enumerate(read_lines(path), 1):
        head, _, body = line.partition(b' ')
        try:
            recorded = receipt(head)
            frame = frames.decode(body)
            topic = frame.stream.partition('@')[2]
            if topic == 'trade':
                add_trade(symbols, recorded, trades.decode(frame.data))
            elif topic == 'bookTicker':
                add_book(symbols, recorded, books.decode(frame.data))
        except (ValueError, msgspec.MsgspecError) as error:
            raise DataFileError(
                f'{path} is damaged in line {number} ({error}): cut the line or record it again'
            ) from error
        if recorded < before:
            raise DataFileError(
                f'{path} has times out of order: line {number} is older than the line before '
                'it, sort it by its first column'
            )
        before = recorded
    return symbols


def add_trade(symbols: dict[str, Rows], recorded: int, trade: Trade) -> None:
    """Add a trade of the market to its symbol's rows."""
    if trade.X != 'MARKET':
        return
    rows = symbols.setdefault(trade.s, Rows())
    # The buyer was the maker, so the seller took.
    side = -1 if trade.m else 1
    rows.add(recorded, trade.p, trade.q, (trade.T * MS, TRADE, side, trade.t))


def add_book(symbols: dict[str, Rows], recorded: int, book: BookTicker) -> None:
    """Add best bid and ask to their symbol's rows; a side without orders is written as 0 of 0."""
    rows = symbols.setdefault(book.s, Rows())
    time = recorded if book.T is None else book.T * MS
    # Only futures put times on their book tickers.
    rows.is_futures |= book.T is not None
    for price, size, kind in ((book.b, book.B, BID), (book.a, book.A, ASK)):
        if number(price) or number(size):
            rows.add(recorded, price, size, (time, kind, 0, book.u))
