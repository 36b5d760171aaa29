"""The y range and its map."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piker.ui.model.yrange import YRange


def range_of(low: float, high: float, height: int = 500) -> YRange:
    """Return a range fitted without margins."""
    y = YRange()
    y.height = height
    y.fit(low, high, 0, 0)
    return y


@given(st.floats(-1e12, 1e12), st.floats(0, 1e12))
def test_fit_always_spans_something(low: float, span: float) -> None:
    """Equal, negative, tiny and huge prices all open a range that holds them."""
    y = range_of(low, low + span)
    assert math.isfinite(y.low)
    assert y.low < y.high
    assert y.low <= low
    assert low + span <= y.high


def test_margins_are_pixels() -> None:
    """The highest value stands its margin below the top, the lowest above the bottom."""
    y = YRange()
    y.height = 500
    y.fit(100, 200, 40, 20)
    assert y.pixel_of(200) == 40
    assert y.pixel_of(100) == 480


@pytest.mark.parametrize(('low', 'high'), [(-30.0, -10.0), (-5.0, 5.0), (1e-12, 3e-12)])
def test_negative_and_tiny_prices_are_mapped(low: float, high: float) -> None:
    """Nothing is clamped at zero."""
    y = range_of(low, high)
    assert y.pixel_of(high) == 0
    assert y.pixel_of(low) == 500
    assert y.value_at(250) == pytest.approx((low + high) / 2)


def test_array_map_equals_scalar_map_and_keeps_nan() -> None:
    """Both round to whole device pixels."""
    y = range_of(10, 20)
    values = np.array([10.0, 13.37, 20.0, np.nan, 1e300])
    pixels = y.pixels_of(values)
    assert np.isnan(pixels[3])
    assert pixels[[0, 1, 2, 4]].tolist() == [y.pixel_of(v) for v in (10, 13.37, 20, 1e300)]


def test_users_range_holds_until_it_is_given_back() -> None:
    """Data does not move a range the user has set."""
    y = range_of(0, 100)
    y.zoom_by(0.5, 250)
    assert y.is_static
    assert (y.low, y.high) == (25, 75)
    y.fit(0, 1000, 0, 0)
    assert (y.low, y.high) == (25, 75)
    y.is_static = False
    y.fit(0, 1000, 0, 0)
    assert (y.low, y.high) == (0, 1000)


def test_zoom_keeps_the_value_under_the_mouse() -> None:
    """Wheel on the axis scales about the pointer."""
    y = range_of(0, 100)
    before = y.value_at(100)
    y.zoom_by(1.3, 100)
    assert y.value_at(100) == pytest.approx(before)


def test_absurd_zoom_is_refused() -> None:
    """Five hundred notches in or out never reach an empty or infinite range."""
    y = range_of(0, 100)
    for _ in range(500):
        y.zoom_by(0.8, 100)
    assert y.low < y.high
    for _ in range(20000):
        y.zoom_by(1.5, 100)
    assert math.isfinite(y.low)
    assert math.isfinite(y.high)
