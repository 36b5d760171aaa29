"""Symbols: the grammar of fully qualified names (fqsn), and what a venue says about a symbol.

An fqsn is lower case and has two to four parts between dots::

    symbol.provider                    eurusd.replay
    symbol.venue.provider              btcusdt.binance.replay
    symbol.venue.suffix.provider       mnq.globex.20220617.ib
                                       spy.arca.20240621-512-5c.ib

The suffix is an expiry (year and month, or year, month and day) and for an option its strike and
`c` or `p`. Dots and slashes inside a venue's own names, a strike's decimal point included, are
written `-`, so that a dot always separates parts. Parts are ASCII, so that two names that look
alike are never two symbols, and every name can be typed: accents are dropped, and a letter of
another script is written `u` and its code point, so that a file `日本.csv` is `u65e5u672c.replay`.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

import msgspec

from piker.core.errors import SymbolError

__all__ = ['Fqsn', 'Symbol', 'normalize_part', 'parse_fqsn', 'price_digits']

PART = re.compile(r'[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?')
SUFFIX = re.compile(r'(?P<expiry>\d{6}(?:\d{2})?)(?:-(?P<strike>\d+(?:-\d+)?)(?P<right>[cp]))?')
FOREIGN = re.compile(r'[^a-z0-9_-]+')


class Fqsn(msgspec.Struct, frozen=True):
    """A fully qualified symbol name, taken apart.

    Attributes
    ----------
    symbol : str
        The instrument, for example 'btcusdt'.
    provider : str
        Who serves it, for example 'replay'.
    venue : str, optional
        Where it trades; None means the provider's default venue.
    suffix : str, optional
        Expiry, and for an option strike and right; only with a venue.
    """

    symbol: str
    provider: str
    venue: str | None = None
    suffix: str | None = None

    def __str__(self) -> str:
        """Return the name in the form that `parse_fqsn` reads."""
        parts = (self.symbol, self.venue, self.suffix, self.provider)
        return '.'.join(part for part in parts if part is not None)

    @property
    def expiry(self) -> str | None:
        """Expiry as yyyymm or yyyymmdd, None where the symbol does not expire."""
        return None if self.suffix is None else self.suffix.partition('-')[0]

    @property
    def strike(self) -> Decimal | None:
        """Strike price of an option, else None."""
        _, _, option = (self.suffix or '').partition('-')
        return Decimal(option[:-1].replace('-', '.')) if option else None

    @property
    def right(self) -> str | None:
        """Return 'c' for a call, 'p' for a put, None where the symbol is no option."""
        _, _, option = (self.suffix or '').partition('-')
        return option[-1] if option else None


class Symbol(msgspec.Struct, frozen=True):
    """What is known of one tradable instrument.

    Attributes
    ----------
    fqsn : str
        Its fully qualified name.
    name : str
        Its name for people, for example 'EUR/USD'.
    provider, venue, suffix : str
        The parts of the fqsn; '' where it has none.
    price_tick, size_tick : Decimal
        Smallest steps of price and of size, both positive.
    note : str
        What a reader of its chart must know, for example that data is interpolated; else ''.
    """

    fqsn: str
    name: str
    provider: str
    venue: str
    suffix: str
    price_tick: Decimal
    size_tick: Decimal
    note: str = ''


def parse_fqsn(text: str) -> Fqsn:
    """Take a fully qualified symbol name apart.

    Parameters
    ----------
    text : str
        The name; upper case is read as lower case.

    Returns
    -------
    Fqsn
        Its parts; `str()` of them is the name in lower case.

    Raises
    ------
    SymbolError
        When the text does not have the form of the module's grammar.
    """
    lower = text.strip().lower()
    parts = lower.split('.')
    if not 2 <= len(parts) <= 4:
        raise SymbolError(
            f'{text!r} is not a symbol: it has {len(parts)} of 2 to 4 parts, write '
            'symbol.provider, symbol.venue.provider or symbol.venue.suffix.provider'
        )
    for part in parts:
        if PART.fullmatch(part) is None:
            raise SymbolError(
                f'{text!r} is not a symbol: its part {part!r} is not made of letters a to z, '
                "digits, '_' and inner '-', write dots and slashes inside a part as '-'"
            )
    if len(parts) == 4 and SUFFIX.fullmatch(parts[2]) is None:
        raise SymbolError(
            f'{text!r} is not a symbol: its suffix {parts[2]!r} is not <expiry> or '
            '<expiry>-<strike>c|p, write for example 20240621 or 20240621-512-5c'
        )
    return Fqsn(
        symbol=parts[0],
        provider=parts[-1],
        venue=parts[1] if len(parts) > 2 else None,
        suffix=parts[2] if len(parts) > 3 else None,
    )


def normalize_part(native: str) -> str:
    """Turn a venue's own name into one part of an fqsn.

    Parameters
    ----------
    native : str
        For example 'BTC/USDT' or 'BRK.B'.

    Returns
    -------
    str
        Lower case ASCII, every run of signs as one '-', for example 'btc-usdt'; letters of other
        scripts by their code points.

    Raises
    ------
    SymbolError
        When nothing is left.
    """
    whole = unicodedata.normalize('NFC', native.casefold())
    part = FOREIGN.sub('-', ''.join(ascii_form(letter) for letter in whole)).strip('-')
    if not part:
        raise SymbolError(
            f'{native!r} cannot name a symbol: it has neither letter nor digit, rename it'
        )
    return part


def ascii_form(letter: str) -> str:
    """Return how a character of a native name is written in an fqsn.

    Parameters
    ----------
    letter : str
        One character, lower case.

    Returns
    -------
    str
        Its ASCII base where it has one ('u' for 'ü', '2' for '²'); 'u' and its code point in
        hexadecimal digits for other letters, digits and marks; ' ' for signs.
    """
    base = unicodedata.normalize('NFKD', letter)
    plain = ''.join(part for part in base if not unicodedata.combining(part))
    if plain.isascii():
        return plain.lower()
    return f'u{ord(letter):x}' if unicodedata.category(letter)[0] in 'LNM' else ' '


def price_digits(tick: Decimal) -> int:
    """Return how many decimals a multiple of a tick needs.

    Parameters
    ----------
    tick : Decimal
        Smallest step of a price or a size.

    Returns
    -------
    int
        For example 5 for 0.00001, 2 for 0.25, 0 for 5.
    """
    exponent = tick.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
