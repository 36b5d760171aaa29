"""Batches that Qt draws: filled in place, against pyqtgraph's paths and a painter's own work."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')

import numpy as np
from pyqtgraph.functions import arrayToQPath

from piker.kernels import (
    BarSegmentsFormatter,
    FlatBarsFormatter,
    bar_lines,
    ds_m4,
    paint_columns,
)
from piker.ui.model.carrier import Carrier, cheapest, rect_work
from piker.ui.qt.carriers import Raster, RectArray
from piker.ui.qt.memory import blank_image, image_pixels
from piker.ui.qt.pathbuf import LineBuf, PathBuf
from piker.ui.qt.qtlib import QColor, QPainter, QPainterPath, QPen, Qt

from .formats import bars
from .ratio import best_of_turns, race, seconds

if TYPE_CHECKING:
    from numpy.typing import NDArray

BARS, POINTS = 2000, 8000
WIDTH, HEIGHT = 1920, 1080
TOLERATED_SHARE = 0.005
SPARE = 1 << 19
"""Rows to append: more than a race takes."""


class Bars:
    """2000 OHLC bars rebuilt, from rows to what a painter takes."""

    def setup(self) -> None:
        """Build both, and compare their strokes."""
        self.columns = bars(BARS)
        self.rows = np.column_stack(self.columns)
        self.formatter = BarSegmentsFormatter()
        self.buffer = LineBuf()
        self.rebuild()
        x, y, _ = bar_lines(self.rows)
        vertices = np.column_stack([x, y]).reshape(-1, 6, 2)
        strokes = self.buffer.window(self.buffer.first, self.buffer.last).reshape(-1, 3, 4)
        stems = np.sort(strokes[:, :, [1, 3]].reshape(len(strokes), -1), axis=1)
        assert len(strokes) == BARS
        assert np.array_equal(
            stems[:, [0, -1]], np.column_stack([self.rows[:, 2], self.rows[:, 1]])
        )
        path = self.peer()
        assert path.elementCount() == vertices.size // 2

    def rebuild(self) -> None:
        """Format every row, and fill the strokes with them."""
        self.formatter.update_xy(self.columns, 0, [(0, BARS)] if len(self.buffer) else [])
        self.buffer.invalidate()
        self.buffer.append(self.formatter.format_xy(0, BARS))

    def peer(self) -> QPainterPath:
        """Return the same as a path, by NumPy and pyqtgraph with a connect array."""
        first, high, low, close = self.columns
        x = np.arange(BARS)[:, None] + np.array([0.125, 0.5, 0.5, 0.5, 0.5, 0.875])
        y = np.column_stack([first, first, low, high, close, close])
        connect = np.ones((BARS, 6), np.int32)
        connect[:, -1] = 0
        path: QPainterPath = arrayToQPath(x.ravel(), y.ravel(), connect.ravel())
        return path

    def track_rebuild_over_pyqtgraph(self) -> float:
        """Return the time of ours over that of theirs."""
        return race(self.rebuild, self.peer, repeats=3)


class Line:
    """A line of 8000 points refilled."""

    def setup(self) -> None:
        """Fill both, and compare the points."""
        self.x = np.arange(POINTS, dtype=np.float64)
        self.y = np.cumsum(np.random.default_rng(1).normal(size=POINTS))
        self.buffer = PathBuf()
        self.refill()
        self.refill()
        self.allocations = self.buffer.allocations
        path = arrayToQPath(self.x, self.y, connect='all')
        found = [path.elementAt(place) for place in range(path.elementCount())]
        points = self.buffer.window(self.buffer.first, self.buffer.last)
        assert points.tolist() == [[element.x, element.y] for element in found]

    def refill(self) -> None:
        """Fill the buffer anew."""
        self.buffer.invalidate()
        self.buffer.append(self.x, self.y)

    def track_refill_over_pyqtgraph(self) -> float:
        """Return ours over `arrayToQPath('all')`; no memory may be taken meanwhile."""
        ratio = race(self.refill, lambda: arrayToQPath(self.x, self.y, connect='all'), repeats=20)
        assert self.buffer.allocations == self.allocations
        return ratio


class Columns:
    """M4 columns at 1080p, painted, over `drawPath` with the same pen.

    Noise by a wide pen is left out: a painter takes half a minute for it.
    """

    params = (('walk 1', 'walk 2', 'walk 3', 'walk 4', 'noise 1'),)
    param_names = ('series and pen',)

    def setup(self, drawn_as: str) -> None:
        """Paint both, and count the pixels that differ."""
        series, width = drawn_as.split()
        pen = int(width)
        y = np.random.default_rng(4).normal(size=50 * WIDTH)
        if series == 'walk':
            y = np.cumsum(y)
        self.columns = ds_m4(np.arange(len(y)), y, 50, origin=0).y
        low, high = self.columns.min(), self.columns.max()
        factor = -(HEIGHT - 12) / (high - low)
        self.scale = factor, 6 - high * factor
        self.pen = QPen(QColor(0xC8, 0x78, 0x28), pen)
        self.pen.setCosmetic(True)
        self.raster = Raster()
        buffer = PathBuf()
        x = np.repeat(np.arange(WIDTH) + 0.5, 4)
        buffer.append(x, self.columns.ravel() * self.scale[0] + self.scale[1])
        self.path = buffer.path()
        images = [blank_image(WIDTH, HEIGHT) for _ in range(3)]
        self.target, self.image, self.other = images
        self.pixels, laid, drawn = (image_pixels(image) for image in images)
        self.paint()
        self.lay()
        self.draw()
        assert drawn.any()
        assert np.array_equal(self.pixels, laid)
        assert np.count_nonzero(laid != drawn) < TOLERATED_SHARE * drawn.size

    def paint(self) -> None:
        """Paint columns into a picture."""
        factor, offset = self.scale
        paint_columns(
            self.pixels,
            self.columns,
            factor=factor,
            offset=offset,
            colour=0xFFC87828,
            width=self.pen.width(),
        )

    def lay(self) -> None:
        """Clear the carrier, paint columns into it and lay it over a picture."""
        self.raster.fill_columns(
            self.columns, 0, self.scale, 0xFFC87828, (WIDTH, HEIGHT), self.pen.width()
        )
        painter = QPainter(self.image)
        self.raster.draw(painter, 0, WIDTH)
        painter.end()

    def draw(self) -> None:
        """Draw the path with the same pen."""
        painter = QPainter(self.other)
        painter.setPen(self.pen)
        painter.drawPath(self.path)
        painter.end()

    def track_columns_over_path(self, drawn_as: str) -> float:
        """Return columns painted into a picture, over `drawPath`."""
        return race(self.paint, self.draw, repeats=1 if drawn_as.startswith('noise') else 5)

    def track_laid_over_path(self, drawn_as: str) -> float:
        """Return it with the carrier cleared and laid over the picture, over the same."""
        return race(self.lay, self.draw)


class Rects:
    """Columns a pixel wide as a raster and as rectangles: both sides of the renderer's choice."""

    params = ((3, 20, 100, 800),)
    param_names = ('tall',)

    def setup(self, tall: int) -> None:
        """Draw both, and compare them."""
        x = np.arange(WIDTH, dtype=np.float64)
        top = np.round(HEIGHT / 2 - tall / 2 + 10 * np.sin(x / 50))
        self.rects = np.column_stack([x, top, np.ones(WIDTH), np.full(WIDTH, float(tall))])
        self.array, self.raster = RectArray(), Raster()
        self.images = [blank_image(WIDTH, HEIGHT) for _ in range(2)]
        self.by_rects()
        self.by_raster()
        first, second = (image_pixels(image) for image in self.images)
        assert first.any()
        assert np.array_equal(first, second)
        work = rect_work(self.rects, WIDTH, HEIGHT)
        assert cheapest(work, is_opaque=True) is Carrier.RASTER

    def by_rects(self) -> None:
        """Draw rectangles."""
        self.array.fill(self.rects)
        painter = QPainter(self.images[0])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0xC8, 0x78, 0x28))
        self.array.draw(painter, 0, WIDTH)
        painter.end()

    def by_raster(self) -> None:
        """Paint a raster and lay it over."""
        self.raster.fill_rects(self.rects, 0xFFC87828, WIDTH, HEIGHT)
        painter = QPainter(self.images[1])
        self.raster.draw(painter, 0, WIDTH)
        painter.end()

    def track_raster_over_rects(self, tall: int) -> float:
        """Return the carrier that is chosen over the other one."""
        return race(self.by_raster, self.by_rects, repeats=3)


