"""The figures of a measured box, and where its card stands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piker.core.rows import BAR
from piker.shm import ShmArray, open_shm_array
from piker.ui.model import measure as module
from piker.ui.model.card import Entry, Size, columns_for, placed_beside, placed_outside
from piker.ui.model.flow import Flow
from piker.ui.model.measure import Box, Corner, Measure, Measured, box_of, corner_at
from piker.ui.model.viewport import Viewport
from piker.ui.model.yrange import YRange
from piker.ui.model.zoom import Zoom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

NS = 1_000_000_000
MINUTE = 60 * NS
COUNT = 3000


def bars(count: int) -> NDArray[np.void]:
    """Return minutes of a random walk with a day's gap after every 500th."""
    random = np.random.default_rng(5)
    rows = np.zeros(count, BAR)
    at = np.arange(count)
    rows['time'] = (at + at // 500 * 1440) * MINUTE
    rows['close'] = rows['open'] = 100 + np.cumsum(random.normal(0, 0.1, count))
    rows['high'] = rows['close'] + random.random(count)
    rows['low'] = rows['close'] - random.random(count)
    return rows


@pytest.fixture
def ring() -> Iterator[ShmArray]:
    """Return a ring of bars."""
    with open_shm_array('measured', 4096, BAR) as ring:
        ring.push(bars(COUNT))
        yield ring


def measured(ring: ShmArray, start: Corner, stop: Corner) -> Measured:
    """Return the figures of one box."""
    measure = Measure()
    measure.begin(start)
    measure.move(stop)
    found = measure.figures(Flow('price', ring, MINUTE))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ('one', 'other'),
    [(100, 900), (900, 100), (7, 7), (0, COUNT - 1), (COUNT - 1, COUNT - 1), (2500, COUNT + 40)],
)
def test_figures_are_those_of_a_plain_scan(ring: ShmArray, one: int, other: int) -> None:
    """Both rows and all between them count, the live one too; beyond the last there is none."""
    found = measured(ring, Corner(one, 99.0), Corner(other, 101.5))
    low, high = sorted((one, other))
    rows = bars(COUNT)[low : high + 1]
    assert found.high == rows['high'].max()
    assert found.low == rows['low'].min()
    assert found.deviation == pytest.approx(rows['close'].std(), rel=1e-12, abs=1e-12)
    assert found.every == 1


def test_time_and_change_go_from_the_first_corner_to_the_second(ring: ShmArray) -> None:
    """To the left both are negative; a gap in time is time, and takes no bar."""
    there = measured(ring, Corner(490, 100.0), Corner(510, 110.0))
    assert there.span_ns == 1460 * MINUTE
    assert there.title(2) == Entry('', '+10.00 (+10.00%)', 'up')
    assert [entry.text for entry in there.entries(2)[:2]] == ['20', '1d 20m']
    back = measured(ring, Corner(510, 110.0), Corner(490, 99.0))
    assert back.title(2) == Entry('', '−11.00 (−10.00%)', 'down')
    assert [entry.text for entry in back.entries(2)[:2]] == ['−20', '−1d 20m']
    assert measured(ring, Corner(1, 1.0), Corner(2, 1.0)).title(0).colour == 'ink'


def test_time_goes_on_by_the_period_beyond_the_newest_row(ring: ShmArray) -> None:
    """A box may reach into what is to come, and has no highest there."""
    found = measured(ring, Corner(COUNT + 5, 1.0), Corner(COUNT + 35, 2.0))
    assert found.span_ns == 30 * MINUTE
    assert math.isnan(found.high)
    assert math.isnan(found.deviation)
    assert [entry.text for entry in found.entries(2)[2:]] == ['–', '–', '–']


def test_values_that_are_not_finite_are_passed_over() -> None:
    """A box of nothing else has no figures."""
    rows = bars(20)
    for name in ('high', 'low', 'close'):
        rows[name][3:9] = math.nan
    with open_shm_array('gaps', 64, BAR) as ring:
        ring.push(rows)
        found = measured(ring, Corner(0, 1.0), Corner(12, 1.0))
        assert found.deviation == pytest.approx(np.nanstd(rows['close'][:13]))
        assert found.high == np.nanmax(rows['high'][:13])
        empty = measured(ring, Corner(4, 1.0), Corner(6, 1.0))
        assert math.isnan(empty.deviation)
        assert math.isnan(empty.low)


