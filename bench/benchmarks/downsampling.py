"""M4 from scratch over places that are not uniform, and bounds of a whole series."""

from __future__ import annotations

import numpy as np

from piker import kernels

from .peers import Columns, numba_m4, numpy_m4, tsdownsample_m4
from .ratio import on_cores, race
from .series import Points, assert_same_bits, columns, points, walk, with_gaps
from .sizes import SIZES, need_memory, up_to_limit

PIXELS = 2000


def assert_same_columns(found: Columns, expected: Columns) -> None:
    """Fail unless edges and values are equal to the bit."""
    assert_same_bits(found.x, expected.x)
    assert_same_bits(found.y, expected.y)


class M4:
    """A series in 2000 columns, x in int64, against its peers on one core."""

    timeout = 1800.0
    param_names = ('rows',)
    params = (up_to_limit(10**4, 10**5, 10**6, 10**8),)

    def setup(self, rows: int) -> None:
        """Make the series, and check that all contestants find the same columns."""
        need_memory(40 * rows)
        self.series = points(rows)
        self.uppx = self.series.uppx(PIXELS)
        expected = numpy_m4(self.series, self.uppx)
        assert_same_columns(Columns(*self.ours()[:2]), expected)
        assert_same_columns(numba_m4(self.series, self.uppx), expected)
        y = self.series.y
        kept = y[tsdownsample_m4(self.series, PIXELS)]
        if (kept.min(), kept.max()) != (y.min(), y.max()):
            raise RuntimeError('tsdownsample lost an extreme')

    def ours(self) -> kernels.M4:
        """Downsample."""
        return kernels.ds_m4(*self.series, self.uppx)

    def track_over_max(self, rows: int) -> float:
        """Return the time over that of `np.max` of the same values."""
        with on_cores(1):
            return race(self.ours, self.series.y.max)

    def track_over_tsdownsample(self, rows: int) -> float:
        """Return the time over that of tsdownsample's M4."""
        with on_cores(1):
            return race(self.ours, lambda: tsdownsample_m4(self.series, PIXELS))

    def track_max_over_tsdownsample(self, rows: int) -> float:
        """Return the time of `np.max` over that of tsdownsample's M4: what no scan goes below."""
        with on_cores(1):
            return race(self.series.y.max, lambda: tsdownsample_m4(self.series, PIXELS))

    def track_over_numba(self, rows: int) -> float:
        """Return the time over that of a plain loop, compiled by numba."""
        with on_cores(1):
            return race(self.ours, lambda: numba_m4(self.series, self.uppx))

    def track_over_numpy(self, rows: int) -> float:
        """Return the time over that of bisection and `reduceat`."""
        with on_cores(1):
            return race(self.ours, lambda: numpy_m4(self.series, self.uppx))


class M4WithGaps:
    """A series in 2000 columns, one value in a hundred NaN, against the floor."""

    timeout = 1800.0
    param_names = ('rows', 'cores')
    params = (SIZES, (1, 2))

    def setup(self, rows: int, cores: int) -> None:
        """Make the series, and check its columns."""
        need_memory(48 * rows)
        whole = points(rows)
        self.y = whole.y
        self.series = Points(whole.x, with_gaps(whole.y))
        self.uppx = self.series.uppx(PIXELS)
        found, expected = self.ours(), numpy_m4(self.series, self.uppx)
        assert_same_columns(Columns(*found[:2]), expected)

    def ours(self) -> kernels.M4:
        """Downsample."""
        return kernels.ds_m4(*self.series, self.uppx)

    def track_over_max(self, rows: int, cores: int) -> float:
        """Return the time on so many cores over that of `np.max` of the values without gaps."""
        with on_cores(cores):
            return race(self.ours, self.y.max)


class Bounds:
    """The least and the greatest value of a series in one pass."""

    timeout = 1800.0
    param_names = ('rows',)
    params = (SIZES,)

    def setup(self, rows: int) -> None:
        """Make the series, and check its bounds."""
        need_memory(32 * rows)
        self.y = walk(rows)
        self.gappy = with_gaps(self.y)
        expected = columns(self.gappy, np.array([0, rows]))[0, 1:3]
        assert_same_bits(np.array(kernels.bounds(self.gappy)), expected)

    def track_over_max(self, rows: int) -> float:
        """Return the time over that of `np.max` of the values without gaps."""
        return race(lambda: kernels.bounds(self.gappy), self.y.max)

    def track_over_numpy(self, rows: int) -> float:
        """Return the time over that of `np.nanmin` and `np.nanmax`."""
        return race(
            lambda: kernels.bounds(self.gappy),
            lambda: (np.nanmin(self.gappy), np.nanmax(self.gappy)),
        )