class Append:
    """One row more of a series that is formatted and has a path."""

    def setup(self) -> None:
        """Format and fill series of two lengths."""
        self.parts = {count: self.made(count) for count in (10**4, 10**6)}
        for count, (formatter, buffer, columns) in self.parts.items():
            self.append(count)
            assert buffer.path().elementCount() == 4 * (formatter.xy_last - formatter.xy_first)
            x, y = formatter.format_xy(count - 1, count + 1)
            tail = buffer.window(buffer.last - 8, buffer.last)
            assert np.array_equal(tail, np.column_stack([x, y]))
            assert len(columns[0]) == count + SPARE

    def made(self, count: int) -> tuple[FlatBarsFormatter, PathBuf, list[NDArray[np.float64]]]:
        """Return formatter, buffer and rows, of which some are not formatted yet."""
        columns = bars(count + SPARE)
        formatter, buffer = FlatBarsFormatter(), PathBuf()
        formatter.update_xy([column[:count] for column in columns], 0)
        buffer.append(*formatter.format_xy(0, count))
        buffer.path()
        return formatter, buffer, columns

    def append(self, count: int) -> None:
        """Format one row more, and take it into the path."""
        formatter, buffer, columns = self.parts[count]
        last = formatter.xy_last
        formatter.update_xy([column[: last + 1] for column in columns], 0)
        points = formatter.format_xy(last - 1, last + 1)
        buffer.replace_tail(buffer.last - 4, *points)
        buffer.path()

    def track_long_over_short(self) -> float:
        """Return the time of a row appended to 1e6 over that of one appended to 1e4."""
        long, short = best_of_turns(
            (
                lambda: seconds(lambda: self.append(10**6), 100),
                lambda: seconds(lambda: self.append(10**4), 100),
            ),
            15,
        )
        return long / short
