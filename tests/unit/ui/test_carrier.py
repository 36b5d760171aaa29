"""The choice of what draws a batch."""

from __future__ import annotations

import numpy as np
import pytest

from piker.ui.model.carrier import Carrier, RectWork, cheapest, rect_work


def test_work_is_counted_within_the_plot() -> None:
    rects = np.array(
        [[-2.0, 10.0, 5.0, 4.0], [10.0, -5.0, 1.0, 8.0], [18.0, 0.0, 9.0, 99.0], [30, 0, 5, 5]]
    )
    found = rect_work(rects, 20, 50)
    assert found == RectWork(rects=4, rows=4 + 3 + 50, pixels=12 + 3 + 100, area=20 * 50)
    assert rect_work(np.empty((0, 4)), 20, 50) == RectWork(0, 0, 0, 0)
    assert rect_work(np.array([[5.0, 60.0, 2.0, 9.0]]), 20, 50) == RectWork(1, 0, 0, 0)


@pytest.mark.parametrize(
    ('work', 'carrier'),
    [
        (RectWork(1920, 190_000, 190_000, 1920 * 400), Carrier.RASTER),
        (RectWork(1920, 1_700_000, 1_700_000, 1920 * 900), Carrier.RASTER),
        (RectWork(200, 12_000, 84_000, 1920 * 900), Carrier.RECTS),
        (RectWork(1, 300, 300, 300), Carrier.RECTS),
        (RectWork(0, 0, 0, 0), Carrier.RECTS),
    ],
)
def test_columns_are_a_raster_and_candles_are_rectangles(work: RectWork, carrier: Carrier) -> None:
    assert cheapest(work, is_opaque=True) is carrier
    assert cheapest(work, is_opaque=False) is Carrier.RECTS
