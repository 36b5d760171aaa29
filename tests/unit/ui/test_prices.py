"""What price styles make of bars."""

from __future__ import annotations

import numpy as np

from piker.core.rows import BAR
from piker.ui.model.prices import HEIKIN_ASHI_LOOK_BACK, PriceStyle, drawable, heikin_ashi
from tests.ui.stage import walk


def test_heikin_ashi_bars_are_those_of_the_definition() -> None:
    """Close: the mean of the four prices; open: the middle of the body before."""
    rows = walk(50)
    found = heikin_ashi(rows)
    opened = (rows[0]['open'] + rows[0]['close']) / 2
    for row, bar in zip(rows, found, strict=True):
        close = (row['open'] + row['high'] + row['low'] + row['close']) / 4
        assert (bar['open'], bar['close']) == (opened, close)
        assert bar['high'] == max(row['high'], opened, close)
        assert bar['low'] == min(row['low'], opened, close)
        assert (bar['time'], bar['volume']) == (row['time'], row['volume'])
        opened = (opened + close) / 2


def test_no_bit_depends_on_bars_long_before() -> None:
    """From the 64th bar on, it does not matter which one was the first."""
    rows = walk(400)
    whole = heikin_ashi(rows)
    for start in (1, 100, 300):
        part = heikin_ashi(rows[start:])
        assert np.array_equal(part[HEIKIN_ASHI_LOOK_BACK:], whole[start + HEIKIN_ASHI_LOOK_BACK :])


def test_bars_without_prices_are_passed_over() -> None:
    """A gap stays a gap, and the next bar opens in the body before it."""
    rows = walk(20)
    gappy = np.insert(rows, 7, np.zeros(2, BAR))
    for field in ('open', 'high', 'low', 'close'):
        gappy[field][7:9] = np.nan
    found = heikin_ashi(gappy)
    assert np.isnan(found['close'][7:9]).all()
    assert np.array_equal(np.delete(found, [7, 8]), heikin_ashi(rows))
    assert drawable(gappy).tolist() == [True] * 7 + [False] * 2 + [True] * 13
    assert len(heikin_ashi(gappy[7:9])) == 2
    assert len(heikin_ashi(rows[:0])) == 0


def test_styles_of_closes_are_named() -> None:
    """Line and area show closes alone."""
    assert [style for style in PriceStyle if style.is_of_closes] == [
        PriceStyle.LINE,
        PriceStyle.AREA,
    ]
