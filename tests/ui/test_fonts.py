"""Roboto's figures are tabular, and it is Roboto that is used."""

from __future__ import annotations

import pytest

from piker.ui.qt.qtlib import QApplication, QFontMetricsF
from piker.ui.qt.text import FAMILY, Face, Role, TextBook


@pytest.mark.parametrize('is_strong', [False, True])
@pytest.mark.parametrize('pixels', [11, 13, 26])
def test_ten_digits_are_equally_wide(app: QApplication, pixels: int, *, is_strong: bool) -> None:
    """Figures never jump when they change."""
    face = Face(pixels, is_strong=is_strong)
    assert len({face.metrics.horizontalAdvance(digit) for digit in '0123456789'}) == 1
    wide = {face.metrics.horizontalAdvance(digit * 8) for digit in '0123456789'}
    assert max(wide) - min(wide) < 0.01


def test_the_font_is_our_own(app: QApplication) -> None:
    """A substitute of the system would have other widths."""
    face = Face(20, is_strong=False)
    assert QFontMetricsF(face.font).horizontalAdvance('0') == pytest.approx(11.2, abs=0.4)
    assert face.font.family() == FAMILY


def test_axis_text_is_at_least_11_pixels(app: QApplication) -> None:
    """At any desktop size, in device pixels of the ratio."""
    for ratio in (1.0, 1.25, 1.5, 2.0):
        assert TextBook(ratio).face(Role.AXIS).pixels >= int(11 * ratio)
