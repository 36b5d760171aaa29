"""What is drawn of a series, made from its rows: against a mere copy of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from piker.kernels import (
    FlatBarsFormatter,
    StepFormatter,
    TraceFormatter,
    ohlc_flatten,
    to_step_format,
)

from .ratio import Scaled, race, scaled
from .sizes import up_to_limit

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZES = up_to_limit(10**4, 10**6, 10**7)
MILLION = 10**6
CALLS = 10_000


def bars(count: int) -> list[NDArray[np.float64]]:
    """Return open, high, low and close of a walk, as columns."""
    random = np.random.default_rng(count)
    close = 100 + np.cumsum(random.normal(0, 0.1, count))
    first = np.concatenate([[100.0], close[:-1]])
    reach = np.abs(random.normal(0, 0.1, (2, count)))
    return [first, np.maximum(first, close) + reach[0], np.minimum(first, close) - reach[1], close]


class Flatten:
    """Every row formatted again into kept memory, over a copy of the rows' four prices."""

    params = (SIZES,)
    param_names = ('rows',)

    def setup(self, count: int) -> None:
        """Format once, and compare with NumPy."""
        self.columns = bars(count)
        self.rows = np.column_stack(self.columns)
        self.target = np.empty_like(self.rows)
        self.flat, self.trace = FlatBarsFormatter(), TraceFormatter()
        self.revised = [(0, count)]
        for formatter in (self.flat, self.trace):
            formatter.update_xy(self.columns, 0)
            formatter.update_xy(self.columns, 0, self.revised)
        found = self.flat.format_xy(0, count)
        assert np.array_equal(found.y, self.rows.reshape(-1))
        assert np.array_equal(found.x, np.arange(4 * count) / 4)
        ends = np.sort(self.trace.format_xy(0, count).y.reshape(-1, 2), axis=1)
        assert np.array_equal(ends, self.rows[:, [2, 1]])
        self.repeats = max(1, MILLION // count)

    def over_memcpy(self, formatter: FlatBarsFormatter | TraceFormatter) -> float:
        """Return the ratio of one formatter."""
        return race(
            lambda: formatter.update_xy(self.columns, 0, self.revised),
            lambda: np.copyto(self.target, self.rows),
            repeats=self.repeats,
        )

    def track_flat_over_memcpy(self, count: int) -> float:
        """Return the y of four points a bar, written in place, over a copy of the prices."""
        return self.over_memcpy(self.flat)

    def track_trace_over_memcpy(self, count: int) -> float:
        """Return the y of two points a bar, likewise."""
        return self.over_memcpy(self.trace)


class Steps:
    """Outlines of steps, written in place, over a copy of their levels twice."""

    params = (SIZES,)
    param_names = ('rows',)

    def setup(self, count: int) -> None:
        """Format once, and compare with the kernel."""
        self.levels = np.random.default_rng(count).random(count)
        self.twice = np.repeat(self.levels, 2)
        self.target = np.empty_like(self.twice)
        self.formatter = StepFormatter()
        self.formatter.update_xy(self.levels, 0)
        kernel = to_step_format(self.levels)
        found = self.formatter.format_xy(0, count)
        assert np.array_equal(found.x, kernel.x)
        assert np.array_equal(found.y, kernel.y)
        self.revised = [(0, count)]
        self.repeats = max(1, MILLION // count)

    def track_steps_over_memcpy(self, count: int) -> float:
        """Return both corners of each step, kept x included, over the copy."""
        return race(
            lambda: self.formatter.update_xy(self.levels, 0, self.revised),
            lambda: np.copyto(self.target, self.twice),
            repeats=self.repeats,
        )


class Scratch:
    """Points with their x from columns, over a copy of whole bars of 48 bytes.

    It reads 40 bytes a row and writes 64, of which the copy's 96 are a few less.
    """

    params = (SIZES,)
    param_names = ('rows',)

    def setup(self, count: int) -> None:
        """Format from scratch, and compare with the kernel."""
        self.columns = bars(count)
        self.count = count
        self.source, self.target = np.random.default_rng(1).normal(size=(2, count, 6))
        self.repeats = max(1, MILLION // count)
        self.formatter = FlatBarsFormatter()
        self.formatter.update_xy(self.columns, 0)
        kernel = ohlc_flatten(np.column_stack(self.columns))
        found = self.formatter.format_xy(0, count)
        assert np.array_equal(found.x, kernel.x)
        assert np.array_equal(found.y, kernel.y)

    def copy(self) -> None:
        """Copy whole bars."""
        np.copyto(self.target, self.source)

    def track_new_formatter_over_memcpy(self, count: int) -> float:
        """Return it with new memory, each page of which the system clears first, over the copy."""
        return race(
            lambda: FlatBarsFormatter().update_xy(self.columns, 0), self.copy, repeats=self.repeats
        )

    def track_new_memory_over_memcpy(self, count: int) -> float:
        """Return the time in which NumPy fills as much new memory, over the copy."""
        return race(lambda: np.full(8 * count, 1.0), self.copy, repeats=self.repeats)


class LiveRow:
    """The live row formatted from Python."""

    def setup(self) -> None:
        """Format it once."""
        self.formatter = FlatBarsFormatter()
        self.formatter.update_xy(bars(MILLION), 0)
        self.formatter.update_live(1.0, 4.0, 0.5, 2.0)
        live = self.formatter.format_xy(MILLION - 1, MILLION).y
        assert live.tolist() == [1.0, 4.0, 0.5, 2.0]

    def rows(self) -> None:
        """Format it many times."""
        update = self.formatter.update_live
        for _ in range(CALLS):
            update(1.0, 4.0, 0.5, 2.0)

    def track_live_row_ns(self) -> Scaled:
        """Return the nanoseconds of one call, scaled."""
        return scaled(self.rows, 1e-9, count=CALLS)
