"""The sampler of a feed: folds its ticks into bars of two periods and keeps its quote row.

It is driven by recorded time alone: whoever delivers ticks says how far its clock is. A venue's
clock and the recording one differ; the sampler takes the largest lead of a trade time over its
recorded time as their difference, which can never be more than the true one, because a message
takes time to arrive. So rows open when the venue's time has come, whichever clock is behind, and
the same recording makes the same rows at any speed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from piker.core.rows import ASK, BAR, BID, MID, QUOTE, TRADE
from piker.shm import BarFolder, open_shm_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from piker.shm import ShmArray

__all__ = ['GRACE_NS', 'LEAD_NS', 'Sampler', 'SamplerStatistics', 'resample_ticks']

GRACE_NS = 250_000_000
"""How long the clock waits for late ticks before it opens a row."""
LEAD_NS = 3600 * 1_000_000_000
"""A trade time so far ahead of the recording clock is a mistake."""

SIDES = {TRADE: ('last', 'size'), BID: ('bid', 'bid_size'), ASK: ('ask', 'ask_size')}


class SamplerStatistics(NamedTuple):
    """What became of a feed's ticks, counted on its finest bars.

    Attributes
    ----------
    folded : int
        Ticks that are part of a bar.
    late : int
        Of these, ticks that revised a closed bar.
    dropped : int
        Ticks older than the bars of this feed.
    ahead : int
        Ticks from the future, or so far ahead of the live row that the ring would be run over.
    invalid : int
        Ticks without a finite price, or of a time outside of the years 1800 to 2079.
    """

    folded: int
    late: int
    dropped: int
    ahead: int
    invalid: int


class Sampler:
    """Folds the ticks of one feed into its rings; their only writer.

    Parameters
    ----------
    rings : mapping of int to ShmArray
        Rings of `piker.core.rows.BAR` by their period in nanoseconds, the finest first; rows
        that are in them are history.
    quote : ShmArray
        Ring of `piker.core.rows.QUOTE`; its one row is changed in place.
    phase_ns : int, optional
        Time since which periods are counted.
    sessions : ndarray of shape (k, 2), int64, optional
        When the market is open; None: always.
    opens : ndarray of shape (n,), int64, optional
        When the finest bars open, where they are uneven.
    kind : int, optional
        Which ticks make bars: TRADE, BID, ASK, or MID of bid and ask.
    """

    def __init__(
        self,
        rings: Mapping[int, ShmArray],
        quote: ShmArray,
        *,
        phase_ns: int = 0,
        sessions: NDArray[np.int64] | None = None,
        opens: NDArray[np.int64] | None = None,
        kind: int = TRADE,
    ) -> None:
        self.folders = [
            BarFolder(
                ring,
                period_ns,
                phase_ns=phase_ns,
                sessions=sessions,
                opens=None if place else opens,
                kind=kind,
            )
            for place, (period_ns, ring) in enumerate(rings.items())
        ]
        self.quote = quote
        self.kind = kind
        self.venue_lead_ns: int | None = None
        self.row = np.array([(0, *(np.nan,) * 6, 0.0)], QUOTE)

    def sample(self, recorded: NDArray[np.int64], ticks: NDArray[np.void], now_ns: int) -> int:
        """Fold ticks, open the rows whose time has come, then wake who waits for the rings.

        Readers are woken here, once for all that a batch did to a ring, and not where a row
        changes: a batch is what arrived together, and whoever waits wants to see all of it.

        Parameters
        ----------
        recorded : ndarray of shape (n,), int64
            When each tick arrived, by the recording clock; none is after `now_ns`.
        ticks : ndarray of shape (n,), `piker.core.rows.TICK`
            In the order in which they arrived; may be empty.
        now_ns : int
            The recording clock, not before that of the call before.

        Returns
        -------
        int
            How many rows of the finest period were opened.
        """
        opened = [folder.fold(ticks, now_ns + LEAD_NS) for folder in self.folders]
        self.follow_venue(recorded, ticks)
        if self.venue_lead_ns is not None:
            venue_ns = now_ns + self.venue_lead_ns - GRACE_NS
            for place, folder in enumerate(self.folders):
                opened[place] += folder.advance(venue_ns)
        if len(ticks):
            self.update_quote(ticks)
        for ring in (self.quote, *(folder.ring for folder in self.folders)):
            ring.notify()
        return opened[0]

    def follow_venue(self, recorded: NDArray[np.int64], ticks: NDArray[np.void]) -> None:
        """Learn from ticks how far the venue's clock is ahead of the recording one."""
        kinds = (BID, ASK) if self.kind == MID else (self.kind,)
        leads = (ticks['time'] - recorded)[np.isin(ticks['kind'], kinds)]
        leads = leads[leads <= LEAD_NS]
        if leads.size:
            lead = int(leads.max())
            known = self.venue_lead_ns
            self.venue_lead_ns = lead if known is None else max(lead, known)

    def update_quote(self, ticks: NDArray[np.void]) -> None:
        """Bring the quote row up to date: the newest trade, bid and ask, each with its size.

        Its volume is that of all trades since the feed was opened.
        """
        kinds = ticks['kind']
        for kind, (price, size) in SIDES.items():
            places = np.flatnonzero(kinds == kind)
            if places.size:
                newest = ticks[places[-1]]
                self.row[price] = newest['price']
                self.row[size] = newest['size']
            if kind == TRADE:
                self.row['volume'] += np.nansum(ticks['size'][places])
        self.row['time'] = max(int(self.row['time'][0]), int(ticks['time'].max()))
        if self.quote.last == self.quote.first:
            self.quote.push(self.row)
        else:
            self.quote.set_last(self.row[0])

    def statistics(self) -> SamplerStatistics:
        """Return what became of the ticks so far."""
        finest = self.folders[0]
        return SamplerStatistics(
            finest.folded, finest.late, finest.dropped, finest.ahead, finest.invalid
        )


def resample_ticks(
    runs: Iterable[NDArray[np.void]],
    period_ns: int,
    *,
    phase_ns: int = 0,
    sessions: NDArray[np.int64] | None = None,
    opens: NDArray[np.int64] | None = None,
    kind: int = TRADE,
) -> NDArray[np.void]:
    """Fold ticks into bars at once, by the rules of the live fold.

    Parameters
    ----------
    runs : iterable of ndarray of shape (n,), `piker.core.rows.TICK`
        Ticks in the order in which they arrived.
    period_ns : int
        Length of a bar.
    phase_ns : int, optional
        Time since which periods are counted.
    sessions : ndarray of shape (k, 2), int64, optional
        When the market is open; None: always.
    opens : ndarray of shape (n,), int64, optional
        When bars open, where they are uneven.
    kind : int, optional
        Which ticks make bars: TRADE, BID, ASK, or MID of bid and ask.

    Returns
    -------
    ndarray of shape (m,), `piker.core.rows.BAR`
        A copy; the newest bars where there are more than `RESAMPLED_ROWS`.
    """
    with open_shm_array('resample', RESAMPLED_ROWS, BAR, reducers={}) as ring:
        folder = BarFolder(
            ring, period_ns, phase_ns=phase_ns, sessions=sessions, opens=opens, kind=kind
        )
        for ticks in runs:
            folder.fold(ticks)
        return ring.rows(ring.first, ring.last)


RESAMPLED_ROWS = 2**18
"""Most bars that `resample_ticks` makes."""
