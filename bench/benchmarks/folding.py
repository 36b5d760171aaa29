"""Ticks folded into bars, and bars into longer ones, against polars and NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from piker.core.rows import BAR, TICK, TRADE
from piker.data.resample import fold_rows
from piker.shm import BarFolder, open_shm_array

from .ratio import best_of_turns, race, seconds
from .series import walk
from .sizes import SIZES, need_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
START_NS = 1_700_000_040 * SECOND_NS
"""A full minute."""
TICKS_A_SECOND = 20
CHUNK = 1 << 20
AGGREGATES = {
    'open': pl.Expr.first,
    'high': pl.Expr.max,
    'low': pl.Expr.min,
    'close': pl.Expr.last,
    'volume': pl.Expr.sum,
}


def grouped(frame: pl.DataFrame, every: str, sources: dict[str, str]) -> pl.DataFrame:
    """Return bars as polars makes them; `sources` names the column that each field is made of."""
    fields = [
        aggregate(pl.col(sources[name])).alias(name) for name, aggregate in AGGREGATES.items()
    ]
    return frame.group_by_dynamic('time', every=every).agg(fields)


def reduced(
    times: NDArray[np.int64], period_ns: int, fields: dict[str, NDArray[np.float64]]
) -> NDArray[np.void]:
    """Return bars as NumPy makes them, one for each period that has a row."""
    keys = times // period_ns
    starts = np.concatenate(([0], np.flatnonzero(np.diff(keys)) + 1))
    bars = np.empty(len(starts), BAR)
    bars['time'] = keys[starts] * period_ns
    bars['open'] = fields['open'][starts]
    bars['high'] = np.maximum.reduceat(fields['high'], starts)
    bars['low'] = np.minimum.reduceat(fields['low'], starts)
    bars['close'] = fields['close'][np.append(starts[1:], len(times)) - 1]
    bars['volume'] = np.add.reduceat(fields['volume'], starts)
    return bars


def assert_same_bars(
    found: NDArray[np.void], expected: NDArray[np.void], peer: pl.DataFrame
) -> None:
    """Fail unless bars are equal to the digit; volumes are whole numbers here."""
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(found['time'], peer['time'].to_numpy().astype(np.int64))
    for name in AGGREGATES:
        np.testing.assert_array_equal(found[name], peer[name].to_numpy())


class Ticks:
    """Trades folded into bars of a second, in a ring with its pyramid."""

    timeout = 1800.0
    param_names = ('rows',)
    params = (SIZES,)

    def setup(self, rows: int) -> None:
        """Make the trades, and check that all contestants make the same bars."""
        need_memory(120 * rows)
        random = np.random.default_rng(rows)
        step_ns = SECOND_NS // TICKS_A_SECOND
        self.ticks = np.zeros(rows, TICK)
        self.ticks['time'] = START_NS + step_ns * np.arange(rows)
        self.ticks['time'] += random.integers(0, step_ns, rows)
        self.ticks['price'] = walk(rows)
        self.ticks['size'] = random.integers(1, 100, rows)
        self.ticks['kind'] = TRADE
        self.times, self.prices, self.sizes = (
            np.ascontiguousarray(self.ticks[name]) for name in ('time', 'price', 'size')
        )
        self.frame = pl.DataFrame(
            {
                'time': pl.Series(self.times).cast(pl.Datetime('ns')).set_sorted(),
                'price': self.prices,
                'size': self.sizes,
            }
        )
        made: list[NDArray[np.void]] = []
        self.fold_seconds(lambda ring: made.append(ring.rows(ring.first, ring.last)))
        assert_same_bars(made[0], self.numpy(), self.polars())

    def fold_seconds(self, look: Callable[..., object] = lambda ring: None) -> float:
        """Fold all trades into a fresh ring and return the seconds of that."""
        bars = len(self.ticks) // TICKS_A_SECOND + 1
        with open_shm_array('bench-ticks', bars, BAR) as ring:
            folder = BarFolder(ring, SECOND_NS)
            taken = seconds(lambda: folder.fold(self.ticks))
            look(ring)
            return taken

    def polars(self) -> pl.DataFrame:
        """Return the bars as polars makes them, on as many threads as it takes."""
        prices = dict.fromkeys(('open', 'high', 'low', 'close'), 'price')
        return grouped(self.frame, '1s', prices | {'volume': 'size'})

    def numpy(self) -> NDArray[np.void]:
        """Return the bars as NumPy makes them."""
        prices = dict.fromkeys(('open', 'high', 'low', 'close'), self.prices)
        return reduced(self.times, SECOND_NS, prices | {'volume': self.sizes})

    def fold_over(self, peer: Callable[[], object]) -> float:
        """Return the time of a fold over that of a peer."""
        peer()
        ours, theirs = best_of_turns((self.fold_seconds, lambda: seconds(peer)))
        return ours / theirs

    def track_over_polars(self, rows: int) -> float:
        """Return the time over that of polars' `group_by_dynamic`."""
        return self.fold_over(self.polars)

    def track_over_numpy(self, rows: int) -> float:
        """Return the time over that of `reduceat`."""
        return self.fold_over(self.numpy)

    def track_over_max(self, rows: int) -> float:
        """Return the time over that of `np.max` of the prices."""
        return self.fold_over(self.prices.max)


class Bars:
    """Bars of a second in a ring, folded into bars of a minute."""

    timeout = 1800.0
    param_names = ('rows',)
    params = (SIZES,)

    def setup(self, rows: int) -> None:
        """Fill the ring, and check that all contestants make the same bars."""
        need_memory(130 * rows)
        self.ring = open_shm_array('bench-bars', rows, BAR)
        closes = walk(rows)
        for start in range(0, rows, CHUNK):
            chunk = closes[start : start + CHUNK]
            bars = np.empty(len(chunk), BAR)
            places = np.arange(start, start + len(chunk))
            bars['time'] = START_NS + SECOND_NS * places
            bars['open'] = bars['close'] = chunk
            bars['high'], bars['low'] = chunk + 0.5, chunk - 0.5
            bars['volume'] = places % 100
            self.ring.push(bars)
        first, last = self.ring.first, self.ring.last
        self.columns = {name: self.ring.column(name, first, last) for name in BAR.names or ()}
        times = pl.Series(self.columns['time']).cast(pl.Datetime('ns')).set_sorted()
        self.frame = pl.DataFrame(self.columns | {'time': times})
        assert_same_bars(self.ours(), self.numpy(), self.polars())

    def teardown(self, rows: int) -> None:
        """Close the ring."""
        self.columns.clear()
        self.ring.close()

    def ours(self) -> NDArray[np.void]:
        """Fold all rows of the ring."""
        return fold_rows(self.ring, self.ring.first, self.ring.last, MINUTE_NS)

    def polars(self) -> pl.DataFrame:
        """Return the bars as polars makes them, on as many threads as it takes."""
        return grouped(self.frame, '1m', {name: name for name in AGGREGATES})

    def numpy(self) -> NDArray[np.void]:
        """Return the bars as NumPy makes them."""
        return reduced(self.columns['time'], MINUTE_NS, self.columns)

    def track_over_polars(self, rows: int) -> float:
        """Return the time over that of polars' `group_by_dynamic`."""
        return race(self.ours, self.polars)

    def track_over_numpy(self, rows: int) -> float:
        """Return the time over that of `reduceat`."""
        return race(self.ours, self.numpy)

    def track_over_max(self, rows: int) -> float:
        """Return the time over that of `np.max` of the closes."""
        return race(self.ours, self.columns['close'].max)
