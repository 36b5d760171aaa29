"""Ticks of both axes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piker.ui.model.ticks import value_ticks
from piker.ui.model.timeticks import (
    MOST_CANDIDATES,
    Step,
    fitting_ticks,
    stamp,
    time_step,
    time_ticks,
)
from piker.ui.model.zoom import Zoom

if TYPE_CHECKING:
    from numpy.typing import NDArray

NS = 1_000_000_000
MINUTE = 60 * NS
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def at(text: str) -> int:
    """Return an ISO time as epoch ns."""
    return int(np.datetime64(text, 'ns').astype(np.int64))


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(260, 2000))
def test_five_to_nine_round_ticks_on_an_axis_with_room(
    low: float, span: float, pixels: int
) -> None:
    """Ticks are equally spaced, round and inside."""
    high = low + span
    if not high - low > abs(high) * 1e-9:
        return
    ticks = value_ticks(low, high, pixels, 44)
    assert 3 <= len(ticks) <= 9
    step = (ticks[-1] - ticks[0]) / (len(ticks) - 1)
    mantissa = step / 10 ** np.floor(np.log10(step * 1.000001))
    assert min(abs(mantissa - unit) for unit in (1, 2, 2.5, 5)) < 1e-4
    slack = step * 1e-6
    assert all(low - slack <= tick <= high + slack for tick in ticks)


def test_ticks_fill_a_usual_axis() -> None:
    """The range of a usual day gets its five to nine."""
    assert value_ticks(36820, 37500, 600, 44) == [36900, 37000, 37100, 37200, 37300, 37400, 37500]
    assert value_ticks(0, 45, 200, 44, 0) == [0, 20, 40]


@pytest.mark.parametrize('tick', [0.25, 0.01, 5.0, 1e-5])
def test_steps_are_multiples_of_the_price_tick(tick: float) -> None:
    """No tick stands between two prices that can trade."""
    for span in (3, 10, 77):
        ticks = value_ticks(100 * tick, (100 + span) * tick, 800, 44, tick)
        counts = np.array(ticks) / tick
        assert np.allclose(counts, np.rint(counts), atol=1e-6)
        assert len(ticks) >= 3


def test_price_tick_greater_than_the_prices_is_passed_over() -> None:
    """Prices below the finest tick that is known have ticks all the same."""
    assert len(value_ticks(1e-12, 5e-12, 500, 44, 1e-10)) >= 5
    assert len(value_ticks(-1e300, 1e300, 500, 44, 0.01)) >= 5


@pytest.mark.parametrize('bounds', [(1.0, 1.0), (2.0, 1.0), (np.nan, 1.0), (0.0, np.inf)])
def test_no_ticks_without_a_range(bounds: tuple[float, float]) -> None:
    """A range that is none has no ticks, and does not loop."""
    assert value_ticks(*bounds, 500, 44) == []


def test_time_ticks_name_what_changed() -> None:
    """The day at midnight, else the hour; the midnight tick is strong."""
    times = at('2024-08-07T20:00') + np.arange(600) * MINUTE
    ticks = time_ticks(times, 1000, MINUTE, 0, Step(2 * HOUR))
    assert [tick.text for tick in ticks] == ['20:00', '22:00', '8 Aug', '02:00', '04:00']
    assert [tick.is_strong for tick in ticks] == [False, False, True, False, False]
    assert [tick.row for tick in ticks] == [1000, 1120, 1240, 1360, 1480]


def test_year_and_month_begin_strongly() -> None:
    """Months by name, January by its year."""
    times = at('2023-11-15') + np.arange(120) * DAY
    ticks = time_ticks(times, 0, DAY, 0, Step(0, 1))
    assert [tick.text for tick in ticks] == ['Dec', '2024', 'Feb', 'Mar']
    assert ticks[1].is_strong


def test_a_gap_takes_no_room_and_gets_one_tick() -> None:
    """Of the round times inside a gap the last one falls on the first row after it."""
    friday = at('2024-08-09T12:00') + np.arange(10) * HOUR
    monday = at('2024-08-12T00:00') + np.arange(10) * HOUR
    ticks = time_ticks(np.concatenate([friday, monday]), 0, HOUR, 0, Step(6 * HOUR))
    assert [(tick.row, tick.text) for tick in ticks] == [
        (0, '12:00'),
        (6, '18:00'),
        (10, '12 Aug'),
        (16, '06:00'),
    ]


def test_ticks_go_on_to_the_right_of_the_last_row() -> None:
    """The room beside the newest bar is time too."""
    times = at('2024-08-07T20:00') + np.arange(10) * MINUTE
    ticks = time_ticks(times, 0, MINUTE, 15, Step(5 * MINUTE))
    assert [(tick.row, tick.text) for tick in ticks] == [
        (0, '20:00'),
        (5, '20:05'),
        (10, '20:10'),
        (15, '20:15'),
        (20, '20:20'),
    ]


def test_a_gap_of_centuries_costs_nothing() -> None:
    """Candidates are counted before they are made."""
    times = np.array([at('1700-01-01'), at('2024-01-01'), at('2024-01-01') + NS])
    assert len(time_ticks(times, 0, NS, 10**15, Step(NS))) <= MOST_CANDIDATES
    assert len(fitting_ticks(times, 0, NS, 10**15, 10**12, 88)) <= 10**3 / 88 + 1


def sessions(days: int, period: int = MINUTE) -> NDArray[np.int64]:
    """Return times of weekday sessions of six and a half hours from 13:30 on, from 29 July on."""
    dates = np.arange(days) + at('2024-07-29') // DAY
    weekdays = dates[(dates + 3) % 7 < 5]
    inside = np.arange(13 * HOUR + 30 * MINUTE, 20 * HOUR, period)
    return (weekdays[:, None] * DAY + inside).ravel()


@pytest.mark.parametrize('level', range(-9, 21))
def test_sessions_get_a_label_every_88_to_200_pixels(level: int) -> None:
    """Night gaps and weekends do not thin the labels out, at any zoom."""
    uppx, width = Zoom(level).uppx, 2560
    times = sessions(1200)
    count = min(len(times), int(width * uppx))
    ticks = fitting_ticks(times[-count:], 0, MINUTE, 0, uppx, 88)
    width = int(count / uppx)
    assert width / 88 + 1 >= len(ticks) >= width / 200 - 1
    gaps = np.diff([tick.row for tick in ticks]) / uppx
    assert gaps.min() >= 88
    assert gaps.max() <= 400


@pytest.mark.parametrize('level', range(-9, 17))
@pytest.mark.parametrize('shift', [1, 7, 10, 37])
def test_panning_labels_the_same_times(level: int, shift: int) -> None:
    """Over time without gaps a tick is on show in every view that holds it and its room."""
    times = at('2024-08-02') + np.arange(60_000) * MINUTE
    uppx = Zoom(level).uppx
    count, shift = int(1000 * uppx), int(shift * max(1, uppx))
    here = fitting_ticks(times[:count], 0, MINUTE, 0, uppx, 88)
    there = fitting_ticks(times[shift : shift + count], shift, MINUTE, 0, uppx, 88)
    least = 88 * uppx
    start, stop = shift + least, count - least
    shared = {tick.row for tick in here if start <= tick.row < stop}
    assert shared == {tick.row for tick in there if start <= tick.row < stop}
    assert len(shared) >= 3


@pytest.mark.parametrize('step', [1, 2, 3, 6, 10])
def test_new_day_across_a_session_gap_shows_its_date(step: int) -> None:
    """The first bar of each session names its day, and hours too close to it give way."""
    times = sessions(5)
    ticks = fitting_ticks(times, 0, MINUTE, 0, 1 / step, 88)
    texts = {tick.row: tick.text for tick in ticks}
    assert [texts.get(day * 390) for day in range(1, 5)] == ['30 Jul', '31 Jul', '1 Aug', '2 Aug']
    assert all(tick.is_strong for tick in ticks if tick.row and tick.row % 390 == 0)
    assert len(texts) == len(ticks)


def test_text_across_a_gap_is_the_time_of_the_row() -> None:
    """A session that begins at half past is not said to begin at a full hour."""
    morning = at('2024-08-08T01:00') + np.arange(150) * MINUTE
    afternoon = at('2024-08-08T04:30') + np.arange(150) * MINUTE
    ticks = time_ticks(np.concatenate([morning, afternoon]), 0, MINUTE, 0, Step(HOUR))
    assert [tick.text for tick in ticks] == ['01:00', '02:00', '03:00', '04:30', '05:00', '06:00']


def test_month_and_year_keep_their_label_beside_weeks() -> None:
    """Of two ticks without room for both the stronger one stays."""
    times = at('2023-11-01') + np.arange(150) * DAY
    ticks = fitting_ticks(times[(times // DAY + 3) % 7 < 5], 0, DAY, 0, 1 / 18, 88)
    texts = [tick.text for tick in ticks]
    assert {'1 Dec', '2024', '1 Feb', '1 Mar'} <= set(texts)
    assert all(tick.is_strong for tick in ticks if tick.text in ('1 Dec', '2024', '1 Feb'))


def test_days_that_have_room_for_no_hour_are_not_strong() -> None:
    """What is strong stands out of the others: of days alone, that of a new month."""
    times = at('2017-08-28') + np.arange(24 * 10) * HOUR
    ticks = fitting_ticks(times, 0, HOUR, 0, 1 / 4, 88)
    assert [tick.text for tick in ticks][2:6] == ['30 Aug', '31 Aug', '1 Sep', '2 Sep']
    assert [tick.text for tick in ticks if tick.is_strong] == ['1 Sep']
    near = fitting_ticks(times, 0, HOUR, 0, 1 / 8, 88)
    assert all(tick.is_strong is ('Aug' in tick.text or 'Sep' in tick.text) for tick in near)


def test_steps_have_their_room_and_are_no_shorter_than_a_bar() -> None:
    """88 pixels of one-minute bars 6 pixels wide are a quarter of an hour."""
    assert time_step(MINUTE / 6, 88, MINUTE) == Step(15 * MINUTE)
    assert time_step(MINUTE / 600, 88, MINUTE) == Step(MINUTE)
    assert time_step(DAY, 88, DAY).months == 3


def test_stamp_says_the_whole_time() -> None:
    """As much of it as the period needs."""
    time = int(datetime(2024, 8, 8, 13, 5, 7, tzinfo=UTC).timestamp()) * NS
    assert stamp(time, NS) == 'Thu 8 Aug 2024 13:05:07'
    assert stamp(time, MINUTE) == 'Thu 8 Aug 2024 13:05'
    assert stamp(time, DAY) == 'Thu 8 Aug 2024'
