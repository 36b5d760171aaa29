"""`TimeTicks`: the ticks of the rows around a view, kept while the view moves among them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from piker.ui.model.timeticks import DAY, TimeTick, fitting_ticks
from piker.ui.model.zones import UTC_ZONE

if TYPE_CHECKING:
    from piker.ui.model.flow import Flow
    from piker.ui.model.viewport import Viewport
    from piker.ui.model.zones import Zone

__all__ = ['TimeTicks']


KEPT_PAIRS = 4


class TimeTicks:
    """Lays out time ticks for a stretch of rows that is anchored, as columns are.

    Absolute columns are cut into stretches as wide as the plot. A view lies in two neighbours:

        |  stretch k   |  stretch k + 1  |
              |---- view ----|

    Their ticks are laid out together, with a margin for those that take room from them, and those
    of the last few pairs are kept: so a pan lays out nothing, and which ticks are shown depends on
    where the view is, not on how it came there.

    Attributes
    ----------
    zone : Zone
        The time zone that the user has asked for.
    layouts : int
        How often ticks were laid out: a counter for tests.
    """

    def __init__(self) -> None:
        self.kept: dict[tuple[object, ...], list[TimeTick]] = {}
        self.zone = UTC_ZONE
        self.layouts = 0

    def clock(self, period_ns: int) -> Zone:
        """Return the zone of bars: those of a day or more are told by UTC days always."""
        return self.zone if period_ns < DAY else UTC_ZONE

    def clock_name(self, flow: Flow, viewport: Viewport) -> str:
        """Return what the clock is called at the newest row in view: it may change with the season.

        Raises
        ------
        Overrun
            The writer lapped the row while it was read.
        """
        first, last = flow.ring.first, flow.ring.last
        clock = self.clock(flow.period_ns)
        if last <= first:
            return clock.short_name(0)
        row = max(first, min(last, viewport.rows()[1]) - 1)
        time = int(flow.times(row, row + 1)[0])
        flow.ring.check(row)
        return clock.short_name(time)

    def in_view(self, flow: Flow, viewport: Viewport, gap: float) -> list[TimeTick]:
        """Return the ticks in view.

        Parameters
        ----------
        flow : Flow
            The rows whose times are told.
        viewport : Viewport
            What is in view.
        gap : float
            The least distance of two ticks in device pixels.

        Returns
        -------
        list of TimeTick
            Ascending by row; ticks beyond the last row go on by the flow's period.

        Raises
        ------
        Overrun
            The writer lapped the rows while their times were read.
        """
        width, zoom = viewport.width, viewport.zoom
        stretch = viewport.left // width
        begin, end = viewport.rows_of(stretch * width, (stretch + 2) * width)
        # Ticks out of view take room from those in view, lest these come and go at its edges.
        beside = math.ceil(gap * zoom.uppx) + 1
        ring = flow.ring
        start = min(max(ring.first, begin - beside), ring.last)
        stop = max(start, min(ring.last, end + beside))
        zone = self.clock(flow.period_ns)
        key = (flow, start, stop, ring.revision, zoom, width, stretch, gap, zone)
        found = self.kept.pop(key, None)
        if found is None:
            times = flow.times(start, stop)
            extra = max(0, end + beside - stop)
            found = fitting_ticks(times, start, flow.period_ns, extra, zoom.uppx, gap, zone)
            ring.check(start)
            self.layouts += 1
            if len(self.kept) >= KEPT_PAIRS:
                self.kept.pop(next(iter(self.kept)))
        self.kept[key] = found
        begin, end = viewport.rows()
        return [tick for tick in found if begin <= tick.row < end]
