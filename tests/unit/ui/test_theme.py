"""The tokens of both themes can be read: every pair that the program draws has enough contrast."""

from __future__ import annotations

import re
from itertools import product

import msgspec
import pytest

from piker.ui.model.theme import DARK, LIGHT, Theme, contrast, mix

THEMES = [DARK, LIGHT]
GROUNDS = ('canvas', 'panel')
TEXTS = ('ink', 'dim', 'up', 'down', 'accent', 'bid', 'ask', 'live')
MARKS = ('curve', 'alert', 'band_edge', *TEXTS)
ON_BAND = ('up', 'down', 'curve', 'band_edge', 'accent')
FILLS = ('up', 'down', 'accent', 'dim', 'bid', 'ask', 'live')


@pytest.mark.parametrize('theme', THEMES, ids=lambda theme: theme.name)
def test_texts_have_contrast_of_4_5_on_every_ground(theme: Theme) -> None:
    """Small text needs 4.5 to 1."""
    low = {
        (token, ground): round(ratio, 2)
        for token, ground in product(TEXTS, GROUNDS)
        if (ratio := contrast(getattr(theme, token), getattr(theme, ground))) < 4.5
    }
    assert low == {}


@pytest.mark.parametrize('theme', THEMES, ids=lambda theme: theme.name)
def test_marks_and_curve_cycle_have_contrast_of_3(theme: Theme) -> None:
    """Lines and shapes need 3 to 1."""
    colours = {token: getattr(theme, token) for token in MARKS}
    colours |= {f'cycle {index}': colour for index, colour in enumerate(theme.cycle)}
    low = {
        (name, ground): round(ratio, 2)
        for (name, colour), ground in product(colours.items(), GROUNDS)
        if (ratio := contrast(colour, getattr(theme, ground))) < 3
    }
    assert low == {}


@pytest.mark.parametrize('theme', THEMES, ids=lambda theme: theme.name)
def test_band_is_calm_and_marks_upon_it_have_contrast_of_3(theme: Theme) -> None:
    """The slow chart's bars, crosshair and the band's lines stand on its tint."""
    low = [token for token in ON_BAND if contrast(getattr(theme, token), theme.band) < 3]
    assert low == []
    assert 1.1 < contrast(theme.band, theme.canvas) < 1.3


@pytest.mark.parametrize('theme', THEMES, ids=lambda theme: theme.name)
def test_text_on_filled_labels_has_contrast_of_4_5(theme: Theme) -> None:
    """Last price, cursor and the volume label carry text upon a fill."""
    pairs = [(theme.on_fill, getattr(theme, token)) for token in FILLS]
    pairs.append((theme.ink, theme.line))
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


@pytest.mark.parametrize('theme', THEMES, ids=lambda theme: theme.name)
def test_every_token_is_a_colour(theme: Theme) -> None:
    """A token is #rrggbb, whatever its role."""
    tokens = msgspec.to_builtins(theme)
    colours = [*tokens.pop('cycle'), *(tokens[name] for name in tokens if name != 'name')]
    assert all(re.fullmatch('#[0-9a-f]{6}', colour) for colour in colours)


def test_contrast_of_known_pairs() -> None:
    """Black on white is 21, the reference value of WCAG; a colour on itself is 1."""
    assert contrast('#000000', '#ffffff') == pytest.approx(21)
    assert contrast('#777777', '#ffffff') == pytest.approx(4.48, abs=0.005)
    assert contrast('#3fb68b', '#3fb68b') == 1


def test_mix_goes_from_ground_to_colour() -> None:
    """A share of 0 is the ground, of 1 the colour."""
    assert mix('#ff0080', '#0d1117', 0) == '#0d1117'
    assert mix('#ff0080', '#0d1117', 1) == '#ff0080'
    assert mix('#ffffff', '#000000', 0.5) == '#808080'