@pytest.mark.parametrize(('most', 'every'), [(801, 1), (800, 2), (267, 3), (100, 9), (1, 801)])
def test_a_deviation_of_many_rows_looks_at_few_and_says_so(
    ring: ShmArray, monkeypatch: pytest.MonkeyPatch, most: int, every: int
) -> None:
    """Never more than the most; highest and lowest are of every row all the same."""
    monkeypatch.setattr(module, 'MOST_CLOSES', most)
    found = measured(ring, Corner(100, 1.0), Corner(900, 2.0))
    rows = bars(COUNT)[100:901]
    assert found.every == every
    assert found.deviation == pytest.approx(rows['close'][::every].std(), abs=1e-12)
    assert found.high == rows['high'].max()
    name = found.entries(2)[-1].name
    assert name == ('σ' if every == 1 else f'σ, 1 of {every} bars')


def test_figures_are_read_anew_only_where_a_row_of_the_box_changed(ring: ShmArray) -> None:
    """Ticks and bars at its right cost a comparison."""
    flow, measure = Flow('price', ring, MINUTE), Measure()
    measure.begin(Corner(100, 1.0))
    measure.move(Corner(200, 2.0))
    before = measure.figures(flow)
    live = ring.live()
    assert live is not None
    live['close'] += 1
    ring.set_last(live)
    row = np.array([live])
    row['time'] += MINUTE
    ring.push(row)
    assert measure.figures(flow) is before
    assert measure.readings == 1
    measure.move(Corner(ring.last - 1, 2.0))
    measure.figures(flow)
    live['time'], live['high'] = row['time'][0], 500.0
    ring.set_last(live)
    found = measure.figures(flow)
    assert found is not None
    assert found.high == 500.0
    assert measure.readings == 3
    revised = ring.rows(150, 151)
    revised['low'] = -5.0
    ring.revise(150, revised)
    found = measure.figures(flow)
    assert found is not None
    assert found.low == -5.0


def test_rows_that_fell_out_of_the_ring_are_passed_over(ring: ShmArray) -> None:
    """The box stays where it was; what is left of it is measured."""
    flow, measure = Flow('price', ring, MINUTE), Measure()
    measure.begin(Corner(10, 1.0))
    measure.move(Corner(COUNT, 2.0))
    rows = bars(3000)
    rows['time'] += int(ring.rows(COUNT - 1, COUNT)['time'][0]) + MINUTE
    ring.push(rows)
    assert ring.first > 10
    found = measure.figures(flow)
    assert found is not None
    left = ring.rows(ring.first, COUNT + 1)
    assert found.high == left['high'].max()
    assert measure.corners == (Corner(10, 1.0), Corner(COUNT, 2.0))


def test_there_is_no_box_before_the_mouse_moved(ring: ShmArray) -> None:
    """A click with Shift draws nothing; an empty ring has no figures."""
    flow, measure = Flow('price', ring, MINUTE), Measure()
    shown: list[tuple[bool, bool]] = []

    def look() -> None:
        shown.append((measure.is_shown, measure.figures(flow) is not None))

    measure.move(Corner(1, 1.0))
    look()
    measure.begin(Corner(1, 1.0))
    look()
    measure.move(Corner(2, 1.0))
    look()
    measure.clear()
    look()
    assert shown == [(False, False), (False, False), (True, True), (False, False)]
    measure.begin(Corner(1, 1.0))
    measure.move(Corner(2, 1.0))
    with open_shm_array('nothing', 64, BAR) as empty:
        assert measure.figures(Flow('price', empty, MINUTE)) is None


