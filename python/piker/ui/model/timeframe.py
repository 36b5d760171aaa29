"""Typed timeframes: digits, an optional unit, Enter."""

from __future__ import annotations

import re

from piker.errors import InputError
from piker.ui.model.formats import period_name

__all__ = ['LONGEST_TEXT', 'is_timeframe_key', 'parse_timeframe', 'require_foldable']

NS = 1_000_000_000
UNITS_S = {'': 60, 'm': 60, 's': 1, 'h': 3600, 'd': 86400, 'w': 7 * 86400}
COUNTED = {'t': 'ticks', 'v': 'volume'}
LONGEST_NS = 366 * 86400 * NS
LONGEST_TEXT = 12
LONGEST_SHOWN = 24


def is_timeframe_key(key: str, typed: str) -> bool:
    """Whether a key goes on with what is typed: a digit begins, then any letter or digit follows.

    A letter that is no unit is taken too, for a text to be refused whole rather than shown as
    another one.
    """
    is_digit = len(key) == 1 and key in '0123456789'
    return is_digit or (typed != '' and is_letter(key))


def is_letter(key: str) -> bool:
    """Whether a key is a letter of the alphabet."""
    return len(key) == 1 and key.isascii() and key.isalpha()


def parse_timeframe(text: str) -> int:
    """Return the period of a typed timeframe in nanoseconds.

    Parameters
    ----------
    text : str
        `5` or `5m` are five minutes; also `30s`, `4h`, `1d`, `2w`. Units may be upper case but
        for `M`, which others read as months.

    Raises
    ------
    InputError
        The text is no timeframe, is zero or longer than a year, may mean minutes or months, or
        asks for bars of ticks or of volume, which cannot be folded from bars.
    """
    match = re.fullmatch(r'([0-9]+)([A-Za-z]?)', text.strip())
    unit = '' if match is None else match[2].lower()
    shown = text if len(text) <= LONGEST_SHOWN else f'{text[:LONGEST_SHOWN]}…'
    if match is None or unit not in UNITS_S | COUNTED:
        raise InputError(f'{shown!r} is no timeframe: type e.g. 5m, 1h or 1d')
    if match[2] == 'M':
        raise InputError(
            f'{shown} may mean minutes or months: type {shown.strip().lower()} for minutes, and '
            f'days such as 30d in place of months, which differ in length'
        )
    if unit in COUNTED:
        raise InputError(
            f'{shown} asks for bars of {COUNTED[unit]}, and this chart holds bars of time: '
            f'type a time such as 30s, 5 or 4h'
        )
    # Python refuses to read integers of some thousand digits.
    is_long = len(match[1].lstrip('0')) > LONGEST_TEXT
    period = LONGEST_NS + 1 if is_long else int(match[1][-LONGEST_TEXT:]) * UNITS_S[unit] * NS
    if not 0 < period <= LONGEST_NS:
        raise InputError(f'{shown} is outside of 1s to 366d: type a timeframe between them')
    return period


def require_foldable(period_ns: int, finest_ns: int) -> None:
    """Check that bars of one period can be folded into another.

    Raises
    ------
    InputError
        The period is shorter than the finest one, or not a whole multiple of it.
    """
    if period_ns % finest_ns:
        raise InputError(
            f'{period_name(period_ns)} cannot be made from bars of {period_name(finest_ns)}: '
            f'type a multiple of {period_name(finest_ns)}'
        )
