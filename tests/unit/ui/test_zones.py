"""Time zones: changes of the clock to the second, round times on both sides of them, local time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

import numpy as np
import pytest

from piker.core.rows import BAR
from piker.shm import open_shm_array
from piker.ui.model.flow import Flow
from piker.ui.model.readout import time_at
from piker.ui.model.timeaxis import TimeTicks
from piker.ui.model.timeticks import DAY, Step, candidates, fitting_ticks, stamp, time_ticks
from piker.ui.model.viewport import Viewport
from piker.ui.model.zones import UTC_ZONE, Zone, local_zone
from piker.ui.model.zoom import Zoom
from tests.support import require

NS = 1_000_000_000
MINUTE = 60 * NS
HOUR = 60 * MINUTE
NAMES = (
    'America/New_York',
    'Europe/Berlin',
    'Australia/Lord_Howe',  # half an hour
    'Asia/Kathmandu',  # three quarters past
    'Africa/Casablanca',  # a month of winter time in Ramadan
    'America/Havana',  # at midnight, both ways
    'America/Sao_Paulo',  # days without a midnight, until 2018
    'Pacific/Apia',  # a day left out, at the end of 2011
)


def zone(name: str) -> Zone:
    """Return a zone of the database."""
    return Zone(ZoneInfo(name), name)


def at(text: str) -> int:
    """Return an ISO time of UTC as epoch ns."""
    return int(np.datetime64(text, 'ns').astype(np.int64))


@pytest.mark.parametrize('name', NAMES)
def test_stretches_have_the_offset_of_every_half_hour(name: str) -> None:
    """For years with and without changes, they cover the span, and differ from their neighbours."""
    clock = zone(name)
    start, stop = at('2010-06-01T00:10'), at('2020-02-01')
    stretches = clock.stretches(start, stop)
    assert stretches[0].start == start
    assert stretches[-1].stop == stop + 1
    for one, other in pairwise(stretches):
        assert one.stop == other.start
        assert one.offset != other.offset
        assert clock.offset(one.stop // NS - 1) * NS == one.offset
        assert clock.offset(one.stop // NS) * NS == other.offset
    ends = np.array([stretch.stop for stretch in stretches])
    for time in range(start, stop, 1801 * 7 * NS):
        found = stretches[int(np.searchsorted(ends, time, 'right'))]
        delta = datetime.fromtimestamp(time // NS, ZoneInfo(name)).utcoffset()
        assert delta is not None
        assert found.offset == int(delta.total_seconds()) * NS


@pytest.mark.parametrize('name', NAMES)
@pytest.mark.parametrize('step', [30 * MINUTE, HOUR, 4 * HOUR, DAY])
def test_round_times_are_those_of_a_walk_by_minutes(name: str, step: int) -> None:
    """The first minute at which a new unit of the clock has begun, over every change of 2018/19."""
    clock, info = zone(name), ZoneInfo(name)
    changes = [second for year in (2011, 2018, 2019) for second, _ in clock.changes(year)]
    for second in changes[:6]:
        start, stop = (second - 86_400) * NS, (second + 2 * 86_400) * NS
        begin = datetime.fromtimestamp(second - 86_400, UTC)
        wanted: list[int] = []
        days = set()
        before = None
        for minute in range(3 * 1440 + 1):
            moment = (begin + timedelta(minutes=minute)).astimezone(info)
            wall = moment.replace(tzinfo=None) - datetime(1970, 1, 1)
            local = round(wall.total_seconds()) * NS
            is_round = local % step == 0
            # A clock put forward over a round time has begun what begins there.
            is_passed = before is not None and local // step > before // step
            day = moment.date()
            if (is_round or is_passed) and not (step == DAY and day in days):
                wanted.append(start + minute * MINUTE)
                days.add(day)
            before = local
        assert candidates(start, stop, Step(step), clock).tolist() == wanted


def test_a_day_of_23_hours_and_one_of_25() -> None:
    """Hours go on as the clock does: 01:00 is followed by 03:00, and comes twice in autumn."""
    clock = zone('America/New_York')
    spring = at('2024-03-10T04:00') + np.arange(300) * MINUTE
    texts = [tick.text for tick in time_ticks(spring, 0, MINUTE, 0, Step(HOUR), clock)]
    assert texts == ['23:00', '10 Mar', '01:00', '03:00', '04:00']
    autumn = at('2024-11-03T03:00') + np.arange(360) * MINUTE
    ticks = time_ticks(autumn, 0, MINUTE, 0, Step(HOUR), clock)
    assert [tick.text for tick in ticks] == ['23:00', '3 Nov', '01:00', '01:00', '02:00', '03:00']
    assert [tick.is_strong for tick in ticks] == [False, True, False, False, False, False]


def test_days_and_months_begin_on_the_zones_clock() -> None:
    """The strong tick stands at midnight there; a new year begins earlier in the east."""
    times = at('2023-12-31T00:00') + np.arange(48) * HOUR
    ticks = fitting_ticks(times, 0, HOUR, 0, 0.05, 88, zone('Asia/Kathmandu'))
    strong = [(tick.row, tick.text) for tick in ticks if tick.is_strong]
    # Midnight there is a quarter past six in the evening: the first hour after it is seven.
    assert strong == [(19, '1 Jan'), (43, '2 Jan')]
    months = at('2024-01-15') + np.arange(24 * 60) * HOUR
    found = time_ticks(months, 0, HOUR, 0, Step(0, 1), zone('America/New_York'))
    assert [(tick.time, tick.text) for tick in found] == [
        (at('2024-02-01T05:00'), 'Feb'),
        (at('2024-03-01T05:00'), 'Mar'),
    ]


def test_a_midnight_that_does_not_exist_begins_its_day_at_the_change() -> None:
    """In Sao Paulo 4 November 2018 began at one o'clock."""
    times = at('2018-11-03T20:00') + np.arange(24 * 60) * MINUTE
    ticks = time_ticks(times, 0, MINUTE, 0, Step(12 * HOUR), zone('America/Sao_Paulo'))
    assert [(tick.time, tick.text) for tick in ticks] == [
        (at('2018-11-04T03:00'), '4 Nov'),
        (at('2018-11-04T14:00'), '12:00'),
    ]


