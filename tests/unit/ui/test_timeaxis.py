"""Which ticks a view shows, and when they are laid out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from piker.core.rows import BAR
from piker.shm import open_shm_array
from piker.ui.model.flow import Flow
from piker.ui.model.timeaxis import TimeTicks
from piker.ui.model.viewport import Viewport
from piker.ui.model.zoom import Zoom

if TYPE_CHECKING:
    from collections.abc import Iterator

MINUTE = 60_000_000_000
GAP = 88.0
COUNT = 20_000


@pytest.fixture
def flow() -> Iterator[Flow]:
    """Return minutes with a gap of a night each day."""
    rows = np.zeros(COUNT, BAR)
    minutes = np.arange(COUNT)
    rows['time'] = (minutes + minutes // 390 * 1050) * MINUTE
    with open_shm_array('times', 2 * COUNT, BAR) as ring:
        ring.push(rows)
        yield Flow('price', ring, MINUTE)


@pytest.mark.parametrize('level', [-9, -5, 0, 4, 11])
def test_ticks_depend_on_the_view_and_not_on_the_way_to_it(flow: Flow, level: int) -> None:
    viewport, kept = Viewport(1000, Zoom(level)), TimeTicks()
    random = np.random.default_rng(3)
    for _ in range(60):
        viewport.pan(int(random.integers(-1500, 1500)), 0, COUNT)
        assert kept.in_view(flow, viewport, GAP) == TimeTicks().in_view(flow, viewport, GAP)
    assert kept.layouts < 60


def test_room_beside_few_rows_is_labelled_in_every_stretch(flow: Flow) -> None:
    """All rows lie in both stretches; how far time goes on behind them differs."""
    with open_shm_array('few', 64, BAR) as ring:
        ring.push(flow.ring.rows(0, 20))
        few, kept, viewport = Flow('price', ring, MINUTE), TimeTicks(), Viewport(1000, Zoom(-5))
        for left in (-900, 60, -60, 900):
            viewport.left = left
            found = kept.in_view(few, viewport, GAP)
            assert found == TimeTicks().in_view(few, viewport, GAP)


def test_a_pan_within_a_stretch_lays_out_nothing(flow: Flow) -> None:
    viewport, ticks = Viewport(1000, Zoom(-5)), TimeTicks()
    viewport.left = 4000
    seen = {tick.row: tick.text for tick in ticks.in_view(flow, viewport, GAP)}
    for _ in range(99):
        viewport.left += 10
        for tick in ticks.in_view(flow, viewport, GAP):
            assert seen.setdefault(tick.row, tick.text) == tick.text
    assert ticks.layouts == 1


def test_new_rows_out_of_sight_lay_out_nothing(flow: Flow) -> None:
    viewport, ticks = Viewport(1000, Zoom(-5)), TimeTicks()
    before = ticks.in_view(flow, viewport, GAP)
    row = flow.ring.rows(COUNT - 1, COUNT)
    row['time'] += MINUTE
    flow.ring.push(row)
    assert ticks.in_view(flow, viewport, GAP) == before
    viewport.show_last(flow.ring.last, 1000)
    ticks.in_view(flow, viewport, GAP)
    layouts = ticks.layouts
    row['time'] += MINUTE
    flow.ring.push(row)
    ticks.in_view(flow, viewport, GAP)
    assert ticks.layouts == layouts + 1
