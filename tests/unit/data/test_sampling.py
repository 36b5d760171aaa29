"""The compiled fold of ticks into bars against a resample in plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piker.core.rows import ASK, BAR, BID, EARLIEST_NS, LATEST_NS, TICK
from piker.errors import InputError
from piker.shm import BarFolder, ShmArray, attach_shm_array, open_shm_array
from tests.unit.data.folds import Tick, live_row, make_ticks, resample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

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


SECOND = 1_000_000_000


@pytest.mark.parametrize(
    'time', [-(2**63), EARLIEST_NS - 1, LATEST_NS, 2**63 - 5 * SECOND, 2**63 - 1]
)
def test_a_time_that_no_row_can_have_is_invalid(ring: ShmArray, time: int) -> None:
    folder = BarFolder(ring, SECOND)
    assert folder.fold(make_ticks([Tick(time, 1.0, 1.0)])) == 0
    assert folder.advance(2**63 - 1) == 0
    now = 1_600_000_000 * SECOND
    folder.fold(make_ticks([Tick(now, 1.0, 1.0), Tick(time, 9.0, 1.0)]))
    assert rows(ring) == [(now, 1.0, 1.0, 1.0, 1.0, 1.0)]
    assert (folder.invalid, folder.folded) == (2, 1)


@pytest.mark.parametrize('phase', [0, 1, -1, 2**63 - 1])
def test_the_first_and_the_last_time_of_rows_are_folded(ring: ShmArray, phase: int) -> None:
    for time in (EARLIEST_NS, LATEST_NS - 1):
        with open_shm_array('test', 512, BAR) as other:
            folder = BarFolder(other, 2**61, phase_ns=phase)
            folder.fold(make_ticks([Tick(time, 1.0, 1.0)]))
            assert [row[0] for row in rows(other)] == [time - (time - phase) % 2**61]
            assert folder.advance(2**63 - 1) <= 4


@pytest.mark.parametrize('is_in_session', [False, True])
def test_a_gap_that_would_run_the_ring_over_is_not_filled(
    ring: ShmArray, is_in_session: bool
) -> None:
    """A first tick of time 0, then the clock and a tick of today: 1.6 thousand million rows."""
    now = 1_600_000_000 * SECOND
    sessions = np.array([[-SECOND, now // 2], [now // 2, 2 * now]]) if is_in_session else None
    folder = BarFolder(ring, SECOND, sessions=sessions)
    folder.fold(make_ticks([Tick(0, 1.0, 1.0)]))
    assert folder.advance(now) == folder.advance(2**63 - 1) == 0
    assert folder.fold(make_ticks([Tick(now, 2.0, 1.0)])) == 0
    assert rows(ring) == [(0, 1.0, 1.0, 1.0, 1.0, 1.0)]
    assert (folder.folded, folder.ahead) == (1, 1)
    folder.fold(make_ticks([Tick(2 * SECOND, 3.0, 1.0)]))
    assert [row[0] for row in rows(ring)] == [0, SECOND, 2 * SECOND]


def test_a_gap_of_closed_time_is_never_too_long(ring: ShmArray) -> None:
    now = 1_600_000_000 * SECOND
    sessions = np.array([[0, SECOND], [now - SECOND, now + SECOND]])
    folder = BarFolder(ring, SECOND, sessions=sessions)
    folder.fold(make_ticks([Tick(0, 1.0, 1.0), Tick(now, 2.0, 1.0)]))
    assert [row[0] for row in rows(ring)] == [0, now - SECOND, now]
    assert folder.advance(2**63 - 1) == 0


def test_a_gap_is_filled_up_to_the_most_rows_that_are_opened_at_once() -> None:
    with open_shm_array('test', 512, BAR) as ring:
        folder = BarFolder(ring, 1)
        folder.fold(make_ticks([Tick(BASE, 1.0, 1.0)]))
        assert folder.advance(BASE + 2**24 + 1) == 0
        assert folder.advance(BASE + 2**24) == 2**24
        assert (ring.last, live_row(ring)['time']) == (2**24 + 1, BASE + 2**24)


def test_history_of_no_known_year_is_refused(ring: ShmArray) -> None:
    ring.push((2**63 - 1, 1.0, 1.0, 1.0, 1.0, 1.0))
    message = "'ring': its last row is of time 9223372036854775807"
    with pytest.raises(InputError, match=message):
        BarFolder(ring, 1).advance(BASE)
    with pytest.raises(InputError, match=message):
        BarFolder(ring, 1).fold(ONE_TICK)


ONE_TICK = make_ticks([Tick(BASE + 3, 2.0, 0.5)])


@pytest.mark.parametrize('tick', [ONE_TICK[0], ONE_TICK.reshape(()), ONE_TICK, ONE_TICK[::-1]])
def test_a_tick_alone_is_folded_as_one(ring: ShmArray, tick: NDArray[np.void]) -> None:
    folder = BarFolder(ring, PERIOD)
    assert folder.fold(tick) == 1
    assert rows(ring) == [(BASE, 2.0, 2.0, 2.0, 2.0, 0.5)]


def test_no_tick_opens_no_row(ring: ShmArray) -> None:
    assert BarFolder(ring, PERIOD).fold(np.empty(0, TICK)) == 0


NO_WHOLE: list[Any] = [None, 1.0, NAN, '1', 2**63, -(2**63) - 1, np.zeros(2, np.int64)]
SESSIONS = np.array([[0, 5], [5, 5], [7, 9]], np.int64)
ODD: dict[str, list[Any]] = {
    'ring': [None, 1, np.zeros(3, BAR)],
    'period_ns': [*NO_WHOLE, 0, -1, -(2**63), 2**61 + 1],
    'phase_ns': NO_WHOLE,
    'kind': [*NO_WHOLE, 0, 5, 77, 257, 300, -1],
    'sessions': [
        1,
        'x',
        object(),
        [[1, 2, 3]],
        [[1], [2, 3]],
        SESSIONS.reshape(-1),
        SESSIONS[:, :, np.newaxis],
        SESSIONS[:, ::-1],
        SESSIONS[::-1],
        [[0, 5], [4, 9]],
        [[0.0, 5.0]],
        [[0.0, NAN]],
        SESSIONS.astype(np.uint64),
        np.ma.array(SESSIONS, mask=True),
    ],
    'opens': [
        1,
        'x',
        object(),
        SESSIONS,
        [3, 2],
        [1.0, NAN],
        [EARLIEST_NS - 1, 0],
        [0, LATEST_NS],
        np.ma.array([1, 2], mask=True),
    ],
    'ticks': [
        None,
        1,
        'x',
        [1, 2],
        np.zeros(1, BAR),
        np.zeros(1, BAR)[0],
        np.zeros(3),
        np.zeros((), np.int64),
        np.zeros((1, 1), TICK),
        np.zeros((0, 2), TICK),
        np.ma.array(np.zeros(1, TICK)),
    ],
    'limit_ns': NO_WHOLE,
    'now_ns': NO_WHOLE,
}


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        pytest.param(name, value, id=f'{name}-{k}')
        for name in ODD
        for k, value in enumerate(ODD[name])
    ],
)
def test_an_odd_argument_is_refused_by_name(ring: ShmArray, name: str, value: Any) -> None:
    arguments = {'ring': ring, 'period_ns': PERIOD, name: value}
    calls: dict[str, Callable[[], object]] = {
        'ticks': lambda: BarFolder(ring, PERIOD).fold(value),
        'limit_ns': lambda: BarFolder(ring, PERIOD).fold(np.empty(0, TICK), value),
        'now_ns': lambda: BarFolder(ring, PERIOD).advance(value),
    }
    with pytest.raises(InputError, match=f"^invalid '{name}': "):
        calls.get(name, lambda: BarFolder(**arguments))()
    assert ring.last == ring.first


def test_a_ring_that_cannot_be_written_bars_to_is_refused(ring: ShmArray) -> None:
    with open_shm_array('ticks', 512, TICK) as other, pytest.raises(InputError, match="'ring'"):
        BarFolder(other, PERIOD)
    reader = attach_shm_array(ring.token)
    with reader, pytest.raises(InputError, match='for reading'):
        BarFolder(reader, PERIOD)


@pytest.mark.parametrize('phase', [-(2**63), 2**63 - 1, -1])
def test_any_phase_counts_periods_without_leaving_int64(ring: ShmArray, phase: int) -> None:
    BarFolder(ring, 2**61, phase_ns=phase).fold(ONE_TICK)
    (time,) = ring.column('time', ring.first, ring.last)
    assert int(time) == BASE + 3 - (BASE + 3 - phase) % 2**61


def test_sessions_without_end_are_those_of_the_known_years(ring: ShmArray) -> None:
    always = np.array([[-(2**63), 2**63 - 1]], np.int64)
    folder = BarFolder(ring, PERIOD, sessions=always)
    folder.fold(make_ticks([Tick(BASE, 1.0, 1.0), Tick(BASE + 35, 2.0, 1.0)]))
    assert [row[0] for row in rows(ring)] == [BASE, BASE + 10, BASE + 20, BASE + 30]
