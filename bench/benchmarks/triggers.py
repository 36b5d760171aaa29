"""Ticks that cross no resting trigger: what the dark book costs all day long."""

from __future__ import annotations

import numpy as np

from piker.core.rows import TICK, TRADE
from piker.kernels import TriggerIndex

from .floors import open_floor
from .ratio import Scaled, race, scaled
from .sizes import IS_QUICK

PRICE_TICK = 0.01
MIDDLE = 100_000
QUIET = 50
"""Ticks around the middle in which no level lies."""
TICKS = 10_000


class Quiet:
    """A book of resting triggers above and below the market, and ticks in between."""

    timeout = 1800.0
    param_names = ('triggers',)
    params = ((10**4, 10**5) if IS_QUICK else (10**4, 10**5, 10**6),)

    def setup(self, triggers: int) -> None:
        """Fill the book, and check that levels fire when they are reached and not before."""
        random = np.random.default_rng(4)
        away = random.integers(QUIET, MIDDLE // 2, triggers)
        is_above = random.random(triggers) < 0.5
        self.levels = np.where(is_above, MIDDLE + away, MIDDLE - away)
        self.is_above = is_above
        self.index = TriggerIndex(PRICE_TICK)
        for oid, (above, level) in enumerate(zip(is_above.tolist(), self.levels, strict=True)):
            self.index.add(oid, kind=TRADE, is_above=above, level=level)
        self.ticks = np.zeros(TICKS, TICK)
        self.ticks['kind'] = TRADE
        self.ticks['price'] = (MIDDLE + random.integers(-QUIET + 1, QUIET, TICKS)) * PRICE_TICK
        self.price = float(self.ticks['price'][0])
        if len(self.index.feed(self.ticks).ids) or self.index.cross(TRADE, self.price):
            raise RuntimeError('a trigger fired before its level')
        nearest = int(self.levels[is_above].min())
        fired = self.index.cross(TRADE, nearest * PRICE_TICK)
        expected = np.flatnonzero(is_above & (self.levels == nearest))
        np.testing.assert_array_equal(fired, expected)
        for oid in fired:
            self.index.add(oid, kind=TRADE, is_above=True, level=nearest)

    def cross(self) -> None:
        """Ask with one price from Python."""
        self.index.cross(TRADE, self.price)

    def track_tick_in_kernel_us(self, triggers: int) -> Scaled:
        """Return the microseconds of a tick of many in one call, scaled."""
        return scaled(lambda: self.index.feed(self.ticks), 1e-6, count=TICKS)

    def track_tick_from_python_us(self, triggers: int) -> Scaled:
        """Return the microseconds of a call with one price, scaled."""
        return scaled(self.cross, 1e-6)

    def track_tick_over_call(self, triggers: int) -> float:
        """Return the time of a call with one price over that of a method that does nothing."""
        cross = open_floor().cross
        return race(self.cross, lambda: cross(TRADE, self.price))

    def track_tick_over_walk(self, triggers: int) -> float:
        """Return the time of a call over that of comparing every level, by NumPy."""
        prices = self.levels * PRICE_TICK

        def walk() -> bool:
            reached = np.where(self.is_above, self.price >= prices, self.price <= prices)
            return bool(reached.any())

        return race(self.cross, walk)
