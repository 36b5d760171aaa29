"""What a chart tells of the row, or the column of rows, under a device pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from piker.ui.model import formats
from piker.ui.model.card import Entry
from piker.ui.model.timeticks import stamp
from piker.ui.model.zones import UTC_ZONE

if TYPE_CHECKING:
    from piker.ui.model.flow import Flow
    from piker.ui.model.viewport import Viewport
    from piker.ui.model.zones import Zone

__all__ = ['Readout', 'direction', 'entries_at', 'readout_at', 'time_at']


class Readout(NamedTuple):
    """The bar that a row is, or that all rows of a column make, and what it is compared with.

    Attributes
    ----------
    open, high, low, close, volume : float
        As of a bar.
    base : float
        The close before it, or its own open where there is none or it stands for several rows.
    """

    open: float
    high: float
    low: float
    close: float
    base: float
    volume: float

    @property
    def move(self) -> str:
        """The colour token of its change against the base."""
        return 'ink' if self.close == self.base else direction(self.base, self.close)


def direction(open_: float, close: float) -> str:
    """Return the colour token of a way from one price to another."""
    return 'up' if close >= open_ else 'down'


def readout_at(
    prices: Flow, volumes: Flow, viewport: Viewport, pixel: int | None
) -> Readout | None:
    """Return what a chart tells of a device pixel.

    Parameters
    ----------
    prices, volumes : Flow
        The bars, and the sums of their volumes.
    viewport : Viewport
        Where they are shown.
    pixel : int or None
        Counted from the plot's left; None, or one beside the rows, tells of the last row.

    Returns
    -------
    Readout or None
        None where there is no row.

    Raises
    ------
    Overrun
        The writer lapped the rows while they were read.
    """
    first, last = prices.ring.first, prices.ring.last
    if last <= first:
        return None
    row = last - 1 if pixel is None else viewport.row_at(pixel)
    if not first <= row < last:
        row = last - 1
    elif pixel is not None and not viewport.zoom.step and first < row < last - 1:
        edges = viewport.edges(pixel, pixel + 1)
        if edges[0] >= first and edges[1] <= last:
            open_, high, low, close = (float(value) for value in prices.columns(edges)[0])
            volume = float(volumes.columns(edges)[0])
            return Readout(open_, high, low, close, open_, volume)
    bar = prices.live() if row == last - 1 else prices.rows(row, row + 1)[0]
    if bar is None:
        return None
    open_, high, low, close = (float(bar[name]) for name in ('open', 'high', 'low', 'close'))
    base = float(prices.rows(row - 1, row)[0]['close']) if row > first else open_
    return Readout(open_, high, low, close, base, float(bar['volume']))


def entries_at(
    prices: Flow, volumes: Flow, viewport: Viewport, pixel: int, digits: int, zone: Zone = UTC_ZONE
) -> tuple[Entry, ...]:
    """Return the time, the bar, its change and its volume under a device pixel.

    Parameters
    ----------
    prices, volumes, viewport
        As for `readout_at`.
    pixel : int
        Counted from the plot's left.
    digits : int
        Decimals of a price.
    zone : Zone, optional
        Whose clock tells the time.

    Returns
    -------
    tuple of Entry
        The time first; nothing beside the rows, where there is no bar.

    Raises
    ------
    Overrun
        The writer lapped the rows while they were read.
    """
    ring = prices.ring
    if not ring.first <= viewport.row_at(pixel) < ring.last:
        return ()
    told = readout_at(prices, volumes, viewport, pixel)
    if told is None:
        return ()
    token = direction(told.open, told.close)
    return (
        Entry('', time_at(prices, viewport, pixel, zone)),
        *(
            Entry(letter, formats.price(value, digits), token)
            for letter, value in zip('OHLC', told[:4], strict=True)
        ),
        Entry('Change', formats.change(told.close, told.base, digits), told.move),
        Entry('Volume', formats.humanise(told.volume)),
    )


def time_at(flow: Flow, viewport: Viewport, pixel: int, zone: Zone = UTC_ZONE) -> str:
    """Return the time under a device pixel in full; beyond the last row it goes on by the period.

    Parameters
    ----------
    flow : Flow
        The rows.
    viewport : Viewport
        Where they are shown.
    pixel : int
        Counted from the plot's left.
    zone : Zone, optional
        Whose clock tells it.

    Returns
    -------
    str
        Empty before the first row.
    """
    first, last = flow.ring.first, flow.ring.last
    row = viewport.row_at(pixel)
    if last <= first or row < first:
        return ''
    inside = min(row, last - 1)
    time = int(flow.times(inside, inside + 1)[0]) + (row - inside) * flow.period_ns
    return stamp(time, flow.period_ns, zone)