def test_corners_snap_to_rows_and_price_ticks(ring: ShmArray) -> None:
    """The pixels of a bar all give its row, and none is before the first one."""
    flow, viewport, yrange = Flow('price', ring, MINUTE), Viewport(400, Zoom(-5)), YRange()
    yrange.height = 100
    step = viewport.zoom.step
    assert step > 3
    corners = {corner_at(flow, viewport, yrange, (x, 50), 0.25) for x in range(step)}
    assert corners == {Corner(0, 0.5)}
    assert corner_at(flow, viewport, yrange, (step, 30), 0.25) == Corner(1, 0.75)
    viewport.left = -50
    assert corner_at(flow, viewport, yrange, (0, 0), 0.0) == Corner(0, 1.0)
    yrange.low, yrange.high = -1e300, 1e300
    assert corner_at(flow, viewport, yrange, (0, 0), 1e-10).price == 1e300


def test_a_box_moves_with_its_rows_and_prices() -> None:
    """In absolute columns a pan leaves it where it is; the price scale moves its edges."""
    viewport, yrange = Viewport(400, Zoom(-5)), YRange()
    yrange.height = 100
    corners = Corner(30, 0.25), Corner(10, 0.75)
    box = box_of(viewport, yrange, corners)
    assert box == box_of(viewport, yrange, corners[::-1])
    viewport.left += 77
    assert box_of(viewport, yrange, corners) == box
    yrange.high = 2.0
    assert box_of(viewport, yrange, corners) == Box(box.left, 62, box.right, 88)


sizes = st.builds(Size, st.integers(1, 300), st.integers(1, 200))


@given(st.integers(-50, 700), st.integers(-50, 500), sizes)
def test_a_panel_beside_the_cursor_stays_in_the_plot(x: int, y: int, size: Size) -> None:
    """It covers the cursor only where nothing else is possible."""
    room = Size(640, 400)
    left, top = placed_beside(x, y, 12, size, room)
    assert 0 <= left <= room.width - size.width
    assert 0 <= top <= room.height - size.height
    if 0 <= x < room.width and 0 <= y < room.height:
        covers = left <= x < left + size.width and top <= y < top + size.height
        assert not covers


corners = st.tuples(st.integers(-900, 900), st.integers(-500, 500))


@given(corners, st.tuples(st.integers(1, 900), st.integers(1, 900)), sizes, st.booleans())
def test_a_panel_outside_of_a_box_stays_in_the_plot(
    corner: tuple[int, int], extent: tuple[int, int], size: Size, is_above: bool
) -> None:
    """It covers the box only where no side has room."""
    room = Size(640, 400)
    box = (*corner, corner[0] + extent[0], corner[1] + extent[1])
    left, top = placed_outside(box, 8, size, room, is_above=is_above)
    assert 0 <= left <= room.width - size.width
    assert 0 <= top <= room.height - size.height
    is_beside = left + size.width <= box[0] or left >= box[2]
    is_free = is_beside or top + size.height <= box[1] or top >= box[3]
    rooms = (
        (box[0], size.width, room.width),
        (room.width - box[2], size.width, room.width),
        (box[1], size.height, room.height),
        (room.height - box[3], size.height, room.height),
    )
    has_room = any(needed + 8 <= free <= whole + 8 for free, needed, whole in rooms)
    assert is_free or not has_room


def test_a_panel_stands_above_below_right_or_left_of_a_box() -> None:
    """In this order, or below it first where the move is downwards."""
    size, room = Size(100, 80), Size(640, 400)
    assert placed_outside((200, 100, 300, 300), 8, size, room, is_above=True) == (200, 12)
    assert placed_outside((200, 100, 300, 300), 8, size, room, is_above=False) == (200, 308)
    assert placed_outside((200, 50, 300, 300), 8, size, room, is_above=True) == (200, 308)
    assert placed_outside((200, 50, 300, 350), 8, size, room, is_above=True) == (308, 160)
    assert placed_outside((200, 50, 600, 350), 8, size, room, is_above=True) == (92, 160)
    assert placed_outside((50, 50, 600, 350), 8, size, room, is_above=True) == (275, 160)


def test_columns_are_as_few_as_fit() -> None:
    """Six entries in a low plot stand beside each other."""
    assert [columns_for(6, lines) for lines in (9, 6, 5, 3, 2, 1, 0)] == [1, 1, 2, 2, 3, 6, None]