def test_stamps_and_names_follow_the_season() -> None:
    """Summer and winter time have their own name; a zone without a name says its offset."""
    clock = zone('America/New_York')
    assert stamp(at('2024-03-10T06:59'), MINUTE, clock) == 'Sun 10 Mar 2024 01:59'
    assert stamp(at('2024-03-10T07:00'), MINUTE, clock) == 'Sun 10 Mar 2024 03:00'
    assert clock.short_name(at('2024-03-10T06:59')) == 'EST'
    assert clock.short_name(at('2024-03-10T07:00')) == 'EDT'
    assert zone('America/Sao_Paulo').short_name(0) == '-03'
    assert UTC_ZONE.short_name(0) == 'UTC'


@pytest.mark.parametrize('level', [-9, -3, 4, 11])
def test_ticks_of_a_zone_are_laid_out_as_those_of_utc_are(level: int) -> None:
    """What is shown does not depend on the way to a view; another zone is laid out anew."""
    rows = np.zeros(20_000, BAR)
    rows['time'] = at('2024-03-01') + np.arange(20_000) * MINUTE
    with open_shm_array('zoned', 32_768, BAR) as ring:
        ring.push(rows)
        flow, viewport, kept = Flow('price', ring, MINUTE), Viewport(1000, Zoom(level)), TimeTicks()
        kept.zone = zone('America/New_York')
        random = np.random.default_rng(3)
        for _ in range(30):
            viewport.pan(int(random.integers(-1500, 1500)), 0, 20_000)
            fresh = TimeTicks()
            fresh.zone = kept.zone
            assert kept.in_view(flow, viewport, 88) == fresh.in_view(flow, viewport, 88)
        layouts = kept.layouts
        kept.zone = UTC_ZONE
        assert kept.in_view(flow, viewport, 88) == TimeTicks().in_view(flow, viewport, 88)
        assert kept.layouts == layouts + 1


def test_bars_of_days_keep_their_date() -> None:
    """A bar that opens at midnight UTC is not said to be of the evening before."""
    rows = np.zeros(30, BAR)
    rows['time'] = at('2024-03-01') + np.arange(30) * DAY
    with open_shm_array('dated', 64, BAR) as ring:
        ring.push(rows)
        flow, viewport, ticks = Flow('price', ring, DAY), Viewport(400, Zoom(-5)), TimeTicks()
        ticks.zone = zone('America/New_York')
        assert ticks.clock_name(flow, viewport) == 'UTC'
        assert time_at(flow, viewport, 0, ticks.clock(DAY)) == 'Fri 1 Mar 2024'
        hours = Flow('price', ring, HOUR)
        assert ticks.clock_name(hours, Viewport(40, Zoom(-5))) == 'EST'
        viewport.show(29, 200)
        assert ticks.clock_name(hours, viewport) == 'EDT'
    with open_shm_array('none', 64, BAR) as ring:
        assert ticks.clock_name(Flow('price', ring, HOUR), viewport) == 'EST'


def test_local_time_is_that_of_tz_or_of_the_machine(tmp_path: Path) -> None:
    """By name, by file, and by the file that the machine goes by; else UTC, which says why."""
    folder = next((Path(path) for path in TZPATH if (Path(path) / 'Europe/Berlin').exists()), None)
    require(folder, 'files of the zone database are needed')
    assert folder is not None
    berlin = folder / 'Europe/Berlin'
    link = tmp_path / 'localtime'
    link.symlink_to(berlin)
    copied = tmp_path / 'copied'
    copied.write_bytes(berlin.read_bytes())
    summer = at('2024-08-01')
    for found, name in (
        (local_zone('Europe/Berlin'), 'Europe/Berlin'),
        (local_zone(':Europe/Berlin'), 'Europe/Berlin'),
        (local_zone(str(berlin)), 'Europe/Berlin'),
        (local_zone('', link), 'Europe/Berlin'),
        (local_zone('', copied), 'local time'),
    ):
        assert found.name == name
        assert found.short_name(summer) == 'CEST'
    assert local_zone('', tmp_path / 'absent') is UTC_ZONE
    copied.write_bytes(b'no zone')
    assert local_zone('', copied) is UTC_ZONE
    for text in ('CET-1CEST', 'Nowhere/Land', '../etc/passwd'):
        found = local_zone(text)
        assert found.short_name(summer) == 'UTC'
        assert text in found.name
