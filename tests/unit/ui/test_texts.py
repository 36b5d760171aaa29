"""Formats, typed timeframes and the key map."""

from __future__ import annotations

import math

import pytest

from piker.errors import InputError
from piker.ui.model import formats
from piker.ui.model.keys import Action, action_of
from piker.ui.model.timeframe import parse_timeframe, require_foldable

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


@pytest.mark.parametrize(('typed', 'kind'), [('500t', 'ticks'), ('1000v', 'volume')])
def test_tick_and_volume_bars_say_why_not(typed: str, kind: str) -> None:
    """They cannot be folded from bars of time."""
    with pytest.raises(InputError, match=kind):
        parse_timeframe(typed)


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
