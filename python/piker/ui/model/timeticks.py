"""Ticks of the time axis on round times of a zone, found by binary search in the time column.

Rows are placed by index, so a gap in time takes no room: a tick stands at the first row at or
after a round time, and says the time of that row. Texts say what changed since the row before:
the day at midnight or across a gap, the month or year where one begins. Where ticks are too close
to each other the stronger one stays, which is what happens where a session begins:

    21:30 ... 15:00 16:00 17:00 | 9 Aug  (15:00)  16:00 17:00
                                ^ gap    ^ too close to the new day: dropped
"""

from __future__ import annotations

from bisect import bisect_left
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from piker.ui.model.zones import UTC_ZONE, Zone

__all__ = [
    'DAY',
    'Rank',
    'Step',
    'TimeTick',
    'fitting_ticks',
    'stamp',
    'time_step',
    'time_ticks',
]

Times = NDArray[np.int64]

NS = 1_000_000_000
MINUTE, HOUR, DAY = 60 * NS, 3600 * NS, 86400 * NS
STEPS = (
    *(seconds * NS for seconds in (1, 2, 5, 10, 15, 30)),
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 4, 6, 12)),
    *(days * DAY for days in (1, 2, 7, 14)),
)
MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
MONTH = 30 * DAY
MOST_CANDIDATES = 4096
SPACING_SAMPLES = 512
COLLIDING_SHARE = 0.25
LAST_TIME = 7_258_118_400 * NS  # the year 2200, well inside of int64


class Step(NamedTuple):
    """Distance of two ticks: nanoseconds, or months where that is not zero."""

    ns: int
    months: int = 0


class Rank(IntEnum):
    """What begins at a tick, the weakest first."""

    TIME = 0
    DAY = 1
    MONTH = 2
    YEAR = 3


class TimeTick(NamedTuple):
    """A tick at an absolute row, with that row's time.

    A strong one begins a day, month or year of which the ticks around it are parts.
    """

    row: int
    time: int
    text: str
    is_strong: bool
    rank: Rank


def time_step(ns_a_pixel: float, gap: float, period: int) -> Step:
    """Return the smallest round step that is at least `gap` pixels and one bar wide."""
    least = max(ns_a_pixel * gap, period)
    for step in STEPS:
        if step >= least:
            return Step(step)
    for months in MONTHS:
        if months * MONTH >= least:
            return Step(0, months)
    return Step(0, MONTHS[-1])


def coarser(step: Step) -> Step:
    """Return the next round step."""
    if step.months:
        return Step(0, next((months for months in MONTHS if months > step.months), MONTHS[-1]))
    return next((Step(ns) for ns in STEPS if ns > step.ns), Step(0, MONTHS[0]))


def candidates(start: int, stop: int, step: Step, zone: Zone) -> Times:
    """Return the times in `[start, stop]` that are round on a zone's clock, ascending.

    Where the clock is put forward over a round time, that time is the instant of the change; where
    it is put back, round times within a day come twice, days once.
    """
    if zone is UTC_ZONE:
        return round_times(start, stop, step)
    found: list[Times] = []
    # An hour that the clock leaves out may be the first of the span.
    for at, stretch in enumerate(stretches := zone.stretches(start - 1, stop)):
        local = round_times(stretch.start + stretch.offset, stretch.stop - 1 + stretch.offset, step)
        found.append(local - stretch.offset)
        if at:
            before = stretches[at - 1].offset
            left_out = round_times(stretch.start + before, stretch.start + stretch.offset, step)
            if len(left_out):
                found.append(np.array([stretch.start]))
    times = np.unique(np.concatenate(found))
    times = times[(times >= start) & (times <= stop)]
    if step.months or step.ns >= DAY:
        days = [zone.moment(time).date() for time in times.tolist()]
        is_first = [place == 0 or day != days[place - 1] for place, day in enumerate(days)]
        times = times[np.array(is_first, bool)]
    return times


