"""Time zones: UTC and that of the machine, as stretches of time with one distance from UTC each.

A zone's clock is put forward and back at instants between which it differs from UTC by a constant:

    UTC       ... 06:58 06:59 | 07:00 07:01 ...       10 March 2024
    New York  ... 01:58 01:59 | 03:00 03:01 ...       from 02:00 to 03:00 there is no time

These instants are looked for once a year of data, a week apart, and bisected to the second; of two
changes within one week that cancel each other out, both would be missed: no zone has had them.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

__all__ = ['UTC_ZONE', 'Stretch', 'Zone', 'local_zone']

Times = NDArray[np.int64]

NS = 1_000_000_000
WEEK_S = 7 * 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LOCALTIME = Path('/etc/localtime')
DATABASE = 'zoneinfo/'


class Stretch(NamedTuple):
    """A stretch of time, half-open in epoch ns, and what is added to UTC in it, in ns."""

    start: int
    stop: int
    offset: int


class Zone:
    """A time zone.

    Parameters
    ----------
    info : tzinfo
        Its rules.
    name : str
        What it is called in a sentence: 'UTC', 'Europe/Berlin'.
    """

    def __init__(self, info: tzinfo, name: str) -> None:
        self.info = info
        self.name = name
        self.years: dict[int, list[tuple[int, int]]] = {}

    def moment(self, time_ns: int) -> datetime:
        """Return a time on the zone's clock, to the second below."""
        return (EPOCH + timedelta(seconds=time_ns // NS)).astimezone(self.info)

    def short_name(self, time_ns: int) -> str:
        """Return what the zone's clock is called at a time: UTC, CEST, EST, +03."""
        return self.moment(time_ns).tzname() or self.name

    def offset(self, second: int) -> int:
        """Return the seconds that the zone's clock is ahead of UTC at a second of the epoch."""
        found = (EPOCH + timedelta(seconds=second)).astimezone(self.info).utcoffset()
        return 0 if found is None else round(found.total_seconds())

    def changes(self, year: int) -> list[tuple[int, int]]:
        """Return the seconds of a UTC year from which on another offset holds, and the offsets."""
        found = self.years.get(year)
        if found is not None:
            return found
        begin = round((datetime(year, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())
        end = round((datetime(year + 1, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())
        found = self.years[year] = []
        low, before = begin, self.offset(begin - 1)
        for high in (*range(begin, end, WEEK_S), end - 1):
            after = self.offset(high)
            if after != before:
                # The first second with the new offset lies in (low, high], or is `begin`.
                left, right = min(low, high) - 1, high
                while right - left > 1:
                    middle = (left + right) // 2
                    left, right = (
                        (middle, right) if self.offset(middle) == before else (left, middle)
                    )
                found.append((right, after))
            low, before = high, after
        return found

    def stretches(self, start: int, stop: int) -> list[Stretch]:
        """Return the stretches of `[start, stop]` in epoch ns, ascending, without a gap."""
        if self.info is UTC:
            return [Stretch(start, stop + 1, 0)]
        years = range(year_of(start), year_of(stop) + 1)
        changes = [change for year in years for change in self.changes(year)]
        found, begin = [], start
        offset = self.offset(start // NS)
        for second, after in changes:
            at = second * NS
            if start < at <= stop:
                found.append(Stretch(begin, at, offset * NS))
                begin, offset = at, after
        found.append(Stretch(begin, stop + 1, offset * NS))
        return found


def year_of(time_ns: int) -> int:
    """Return the UTC year of a time."""
    return (EPOCH + timedelta(seconds=time_ns // NS)).year


UTC_ZONE = Zone(UTC, 'UTC')


def local_zone(variable: str | None = None, localtime: Path = LOCALTIME) -> Zone:
    """Return the zone of the machine's clock: that of TZ, else of /etc/localtime, else UTC.

    Parameters
    ----------
    variable : str, optional
        What TZ says; by default that of the environment. Rules written out, such as EST5EDT,M3.2.0,
        are not read: a name of the zone database or the path of a file of it is.
    localtime : Path, optional
        The file with the rules.

    Returns
    -------
    Zone
        By its rules, so that it is exact on both sides of a change of the clock.
    """
    named = os.environ.get('TZ') if variable is None else variable
    if named:
        text = named.removeprefix(':')
        if Path(text).is_absolute():
            return zone_of(Path(text)) or UTC_ZONE
        try:
            return Zone(ZoneInfo(text), text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return Zone(UTC, f'UTC: {text!r}, as TZ has it, is not in the zone database')
    return zone_of(localtime) or UTC_ZONE


def zone_of(path: Path) -> Zone | None:
    """Return the zone of a file of the database, None where it is none."""
    target = str(path.resolve())
    name = target.partition(DATABASE)[2] or 'local time'
    try:
        with path.open('rb') as file:
            return Zone(ZoneInfo.from_file(file, key=name), name)
    except (ValueError, OSError):
        return None
