"""Ticks of the time axis on round UTC times, found by binary search in the time column.

Rows are placed by index, so a gap in time takes no room; a tick is drawn at the first row at or
after its time. Texts say what changed: the day at midnight, the month or year where one begins.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ['TimeTick', 'stamp', 'time_step', 'time_ticks']

Times = NDArray[np.int64]

NS = 1_000_000_000
MINUTE, HOUR, DAY = 60 * NS, 3600 * NS, 86400 * NS
STEPS = (
    *(seconds * NS for seconds in (1, 2, 5, 10, 15, 30)),
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 4, 6, 12)),
    *(days * DAY for days in (1, 2, 7)),
)
MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
MONTH = 30 * DAY
MOST_CANDIDATES = 400
LAST_TIME = 7_258_118_400 * NS  # the year 2200, well inside of int64


class Step(NamedTuple):
    """Distance of two ticks: nanoseconds, or months where that is not zero."""

    ns: int
    months: int = 0


class TimeTick(NamedTuple):
    """A tick at an absolute row; a strong one begins a day, month or year."""

    row: int
    time: int
    text: str
    is_strong: bool


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


def candidates(start: int, stop: int, step: Step) -> Times:
    """Return the round times in `[start, stop]`, ascending."""
    if step.months:
        months = np.array([start, stop], 'M8[ns]').astype('M8[M]').astype(np.int64)
        first = -(-int(months[0]) // step.months) * step.months
        grid = np.arange(first, int(months[1]) + 1, step.months, dtype=np.int64)
        times = grid.astype('M8[M]').astype('M8[ns]').astype(np.int64)
    else:
        # Weeks begin on Monday: day 4 of the epoch was one.
        origin = 4 * DAY if step.ns == 7 * DAY else 0
        first = -(-(start - origin) // step.ns)
        last = (stop - origin) // step.ns
        times = np.arange(first, last + 1, dtype=np.int64) * step.ns + origin
    return times[(times >= start) & (times <= stop)]


def count_of(start: int, stop: int, step: Step) -> int:
    """Return how many candidates a span has, without making them."""
    return (stop - start) // (step.ns or step.months * MONTH)


def time_ticks(times: Times, first: int, period: int, extra: int, step: Step) -> list[TimeTick]:
    """Return the ticks of the rows in view.

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

    Returns
    -------
    list of TimeTick
        Ascending by row, one a row at most.
    """
    if len(times) == 0:
        return []
    begin, end = int(times[0]), int(times[-1])
    limit = min(end + extra * period, LAST_TIME)
    while count_of(begin, limit, step) > MOST_CANDIDATES and step.months < MONTHS[-1]:
        step = coarser(step)
    wanted = candidates(begin, limit, step)
    if len(wanted) == 0:
        return []
    inside = np.searchsorted(times, wanted, side='left')
    is_past = wanted > end
    beyond = len(times) - 1 - (-(wanted - end) // period)
    rows = np.where(is_past, beyond, inside)
    kept = np.flatnonzero(np.diff(rows, prepend=-1) > 0)
    # Of several round times that fall on one row (a gap lies between) the last one is true.
    kept_last = np.append(kept[1:], len(rows)) - 1
    ticks = []
    for at in kept_last.tolist():
        time = int(wanted[at])
        text, is_strong = label(time, step)
        ticks.append(TimeTick(first + int(rows[at]), time, text, is_strong))
    return ticks


def label(time: int, step: Step) -> tuple[str, bool]:
    """Return the text of a tick, and whether it begins a day, month or year."""
    moment = datetime.fromtimestamp(time // NS, UTC)
    if step.months or step.ns >= DAY:
        if moment.month == 1 and (moment.day == 1 if step.months or step.ns == DAY else False):
            return f'{moment.year}', True
        if step.months:
            return f'{moment:%b}', False
        return f'{moment.day} {moment:%b}', moment.day == 1
    if time % DAY == 0:
        return f'{moment.day} {moment:%b}', True
    return (f'{moment:%H:%M}' if step.ns >= MINUTE else f'{moment:%H:%M:%S}'), False


def stamp(time: int, period: int) -> str:
    """Return a row's time in full, as the crosshair shows it: Thu 8 Aug 2024 13:05."""
    moment = datetime.fromtimestamp(time // NS, UTC)
    day = f'{moment:%a} {moment.day} {moment:%b} {moment.year}'
    if period >= DAY:
        return day
    return f'{day} {moment:%H:%M}' if period >= MINUTE else f'{day} {moment:%H:%M:%S}'
