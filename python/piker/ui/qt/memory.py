"""The one module that touches memory of Qt: its arrays, polygons and pictures as arrays of NumPy.

Everything here is documented by Qt or sip: an array of sip is a plain array of the C++ type, a
polygon's `data()` the place of its points, a picture's `bits()` the place of its pixels. All the
same it is checked once, by things known; where it does not hold, `fault` says so, carriers
go through plain calls, and `piker doctor` shows it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from piker.core.log import get_logger
from piker.ui.qt.qtlib import (
    QColor,
    QImage,
    QLineF,
    QPainter,
    QPen,
    QPointF,
    QPolygonF,
    QRectF,
    sip,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    'Pieces',
    'Records',
    'blank_image',
    'fault',
    'fill_polygon',
    'image_pixels',
    'polygon_points',
    'records',
]

log = get_logger(__name__)

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint32]
Kind = type[QPointF] | type[QLineF] | type[QRectF]

FLOATS_OF: dict[Kind, int] = {QPointF: 2, QLineF: 4, QRectF: 4}


class Records(NamedTuple):
    """An array of points, lines or rectangles.

    Attributes
    ----------
    array : sip.array
        What a painter takes, whole: sip never frees a slice of it.
    values : ndarray of shape (capacity, 2 or 4), float64
        The same memory.
    """

    array: Any
    values: Floats


def records(kind: Kind, capacity: int) -> Records:
    """Return new memory for points, lines or rectangles.

    Parameters
    ----------
    kind : type
        `QPointF`, `QLineF` or `QRectF`.
    capacity : int
        How many, at least one.
    """
    size = FLOATS_OF[kind]
    # sip's stubs know neither the arguments of an array nor that a voidptr is a buffer.
    array: Any = sip.array(kind, capacity)  # type: ignore[call-arg]
    memory: Any = sip.voidptr(array, capacity * size * 8)
    return Records(array, np.frombuffer(memory, np.float64).reshape(capacity, size))


class Pieces:
    """Whole arrays that a painter takes some records in, kept for several lengths.

    A slice of an array would need no copy, but sip never frees one (72 bytes, 12.20): at twenty
    slices a frame that was 300 MB an hour.

    Parameters
    ----------
    kind : type
        `QLineF` or `QRectF`.

    Attributes
    ----------
    allocations : int
        How often memory was taken; it stays as it is once warm.
    """

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.kept: dict[int, Records] = {}
        self.allocations = 0

    def array(self, values: Floats) -> Any:
        """Return an array of records: those given, and behind them zeros up to a power of two.

        Rectangles of zeros change no picture; of lines hand over a power of two.

        Parameters
        ----------
        values : ndarray of shape (n, 4), float64
            At least one. The array holds them until this is called again.
        """
        count = len(values)
        size = 1 << (count - 1).bit_length()
        found = self.kept.get(size)
        if found is None:
            found = self.kept[size] = records(self.kind, size)
            self.allocations += 1
        found.values[:count] = values
        found.values[count:] = 0.0
        return found.array


def polygon_points(polygon: QPolygonF) -> Floats:
    """Return a polygon's points as memory of shape (n, 2), float64.

    It is the polygon's until that is resized or copied; then ask again.
    """
    count = len(polygon)
    if count == 0:
        return np.empty((0, 2))
    memory: Any = polygon.data()
    memory.setsize(count * 16)
    return np.frombuffer(memory, np.float64).reshape(count, 2)


def fill_polygon(polygon: QPolygonF, values: Floats) -> None:
    """Let a polygon have these points, of shape (n, 2), float64."""
    if len(polygon) != len(values):
        polygon.fill(QPointF(), len(values))
    polygon_points(polygon)[:] = values


def image_pixels(image: QImage) -> Pixels:
    """Return a picture's pixels as memory of shape (height, width), uint32.

    It is the picture's until that is copied, and written only while no painter draws there.
    """
    memory: Any = image.bits()
    memory.setsize(image.sizeInBytes())
    return np.frombuffer(memory, np.uint32).reshape(image.height(), image.bytesPerLine() // 4)


def blank_image(width: int, height: int) -> QImage:
    """Return a picture without colour, its pixels `0xAARRGGBB` multiplied by alpha."""
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    return image


@cache
def fault() -> str:
    """Return what does not hold of Qt's memory, empty where all is as it is documented.

    Looked at once, and logged where something is wrong.
    """
    for name, holds in CHECKS.items():
        try:
            found = '' if holds() else 'differs from what plain calls give'
        except (AttributeError, BufferError, IndexError, TypeError, ValueError) as error:
            found = f'cannot be reached ({error})'
        if found:
            sentence = f'{name} of Qt {found}: drawing by plain calls, which is slower'
            log.warning(sentence)
            return sentence
    return ''


KNOWN = np.array([[1.5, -2.25], [3.0, 40.5], [12.75, 7.0], [30.0, 21.125]])


def arrays_hold() -> bool:
    """Whether arrays have the values that were written into their memory."""
    points, lines, rects = (records(kind, 4) for kind in (QPointF, QLineF, QRectF))
    points.values[:] = KNOWN
    lines.values[:] = rects.values[:] = np.hstack([KNOWN, KNOWN[::-1]])
    point, line, rect = points.array[2], lines.array[2], rects.array[3]
    return bool(
        [point.x(), point.y()] == KNOWN[2].tolist()
        and [line.x1(), line.y1(), line.x2(), line.y2()] == lines.values[2].tolist()
        and [rect.x(), rect.y(), rect.width(), rect.height()] == rects.values[3].tolist()
    )


def polygons_hold() -> bool:
    """Whether a polygon has the points that were written into its memory, and keeps its place."""
    polygon = QPolygonF()
    polygon.fill(QPointF(), len(KNOWN))
    memory = polygon_points(polygon)
    memory[:] = KNOWN
    return [
        [point.x(), point.y()] for point in map(polygon.at, range(len(KNOWN)))
    ] == KNOWN.tolist() and polygon_points(polygon).ctypes.data == memory.ctypes.data


def pictures_hold() -> bool:
    """Whether a picture has the pixels that were written into its memory."""
    image = blank_image(3, 2)
    pixels = image_pixels(image)
    pixels[1, 2] = 0xFF336699
    return pixels.shape == (2, 3) and image.pixel(2, 1) == 0xFF336699 and image.pixel(0, 0) == 0


def drawings_hold() -> bool:
    """Whether a painter draws from memory what it draws by plain calls."""
    points = records(QPointF, 4)
    points.values[:] = KNOWN
    plain = QPolygonF([QPointF(*point) for point in KNOWN.tolist()])
    drawn = []
    for line in (points.array, plain):
        image = blank_image(40, 50)
        painter = QPainter(image)
        painter.setPen(QPen(QColor(255, 255, 255), 1))
        painter.drawPolyline(line)
        painter.end()
        drawn.append(image_pixels(image).copy())
    return bool(np.array_equal(drawn[0], drawn[1]) and drawn[0].any())


CHECKS: dict[str, Callable[[], bool]] = {
    'the memory of arrays': arrays_hold,
    'the memory of polygons': polygons_hold,
    'the memory of pictures': pictures_hold,
    'what is drawn from memory': drawings_hold,
}
"""What the carriers rely on, by the name under which a fault of it is told."""
