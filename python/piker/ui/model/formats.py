"""Texts of prices, volumes, changes and spans, in figures that never jump."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    'change',
    'countdown',
    'duration',
    'elided',
    'humanise',
    'humanised_ticks',
    'period_name',
    'price',
    'prices',
    'scientific',
    'signed',
    'size',
    'span',
]

NS = 1_000_000_000
UNITS = ((1e12, 'T'), (1e9, 'B'), (1e6, 'M'), (1e3, 'k'))
NOTHING = '–'
MINUS = '−'
ELLIPSIS = '…'
LEAST_TAIL = 2
MOST_PLACES = 14
MOST_DECIMALS = 10
MANTISSA, LONGEST_MANTISSA = 5, 10
LEAST_VOLUME, LARGEST_VOLUME = 0.0005, 1e16


def price(value: float, digits: int) -> str:
    """Return a price with the digits of its tick, a true minus sign, or a dash if unknown.

    One that would be longer than any that is quoted is in scientific form: 1.23457e300.
    """
    if not math.isfinite(value):
        return NOTHING
    text = figures(abs(value), digits)
    return MINUS + text if value < 0 and text.strip('0.') else text


def prices(values: list[float], digits: int) -> list[str]:
    """Return the prices of one axis; in scientific form with as many places as tell them apart."""
    if not any(is_long(abs(value), digits) for value in values if math.isfinite(value)):
        return [price(value, digits) for value in values]
    return told_apart(values)


def told_apart(values: list[float]) -> list[str]:
    """Return numbers in scientific form, with as few places as tell them apart."""
    for places in range(LONGEST_MANTISSA):
        texts = [scientific(value, places) for value in values]
        if len(set(texts)) == len(set(values)):
            break
    return texts


def is_long(size_of: float, digits: int) -> bool:
    """Whether a number that is not negative has too many places to be written out."""
    if digits >= MOST_DECIMALS and 0 < size_of < 10.0 ** (2 - MOST_DECIMALS):
        return True
    return size_of >= 10.0 ** (MOST_PLACES - digits - (digits > 0))


def figures(size_of: float, digits: int) -> str:
    """Return a number that is not negative, in scientific form where it is long."""
    if not is_long(size_of, digits):
        return f'{size_of:.{min(digits, MOST_DECIMALS)}f}'
    return scientific(size_of, MANTISSA)


def scientific(value: float, places: int) -> str:
    """Return a number as a figure before the point, so many after it, and a power: 1.5e−12."""
    if not math.isfinite(value):
        return NOTHING
    if value == 0:
        return '0'
    mantissa, exponent = f'{value:.{places}e}'.split('e')
    return f'{mantissa}e{int(exponent)}'.replace('-', MINUS)


def humanise(value: float) -> str:
    """Return a volume in four significant figures with its unit, such as 1.234M."""
    if not math.isfinite(value):
        return NOTHING
    size_of = abs(value)
    if size_of >= LARGEST_VOLUME or 0 < size_of < LEAST_VOLUME:
        return scientific(value, 3)
    for unit, letter in UNITS:
        if size_of >= unit * 0.99995:
            return significant(value / unit) + letter
    return significant(value)


def humanised_ticks(values: list[float]) -> list[str]:
    """Return the texts of the round ticks of one axis, all in one unit and with equal decimals."""
    largest = max((abs(value) for value in values), default=0.0)
    if largest >= LARGEST_VOLUME or 0 < largest < LEAST_VOLUME:
        return told_apart(values)
    unit, letter = next(((unit, name) for unit, name in UNITS if largest >= unit), (1.0, ''))
    parts = [value / unit for value in values]
    digits = next((d for d in range(6) if all(is_round(part, d) for part in parts)), 6)
    return [price(part, digits) + (letter if part else '') for part in parts]


def is_round(value: float, digits: int) -> bool:
    """Whether so many decimals show a value exactly, up to the noise of float64."""
    return abs(round(value, digits) - value) < 1e-9 * max(1.0, abs(value))


def significant(value: float) -> str:
    """Return a value under 1e4 in four significant figures, at most four decimals."""
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 1
    text = f'{abs(value):.{max(0, 4 - whole)}f}' if value else '0'
    return (MINUS if value < 0 else '') + text


def size(value: float) -> str:
    """Return the size of a quote: four significant figures without trailing zeros."""
    if not math.isfinite(value):
        return NOTHING
    number, letter, power = humanise(value), '', ''
    if 'e' in number:
        number, power = number.split('e')
    elif number[-1].isalpha():
        number, letter = number[:-1], number[-1]
    if '.' in number:
        number = number.rstrip('0').rstrip('.')
    return number + letter + (f'e{power}' if power else '')


def change(value: float, base: float, digits: int) -> str:
    """Return a signed change and its percentage, such as +12.50 (+0.21%)."""
    if not (math.isfinite(value) and math.isfinite(base)):
        return NOTHING
    move = value - base
    text = signed(move, digits)
    return text if base == 0 else f'{text} ({signed(move / abs(base) * 100, 2)}%)'


def signed(value: float, digits: int) -> str:
    """Return a number with its sign; one that rounds to zero has none."""
    text = figures(abs(value), digits)
    if not text.strip('0.'):
        return text
    return ('+' if value > 0 else MINUS) + text


def countdown(left_ns: int) -> str:
    """Return the time to a bar's close: 00:07, 1:02:03 or 3d 04h."""
    seconds = max(0, -(-left_ns // NS))
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f'{days}d {hour:02d}h'
    return f'{hour}:{minute:02d}:{second:02d}' if hour else f'{minute:02d}:{second:02d}'


def period_name(period_ns: int) -> str:
    """Return a timeframe as it is typed, in its largest whole unit: 30s, 5m, 4h, 1d."""
    for unit, letter in ((86400, 'd'), (3600, 'h'), (60, 'm'), (1, 's')):
        if period_ns % (unit * NS) == 0:
            return f'{period_ns // (unit * NS)}{letter}'
    return f'{period_ns / 1e6:g}ms'


def span(seconds: float) -> str:
    """Return an age in its largest unit: 12 s, 3 min, 2 h, 5 d."""
    for unit, name in ((86400, 'd'), (3600, 'h'), (60, 'min')):
        if seconds >= unit:
            return f'{int(seconds // unit)} {name}'
    return f'{int(seconds)} s'


def duration(span_ns: int) -> str:
    """Return a span in the two largest units of which it has any: 3d 4h, 1d 20m, 15m."""
    seconds = abs(span_ns) // NS
    sign = MINUS if span_ns < 0 and seconds else ''
    parts: list[str] = []
    for unit, letter in ((86400, 'd'), (3600, 'h'), (60, 'm'), (1, 's')):
        count, seconds = divmod(seconds, unit)
        if count:
            parts.append(f'{count}{letter}')
    return sign + ' '.join(parts[:2]) if parts else '0s'


def elided(text: str, room: float, width_of: Callable[[str], float]) -> str:
    """Return a sentence that fits a width: whole, else without words of its middle.

    Its beginning says what it is about and its end how it is to be taken, so both stay as long as
    there is room for a word of the one and two of the other (a "not" may be one of them); then
    what fits of the beginning stays.
    """
    if width_of(text) <= room:
        return text
    words = text.split()
    head, tail = words[: len(words) // 2], words[len(words) // 2 :]
    while head and len(tail) >= LEAST_TAIL:
        short = ' '.join([*head, ELLIPSIS, *tail])
        if width_of(short) <= room:
            return short
        if len(head) > len(tail) or len(tail) == LEAST_TAIL:
            head.pop()
        else:
            del tail[0]
    while text and width_of(text + ELLIPSIS) > room:
        text = text[:-1]
    return text + ELLIPSIS if text else ''
