"""`PathBuf`: points or strokes of a series as Qt lays them out, kept up with it.

Elements are numbered like rows: those that are prepended go negative, and none changes its number.
What is appended, prepended or replaced is written, nothing else; memory has room at both ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from piker.core.errors import InputError
from piker.kernels import weave_points
from piker.ui.qt import memory
from piker.ui.qt.keptpath import KeptPath, plain_polygon
from piker.ui.qt.qtlib import QLineF, QPainter, QPainterPath, QPointF, QPolygonF

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ['LineBuf', 'PathBuf']

Floats = NDArray[np.float64]

LEAST_ROOM = 64


class ElementBuf:
    """Elements of one kind, with room at both ends.

    Parameters
    ----------
    kind : type
        `QPointF` or `QLineF`.

    Attributes
    ----------
    first, last : int
        The numbers of the elements that there are, half-open.
    written : int
        How many elements were written so far, each as often as it was.
    allocations : int
        How often memory was taken; it stays as it is once warm.
    """

    def __init__(self, kind: memory.Kind) -> None:
        self.kind = kind
        self.size = memory.FLOATS_OF[kind]
        self.first = self.last = self.base = 0
        self.written = self.allocations = 0
        self.values: Floats = np.empty((0, self.size))

    def __len__(self) -> int:
        """Return how many elements there are."""
        return self.last - self.first

    def reserve(self, before: int, behind: int) -> None:
        """Have room for more elements at each end, so that adding them moves none."""
        first, last = self.first - before, self.last + behind
        if self.base <= first and last <= self.base + len(self.values):
            return
        spare = LEAST_ROOM + (last - first) // 4
        kept = self.window(self.first, self.last)
        self.values = np.empty((last - first + 2 * spare, self.size))
        self.base = first - spare
        self.window(self.first, self.last)[:] = kept
        self.allocations += 1

    def window(self, start: int, stop: int) -> Floats:
        """Return the memory of some elements."""
        return self.values[start - self.base : stop - self.base]

    def invalidate(self) -> None:
        """Forget all elements and number anew from 0; the memory stays, most of it behind 0."""
        self.first = self.last = 0
        self.base = -min(LEAST_ROOM, len(self.values))

    def check(self, start: int, stop: int) -> None:
        """Raise `InputError` where some elements of a window are not there."""
        if not self.first <= start <= stop <= self.last:
            raise InputError(
                f'invalid window: not within the elements {self.first} to {self.last}, '
                f'was [{start}, {stop})'
            )


class PathBuf(ElementBuf):
    """Points of one line, drawn as a polyline or added to a kept path.

    A point with a value that is not finite is a gap: the line is broken there.

    Attributes
    ----------
    gaps : int
        How many points are gaps.
    """

    def __init__(self) -> None:
        super().__init__(QPointF)
        self.polygon = QPolygonF()
        self.gaps = 0
        self.kept = KeptPath()

    def append(self, x: ArrayLike, y: ArrayLike) -> None:
        """Add points behind the last.

        Parameters
        ----------
        x, y : array_like of shape (n,), float64
            As formatters give them; read in place where contiguous.

        Raises
        ------
        InputError
            When they are not real numbers of one length; nothing changed.
        """
        count = len(np.atleast_1d(x))
        self.reserve(0, count)
        self.put(self.last, self.last + count, x, y)
        self.last += count

    def prepend(self, x: ArrayLike, y: ArrayLike) -> None:
        """Add points before the first; parameters and errors as for `append`."""
        count = len(np.atleast_1d(x))
        self.reserve(count, 0)
        self.put(self.first - count, self.first, x, y)
        self.first -= count
        self.kept.invalidate()

    def replace_tail(self, start: int, x: ArrayLike, y: ArrayLike) -> None:
        """Put points in the place of those from `start` on, of which there may be more or fewer.

        Parameters
        ----------
        start : int
            The number of the first point that is replaced.
        x, y : array_like of shape (n,), float64
            As for `append`.

        Raises
        ------
        InputError
            When there is no such point before the last, or as for `append`; nothing changed.
        """
        self.check(start, self.last)
        count = len(np.atleast_1d(x))
        self.reserve(0, max(0, start + count - self.last))
        gone = gaps_of(self.window(start, self.last)) if self.gaps else 0
        self.put(start, start + count, x, y)
        self.gaps -= gone
        self.last = start + count
        self.kept.change(start)

    def invalidate(self) -> None:
        """Forget all points; the memory stays."""
        super().invalidate()
        self.gaps = 0
        self.kept.invalidate()

    def put(self, start: int, stop: int, x: ArrayLike, y: ArrayLike) -> None:
        """Write points."""
        self.gaps += weave_points(x, y, self.window(start, stop))
        self.written += stop - start

    def runs(self, start: int, stop: int) -> list[tuple[int, int]]:
        """Return the stretches of a window without a gap that have two points at least."""
        if self.gaps == 0:
            return [(start, stop)] if stop - start > 1 else []
        is_point = np.isfinite(self.window(start, stop)).all(axis=1)
        edges = np.flatnonzero(np.diff(is_point, prepend=False, append=False)).reshape(-1, 2)
        return [(start + begin, start + end) for begin, end in edges.tolist() if end - begin > 1]

    def draw(self, painter: QPainter, start: int | None = None, stop: int | None = None) -> int:
        """Draw a window with the painter's pen and transformation, as polylines.

        Parameters
        ----------
        painter : QPainter
            What draws it.
        start, stop : int, optional
            Numbers of points, half-open; all by default.

        Returns
        -------
        int
            How many pieces were drawn.

        Raises
        ------
        InputError
            When some of these points are not there.
        """
        start, stop = self.first if start is None else start, self.last if stop is None else stop
        self.check(start, stop)
        runs = self.runs(start, stop)
        for begin, end in runs:
            painter.drawPolyline(self.polygon_of(begin, end))
        return len(runs)

    def polygon_of(self, start: int, stop: int) -> QPolygonF:
        """Return some points as a polygon, which is kept and reused."""
        if memory.fault():
            return plain_polygon(self.window(start, stop))
        memory.fill_polygon(self.polygon, self.window(start, stop))
        return self.polygon

    def fill(self, painter: QPainter) -> int:
        """Fill what each of its pieces surrounds, with the painter's brush.

        Parameters
        ----------
        painter : QPainter
            What draws them.

        Returns
        -------
        int
            How many there are.
        """
        runs = self.runs(self.first, self.last)
        for begin, end in runs:
            painter.drawPolygon(self.polygon_of(begin, end))
        return len(runs)

    def path(self) -> QPainterPath:
        """Return all of it as a path, which is kept and reused: read it, do not change it."""
        return self.kept.update(self)


class LineBuf(ElementBuf):
    """Separate strokes, drawn in one call; gaps are left out by what makes the strokes."""

    def __init__(self) -> None:
        super().__init__(QLineF)
        self.pieces = None if memory.fault() else memory.Pieces(QLineF)

    def append(self, strokes: Floats) -> None:
        """Add strokes behind the last.

        Parameters
        ----------
        strokes : ndarray of shape (n, 4) or (n / 3, 3, 4), float64
            x1, y1, x2, y2 of each, as `bar_segments` and its formatter give them.

        Raises
        ------
        InputError
            When they are not; nothing changed.
        """
        lines = four_a_line(strokes)
        self.reserve(0, len(lines))
        self.put(self.last, lines)
        self.last += len(lines)

    def prepend(self, strokes: Floats) -> None:
        """Add strokes before the first; parameters and errors as for `append`."""
        lines = four_a_line(strokes)
        self.reserve(len(lines), 0)
        self.put(self.first - len(lines), lines)
        self.first -= len(lines)

    def replace_tail(self, start: int, strokes: Floats) -> None:
        """Put strokes in the place of those from `start` on, of which there may be more or fewer.

        Parameters
        ----------
        start : int
            The number of the first stroke that is replaced.
        strokes : ndarray
            As for `append`.

        Raises
        ------
        InputError
            When there is no such stroke before the last, or as for `append`; nothing changed.
        """
        self.check(start, self.last)
        lines = four_a_line(strokes)
        self.reserve(0, max(0, start + len(lines) - self.last))
        self.put(start, lines)
        self.last = start + len(lines)

    def put(self, start: int, lines: Floats) -> None:
        """Write strokes."""
        self.window(start, start + len(lines))[:] = lines
        self.written += len(lines)

    def draw(self, painter: QPainter, start: int | None = None, stop: int | None = None) -> int:
        """Draw a window with the painter's pen and transformation.

        Parameters
        ----------
        painter : QPainter
            What draws it.
        start, stop : int, optional
            Numbers of strokes, half-open; all by default.

        Returns
        -------
        int
            How many were drawn.

        Raises
        ------
        InputError
            When some of these strokes are not there.
        """
        start, stop = self.first if start is None else start, self.last if stop is None else stop
        self.check(start, stop)
        if start == stop:
            return 0
        if self.pieces is None:
            painter.drawLines(*(QLineF(*line) for line in self.window(start, stop).tolist()))
            return stop - start
        at = start
        while at < stop:
            end = at + (1 << (stop - at).bit_length() - 1)
            painter.drawLines(self.pieces.array(self.window(at, end)))
            at = end
        return stop - start


def gaps_of(values: Floats) -> int:
    """Return how many points are gaps."""
    return int(len(values) - np.isfinite(values).all(axis=1).sum())


def four_a_line(strokes: Floats) -> Floats:
    """Return strokes as an array of shape (n, 4), or raise `InputError`."""
    if not (
        isinstance(strokes, np.ndarray)
        and strokes.dtype == np.float64
        and strokes.ndim in (2, 3)
        and strokes.shape[-1] == 4
    ):
        found = (
            f'{strokes.dtype} of shape {strokes.shape}' if hasattr(strokes, 'dtype') else strokes
        )
        raise InputError(f'invalid strokes: not float64 of shape (n, 4), was {found!r}')
    return strokes.reshape(-1, 4)
