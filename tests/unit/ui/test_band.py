"""Where the time that one chart shows stands on another, and the way back."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piker.core.rows import BAR
from piker.shm import open_shm_array
from piker.ui.model.band import (
    LEAST_WIDTH,
    Band,
    band_of,
    changed_columns,
    pixel_at,
    row_of,
    span_of,
    time_at,
)
from piker.ui.model.flow import Flow
from piker.ui.model.overview import Form, begin_at, centre_at, form_of
from piker.ui.model.source import BarSource
from piker.ui.model.viewport import Viewport
from piker.ui.model.zoom import Zoom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piker.shm import ShmArray

MINUTE = 60_000_000_000
HOUR = 60 * MINUTE
HOURS, MINUTES = 500, 3000
START = 1_723_075_200_000_000_000
NEWEST = START + HOURS * HOUR


def bars(times: np.ndarray) -> np.ndarray:
    """Return bars that differ in their times only."""
    rows = np.zeros(len(times), BAR)
    rows['time'] = times
    return rows


@pytest.fixture(scope='module')
def rings() -> Iterator[tuple[ShmArray, ShmArray]]:
    """Return 500 hours without the nights, and the last 3000 minutes of them."""
    hours = np.arange(HOURS)
    slow_times = START + (hours + hours // 8 * 16) * HOUR
    minutes = (slow_times[-MINUTES // 60 :, None] + np.arange(60) * MINUTE).ravel()
    with (
        open_shm_array('hours', 1024, BAR) as slow,
        open_shm_array('minutes', 4096, BAR) as fast,
    ):
        slow.push(bars(slow_times))
        fast.push(bars(minutes))
        yield slow, fast


@pytest.fixture
def slow(rings: tuple[ShmArray, ShmArray]) -> Flow:
    """Return the hours."""
    return Flow('price', rings[0], HOUR)


@pytest.fixture
def fast(rings: tuple[ShmArray, ShmArray]) -> Flow:
    """Return the minutes."""
    return Flow('price', rings[1], MINUTE)


def view(level: int, last: int, width: int = 900) -> Viewport:
    """Return a viewport with the last row at its margin."""
    found = Viewport(width, Zoom(level))
    found.margin = 80
    found.show_last(last, found.room)
    return found


def look(band: Band | None, line: int, columns: range) -> list[int]:
    """Return how each column looks."""
    return [0 if band is None else band.look_of(column, line) for column in columns]


bands = st.none() | st.builds(
    lambda left, width: Band(left, left + width), st.integers(-60, 60), st.integers(3, 50)
)


@given(bands, bands, st.integers(1, 2))
def test_changed_columns_are_those_that_look_different(
    before: Band | None, after: Band | None, line: int
) -> None:
    """No column more and none less, in ranges that ascend and do not touch."""
    found = changed_columns(before, after, line)
    columns = range(-70, 120)
    differing = {
        column
        for column, was, now in zip(
            columns, look(before, line, columns), look(after, line, columns), strict=True
        )
        if was != now
    }
    assert {column for left, right in found for column in range(left, right)} == differing
    assert all(one[1] < other[0] for one, other in pairwise(found))


def test_a_band_that_moves_by_a_pixel_changes_two_pixels_at_each_end() -> None:
    assert changed_columns(Band(10, 60), Band(11, 61), 1) == [(10, 12), (59, 61)]


@pytest.mark.parametrize('pixel', [4, 5, 10, 19, 24, 25])
def test_a_band_is_taken_hold_of_a_little_beside_it_too(pixel: int) -> None:
    assert Band(10, 20).holds(pixel, 5) is (5 <= pixel < 25)


@pytest.mark.parametrize('level', [-24, -16, -9, -5, -1, 0])
def test_a_pixel_leads_to_its_time_and_back(slow: Flow, level: int) -> None:
    """Where a row has a pixel at least, each pixel of the rows begins with a time of its own."""
    viewport = view(level, HOURS)
    start = max(0, viewport.column_of(0) - viewport.left)
    stop = min(viewport.width, viewport.right_of(HOURS - 1))
    for pixel in range(start, stop):
        assert pixel_at(slow, viewport, time_at(slow, viewport, pixel)) == pixel


@pytest.mark.parametrize('level', [-12, -5, 0, 3, 9, 30])
def test_times_ascend_with_pixels_and_stay_among_the_rows(slow: Flow, level: int) -> None:
    """Beside the rows it is their first open, or their last close."""
    viewport = view(level, HOURS)
    times = [time_at(slow, viewport, pixel) for pixel in range(-4000, 4000, 7)]
    opens = slow.times(0, HOURS)
    assert times == sorted(times)
    assert times[0] >= opens[0]
    assert times[-1] <= opens[-1] + HOUR
    pixels = [pixel_at(slow, viewport, time) for time in times]
    assert pixels == sorted(pixels)


def test_rows_are_found_across_gaps(slow: Flow) -> None:
    """A time at night is that of the row before; one out of the rows that of their end."""
    opens = slow.times(0, HOURS)
    assert row_of(slow, int(opens[0]) - 1) == 0
    assert row_of(slow, int(opens[7])) == 7
    assert row_of(slow, int(opens[7]) + 5 * HOUR) == 7
    assert row_of(slow, int(opens[-1]) + 99 * HOUR) == HOURS - 1


def test_the_band_spans_what_is_in_view(slow: Flow, fast: Flow) -> None:
    """By rows counted one by one, and to the end of the last hour where the newest are in view."""
    viewport, minutes = view(-5, HOURS), view(-5, MINUTES)
    step = viewport.zoom.step
    for pan in (0, 300, 2000, 7000):
        minutes.show_last(MINUTES, minutes.room)
        minutes.pan(pan, 0, MINUTES)
        band = band_of(fast, minutes, slow, viewport)
        span = span_of(fast, minutes)
        assert band is not None
        assert span is not None
        start, stop = (max(0, row) for row in minutes.rows())
        stop = min(stop, MINUTES)
        assert span == (fast.times(start, stop)[0], fast.times(start, stop)[-1] + MINUTE)
        row, minute = HOURS - MINUTES // 60 + start // 60, start % 60
        left = viewport.column_of(row) - viewport.left + minute * step // 60
        row, minute = HOURS - MINUTES // 60 + (stop - 1) // 60, (stop - 1) % 60 + 1
        right = viewport.column_of(row) - viewport.left + minute * step // 60
        assert band == (left, right)


def test_the_band_has_a_width_and_ends_with_the_last_row(slow: Flow, fast: Flow) -> None:
    """Near in the fast chart and far in the slow one it can be seen still."""
    viewport, minutes = view(10, HOURS), view(-24, MINUTES)
    band = band_of(fast, minutes, slow, viewport)
    assert band is not None
    assert band.right - band.left == LEAST_WIDTH
    with open_shm_array('growing', 64, BAR) as ring:
        ring.push(slow.ring.rows(HOURS - 20, HOURS))
        ring.push(bars(slow.times(HOURS - 1, HOURS) + HOUR))
        growing, near = Flow('price', ring, HOUR), view(-9, 21)
        with open_shm_array('newest', 64, BAR) as newest:
            newest.push(bars(growing.times(20, 21) + np.arange(4) * MINUTE))
            few = Flow('price', newest, MINUTE)
            band = band_of(few, view(-12, 4), growing, near)
    assert band is not None
    assert band.right == near.right_of(20)


def test_no_row_in_view_has_no_band(slow: Flow, fast: Flow) -> None:
    minutes = view(-5, MINUTES)
    minutes.left = -5000
    assert band_of(fast, minutes, slow, view(-5, HOURS)) is None


@pytest.mark.parametrize('level', [-9, -6, -3])
def test_dragging_takes_the_band_to_each_pixel(slow: Flow, fast: Flow, level: int) -> None:
    """The fast view begins at the time of the pixel; the band stands there then."""
    viewport, minutes = view(level, HOURS), view(-5, MINUTES)
    begin = pixel_at(slow, viewport, int(fast.times(0, 1)[0]))
    end = viewport.right_of(HOURS - 1) - 5 * viewport.zoom.step
    checked = 0
    for pixel in range(begin, end):
        begin_at(fast, minutes, time_at(slow, viewport, pixel))
        band = band_of(fast, minutes, slow, viewport)
        assert band is not None
        assert band.left == pixel
        checked += 1
    assert checked > 40


def test_dragging_stops_at_the_first_and_at_the_last_row(slow: Flow, fast: Flow) -> None:
    """Hours of which there are no minutes lead to the first of these."""
    minutes = view(-5, MINUTES)
    newest = minutes.left
    for move in (begin_at, centre_at):
        move(fast, minutes, START)
        assert minutes.pixel_of(0) == minutes.zoom.step // 2
        move(fast, minutes, NEWEST + 10**18)
        assert minutes.left == newest


def test_a_click_centres(slow: Flow, fast: Flow) -> None:
    minutes = view(-5, MINUTES)
    time = int(fast.times(1000, 1001)[0])
    centre_at(fast, minutes, time)
    assert minutes.pixel_of(1000) == minutes.room // 2


def test_few_rows_stay_where_they_are(fast: Flow) -> None:
    """Rows that all fit have nowhere to go."""
    with open_shm_array('few', 64, BAR) as ring:
        ring.push(fast.ring.rows(0, 20))
        few, minutes = Flow('price', ring, MINUTE), view(-5, 20)
        left = minutes.left
        for time in (START, NEWEST):
            begin_at(few, minutes, time)
            assert minutes.left == left


def test_a_low_window_folds_the_slow_chart_and_a_lower_one_hides_it() -> None:
    assert [form_of(height) for height in (1080, 800, 799, 384, 383, 1)] == [
        Form.WHOLE,
        Form.WHOLE,
        Form.STRIP,
        Form.STRIP,
        Form.HIDDEN,
        Form.HIDDEN,
    ]


def test_an_overview_needs_longer_bars(rings: tuple[ShmArray, ShmArray]) -> None:
    """None of the same period or a longer one, and none of an empty ring."""
    slow, fast = rings
    source = BarSource(fast, MINUTE, slow, HOUR)
    found = []
    for period in (MINUTE, 30 * MINUTE, HOUR, 4 * HOUR, MINUTE):
        source.select(period)
        found.append(source.has_overview)
    source.close()
    assert found == [True, True, False, False, True]
    with open_shm_array('empty', 64, BAR) as empty:
        assert not BarSource(fast, MINUTE, empty, HOUR).has_overview
    assert not BarSource(fast, MINUTE, slow, MINUTE).has_overview
