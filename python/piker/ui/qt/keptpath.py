"""A `QPainterPath` that is kept up with points, for what takes a path: fills, and hits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piker.ui.qt import memory
from piker.ui.qt.qtlib import QPainterPath, QPointF, QPolygonF

if TYPE_CHECKING:
    from piker.ui.qt.memory import Floats
    from piker.ui.qt.pathbuf import PathBuf

__all__ = ['KeptPath', 'plain_polygon']

FEW_MOVES = 64


class KeptPath:
    """A path and a polygon whose memory is kept, filled from points that change at their tail.

    Points that are still there are moved, those that came are added, and all is added anew where
    that costs less, or where gaps have other places.

    Attributes
    ----------
    rebuilds, moves, additions : int
        How often it was filled anew, and how many points were moved and added.
    allocations : int
        How often the memory of the path or the polygon grew.
    """

    def __init__(self) -> None:
        self.shape = QPainterPath()
        self.polygon = QPolygonF()
        self.first = self.last = self.changed = 0
        self.is_valid = False
        self.capacity = 0
        self.address = 0
        self.rebuilds = self.moves = self.additions = self.allocations = 0

    def invalidate(self) -> None:
        """Fill it anew when it is next asked for."""
        self.is_valid = False

    def change(self, start: int) -> None:
        """Note that points from `start` on have changed."""
        self.changed = min(self.changed, start)

    def update(self, points: PathBuf) -> QPainterPath:
        """Return the path of all points."""
        kept = min(self.last, points.last)
        changes = points.last - min(self.changed, kept)
        can_move = (
            self.is_valid
            and points.gaps == 0
            and self.last - self.first > 1
            and points.last >= self.last
            and changes <= FEW_MOVES
        )
        if can_move:
            self.move(points)
        elif not self.is_valid or changes or points.last != self.last:
            self.rebuild(points)
        self.first, self.last = points.first, points.last
        self.changed = points.last
        return self.shape

    def move(self, points: PathBuf) -> None:
        """Move the points that changed, and add those that came."""
        start = min(self.changed, self.last)
        for number, (x, y) in enumerate(points.window(start, points.last).tolist(), start):
            place = number - self.first
            if number < self.last:
                self.shape.setElementPositionAt(place, x, y)
                self.moves += 1
                continue
            self.shape.lineTo(x, y)
            if self.shape.elementCount() == place:
                # Qt leaves a point upon the last one out, by which later places would shift.
                self.shape.lineTo(-x if x else 1.0, y)
                self.shape.setElementPositionAt(place, x, y)
            self.additions += 1
        self.count_allocations()

    def rebuild(self, points: PathBuf) -> None:
        """Fill it with all points."""
        self.shape.clear()
        runs = points.runs(points.first, points.last)
        # The path has memory as the points have: room for what will be appended.
        self.shape.reserve(len(points.values))
        for start, stop in runs:
            self.shape.addPolygon(self.filled(points.window(start, stop)))
        self.is_valid = points.gaps == 0 and len(points) > 1
        self.rebuilds += 1
        self.count_allocations()

    def filled(self, values: Floats) -> QPolygonF:
        """Return the kept polygon with points."""
        if memory.fault():
            return plain_polygon(values)
        if len(self.polygon) != len(values):
            self.polygon.fill(QPointF(), len(values))
        points = memory.polygon_points(self.polygon)
        points[:] = values
        if points.ctypes.data != self.address:
            self.address = points.ctypes.data
            self.allocations += 1
        return self.polygon

    def count_allocations(self) -> None:
        """Count growths of the path."""
        if self.shape.capacity() != self.capacity:
            self.capacity = self.shape.capacity()
            self.allocations += 1


def plain_polygon(values: Floats) -> QPolygonF:
    """Return points as a new polygon, by plain calls."""
    return QPolygonF([QPointF(x, y) for x, y in values.tolist()])
