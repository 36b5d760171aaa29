"""The close of the day before, and the high and low of the day of the newest row."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from piker.data import columns
from piker.data.timeindex import row_at

if TYPE_CHECKING:
    from piker.ui.model.flow import Flow

__all__ = ['DayLevels', 'Levels']

DAY = 86_400_000_000_000


class DayLevels(NamedTuple):
    """Prices of days, which begin at midnight UTC; NaN where there is none.

    Attributes
    ----------
    prev_close : float
        The close of the last row before the day; the ring may hold none.
    day_high, day_low : float
        Highest high and lowest low of the day, as far as the ring holds it.
    """

    prev_close: float
    day_high: float
    day_low: float


NOTHING = DayLevels(math.nan, math.nan, math.nan)


class Levels:
    """The levels of a flow, kept until its ring changes.

    Attributes
    ----------
    readings : int
        How often they were read: a counter for tests.
    """

    def __init__(self) -> None:
        self.key: tuple[object, ...] | None = None
        self.found = NOTHING
        self.readings = 0

    def of(self, flow: Flow) -> DayLevels:
        """Return the levels: two bisections and the bounds of one day, by the pyramid.

        Raises
        ------
        Overrun
            The writer lapped the rows while they were read.
        """
        key = (flow, flow.state())
        if key != self.key:
            self.found = read(flow)
            self.readings += 1
            self.key = key
        return self.found


def read(flow: Flow) -> DayLevels:
    """Read the levels of a flow."""
    ring = flow.ring
    first, last = ring.first, ring.last
    if last <= first:
        return NOTHING
    newest = int(flow.times(last - 1, last)[0])
    begin = row_at(ring, newest // DAY * DAY, stop=last)
    close = float(ring.rows(begin - 1, begin)['close'][0]) if begin > first else math.nan
    bounds = columns.price_bounds(ring, begin, last) or (math.nan, math.nan)
    return DayLevels(close, bounds[1], bounds[0])
