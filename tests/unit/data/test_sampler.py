"""The sampler of a feed: rows by trade time and by the clock, the quote row, late ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from piker.core.rows import ASK, BAR, BID, QUOTE, TICK, TRADE
from piker.data.sampler import GRACE_NS, Sampler, resample_ticks
from piker.shm import ShmArray, open_shm_array
from piker.shm.waiter import RingWaiter
from tests.unit.data.folds import Tick, live_row, make_ticks, resample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SECOND = 1_000_000_000
BASE = 1_600_000_020 * SECOND
NOTHING = np.empty(0, np.int64), np.empty(0, TICK)


class Rings(NamedTuple):
    """The rings of one feed."""

    fast: ShmArray
    slow: ShmArray
    quote: ShmArray


@pytest.fixture
def rings() -> Iterator[Rings]:
    with (
        open_shm_array('fast', 4096, BAR) as fast,
        open_shm_array('slow', 4096, BAR) as slow,
        open_shm_array('quote', 1, QUOTE) as quote,
    ):
        yield Rings(fast, slow, quote)


def sampler_of(rings: Rings) -> Sampler:
    return Sampler({SECOND: rings.fast, 60 * SECOND: rings.slow}, rings.quote)


def times_of(ring: ShmArray) -> list[int]:
    return [(int(time) - BASE) // SECOND for time in ring.column('time', ring.first, ring.last)]


def trade(seconds: float, price: float = 1.0, size: float = 1.0) -> NDArray[np.void]:
    return make_ticks([Tick(BASE + round(seconds * SECOND), price, size)])


def feed(sampler: Sampler, ticks: NDArray[np.void], lead_s: float = 0.0) -> int:
    """Hand ticks over as if the recording clock were `lead_s` behind the venue's."""
    recorded = ticks['time'] - round(lead_s * SECOND)
    return sampler.sample(recorded, ticks, int(recorded.max()))


@pytest.mark.parametrize('lead_s', [0.0, 1.3, -0.7])
def test_rows_open_when_the_venues_time_has_come(rings: Rings, lead_s: float) -> None:
    sampler = sampler_of(rings)
    feed(sampler, trade(0.5), lead_s)
    here = BASE + round((3.0 - lead_s) * SECOND)
    sampler.sample(*NOTHING, here + GRACE_NS - 1)
    assert times_of(rings.fast) == [0, 1, 2]
    sampler.sample(*NOTHING, here + GRACE_NS)
    assert times_of(rings.fast) == [0, 1, 2, 3]
    assert times_of(rings.slow) == [0]


def test_no_row_opens_before_the_first_tick(rings: Rings) -> None:
    sampler = sampler_of(rings)
    assert sampler.sample(*NOTHING, BASE + 100 * SECOND) == 0
    assert rings.fast.last == rings.fast.first


def test_no_row_opens_while_the_market_is_closed(rings: Rings) -> None:
    sessions = np.array([[BASE, BASE + 2 * SECOND], [BASE + 100 * SECOND, BASE + 200 * SECOND]])
    sampler = Sampler({SECOND: rings.fast, 60 * SECOND: rings.slow}, rings.quote, sessions=sessions)
    feed(sampler, trade(0.5))
    sampler.sample(*NOTHING, BASE + 90 * SECOND)
    assert times_of(rings.fast) == [0, 1]
    sampler.sample(*NOTHING, BASE + 101 * SECOND + GRACE_NS)
    assert times_of(rings.fast) == [0, 1, 100, 101]
    assert times_of(rings.slow) == [0, 60]


def test_late_ticks_revise_both_periods_and_are_counted(rings: Rings) -> None:
    sampler = sampler_of(rings)
    feed(sampler, trade(58, 1.0))
    feed(sampler, trade(63, 2.0))
    feed(sampler, trade(59, 9.0, 4.0))
    fast = rings.fast.rows(rings.fast.first, rings.fast.last)
    assert fast['close'].tolist() == [1.0, 9.0, 9.0, 9.0, 9.0, 2.0]
    slow = rings.slow.rows(rings.slow.first, rings.slow.last)
    assert slow['close'].tolist() == [9.0, 2.0]
    assert slow['volume'].tolist() == [5.0, 1.0]
    assert sampler.statistics().late == 1
    feed(sampler, trade(-100))
    assert sampler.statistics().dropped == 1


