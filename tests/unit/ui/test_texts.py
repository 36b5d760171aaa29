"""Formats, typed timeframes and the key map."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piker.errors import InputError
from piker.ui.model import formats
from piker.ui.model.keys import Action, action_of
from piker.ui.model.timeframe import is_timeframe_key, parse_timeframe, require_foldable

NS = 1_000_000_000


@pytest.mark.parametrize(
    ('value', 'text'),
    [
        (1234567.0, '1.235M'),
        (999.96, '1.000k'),
        (999.94, '999.9'),
        (0.0, '0'),
        (12.3456, '12.35'),
        (0.01234, '0.012'),
        (-45_000.0, '−45.00k'),
        (math.nan, '–'),
        (2.5e9, '2.500B'),
    ],
)
def test_volumes_have_four_significant_figures(value: float, text: str) -> None:
    """As LOOK has it: 1.234M."""
    assert formats.humanise(value) == text


def test_prices_keep_their_decimals() -> None:
    """A price is as wide as its neighbours; minus is a minus, and there is no minus zero."""
    assert formats.price(61796.5, 2) == '61796.50'
    assert formats.price(-1.5, 1) == '−1.5'
    assert formats.price(-0.001, 2) == '0.00'
    assert formats.price(math.inf, 2) == '–'


@pytest.mark.parametrize(
    ('value', 'digits', 'text'),
    [
        (1e300, 2, '1.00000e300'),
        (-1.23456789e300, 2, '−1.23457e300'),
        (1e12, 2, '1.00000e12'),
        (99_999_999_999.0, 2, '99999999999.00'),
        (61796.12345678, 8, '61796.12345678'),
        (1.23456789e-12, 12, '1.23457e−12'),
        (1e-12, 10, '1.00000e−12'),
        (0.00001234, 10, '0.0000123400'),
        (0.0, 12, '0.0000000000'),
    ],
)
def test_prices_past_fourteen_places_are_scientific(value: float, digits: int, text: str) -> None:
    """A price that none is quoted in is short; every usual one is written out."""
    assert formats.price(value, digits) == text


@given(st.floats(allow_nan=True, allow_infinity=True), st.integers(0, 18))
def test_no_number_is_longer_than_its_place(value: float, digits: int) -> None:
    """Whatever the data, labels stay as wide as an axis can be."""
    assert len(formats.price(value, digits)) <= 16
    assert len(formats.humanise(value)) <= 12
    assert len(formats.size(value)) <= 12
    assert len(formats.change(value, 1.0, digits)) <= 40


def test_scientific_ticks_of_an_axis_differ() -> None:
    """They have as many places as tell them apart, and no more."""
    assert formats.prices([1e300, 1.5e300, 2e300], 2) == ['1.0e300', '1.5e300', '2.0e300']
    near = [1e300 * (1 + 1e-5 * index) for index in range(3)]
    assert formats.prices(near, 2) == ['1.00000e300', '1.00001e300', '1.00002e300']
    assert formats.prices([0.0, 2e-12, 4e-12], 12) == ['0', '2e−12', '4e−12']
    assert formats.prices([99.5, 100.0], 2) == ['99.50', '100.00']
    assert formats.humanised_ticks([0, 1e300, 2e300]) == ['0', '1e300', '2e300']
    assert formats.humanised_ticks([0, 1e-12, 2e-12]) == ['0', '1e−12', '2e−12']
    assert formats.size(0.0001) == '1e−4'


def test_change_shows_sign_and_percentage() -> None:
    """A change that rounds to zero has no sign."""
    assert formats.change(110, 100, 1) == '+10.0 (+10.00%)'
    assert formats.change(99999, 100000, 0) == '−1 (0.00%)'
    assert formats.change(5, 0, 0) == '+5'
    assert formats.change(-90, -100, 0) == '+10 (+10.00%)'


def test_countdown_and_spans() -> None:
    """Time to the close never shows less than nothing."""
    assert formats.countdown(7 * NS) == '00:07'
    assert formats.countdown(3723 * NS) == '1:02:03'
    assert formats.countdown(90_000 * NS * 3) == '3d 03h'
    assert formats.countdown(-5) == '00:00'
    assert formats.span(75) == '1 min'


def test_chords_are_never_their_plain_key() -> None:
    """A picture is copied by Ctrl-Shift-c, and Ctrl-c leaves; c and Shift-c do nothing."""
    ctrl, shift = frozenset(['ctrl']), frozenset(['shift'])
    assert action_of('c', ctrl | shift) is Action.COPY
    assert action_of('c', ctrl) is Action.LEAVE
    assert action_of('c', shift) is None
    for key in 'qlz':
        assert action_of(key, frozenset()) is not None
        assert action_of(key, ctrl) is None
        assert action_of(key, shift) is None


def test_durations_have_their_two_largest_units() -> None:
    """A unit that is zero is left out, and one below the second is cut off."""
    seconds = (0, 59, 60, 61, 3600, 3661, 7260, 86400, 90_000, 86_460, 10**7, -60)
    assert [formats.duration(count * NS) for count in seconds] == [
        '0s',
        '59s',
        '1m',
        '1m 1s',
        '1h',
        '1h 1m',
        '2h 1m',
        '1d',
        '1d 1h',
        '1d 1m',
        '115d 17h',
        '−1m',
    ]
    assert formats.duration(-5) == '0s'


def test_ticks_of_an_axis_share_unit_and_decimals() -> None:
    """Figures align on the decimal point."""
    assert formats.humanised_ticks([0, 25e6, 50e6, 75e6, 100e6]) == [
        '0',
        '25M',
        '50M',
        '75M',
        '100M',
    ]
    assert formats.humanised_ticks([0, 2500.0, 5000.0]) == ['0.0', '2.5k', '5.0k']


@pytest.mark.parametrize(
    ('typed', 'seconds'),
    [('5', 300), ('5m', 300), ('30s', 30), ('4h', 14400), ('1d', 86400), ('2W', 1209600)],
)
def test_typed_timeframes(typed: str, seconds: int) -> None:
    """Digits alone are minutes."""
    period = parse_timeframe(typed)
    assert period == seconds * NS
    assert parse_timeframe(formats.period_name(period)) == period


@pytest.mark.parametrize('typed', ['', 'm', '0', '0s', '5x', '367d', '-5', '5.5', '999999999w'])
def test_no_timeframe_is_one_sentence(typed: str) -> None:
    """Bad input says what to type."""
    with pytest.raises(InputError, match='type'):
        parse_timeframe(typed)


@pytest.mark.parametrize(
    'typed', ['999999999999999d', '0' * 20 + '367d', '9' * 5000 + 's', '1' * 13, '0000000000000']
)
def test_a_timeframe_past_a_year_is_out_of_range(typed: str) -> None:
    """However long it is, it is a timeframe, and its sentence stays short."""
    with pytest.raises(InputError, match='is outside of 1s to 366d') as caught:
        parse_timeframe(typed)
    assert len(str(caught.value)) < 100


def test_leading_zeros_do_not_matter() -> None:
    """As in any number."""
    assert parse_timeframe('0' * 5000 + '5') == 300 * NS


def test_minutes_in_upper_case_might_be_months() -> None:
    """`5M` is neither taken for five minutes nor for five months; other units may be upper case."""
    with pytest.raises(InputError, match='5M may mean minutes or months: type 5m for minutes'):
        parse_timeframe('5M')
    assert parse_timeframe('4H') == parse_timeframe('4h')


@pytest.mark.parametrize(('typed', 'kind'), [('500t', 'ticks'), ('1000v', 'volume')])
def test_tick_and_volume_bars_say_why_not(typed: str, kind: str) -> None:
    """They cannot be folded from bars of time."""
    with pytest.raises(InputError, match=kind):
        parse_timeframe(typed)


def test_unknown_unit_is_named_with_examples() -> None:
    """`9x` is refused as it was typed, never read as nine minutes."""
    with pytest.raises(InputError) as caught:
        parse_timeframe('9x')
    assert str(caught.value) == "'9x' is no timeframe: type e.g. 5m, 1h or 1d"


def test_any_letter_goes_on_with_a_typed_timeframe() -> None:
    """A digit begins one; from then on no letter is lost, nor does it do what it does alone."""
    assert is_timeframe_key('9', '')
    assert is_timeframe_key('x', '9')
    assert is_timeframe_key('b', '9')
    assert not is_timeframe_key('b', '')
    assert not is_timeframe_key('', '9')
    assert not is_timeframe_key('space', '9')
    assert not is_timeframe_key(';', '9')


NOTE = 'real bars of 2017; the path inside each is interpolated, not recorded'


def test_sentence_loses_its_middle() -> None:
    """What it is about and how it is to be taken stay."""
    assert formats.elided(NOTE, len(NOTE), len) == NOTE
    assert formats.elided(NOTE, 55, len) == 'real bars of 2017; the … is interpolated, not recorded'
    assert formats.elided(NOTE, 19, len) == 'real … not recorded'
    assert formats.elided(NOTE, 18, len) == 'real bars of 2017…'


@given(st.text('ab ', max_size=60), st.integers(0, 60))
def test_elided_sentence_fits(text: str, room: int) -> None:
    """It is never wider than its room, and whole where that is wide enough."""
    short = formats.elided(text, room, len)
    assert len(short) <= room
    assert ('…' in short or short == '') == (len(text) > room or text == '')


def test_only_multiples_of_the_finest_bars_can_be_folded() -> None:
    """90 s from minutes is refused, 2 minutes is not."""
    require_foldable(120 * NS, 60 * NS)
    with pytest.raises(InputError, match='multiple of 1m'):
        require_foldable(90 * NS, 60 * NS)


def test_chords_match_exactly() -> None:
    """Ctrl-c leaves, and does nothing that c alone would do; Ctrl-b is not b."""
    assert action_of('c', frozenset(['ctrl'])) is Action.LEAVE
    assert action_of('c', frozenset()) is None
    assert action_of('b', frozenset()) is Action.CYCLE_STYLE
    assert action_of('b', frozenset(['ctrl'])) is None
    assert action_of('r', frozenset(['ctrl', 'shift'])) is None
