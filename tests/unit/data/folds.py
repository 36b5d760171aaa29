"""A resample of ticks in plain Python: what the compiled fold must equal to the digit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from piker.core.rows import BAR, TICK, TRADE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from piker.shm import ShmArray

__all__ = ['Tick', 'live_row', 'make_ticks', 'resample']

Sessions = list[tuple[int, int]] | None


class Tick(NamedTuple):
    """One trade."""

    time: int
    price: float
    size: float


def live_row(ring: ShmArray) -> np.void:
    """Return the live row of a ring that has one."""
    row = ring.live()
    assert row is not None
    return row


def make_ticks(ticks: list[Tick], kind: int = TRADE) -> NDArray[np.void]:
    """Return trades as rows."""
    rows = np.zeros(len(ticks), TICK)
    for place, tick in enumerate(ticks):
        rows[place] = (tick.time, tick.price, tick.size, kind, 0, place)
    return rows


def resample(
    arrived: list[Tick],
    period: int,
    sessions: Sessions = None,
    until: int | None = None,
    phase: int = 0,
) -> NDArray[np.void]:
    """Group by floored time, sort each group by time (stable) for open and close, sum as they came.

    Ticks before the row of the first one are left out, and those without a finite price. Rows
    without a tick repeat the last close while the market is open, up to the newest tick or the
    time `until`; their volume is -0.0.
    """
    ticks = [tick for tick in arrived if math.isfinite(tick.price)]
    if not ticks:
        return np.empty(0, BAR)
    first = (ticks[0].time - phase) // period * period + phase
    groups: dict[int, list[Tick]] = {}
    for tick in ticks:
        key = (tick.time - phase) // period * period + phase
        if key >= first:
            groups.setdefault(key, []).append(tick)
    end = max(*groups, first if until is None else (until - phase) // period * period + phase)
    bars = []
    close = 0.0
    for key in range(first, end + period, period):
        found = groups.get(key, [])
        if found:
            ordered = sorted(found, key=lambda tick: tick.time)
            prices = [tick.price for tick in found]
            volume = 0.0
            for tick in found:
                volume += tick.size if 0.0 < tick.size < math.inf else 0.0
            close = ordered[-1].price
            bars.append((key, ordered[0].price, max(prices), min(prices), close, volume))
        elif is_open(key, period, sessions):
            bars.append((key, close, close, close, close, -0.0))
    return np.array(bars, BAR)


def is_open(key: int, period: int, sessions: Sessions) -> bool:
    """Tell whether a row touches a session."""
    return sessions is None or any(start < key + period and stop > key for start, stop in sessions)
