"""Texts of prices, volumes, changes and spans, in figures that never jump."""

from __future__ import annotations

import math

__all__ = [
    'change',
    'countdown',
    'humanise',
    'humanised_ticks',
    'period_name',
    'price',
    'size',
    'span',
]

NS = 1_000_000_000
UNITS = ((1e12, 'T'), (1e9, 'B'), (1e6, 'M'), (1e3, 'k'))
NOTHING = '–'
MINUS = '−'


def price(value: float, digits: int) -> str:
    """Return a price with the digits of its tick, a true minus sign, or a dash if unknown."""
    if not math.isfinite(value):
        return NOTHING
    text = f'{value:.{digits}f}'
    if text.startswith('-'):
        return (MINUS if text.strip('-0.') else '') + text[1:]
    return text


def humanise(value: float) -> str:
    """Return a volume in four significant figures with its unit, such as 1.234M."""
    if not math.isfinite(value):
        return NOTHING
    size_of = abs(value)
    for unit, letter in UNITS:
        if size_of >= unit * 0.99995:
            return significant(value / unit) + letter
    return significant(value)


def humanised_ticks(values: list[float]) -> list[str]:
    """Return the texts of the round ticks of one axis, all in one unit and with equal decimals."""
    largest = max((abs(value) for value in values), default=0.0)
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
    text = humanise(value)
    unit = text[-1] if text[-1].isalpha() else ''
    figures = text.removesuffix(unit)
    if '.' in figures:
        figures = figures.rstrip('0').rstrip('.')
    return figures + unit


def change(value: float, base: float, digits: int) -> str:
    """Return a signed change and its percentage, such as +12.50 (+0.21%)."""
    if not (math.isfinite(value) and math.isfinite(base)):
        return NOTHING
    move = value - base
    text = signed(move, digits)
    return text if base == 0 else f'{text} ({signed(move / abs(base) * 100, 2)}%)'


def signed(value: float, digits: int) -> str:
    """Return a number with its sign; one that rounds to zero has none."""
    figures = f'{abs(value):.{digits}f}'
    if not figures.strip('0.'):
        return figures
    return ('+' if value > 0 else MINUS) + figures


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
