"""What Qt is handed a batch in: the choice of the cheapest carrier for what is to be drawn."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ['Carrier', 'RectWork', 'cheapest', 'rect_work']

# Nanoseconds, measured off screen at 1080p. Their ratios decide, and hold wherever pixels are
# written by the processor; `bench/benchmarks/carriers.py` races both sides of the choice.
RECT_NS, RECT_ROW_NS = 115.0, 10.0
RASTER_NS, RASTER_RECT_NS, RASTER_PIXEL_NS, RASTER_AREA_NS = 20_000.0, 50.0, 1.2, 0.6


class Carrier(Enum):
    """What a painter is handed."""

    RECTS = 'rectangles'
    RASTER = 'raster'


class RectWork(NamedTuple):
    """How much there is to paint of rectangles within a plot.

    Attributes
    ----------
    rects, rows, pixels : int
        How many rectangles, pixel rows in all of them, and pixels.
    area : int
        Pixels of the smallest rectangle around them.
    """

    rects: int
    rows: int
    pixels: int
    area: int


def rect_work(rects: NDArray[np.float64], width: int, height: int) -> RectWork:
    """Return how much there is to paint.

    Parameters
    ----------
    rects : ndarray of shape (n, 4), float64
        x, y, width and height in device pixels, finite.
    width, height : int
        Size of the plot, outside of which nothing is painted.
    """
    if len(rects) == 0:
        return RectWork(0, 0, 0, 0)
    left, top = np.maximum(rects[:, 0], 0), np.maximum(rects[:, 1], 0)
    right = np.minimum(rects[:, 0] + rects[:, 2], width)
    bottom = np.minimum(rects[:, 1] + rects[:, 3], height)
    across, down = np.maximum(right - left, 0), np.maximum(bottom - top, 0)
    wide, tall = max(0.0, right.max() - left.min()), max(0.0, bottom.max() - top.min())
    rows = down[across > 0].sum()
    return RectWork(len(rects), int(rows), int(across @ down), int(wide * tall))


def cheapest(work: RectWork, *, is_opaque: bool) -> Carrier:
    """Return what rectangles are drawn by.

    An image is painted once and laid over the plot as often as that is exposed. Colours that are
    not opaque are left to the painter: blended twice, they would differ by a shade.

    Returns
    -------
    Carrier
        `RECTS` or `RASTER`.
    """
    by_rects = RECT_NS * work.rects + RECT_ROW_NS * work.rows
    by_raster = (
        RASTER_NS
        + RASTER_RECT_NS * work.rects
        + RASTER_PIXEL_NS * work.pixels
        + RASTER_AREA_NS * work.area
    )
    return Carrier.RASTER if is_opaque and by_raster < by_rects else Carrier.RECTS
