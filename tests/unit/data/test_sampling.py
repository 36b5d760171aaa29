"""The compiled fold of ticks into bars against a resample in plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piker.core.rows import ASK, BAR, BID, TICK
from piker.shm import BarFolder, ShmArray, open_shm_array
from tests.unit.data.folds import Tick, live_row, make_ticks, resample

if TYPE_CHECKING:
    from collections.abc import Iterator

PERIOD = 10
BASE = 1_000_000
NAN = float('nan')


@pytest.fixture
def ring() -> Iterator[ShmArray]:
    with open_shm_array('test', 4096, BAR) as array:
        yield array


prices = st.integers(1, 50).map(lambda tick: tick / 10)
sizes = st.integers(0, 1000).map(lambda tick: tick / 1000)
steps = st.integers(0, 35)
delays = st.one_of(st.just(0), st.integers(0, 60))


@st.composite
def streams(draw: st.DrawFn) -> list[Tick]:
    """Draw ticks in order of arrival, some of them late."""
    now = BASE
    ticks = []
    for _ in range(draw(st.integers(1, 40))):
        now += draw(steps)
        ticks.append(Tick(now - draw(delays), draw(prices), draw(sizes)))
    return ticks


def rows(ring: ShmArray) -> list[tuple[float, ...]]:
    return [tuple(row) for row in ring.rows(ring.first, ring.last).tolist()]


@settings(max_examples=300, deadline=None)
@given(streams(), st.lists(st.integers(1, 10), max_size=20))
def test_incremental_fold_equals_resample_to_the_digit(ticks: list[Tick], cuts: list[int]) -> None:
    with open_shm_array('test', 4096, BAR) as ring:
        folder = BarFolder(ring, PERIOD)
        place = 0
        for cut in [*cuts, len(ticks)]:
            folder.fold(make_ticks(ticks[place : place + cut]))
            place += cut
        assert rows(ring) == resample(ticks, PERIOD).tolist()
        first = ticks[0].time // PERIOD * PERIOD
        older = sum(tick.time // PERIOD * PERIOD < first for tick in ticks)
        assert (folder.folded, folder.dropped) == (len(ticks) - older, older)


@settings(max_examples=200, deadline=None)
@given(streams(), st.integers(0, 300))
def test_rows_opened_by_the_clock_equal_a_resample_up_to_then(
    ticks: list[Tick], ahead: int
) -> None:
    until = max(tick.time for tick in ticks) + ahead
    with open_shm_array('test', 4096, BAR) as ring:
        folder = BarFolder(ring, PERIOD)
        for tick in ticks:
            folder.fold(make_ticks([tick]))
            folder.advance(tick.time)
        folder.advance(until)
        assert rows(ring) == resample(ticks, PERIOD, until=until).tolist()


@settings(max_examples=200, deadline=None)
@given(streams(), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=8))
def test_closed_time_has_no_empty_rows(ticks: list[Tick], spans: list[tuple[int, int]]) -> None:
    sessions = []
    edge = BASE - 100
    for gap, length in spans:
        sessions.append((edge + gap, edge + gap + length))
        edge += gap + length
    ordered = sorted(ticks, key=lambda tick: tick.time)
    with open_shm_array('test', 4096, BAR) as ring:
        folder = BarFolder(ring, PERIOD, sessions=np.array(sessions, np.int64).reshape(-1, 2))
        folder.fold(make_ticks(ordered))
        assert rows(ring) == resample(ordered, PERIOD, sessions).tolist()


@given(
    streams(),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=8),
    st.integers(0, PERIOD - 1),
)
def test_a_phase_shifts_the_rows_and_nothing_else(
    ticks: list[Tick], spans: list[tuple[int, int]], phase: int
) -> None:
    edges = BASE - 100 + np.cumsum(np.array(spans, np.int64).reshape(-1))
    found = []
    for shift in (0, phase):
        with open_shm_array('test', 4096, BAR) as ring:
            folder = BarFolder(ring, PERIOD, phase_ns=shift, sessions=edges.reshape(-1, 2) + shift)
            folder.fold(make_ticks([tick._replace(time=tick.time + shift) for tick in ticks]))
            folder.advance(BASE + 7 * PERIOD + shift)
            found.append([(row[0] - shift, *row[1:]) for row in rows(ring)])
    assert found[0] == found[1]


def test_a_late_tick_revises_the_empty_rows_behind_it(ring: ShmArray) -> None:
    folder = BarFolder(ring, PERIOD)
    folder.fold(make_ticks([Tick(BASE, 1.0, 1.0)]))
    folder.advance(BASE + 3 * PERIOD)
    assert [row[4] for row in rows(ring)] == [1.0, 1.0, 1.0, 1.0]
    folder.fold(make_ticks([Tick(BASE + PERIOD + 5, 2.0, 0.5)]))
    assert rows(ring) == [
        (BASE, 1.0, 1.0, 1.0, 1.0, 1.0),
        (BASE + 10, 2.0, 2.0, 2.0, 2.0, 0.5),
        (BASE + 20, 2.0, 2.0, 2.0, 2.0, 0.0),
        (BASE + 30, 2.0, 2.0, 2.0, 2.0, 0.0),
    ]
    assert folder.late == 1


def test_an_older_late_tick_changes_open_but_not_close(ring: ShmArray) -> None:
    folder = BarFolder(ring, PERIOD)
    folder.fold(make_ticks([Tick(BASE + 5, 2.0, 1.0), Tick(BASE + 12, 3.0, 1.0)]))
    folder.fold(make_ticks([Tick(BASE + 1, 1.0, 1.0)]))
    assert rows(ring)[0] == (BASE, 1.0, 2.0, 1.0, 2.0, 2.0)


def test_history_is_complete_and_goes_on_without_a_hole(ring: ShmArray) -> None:
    ring.prepend(np.array([(BASE, 1.0, 4.0, 1.0, 3.0, 7.0)], BAR))
    folder = BarFolder(ring, PERIOD)
    folder.fold(make_ticks([Tick(BASE + 9, 9.0, 1.0), Tick(BASE + 25, 5.0, 2.0)]))
    assert rows(ring) == [
        (BASE, 1.0, 4.0, 1.0, 3.0, 7.0),
        (BASE + 10, 3.0, 3.0, 3.0, 3.0, 0.0),
        (BASE + 20, 5.0, 5.0, 5.0, 5.0, 2.0),
    ]
    assert (folder.dropped, folder.folded) == (1, 1)


def test_uneven_bars_open_at_times_of_their_own(ring: ShmArray) -> None:
    """By ticks, by the clock, and where a bar is passed over or a tick is late."""
    opens = np.array([100, 131, 159, 190, 220], np.int64)
    folder = BarFolder(ring, 30, opens=opens)
    folder.fold(make_ticks([Tick(100, 1.0, 1.0), Tick(130, 2.0, 1.0), Tick(160, 3.0, 1.0)]))
    folder.fold(make_ticks([Tick(135, 4.0, 8.0)]))
    assert [(row[0], *row[4:]) for row in rows(ring)] == [
        (100, 2.0, 2.0),
        (131, 4.0, 8.0),
        (159, 3.0, 1.0),
    ]
    assert folder.advance(189) == 0
    assert folder.advance(190) == 1
    assert folder.advance(10_000) == 1
    assert [row[0] for row in rows(ring)] == opens.tolist()


def test_the_clock_opens_rows_behind_history(ring: ShmArray) -> None:
    ring.prepend(np.array([(BASE, 1.0, 4.0, 1.0, 3.0, 7.0)], BAR))
    assert BarFolder(ring, PERIOD).advance(BASE + 20) == 2
    assert rows(ring)[-1] == (BASE + 20, 3.0, 3.0, 3.0, 3.0, 0.0)


def test_the_clock_alone_makes_no_rows(ring: ShmArray) -> None:
    assert BarFolder(ring, PERIOD).advance(BASE) == 0
    assert ring.last == ring.first


def test_ticks_from_the_future_and_without_price_are_counted(ring: ShmArray) -> None:
    folder = BarFolder(ring, PERIOD)
    folder.fold(make_ticks([Tick(BASE, 1.0, 1.0), Tick(BASE + 1, NAN, 1.0)]))
    folder.fold(make_ticks([Tick(BASE + 10**15, 1.0, 1.0)]), BASE + 1000)
    assert (folder.folded, folder.invalid, folder.ahead) == (1, 1, 1)
    assert ring.last - ring.first == 1


def test_a_tick_at_the_limit_is_not_from_the_future(ring: ShmArray) -> None:
    folder = BarFolder(ring, PERIOD)
    folder.fold(make_ticks([Tick(BASE, 1.0, 1.0), Tick(BASE + 1, 2.0, 1.0)]), BASE)
    assert (folder.folded, folder.ahead) == (1, 1)
    assert rows(ring) == [(BASE, 1.0, 1.0, 1.0, 1.0, 1.0)]


def test_a_trade_of_unknown_size_adds_no_volume(ring: ShmArray) -> None:
    BarFolder(ring, PERIOD).fold(make_ticks([Tick(BASE, 1.0, NAN), Tick(BASE, 2.0, 0.5)]))
    assert rows(ring) == [(BASE, 1.0, 2.0, 1.0, 2.0, 0.5)]


def test_bars_of_bids_have_no_volume_and_ignore_asks(ring: ShmArray) -> None:
    folder = BarFolder(ring, PERIOD, kind=BID)
    folder.fold(make_ticks([Tick(BASE, 1.0, 5.0), Tick(BASE + 1, 2.0, 5.0)], BID))
    folder.fold(make_ticks([Tick(BASE + 2, 9.0, 5.0)], ASK))
    assert rows(ring) == [(BASE, 1.0, 2.0, 1.0, 2.0, 0.0)]


def test_a_gap_longer_than_the_ring_keeps_indices_and_newest_rows() -> None:
    with open_shm_array('test', 512, BAR) as ring:
        folder = BarFolder(ring, PERIOD)
        count = 3 * ring.capacity
        late = BASE + count * PERIOD
        folder.fold(make_ticks([Tick(BASE, 1.0, 1.0), Tick(late, 2.0, 1.0)]))
        assert ring.last == count + 1
        assert live_row(ring)['time'] == late
        folder.fold(make_ticks([Tick(BASE, 5.0, 1.0)]))
        assert folder.dropped == 1


def test_rows_of_another_type_are_refused(ring: ShmArray) -> None:
    with pytest.raises(TypeError, match='ticks'):
        BarFolder(ring, PERIOD).fold(np.zeros(1, BAR))
    with pytest.raises(ValueError, match='period_ns'):
        BarFolder(ring, 0)
    assert BarFolder(ring, PERIOD).fold(np.empty(0, TICK)) == 0
