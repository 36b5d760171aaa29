"""Views of a growing series by its pyramid."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

from piker.kernels import Pyramid

from .peers import tsdownsample_m4
from .ratio import Scaled, best_of_turns, on_cores, race, scaled, seconds
from .series import Points, assert_same_bits, columns, part_edges, points, walk, with_gaps
from .sizes import SIZES, need_memory, up_to_limit

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIXELS = 1920
PAN_PIXELS = 3
BLOCK = 1000
WINDOWS = 64
LEAF, FANOUT = 64, 8
"""Rows of a pyramid's leaf, and children of a node."""


class WholeView:
    """All rows in 1920 columns, and a pan."""

    timeout = 1800.0
    param_names = ('rows',)
    params = (SIZES,)

    def setup(self, rows: int) -> None:
        """Build the pyramid, and check that columns are those of its rows to the bit."""
        need_memory(48 * rows)
        self.rows = rows
        self.series = points(rows)
        self.pyramid = Pyramid(self.series.y)
        edges = part_edges(0, rows, PIXELS)
        assert_same_bits(self.whole(), columns(self.series.y, edges))
        # The last pixels of a view that was panned by as many.
        self.old = int(edges[-1 - PAN_PIXELS])
        new_edges = part_edges(self.old, rows, PAN_PIXELS)
        assert_same_bits(self.pan(), columns(self.series.y, new_edges))

    def whole(self) -> np.ndarray:
        """Return all columns."""
        return self.pyramid.columns(0, self.rows, PIXELS)

    def pan(self) -> np.ndarray:
        """Return the columns that a pan brings into view."""
        return self.pyramid.columns(self.old, self.rows, PAN_PIXELS)

    def track_whole_over_tsdownsample(self, rows: int) -> float:
        """Return the time over that of tsdownsample's M4 on two cores."""
        with on_cores(2):
            return race(self.whole, lambda: tsdownsample_m4(self.series, PIXELS, is_parallel=True))

    def track_whole_over_max(self, rows: int) -> float:
        """Return the time over that of `np.max` of all values."""
        return race(self.whole, self.series.y.max)

    def track_pan_over_tsdownsample(self, rows: int) -> float:
        """Return the time of the new columns over that of tsdownsample's M4 of the view."""
        view = Points(self.series.x[rows - self.old :], self.series.y[rows - self.old :])
        with on_cores(2):
            return race(
                self.pan,
                lambda: tsdownsample_m4(view, PIXELS - PAN_PIXELS, is_parallel=True),
            )

    def track_pan_us(self, rows: int) -> Scaled:
        """Return the microseconds of the new columns, scaled."""
        return scaled(self.pan, 1e-6)

    def track_bytes_over_values(self, rows: int) -> float:
        """Return the bytes of the nodes over those of the values."""
        return self.pyramid.node_bytes / self.series.y.nbytes


