"""Signals of a whole series, against polars, NumPy and a copy of the series."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from numpy.lib.stride_tricks import sliding_window_view

from piker.kernels import ema, rolling_max, rolling_min, rolling_std, rsi, sma, vwap, wma

from .ratio import race
from .series import walk
from .sizes import SIZES, need_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LENGTH = 20
SETTLED = 1000
"""From here on it no longer matters how an exponential average began."""
Y, VOLUME = pl.col('y'), pl.col('volume')


class Signal(NamedTuple):
    """One signal and its peers.

    Attributes
    ----------
    ours : callable
        Of prices and volumes.
    polars : Expr
        Of the columns y and volume.
    numpy : callable, optional
        Of prices and volumes, for rows from `LENGTH - 1` on; None where NumPy has to loop.
    """

    ours: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
    polars: pl.Expr
    numpy: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]] | None = None


def windows(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the newest values at each row that has enough, as a view."""
    return sliding_window_view(y, LENGTH)


def means(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return moving averages as differences of one running sum."""
    sums = np.cumsum(y)
    sums[LENGTH:] = sums[LENGTH:] - sums[:-LENGTH]
    return sums[LENGTH - 1 :] / LENGTH


def wilder(changes: pl.Expr) -> pl.Expr:
    """Return Wilder's average of changes, the first of which is null."""
    return changes.ewm_mean(alpha=1 / LENGTH, adjust=False)


WEIGHTS = np.arange(1.0, LENGTH + 1) / (LENGTH * (LENGTH + 1) / 2)
RISES, FALLS = wilder(Y.diff().clip(lower_bound=0)), wilder((-Y.diff()).clip(lower_bound=0))
SIGNALS = {
    'sma': Signal(lambda y, _: sma(y, LENGTH), Y.rolling_mean(LENGTH), lambda y, _: means(y)),
    'wma': Signal(
        lambda y, _: wma(y, LENGTH),
        Y.rolling_mean(LENGTH, weights=WEIGHTS.tolist()),
        lambda y, _: np.convolve(y, WEIGHTS[::-1], 'valid'),
    ),
    'ema': Signal(lambda y, _: ema(y, LENGTH), Y.ewm_mean(span=LENGTH, adjust=False)),
    'rsi': Signal(lambda y, _: rsi(y, LENGTH), 100 * RISES / (RISES + FALLS)),
    'min': Signal(
        lambda y, _: rolling_min(y, LENGTH),
        Y.rolling_min(LENGTH),
        lambda y, _: windows(y).min(axis=1),
    ),
    'max': Signal(
        lambda y, _: rolling_max(y, LENGTH),
        Y.rolling_max(LENGTH),
        lambda y, _: windows(y).max(axis=1),
    ),
    'std': Signal(
        lambda y, _: rolling_std(y, LENGTH),
        Y.rolling_std(LENGTH, ddof=0),
        lambda y, _: np.sqrt(np.maximum(means(y * y) - means(y) ** 2, 0)),
    ),
    'vwap': Signal(
        vwap,
        (Y * VOLUME).cum_sum() / VOLUME.cum_sum(),
        lambda y, volume: (np.cumsum(y * volume) / np.cumsum(volume))[LENGTH - 1 :],
    ),
}


class WholeSeries:
    """A signal over 20 rows, of all rows at once."""

    timeout = 1800.0
    param_names = ('rows', 'signal')
    params = (SIZES, tuple(SIGNALS))

    def setup(self, rows: int, signal: str) -> None:
        """Make the series, and check that all contestants find the same values."""
        need_memory(80 * rows)
        self.y = walk(rows)
        self.volume = np.random.default_rng(5).integers(1, 100, rows).astype(np.float64)
        self.frame = pl.DataFrame({'y': self.y, 'volume': self.volume})
        self.signal = SIGNALS[signal]
        found = self.ours()
        peers = [self.polars()]
        if self.signal.numpy is not None:
            made = self.signal.numpy(self.y, self.volume)
            peers.append(np.concatenate((np.full(LENGTH - 1, np.nan), made)))
        for peer in peers:
            # Differences of running sums lose digits, the more the longer the series.
            np.testing.assert_allclose(found[SETTLED:], peer[SETTLED:], rtol=1e-5, atol=1e-3)

    def ours(self) -> NDArray[np.float64]:
        """Return the signal."""
        return self.signal.ours(self.y, self.volume)

    def polars(self) -> NDArray[np.float64]:
        """Return the signal as polars computes it, on as many threads as it takes."""
        return self.frame.select(self.signal.polars).to_series().to_numpy()

    def track_over_polars(self, rows: int, signal: str) -> float:
        """Return the time over that of polars."""
        return race(self.ours, self.polars)

    def track_over_numpy(self, rows: int, signal: str) -> float:
        """Return the time over that of NumPy, NaN where it has no function."""
        numpy = self.signal.numpy
        if numpy is None:
            return math.nan
        return race(self.ours, lambda: numpy(self.y, self.volume))

    def track_over_copy(self, rows: int, signal: str) -> float:
        """Return the time over that of a copy of the series into fresh memory."""
        return race(self.ours, self.y.copy)
