"""The previous close and the day's high and low."""

from __future__ import annotations

import math

import numpy as np
import pytest

from piker.core.rows import BAR
from piker.shm import open_shm_array
from piker.ui.model.flow import Flow
from piker.ui.model.levels import Levels
from tests.ui.stage import MINUTE, walk

DAY = 1440


@pytest.mark.parametrize('count', [1, 2, DAY - 1, DAY, DAY + 1, 2 * DAY, 3000])
def test_levels_are_those_of_a_plain_scan(count: int) -> None:
    """The walk begins at midnight; its first day has none before it."""
    rows = walk(count)
    begin = (count - 1) // DAY * DAY
    with open_shm_array('days', 4096, BAR) as ring:
        ring.push(rows)
        found = Levels().of(Flow('price', ring, MINUTE))
    assert found.day_high == rows['high'][begin:].max()
    assert found.day_low == rows['low'][begin:].min()
    if begin:
        assert found.prev_close == rows['close'][begin - 1]
    else:
        assert math.isnan(found.prev_close)


def test_days_without_rows_lie_between() -> None:
    """The close before a weekend is the previous one; a day is that of the newest row, in UTC."""
    rows = walk(200)
    rows['time'][120:] += 3 * DAY * MINUTE
    rows['time'] -= 60 * MINUTE
    with open_shm_array('days', 4096, BAR) as ring:
        ring.push(rows)
        found = Levels().of(Flow('price', ring, MINUTE))
    assert found.prev_close == rows['close'][119]
    assert found.day_high == rows['high'][120:].max()


def test_levels_are_read_where_the_ring_changed_only() -> None:
    """The live row, a new day and a revision change them; nothing else costs a reading."""
    rows = walk(DAY)
    with open_shm_array('days', 4096, BAR) as ring:
        flow, levels = Flow('price', ring, MINUTE), Levels()
        assert all(math.isnan(price) for price in levels.of(flow))
        ring.push(rows)
        for _ in range(5):
            before = levels.of(flow)
        assert levels.readings == 2
        live = ring.live()
        assert live is not None
        live['high'] = before.day_high + 1
        ring.set_last(live)
        assert levels.of(flow).day_high == before.day_high + 1
        row = np.array([live])
        row['time'] += MINUTE
        ring.push(row)
        found = levels.of(flow)
        assert found == (live['close'], live['high'], live['low'])
        revised = ring.rows(DAY - 1, DAY)
        revised['close'] = 3.0
        ring.revise(DAY - 1, revised)
        assert levels.of(flow).prev_close == 3.0
        assert levels.readings == 5


def test_prices_that_are_not_finite_have_no_level() -> None:
    """They are passed over, and a close that is none is not drawn."""
    rows = walk(DAY + 3)
    rows['close'][DAY - 1] = math.nan
    for name in ('high', 'low'):
        rows[name][DAY:] = math.nan
    with open_shm_array('days', 4096, BAR) as ring:
        ring.push(rows)
        found = Levels().of(Flow('price', ring, MINUTE))
    assert all(math.isnan(price) for price in found)
