"""Bars of a longer period, folded from the bars of a ring and kept up to date.

Periods are anchored to 1970-01-01T00:00Z, so that hours begin at full hours and days at 00:00 UTC,
or to the phase of a source whose bars open at other times. There is no calendar: sessions, weeks
and months do not shift them, and a period in which the source has no row has none either.
"""

from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from piker.core.errors import InputError
from piker.core.rows import BAR, is_filler
from piker.data.columns import ohlc_columns, sum_columns
from piker.data.timeindex import row_at
from piker.kernels import arguments
from piker.shm import open_shm_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from piker.shm import ShmArray

__all__ = ['FoldedBars', 'fold_rows']

Times = TypeVar('Times', int, 'NDArray[np.int64]')

SECOND = 1_000_000_000
LONGEST_NS = 2**61  # 73 years, which can be added to the times of rows within int64
FEW_BARS = 16
FIRST_LOOK = 64
SPARE_ROWS = 4096
# Sessions are shorter than days, so bars of a day hold fewer source rows than its length says.
SPARSITY = 8


class FoldedBars:
    """Bars of a longer period in a ring of their own, made of a source ring.

    The law: after `update` the rows are what folding the source's rows from scratch makes,
    whatever mix of appended, prepended, revised and live rows came since the update before.
    Bars whose rows the source has lost stay as they were. A bar's open, high, low and close are
    first, highest, lowest and last of the finite values; so they are to the bit what the ticks that
    made the rows make at once. Its volume is the sum of the rows' volumes, which are rounded: it is
    that of the ticks where sizes add up exactly, and else may differ from it in the last bits.
    Fillers that it begins with do not count, and a bar of nothing else is a filler.

    Parameters
    ----------
    source : ShmArray
        Rows of `piker.core.rows.BAR`, uniform in time or with gaps.
    source_period_ns : int
        Their period, from 1 to 2**61.
    period_ns : int
        The longer period, a multiple of it, up to 2**61.
    phase_ns : int, optional
        Time since which periods are counted.

    Attributes
    ----------
    source : ShmArray
        As given; it is not closed here.
    ring : ShmArray
        Rows of `piker.core.rows.BAR`, in this process; whoever made this object closes it.

    Raises
    ------
    InputError
        When a period is not as above, or the phase is not of int64.
    ShmFull
        When there is no room for the ring.
    """

    def __init__(
        self, source: ShmArray, source_period_ns: int, period_ns: int, *, phase_ns: int = 0
    ) -> None:
        source_period_ns = arguments.whole(source_period_ns, 'source_period_ns', 1, LONGEST_NS)
        period_ns = arguments.whole(period_ns, 'period_ns', 1, LONGEST_NS)
        if period_ns % source_period_ns:
            raise InputError(
                f'invalid period_ns: bars of {period_ns / SECOND:g} s cannot be made of bars of '
                f'{source_period_ns / SECOND:g} s, choose a multiple of them'
            )
        self.source = source
        self.period_ns = period_ns
        self.phase_ns = arguments.whole(phase_ns, 'phase_ns') % period_ns
        rows = SPARSITY * source.capacity * source_period_ns // period_ns + SPARE_ROWS
        key = f'{source.token.key}.{period_ns}.{os.getpid()}'
        self.ring = open_shm_array(key, min(rows, source.capacity), BAR)
        self.seen_first = self.seen_last = source.first
        self.seen_revision = source.revision
        self.is_lapped = False

    def update(self) -> None:
        """Fold what changed in the source since the last update.

        Raises
        ------
        Overrun
            When the source's writer laps this reader; nothing is lost, update again.
        """
        source = self.source
        revision = source.revision
        first, last = source.first, source.last
        if last == first:
            return
        self.is_lapped |= first > self.seen_first
        if self.ring.last == self.ring.first:
            self.ring.push(self.fold(first, last))
        else:
            self.revise(first)
            self.prepend(first)
            self.append(last)
        self.seen_first, self.seen_last, self.seen_revision = first, last, revision

    def append(self, last: int) -> None:
        """Fold the newest bar again, and the bars behind it."""
        newest_ns = int(self.ring.column('time', self.ring.last - 1, self.ring.last)[0])
        start = row_at(self.source, newest_ns, stop=last)
        rows = self.fold(start, last)
        if len(rows) and rows['time'][0] == newest_ns:
            self.ring.set_last(rows[0])
            rows = rows[1:]
        if len(rows):
            self.ring.push(rows)

    def prepend(self, first: int) -> None:
        """Fold rows that were put before those seen so far."""
        if first >= self.seen_first:
            return
        oldest_ns = int(self.ring.column('time', self.ring.first, self.ring.last)[0])
        stop = min(row_at(self.source, oldest_ns + self.period_ns), self.seen_last)
        rows = self.fold(first, stop)
        if len(rows) and rows['time'][-1] == oldest_ns:
            self.replace(self.ring.first, rows[-1:])
            rows = rows[:-1]
        if len(rows):
            self.ring.prepend(rows)

    def revise(self, first: int) -> None:
        """Fold the bars again that revised rows belong to."""
        source, period_ns = self.source, self.period_ns
        for start, stop in source.dirty(self.seen_revision):
            begin, end = max(start, first, self.seen_first), min(stop, self.seen_last)
            if begin >= end:
                continue
            times = source.column('time', begin, end)
            begin_ns = bar_open(int(times[0]), period_ns, self.phase_ns)
            end_ns = bar_open(int(times[-1]), period_ns, self.phase_ns) + period_ns
            begin = row_at(source, begin_ns, stop=self.seen_last)
            end = row_at(source, end_ns, stop=self.seen_last)
            rows = self.fold(begin, end)
            if self.is_lapped and begin == first:
                # The first of these bars may have lost rows; it stays as it was.
                rows = rows[1:]
            if not len(rows):
                continue
            place = row_at(self.ring, int(rows['time'][0]))
            self.replace(place, rows[: self.ring.last - place])

    def fold(self, start: int, stop: int) -> NDArray[np.void]:
        """Return the bars of the source's rows [start, stop)."""
        return fold_rows(self.source, start, stop, self.period_ns, phase_ns=self.phase_ns)

    def replace(self, start: int, rows: NDArray[np.void]) -> None:
        """Put rows in the place of others, the live one among them or not."""
        closed = self.ring.last - 1 - start
        if closed > 0:
            self.ring.revise(start, rows[:closed])
        if len(rows) > closed:
            self.ring.set_last(rows[closed])


