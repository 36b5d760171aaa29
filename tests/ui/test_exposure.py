"""What of a plot is painted anew, and which rectangles are drawn for it."""

from __future__ import annotations

import numpy as np
import pytest

from piker.ui.qt.carriers import RectArray
from piker.ui.qt.memory import blank_image, image_pixels
from piker.ui.qt.qtlib import QApplication, QColor, QPainter, QRect, QRegion, Qt
from piker.ui.qt.view import Exposure

PLOT = QRect(0, 0, 400, 300)
SIZE = 400, 300


def region(*rects: tuple[int, int, int, int]) -> QRegion:
    """Return the region of rectangles."""
    found = QRegion()
    for rect in rects:
        found += QRect(*rect)
    return found


@pytest.mark.parametrize(
    ('rects', 'spans', 'rows'),
    [
        ([], [], None),
        ([(5, 10, 6, 90)], [(5, 11)], None),
        ([(5, 10, 6, 90), (9, 120, 8, 8), (200, 0, 1, 1)], [(5, 17), (200, 201)], None),
        ([(0, 50, 400, 1)], [], (50, 51)),
        ([(0, 50, 400, 1), (0, 60, 380, 2), (390, 20, 4, 9)], [(390, 394)], (50, 62)),
        ([(0, 0, 400, 300)], [(0, 400)], None),
        ([(100, 50, 190, 1)], [(100, 290)], None),
    ],
)
def test_lines_from_edge_to_edge_are_told_from_columns(
    rects: list[tuple[int, int, int, int]],
    spans: list[tuple[int, int]],
    rows: tuple[int, int] | None,
) -> None:
    """Wide and low is rows, all else columns; together they cover all that is exposed."""
    exposed = region(*rects)
    found = Exposure.of(exposed, PLOT)
    assert (found.spans, found.rows) == (spans, rows)
    covered = region(*((left, 0, right - left, 300) for left, right in spans))
    if rows:
        covered += QRect(0, rows[0], 400, rows[1] - rows[0])
    assert exposed.subtracted(covered).isEmpty()


def drawn(array: RectArray, clip: QRect, how: str) -> tuple[int, np.ndarray]:
    """Return how many rectangles were drawn and the picture within a clip."""
    image = blank_image(*SIZE)
    painter = QPainter(image)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0xC8, 0x78, 0x28))
    painter.setClipRect(clip)
    columns, rows = (clip.left(), clip.right() + 1), (clip.top(), clip.bottom() + 1)
    count = {
        'all': lambda: array.draw(painter, 0, 400),
        'part': lambda: array.draw_part(painter, *columns),
        'rows': lambda: array.draw_rows(painter, *rows),
    }[how]()
    painter.end()
    return count, image_pixels(image).copy()


@pytest.mark.parametrize('clip', [QRect(40, 0, 7, 300), QRect(0, 150, 400, 3), QRect(399, 0, 1, 9)])
def test_parts_are_what_all_of_them_would_paint(app: QApplication, clip: QRect) -> None:
    """Fewer rectangles, the same pixels."""
    random = np.random.default_rng(3)
    array = RectArray()
    rects = np.column_stack([
        np.sort(random.integers(0, 400, 300)), random.integers(-20, 300, 300),
        random.integers(1, 30, 300), random.integers(1, 60, 300),
    ]).astype(float)  # fmt: skip
    array.fill(rects)
    whole, expected = drawn(array, clip, 'all')
    for how in ('part', 'rows') if clip.width() < 400 else ('rows',):
        count, found = drawn(array, clip, how)
        assert np.array_equal(found, expected)
        assert count < whole or how == 'part'
    assert expected.any() or clip.left() == 399
    assert np.array_equal(array.values[: array.count], rects)
