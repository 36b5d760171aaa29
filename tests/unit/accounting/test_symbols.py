"""Symbol names: the grammar both ways, and the decimals of ticks."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piker.accounting.symbols import Fqsn, normalize_part, parse_fqsn, price_digits
from piker.errors import SymbolError

part = st.from_regex(r'[a-z0-9_]([a-z0-9_-]{0,8}[a-z0-9_])?', fullmatch=True)
suffix = st.from_regex(r'20[0-9]{4}([0-9][0-9])?(-[0-9]{1,5}(-[0-9]{1,2})?[cp])?', fullmatch=True)
names = st.one_of(
    st.builds(Fqsn, symbol=part, provider=part),
    st.builds(Fqsn, symbol=part, provider=part, venue=part),
    st.builds(Fqsn, symbol=part, provider=part, venue=part, suffix=suffix),
)


@given(names)
def test_formatting_and_parsing_are_inverse(name: Fqsn) -> None:
    assert parse_fqsn(str(name)) == name
    assert parse_fqsn(str(name).upper()) == name


def test_parts_of_an_option() -> None:
    name = parse_fqsn('spy.arca.20240621-512-5c.ib')
    assert (name.symbol, name.venue, name.provider) == ('spy', 'arca', 'ib')
    assert (name.expiry, name.strike, name.right) == ('20240621', Decimal('512.5'), 'c')


def test_a_future_has_no_strike() -> None:
    name = parse_fqsn('mnq.globex.20220617.ib')
    assert (name.expiry, name.strike, name.right) == ('20220617', None, None)


@pytest.mark.parametrize(
    'text',
    [
        '',
        'eurusd',
        '.replay',
        'a..b',
        'a.b.c.d',
        'a.b.20220617.c.d',
        'eur/usd.replay',
        'ü.replay',
        '-a.replay',
        'a.b.20220617-5x.ib',
        'a.b.2022.ib',
    ],
)
def test_what_is_no_symbol_is_refused(text: str) -> None:
    with pytest.raises(SymbolError, match='is not a symbol'):
        parse_fqsn(text)


@given(st.text(max_size=20))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        name = parse_fqsn(text)
    except SymbolError:
        return
    assert str(name) == text.strip().lower()


@pytest.mark.parametrize(
    ('native', 'expected'),
    [('BTC/USDT', 'btc-usdt'), ('BRK.B', 'brk-b'), ('^GSPC', 'gspc'), (' XBT / EUR ', 'xbt-eur')],
)
def test_a_venue_name_becomes_one_part(native: str, expected: str) -> None:
    assert normalize_part(native) == expected
    assert parse_fqsn(f'{expected}.replay').symbol == expected


@pytest.mark.parametrize(
    ('native', 'expected'),
    [
        ('日本', 'u65e5u672c'),
        ('Übersicht', 'ubersicht'),
        ('U\u0308bersicht', 'ubersicht'),
        ('Straße', 'strasse'),
        ('İstanbul', 'istanbul'),
        ('Сбер', 'u441u431u435u440'),
        ('x²', 'x2'),
        ('btc→€ ローソク', 'btc-u30edu30fcu30bdu30af'),
        ('हि', 'u939u93f'),
    ],
)
def test_letters_of_any_script_name_a_symbol(native: str, expected: str) -> None:
    assert normalize_part(native) == expected
    assert parse_fqsn(f'{expected}.replay').symbol == expected


@given(st.text(max_size=20))
def test_any_name_becomes_a_part_or_is_refused(native: str) -> None:
    try:
        part = normalize_part(native)
    except SymbolError:
        return
    assert parse_fqsn(f'{part}.replay').symbol == part


def test_a_name_of_signs_alone_is_refused() -> None:
    with pytest.raises(SymbolError, match='cannot name a symbol'):
        normalize_part('///')


@pytest.mark.parametrize(
    ('tick', 'digits'),
    [('0.00001', 5), ('0.25', 2), ('0.10', 1), ('1', 0), ('5', 0), ('1E+2', 0), ('1E-8', 8)],
)
def test_digits_of_a_tick(tick: str, digits: int) -> None:
    assert price_digits(Decimal(tick)) == digits