def fold_rows(
    source: ShmArray, start: int, stop: int, period_ns: int, *, phase_ns: int = 0
) -> NDArray[np.void]:
    """Fold rows of a ring into bars of a period.

    Parameters
    ----------
    source : ShmArray
        Rows of `piker.core.rows.BAR`.
    start, stop : int
        Absolute rows, half-open, all of them there.
    period_ns : int
        Length of a bar, from 1 to 2**61.
    phase_ns : int, optional
        Time since which periods are counted.

    Returns
    -------
    ndarray of shape (m,), `piker.core.rows.BAR`
        New rows, one for each period that has a row.

    Raises
    ------
    InputError
        When the period is not as above, or a number is not of int64.
    Overrun
        When the writer lapped the rows meanwhile.
    """
    start, stop = arguments.window(start, stop)
    period_ns = arguments.whole(period_ns, 'period_ns', 1, LONGEST_NS)
    phase_ns = arguments.whole(phase_ns, 'phase_ns') % period_ns
    edges = bar_edges(source, start, stop, period_ns, phase_ns)
    rows = np.empty(len(edges) - 1, BAR)
    if not len(rows):
        return rows
    opens = source.column('time', start, stop)[edges[:-1] - start]
    rows['time'] = bar_open(opens, period_ns, phase_ns)
    traded, is_traded = first_traded(source, edges)
    # Two columns a bar: the fillers that it begins with, if any, and the rest, which is the bar.
    halves = np.append(np.column_stack((edges[:-1], traded)), edges[-1])
    bars = ohlc_columns(source, halves)[1::2]
    for place, field in enumerate(('open', 'high', 'low', 'close')):
        rows[field] = bars[:, place]
    volumes = sum_columns(source, 'volume', halves)[1::2]
    rows['volume'] = np.where(~is_traded & (volumes == 0.0), -0.0, volumes)
    source.check(start)
    return rows


def first_traded(
    source: ShmArray, edges: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the first row of each bar that is no filler and no gap, and whether there is one.

    Fillers repeat a close of before: at a bar's beginning that of another bar, behind a trade one
    that is part of the bar already. Few bars are searched from their first rows on, so that the
    rows of a long one are not touched.
    """
    if len(edges) <= FEW_BARS:
        places = [search_traded(source, *pair) for pair in pairwise(edges.tolist())]
        found = np.array(places, np.int64)
    else:
        rows = np.flatnonzero(is_traded(source, int(edges[0]), int(edges[-1]))) + edges[0]
        found = np.append(rows, edges[-1])[np.searchsorted(rows, edges[:-1])]
    has_trade = found < edges[1:]
    return np.where(has_trade, found, edges[:-1]), has_trade


def search_traded(source: ShmArray, start: int, stop: int) -> int:
    """Return the first row of [start, stop) that is no filler and no gap; stop without one."""
    size = FIRST_LOOK
    while start < stop:
        end = min(start + size, stop)
        rows = is_traded(source, start, end)
        place = int(rows.argmax())
        if rows[place]:
            return start + place
        start, size = end, 8 * size
    return stop


def is_traded(source: ShmArray, start: int, stop: int) -> NDArray[np.bool_]:
    """Return which rows are no fillers and no gaps."""
    volumes, closes = (source.column(field, start, stop) for field in ('volume', 'close'))
    found: NDArray[np.bool_] = ~(is_filler(volumes) | np.isnan(closes))
    return found


def bar_open(times: Times, period_ns: int, phase_ns: int) -> Times:
    """Return when the bars that times fall in open, for one time or an array."""
    return times - (times - phase_ns) % period_ns


def bar_edges(
    source: ShmArray, start: int, stop: int, period_ns: int, phase_ns: int
) -> NDArray[np.int64]:
    """Return where bars begin among rows, and where the last one ends.

    Few bars are found by bisection, so that the rows of a long one are not touched.
    """
    if stop <= start:
        return np.array([start], np.int64)
    times = source.column('time', start, stop)
    if (int(times[-1]) - int(times[0])) // period_ns < FEW_BARS:
        edges = [start]
        while edges[-1] < stop:
            place = edges[-1] - start
            end_ns = bar_open(int(times[place]), period_ns, phase_ns) + period_ns
            edges.append(start + place + int(np.searchsorted(times[place:], end_ns)))
        return np.array(edges, np.int64)
    changes = np.flatnonzero(np.diff((times - phase_ns) // period_ns)) + 1
    return np.concatenate(([0], changes, [len(times)])) + start