def round_times(start: int, stop: int, step: Step) -> Times:
    """Return the round UTC times in `[start, stop]`; steps of days restart every month."""
    if step.months:
        months = np.array([start, stop], 'M8[ns]').astype('M8[M]').astype(np.int64)
        first = -(-int(months[0]) // step.months) * step.months
        grid = np.arange(first, int(months[1]) + 1, step.months, dtype=np.int64)
        times = grid.astype('M8[M]').astype('M8[ns]').astype(np.int64)
    else:
        # Weeks begin on Monday: day 4 of the epoch was one.
        origin = 4 * DAY if step.ns % (7 * DAY) == 0 else 0
        first = -(-(start - origin) // step.ns)
        last = (stop - origin) // step.ns
        times = np.arange(first, last + 1, dtype=np.int64) * step.ns + origin
        if step.ns > DAY:
            times = np.union1d(times, round_times(start, stop, Step(0, 1)))
    return times[(times >= start) & (times <= stop)]


def count_of(start: int, stop: int, step: Step) -> int:
    """Return how many candidates a span has, without making them."""
    return (stop - start) // (step.ns or step.months * MONTH)


def time_ticks(
    times: Times, first: int, period: int, extra: int, step: Step, zone: Zone = UTC_ZONE
) -> list[TimeTick]:
    """Return the ticks of the rows in view, whether they have room or not.

    Parameters
    ----------
    times : ndarray of shape (n,), int64
        Open times of the rows in view, epoch ns, ascending; a view into the ring will do.
    first : int
        Absolute row of `times[0]`.
    period : int
        Length of a bar in ns, by which times go on to the right of the last row.
    extra : int
        Rows of room to the right of the last one which get ticks too.
    step : Step
        Distance of two ticks.
    zone : Zone, optional
        Whose clock they are round on.

    Returns
    -------
    list of TimeTick
        Ascending by row, one a row at most.
    """
    return named(times, first, period, places(times, period, extra, step, zone), step, zone)


class Places(NamedTuple):
    """Rows relative to the first one, ascending, and the first round time that falls on each."""

    rows: Times
    wanted: Times


def places(times: Times, period: int, extra: int, step: Step, zone: Zone) -> Places:
    """Return where the round times of a step fall; parameters as for `time_ticks`."""
    if len(times) == 0:
        return Places(times, times)
    begin, end = int(times[0]), int(times[-1])
    limit = min(end + extra * period, LAST_TIME)
    while count_of(begin, limit, step) > MOST_CANDIDATES and step.months < MONTHS[-1]:
        step = coarser(step)
    wanted = candidates(begin, limit, step, zone)
    inside = np.searchsorted(times, wanted, side='left')
    beyond = len(times) - 1 - (-(wanted - end) // period)
    # Of several round times that fall on one row (a gap lies between) one is left.
    rows, firsts = np.unique(np.where(wanted > end, beyond, inside), return_index=True)
    return Places(rows, wanted[firsts])


def named(
    times: Times, first: int, period: int, places: Places, step: Step, zone: Zone
) -> list[TimeTick]:
    """Return ticks with their texts; parameters as for `time_ticks`."""
    ticks = []
    for row, wanted in zip(places.rows.tolist(), places.wanted.tolist(), strict=True):
        past = row - len(times) + 1
        time = int(times[-1]) + past * period if past > 0 else int(times[row])
        before = time - period if past > 0 else int(times[row - 1]) if row else wanted - 1
        rank = rank_of(before, time, zone)
        text = text_of(time, step, rank, zone)
        ticks.append(TimeTick(first + row, time, text, is_strong(step, rank), rank))
    return ticks


def rank_of(before: int, time: int, zone: Zone) -> Rank:
    """Return what begins between two times."""
    then, now = zone.moment(before), zone.moment(time)
    if then.year != now.year:
        return Rank.YEAR
    if then.month != now.month:
        return Rank.MONTH
    return Rank.DAY if then.day != now.day else Rank.TIME


def text_of(time: int, step: Step, rank: Rank, zone: Zone) -> str:
    """Return what a tick says of its time."""
    moment = zone.moment(time)
    if step.months or step.ns >= DAY:
        if rank is Rank.YEAR:
            return f'{moment.year}'
        return f'{moment:%b}' if step.months else f'{moment.day} {moment:%b}'
    if rank is not Rank.TIME:
        return f'{moment.day} {moment:%b}'
    return f'{moment:%H:%M}' if step.ns >= MINUTE else f'{moment:%H:%M:%S}'


def is_strong(step: Step, rank: Rank) -> bool:
    """Whether a tick begins something that holds several ticks of its step."""
    if step.months:
        return rank is Rank.YEAR
    return rank >= (Rank.MONTH if step.ns >= DAY else Rank.DAY)


def fitting_ticks(
    times: Times,
    first: int,
    period: int,
    extra: int,
    uppx: float,
    gap: float,
    zone: Zone = UTC_ZONE,
) -> list[TimeTick]:
    """Return the ticks that have room, of the finest step most of whose ticks have.

    Parameters
    ----------
    times, first, period, extra
        As for `time_ticks`.
    uppx : float
        Rows a pixel.
    gap : float
        The least distance of two ticks in pixels.
    zone : Zone, optional
        Whose clock they are round on.

    Returns
    -------
    list of TimeTick
        Ascending by row, `gap` pixels apart at least.
    """
    if len(times) == 0:
        return []
    least = gap * uppx
    fitting = (len(times) + extra) / least + 1
    # Beside strong ticks a step may be right that is too fine for a view without them.
    step = time_step(spacing(times, period) * uppx, gap / 2, period)
    while True:
        found = places(times, period, extra, step, zone)
        is_coarsest = step.months == MONTHS[-1]
        if len(found.rows) <= 4 * fitting or is_coarsest:
            ticks = named(times, first, period, found, step, zone)
            kept, collided = thinned(ticks, least, zone)
            # Where days alone have room they are the step, and not what begins amid finer ones.
            is_too_fine = len(kept) > 1 and all(tick.is_strong for tick in kept)
            if is_coarsest or (not is_too_fine and collided <= COLLIDING_SHARE * len(ticks)):
                return kept
        step = coarser(step)


def spacing(times: Times, period: int) -> int:
    """Return the usual distance of two rows in ns: the median of a bounded sample."""
    if len(times) < 2:
        return period
    at = np.unique(np.linspace(0, len(times) - 2, SPACING_SAMPLES).astype(np.int64))
    return max(1, int(np.median(times[at + 1] - times[at])))


def roundness(time: int, zone: Zone) -> int:
    """Return of how many steps within a day a time is a multiple on a zone's clock."""
    time += zone.offset(time // NS) * NS
    return sum(time % step == 0 for step in STEPS if step < DAY)


def thinned(ticks: list[TimeTick], least: float, zone: Zone) -> tuple[list[TimeTick], int]:
    """Return the ticks that stand `least` rows apart, and how many were dropped beside an equal.

    Of two that are closer the one of the higher rank stays, of equal ones that of the rounder time,
    and else the left one: so what stays does not depend on where the view begins.
    """
    rows: list[int] = []
    kept: list[TimeTick] = []
    collided = 0
    for tick in sorted(ticks, key=lambda tick: (-tick.rank, -roundness(tick.time, zone), tick.row)):
        at = bisect_left(rows, tick.row)
        near = [
            other for other in kept[max(0, at - 1) : at + 1] if abs(other.row - tick.row) < least
        ]
        if near:
            collided += any(other.rank == tick.rank for other in near)
            continue
        rows.insert(at, tick.row)
        kept.insert(at, tick)
    return kept, collided


def stamp(time: int, period: int, zone: Zone = UTC_ZONE) -> str:
    """Return a row's time in full, as the crosshair shows it: Thu 8 Aug 2024 13:05."""
    moment = zone.moment(time)
    day = f'{moment:%a} {moment.day} {moment:%b} {moment.year}'
    if period >= DAY:
        return day
    return f'{day} {moment:%H:%M}' if period >= MINUTE else f'{day} {moment:%H:%M:%S}'
