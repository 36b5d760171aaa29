"""Marks in device pixels, from known rows and known maps."""

from __future__ import annotations

import numpy as np
import pytest

from piker.core.rows import BAR
from piker.ui.model.geometry import (
    bar_marks,
    body_width,
    candle_marks,
    column_rects,
    step_rects,
)
from piker.ui.model.yrange import YRange


@pytest.fixture
def y() -> YRange:
    """Return a map of one pixel a unit: 100 at the top, 0 at the bottom."""
    y = YRange()
    y.height = 100
    y.fit(0, 100, 0, 0)
    return y


def rows_of(*prices: tuple[float, float, float, float]) -> np.ndarray:
    """Return bars of given prices."""
    rows = np.zeros(len(prices), BAR)
    for name, column in zip(
        ('open', 'high', 'low', 'close'), zip(*prices, strict=True), strict=True
    ):
        rows[name] = column
    return rows


@pytest.mark.parametrize('line', [1, 2])
@pytest.mark.parametrize('step', range(1, 60))
def test_wick_is_centred_in_a_body_that_leaves_a_gap(step: int, line: int) -> None:
    """The body has the parity of the wick, and a gap of a line as soon as there is room."""
    width = body_width(step, line)
    assert (width - line) % 2 == 0
    assert width >= line
    assert width <= max(line, step - line)


def test_candles_cover_their_prices_to_the_pixel(y: YRange) -> None:
    """A rising one is hollow, a falling one is not asked to be; a flat one is a line."""
    rows = rows_of((20, 50, 10, 40), (40, 45, 5, 10), (30, 30, 30, 30))
    marks = candle_marks(rows, np.array([0.0, 9.0, 18.0]), 9, y, 1)
    assert marks.is_up.tolist() == [True, False, True]
    assert marks.wicks.tolist() == [[4, 50, 1, 41], [13, 55, 1, 41], [22, 70, 1, 1]]
    assert marks.bodies.tolist() == [[1, 60, 7, 21], [10, 60, 7, 31], [19, 70, 7, 1]]
    assert marks.interiors[0].tolist() == [2, 61, 5, 19]
    assert marks.interiors[2, 2:].tolist() == [0, 0]


def test_rows_that_are_not_finite_make_no_mark(y: YRange) -> None:
    """A gap stays a gap; the others keep their place."""
    rows = rows_of((20, 50, 10, 40), (np.nan, 45, 5, 10), (20, np.inf, 10, 40), (1, 2, 1, 2))
    marks = candle_marks(rows, np.array([0.0, 5.0, 10.0, 15.0]), 5, y, 1)
    assert marks.wicks[:, 0].tolist() == [2, 17]


def test_bar_ticks_touch_their_stem(y: YRange) -> None:
    """The open stands left of the stem, the close right of it."""
    marks = bar_marks(rows_of((20, 50, 10, 40)), np.array([0.0]), 9, y, 1)
    assert marks.stems.tolist() == [[4, 50, 1, 41]]
    assert marks.opens.tolist() == [[1, 80, 3, 1]]
    assert marks.closes.tolist() == [[5, 60, 3, 1]]


def test_columns_join_the_column_before(y: YRange) -> None:
    """A jump between two columns leaves no hole, an empty column leaves one."""
    columns = np.array([[10, 20, 10, 12], [50, 60, 50, 55], [np.nan] * 4, [5, 6, 5, 6]])
    line = column_rects(columns, 7, y, 1)
    assert line.tolist() == [[7, 80, 1, 11], [8, 40, 1, 49], [10, 94, 1, 2]]


def test_steps_stand_on_zero_and_small_ones_are_seen(y: YRange) -> None:
    """A volume of nothing has no step, the least one a line."""
    steps = step_rects(np.array([30.0, 0.0, 0.001, np.nan]), np.arange(4.0) * 5, 4, y, 1)
    assert steps[:, 1].tolist() == [70, 100, 99, 100]
    assert steps[:, 3].tolist() == [30, 0, 1, 0]


def test_negative_values_hang_below_zero() -> None:
    """A spread of volumes may be negative."""
    y = YRange()
    y.height = 100
    y.fit(-50, 50, 0, 0)
    assert step_rects(np.array([-20.0]), np.array([0.0]), 4, y, 1).tolist() == [[0, 50, 4, 20]]
