"""Kept paths: each point has an element of its own, wherever it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from piker.ui.qt.pathbuf import PathBuf

if TYPE_CHECKING:
    from piker.ui.qt.qtlib import QApplication


@pytest.mark.parametrize('place', [(1.0, 6.0), (0.0, 0.0), (-3e15, 2.0), (1e-310, 0.0)])
def test_a_point_upon_the_last_one_is_added_and_can_be_moved(
    app: QApplication, place: tuple[float, float]
) -> None:
    """Qt adds no line to where a path ends: whatever came behind it would be moved amiss."""
    x, y = place
    buffer = PathBuf()
    buffer.append([-9.0, x], [5.0, y])
    buffer.path()
    buffer.append([x, x, 8.0], [y, y, 7.0])
    buffer.path()
    buffer.replace_tail(3, [x, 9.0], [y + 1, 4.0])
    path = buffer.path()
    found = [path.elementAt(number) for number in range(path.elementCount())]
    expected = [(-9.0, 5.0), (x, y), (x, y), (x, y + 1), (9.0, 4.0)]
    assert [(element.x, element.y) for element in found] == expected
    assert [element.isLineTo() for element in found] == [False, True, True, True, True]
    assert buffer.kept.rebuilds == 1