class Growth:
    """Values that are appended to a pyramid which has many."""

    timeout = 1800.0
    param_names = ('rows',)
    params = (SIZES,)

    def setup(self, rows: int) -> None:
        """Build a pyramid by appending, and check it."""
        need_memory(40 * rows)
        values = with_gaps(walk(rows))
        self.pyramid = Pyramid(values[: rows // 2])
        self.pyramid.append(values[rows // 2 :])
        edges = part_edges(0, rows, 7)
        assert_same_bits(self.pyramid.columns(0, rows, 7), columns(values, edges))
        self.block = values[:BLOCK].copy()

    def track_append_ns(self, rows: int) -> Scaled:
        """Return the nanoseconds of a value, appended in blocks of a thousand, scaled."""
        return scaled(lambda: self.pyramid.append(self.block), 1e-9, count=BLOCK)

    def track_append_over_copy(self, rows: int) -> float:
        """Return the time of appending a block over that of copying it."""
        target = np.empty_like(self.block)

        def copy() -> None:
            target[:] = self.block

        return race(lambda: self.pyramid.append(self.block), copy)


class Views:
    """Windows of any length and place, over series of several lengths."""

    timeout = 1800.0
    lengths = up_to_limit(10**5, 10**6, 10**7, 10**8)

    def setup(self) -> None:
        """Build the pyramids and choose the windows, and check some of them."""
        need_memory(24 * sum(self.lengths))
        random = np.random.default_rng(3)
        self.views: list[tuple[Pyramid, list[tuple[int, int]]]] = []
        for rows in self.lengths:
            values = with_gaps(walk(rows))
            pyramid = Pyramid(values)
            ends = np.sort(random.integers(0, rows + 1, (WINDOWS, 2)), axis=1)
            windows = [(int(start), int(stop)) for start, stop in ends]
            for start, stop in windows[:3]:
                edges = part_edges(start, stop, 9)
                assert_same_bits(pyramid.columns(start, stop, 9), columns(values, edges))
            self.views.append((pyramid, windows))

    def track_slowest_over_fastest(self) -> float:
        """Return the time of 1920 columns where they take longest over that where shortest."""

        def show(pyramid: Pyramid, windows: list[tuple[int, int]]) -> None:
            for start, stop in windows:
                pyramid.columns(start, stop, PIXELS)

        shows = [functools.partial(show, *view) for view in self.views]
        figures = best_of_turns(tuple(functools.partial(seconds, show) for show in shows))
        return max(figures) / min(figures)

    def track_most_over_fewest_values(self) -> float:
        """Return of how many values a column is made where they are most over where fewest.

        A column is made of the rows before its first and behind its last whole leaf, and of the
        nodes, two values each, before the first and behind the last whole parent on each level.
        """
        counts = []
        for _, windows in self.views:
            edges = np.array([part_edges(start, stop, PIXELS) for start, stop in windows])
            counts.append(values_read(edges[:, :-1], edges[:, 1:]).mean())
        return float(max(counts) / min(counts))


class Questions:
    """What else a pyramid is asked: sums, last values, and where the extremes stand."""

    timeout = 1800.0
    param_names = ('rows',)
    params = (SIZES,)

    def setup(self, rows: int) -> None:
        """Build a pyramid for each question, and check its answers."""
        need_memory(60 * rows)
        self.rows = rows
        self.values = values = walk(rows)
        self.of_sums, self.of_extremes = Pyramid(values, 'sum'), Pyramid(values)
        self.edges = edges = part_edges(0, rows, PIXELS)
        found = self.of_sums.sums(0, rows, PIXELS)
        np.testing.assert_allclose(found, np.add.reduceat(values, edges[:-1]), rtol=1e-9)
        lasts = self.of_extremes.lasts(0, rows, PIXELS)
        assert_same_bits(lasts, values[edges[1:] - 1])
        wanted = int(values.argmin()), int(values.argmax())
        assert self.of_extremes.positions(0, rows) == wanted

    def track_sums_over_reduceat(self, rows: int) -> float:
        """Return the sums of 1920 columns of all rows, over NumPy's `add.reduceat`."""
        starts = self.edges[:-1]
        return race(
            lambda: self.of_sums.sums(0, rows, PIXELS),
            lambda: np.add.reduceat(self.values, starts),
        )

    def track_lasts_over_take(self, rows: int) -> float:
        """Return the last values of as many columns, over taking the values at their ends."""
        ends = self.edges[1:] - 1
        return race(lambda: self.of_extremes.lasts(0, rows, PIXELS), lambda: self.values.take(ends))

    def track_positions_over_argmax(self, rows: int) -> float:
        """Return where both extremes of all rows stand, over `argmin` and `argmax`."""
        return race(
            lambda: self.of_extremes.positions(0, rows),
            lambda: (self.values.argmin(), self.values.argmax()),
        )


class Changes:
    """Values that are put before or into a pyramid which has many."""

    timeout = 1800.0
    param_names = ('rows',)
    params = (SIZES,)

    def setup(self, rows: int) -> None:
        """Build a pyramid, change it, and check it."""
        need_memory(60 * rows)
        self.values = walk(rows)
        self.block = self.values[:BLOCK].copy()
        self.pyramid = Pyramid(self.values)
        self.pyramid.revise(rows // 2, self.block)
        self.pyramid.prepend(self.block)
        self.values[rows // 2 : rows // 2 + BLOCK] = self.block
        expected = np.concatenate([self.block, self.values])
        edges = part_edges(0, len(expected), 7)
        found = self.pyramid.columns(0, len(expected), 7)
        assert_same_bits(found, columns(expected, edges))

    def track_revise_over_copy(self, rows: int) -> float:
        """Return the time of revising a thousand values over that of copying them."""
        target = np.empty_like(self.block)
        at = rows // 2
        return race(
            lambda: self.pyramid.revise(at, self.block), lambda: np.copyto(target, self.block)
        )

    def track_prepend_ns(self, rows: int) -> Scaled:
        """Return the nanoseconds of a value, prepended in blocks of a thousand, scaled."""
        return scaled(lambda: self.pyramid.prepend(self.block), 1e-9, count=BLOCK)


def values_read(start: NDArray[np.int64], stop: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many values the answer to each window is made of."""
    first, last = -(-start // LEAF), stop // LEAF
    has_leaf = first < last
    found = np.where(has_leaf, first * LEAF - start + stop - last * LEAF, stop - start)
    while has_leaf.any():
        inner_first, inner_last = -(-first // FANOUT), last // FANOUT
        has_parent = has_leaf & (inner_first < inner_last)
        ends = inner_first * FANOUT - first + last - inner_last * FANOUT
        found += np.where(has_parent, 2 * ends, np.where(has_leaf, 2 * (last - first), 0))
        first, last, has_leaf = inner_first, inner_last, has_parent
    return found