def test_readers_learn_of_a_late_tick_by_the_revision(rings: Rings) -> None:
    sampler = sampler_of(rings)
    feed(sampler, trade(0, 1.0))
    feed(sampler, trade(2, 2.0))
    before = rings.fast.revision
    feed(sampler, trade(0.5, 9.0))
    assert rings.fast.dirty(before) == [(0, 2)]


def test_a_tick_of_next_year_makes_no_row(rings: Rings) -> None:
    sampler = sampler_of(rings)
    feed(sampler, trade(0))
    wrong = trade(365 * 86400)
    sampler.sample(np.array([BASE + SECOND]), wrong, BASE + SECOND)
    sampler.sample(*NOTHING, BASE + 2 * SECOND)
    assert rings.fast.last - rings.fast.first <= 3
    assert sampler.statistics().ahead == 1


def test_the_quote_row_keeps_last_bid_and_ask_apart(rings: Rings) -> None:
    sampler = sampler_of(rings)
    rows = np.zeros(4, TICK)
    rows[:] = [
        (BASE, 10.0, 1.0, TRADE, 1, 0),
        (BASE + 1, 9.5, 3.0, BID, 0, 1),
        (BASE + 2, 10.5, 4.0, ASK, 0, 2),
        (BASE + 3, 10.25, 2.0, TRADE, 1, 3),
    ]
    feed(sampler, rows[:1])
    quote = live_row(rings.quote)
    assert quote['last'] == 10.0
    assert np.isnan(quote['bid'])
    assert np.isnan(quote['ask'])
    feed(sampler, rows[1:])
    assert live_row(rings.quote).item() == (BASE + 3, 10.25, 2.0, 9.5, 3.0, 10.5, 4.0, 3.0)
    assert rings.quote.last - rings.quote.first == 1


def test_a_batch_wakes_who_waits_for_what_it_changed_once(rings: Rings) -> None:
    sampler = sampler_of(rings)
    feed(sampler, trade(0))
    with RingWaiter(rings.fast) as bars, RingWaiter(rings.quote) as quotes:
        for waiter in (bars, quotes):
            assert waiter.wait_changed_blocking(0.0) == ()
        ask = make_ticks([Tick(BASE, 2.0, 1.0)], ASK)
        feed(sampler, ask)
        assert [waiter.slots[0].is_armed for waiter in (bars, quotes)] == [True, False]
        feed(sampler, np.concatenate([trade(0.25), trade(0.75), trade(3)]))
        assert not bars.slots[0].is_armed
        assert bars.wait_changed_blocking(0.0) == (rings.fast,)
        assert quotes.wait_changed_blocking(0.0) == (rings.quote,)
        assert bars.wait_changed_blocking(0.0) == ()


def test_the_same_ticks_make_the_same_rows_in_any_portions(rings: Rings) -> None:
    random = np.random.default_rng(11)
    times = np.cumsum(random.integers(0, 3 * SECOND, 500))
    ticks = [Tick(BASE + int(time), float(random.integers(1, 9)), 0.1) for time in times]
    rows = make_ticks(ticks)
    expected = resample(ticks, SECOND).tolist()
    assert resample_ticks([rows], SECOND).tolist() == expected
    assert resample_ticks([rows[:7], rows[7:400], rows[400:]], SECOND).tolist() == expected
    sampler = sampler_of(rings)
    for place in range(0, 500, 3):
        feed(sampler, rows[place : place + 3])
    assert rings.fast.rows(rings.fast.first, rings.fast.last).tolist() == expected
    slow = rings.slow.rows(rings.slow.first, rings.slow.last).tolist()
    assert slow == resample(ticks, 60 * SECOND).tolist()
