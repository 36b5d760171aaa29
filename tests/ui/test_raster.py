"""The column raster beside a real painter: the same line, pixel by pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from piker.kernels import ds_m4, paint_columns, premultiplied
from piker.ui.qt.qtlib import QColor, QImage, QPainter, QPainterPath, QPen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from piker.ui.qt.qtlib import QApplication

WIDTH, HEIGHT = 400, 240
MARGIN = 6
CHANNELS = (200, 120, 40)
TOLERATED_SHARE = 0.005


def columns_of(kind: str, *, has_gaps: bool) -> NDArray[np.float64]:
    """Return M4 columns of a price walk or of noise."""
    y = np.random.default_rng(4).normal(size=40 * WIDTH)
    if kind == 'walk':
        y = np.cumsum(y)
    columns = ds_m4(np.arange(len(y)), y, 40, origin=0).y
    if has_gaps:
        columns[[50, 52, 53, 200]] = np.nan
        columns[300:340] = np.nan
    return columns


def scale_of(columns: NDArray[np.float64]) -> tuple[float, float]:
    """Return factor and offset with which all columns are in the image."""
    low, high = np.nanmin(columns), np.nanmax(columns)
    factor = -(HEIGHT - 2 * MARGIN) / (high - low)
    return factor, MARGIN - high * factor


def blank() -> QImage:
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    return image


def pixels_of(image: QImage) -> NDArray[np.uint32]:
    bits = image.constBits()
    assert bits is not None
    return np.frombuffer(bits.asstring(image.sizeInBytes()), np.uint32).reshape(HEIGHT, WIDTH)


def drawn(columns: NDArray[np.float64], width: int, alpha: int) -> NDArray[np.uint32]:
    """Return what a painter makes of the path through the columns' middles."""
    factor, offset = scale_of(columns)
    path, is_begun = QPainterPath(), False
    for place, column in enumerate(columns):
        if np.isnan(column).any():
            is_begun = False
            continue
        for value in column:
            (path.lineTo if is_begun else path.moveTo)(place + 0.5, value * factor + offset)
            is_begun = True
    pen = QPen(QColor(*CHANNELS, alpha), width)
    pen.setCosmetic(True)
    image = blank()
    painter = QPainter(image)
    painter.setPen(pen)
    painter.drawPath(path)
    painter.end()
    return pixels_of(image)


def painted(columns: NDArray[np.float64], width: int, alpha: int) -> NDArray[np.uint32]:
    factor, offset = scale_of(columns)
    image = np.zeros((HEIGHT, WIDTH), np.uint32)
    colour = premultiplied(*CHANNELS, alpha)
    paint_columns(image, columns, factor=factor, offset=offset, colour=colour, width=width)
    return image


@pytest.mark.parametrize('has_gaps', [False, True])
@pytest.mark.parametrize('kind', ['walk', 'noise'])
@pytest.mark.parametrize('width', [1, 2, 3, 4])
def test_columns_are_what_a_painter_draws(
    app: QApplication, width: int, kind: str, *, has_gaps: bool
) -> None:
    columns = columns_of(kind, has_gaps=has_gaps)
    opaque = drawn(columns, width, 255)
    assert opaque.any()
    found = painted(columns, width, 255)
    assert np.mean(found != opaque) < TOLERATED_SHARE
    if width > 1:
        # Where the painter fills polygons too, next to nothing of the line itself differs.
        assert np.sum(found != opaque) < TOLERATED_SHARE * np.sum(opaque != 0)


@pytest.mark.parametrize('width', [2, 3, 4])
def test_half_a_colour_is_what_a_painter_draws(app: QApplication, width: int) -> None:
    columns = columns_of('walk', has_gaps=True)
    assert np.mean(painted(columns, width, 128) != drawn(columns, width, 128)) < TOLERATED_SHARE


def test_half_a_colour_of_a_thin_pen_covers_each_pixel_once(app: QApplication) -> None:
    """A painter's thin pen covers a pixel as often as the line crosses it; its mask is compared."""
    columns = columns_of('noise', has_gaps=True)
    found = painted(columns, 1, 128)
    assert set(np.unique(found)) == {0, premultiplied(*CHANNELS, 128)}
    assert np.mean((found != 0) != (drawn(columns, 1, 255) != 0)) < TOLERATED_SHARE
