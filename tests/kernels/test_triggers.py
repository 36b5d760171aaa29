"""The trigger index against a list that is walked at every tick."""

from __future__ import annotations

import math
import sys
import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piker.core.rows import ASK, BID, TICK, TRADE
from piker.errors import InputError
from piker.kernels import Trigger, TriggerIndex

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = (TRADE, BID, ASK)
TICK_SIZE = Decimal('0.05')


class Resting(NamedTuple):
    """One trigger of the list."""

    id: int
    trigger: Trigger


class WalkedList:
    """Every trigger is asked at every tick."""

    def __init__(self) -> None:
        self.resting: list[Resting] = []

    def cross(self, kind: int, price: Decimal) -> list[int]:
        def is_crossed(trigger: Trigger) -> bool:
            level = trigger.level * TICK_SIZE
            reached = price >= level if trigger.is_above else price <= level
            return trigger.kind == kind and reached

        fired = [each for each in self.resting if is_crossed(each.trigger)]
        self.resting = [each for each in self.resting if each not in fired]
        above = [each for each in fired if each.trigger.is_above]
        below = [each for each in fired if not each.trigger.is_above]
        above.sort(key=lambda each: each.trigger.level)
        below.sort(key=lambda each: -each.trigger.level)
        return [each.id for each in above + below]


triggers = st.builds(Trigger, st.sampled_from(KINDS), st.booleans(), st.integers(-30, 30))
# Prices in fifths of a tick: most lie between ticks.
prices = st.integers(-170, 170).map(lambda fifths: fifths * TICK_SIZE / 5)
actions = st.lists(
    st.one_of(triggers, st.tuples(st.sampled_from(KINDS), prices), st.integers(0, 40)),
    max_size=60,
)


@given(actions)
def test_the_index_fires_what_a_walk_over_all_triggers_fires(actions: list[Any]) -> None:
    index, walked, next_id = TriggerIndex(TICK_SIZE), WalkedList(), 0
    for action in actions:
        if isinstance(action, Trigger):
            index.add(next_id, **action._asdict())
            walked.resting.append(Resting(next_id, action))
            assert index.get(next_id) == action
            next_id += 1
        elif isinstance(action, int):
            is_there = action in {each.id for each in walked.resting}
            assert (action in index) == is_there
            assert index.remove(action) == is_there
            walked.resting = [each for each in walked.resting if each.id != action]
        else:
            kind, price = action
            assert index.cross(kind, price) == walked.cross(kind, price)
        assert len(index) == len(walked.resting)


def make_ticks(pairs: list[tuple[int, float]]) -> np.ndarray[Any, Any]:
    ticks = np.zeros(len(pairs), TICK)
    ticks['kind'] = [kind for kind, _ in pairs]
    ticks['price'] = [price for _, price in pairs]
    return ticks


@given(
    st.lists(triggers, max_size=30),
    st.lists(
        st.tuples(
            st.sampled_from([*KINDS, 0, 9]),
            st.one_of(st.floats(-2, 2), st.sampled_from([math.nan, math.inf, 1e300])),
        ),
        max_size=30,
    ),
)
def test_a_run_of_ticks_fires_what_they_fire_one_by_one(
    resting: list[Trigger], pairs: list[tuple[int, float]]
) -> None:
    indices = TriggerIndex(TICK_SIZE), TriggerIndex(TICK_SIZE)
    for index in indices:
        for place, trigger in enumerate(resting):
            index.add(place, **trigger._asdict())
    expected = [
        (row, fired)
        for row, (kind, price) in enumerate(pairs)
        if price != 1e300
        for fired in indices[0].cross(kind, price)
    ]
    found = indices[1].feed(make_ticks(pairs))
    assert list(zip(found.rows.tolist(), found.ids.tolist(), strict=True)) == expected
    assert found.unresolved == sum(price == 1e300 for _, price in pairs)


@given(st.integers(-(10**11), 10**11), st.sampled_from(['0.01', '0.05', '0.25', '1E-8', '3']))
def test_a_printed_price_fires_at_its_own_level_and_not_a_tick_before(
    level: int, tick: str
) -> None:
    index = TriggerIndex(Decimal(tick))
    index.add(1, kind=TRADE, is_above=True, level=level)
    index.add(2, kind=TRADE, is_above=False, level=level)
    assert index.cross(TRADE, float((level - 1) * Decimal(tick))) == [2]
    assert index.cross(TRADE, float(level * Decimal(tick))) == [1]


def test_a_price_just_below_a_level_does_not_fire() -> None:
    index = TriggerIndex(1.0)
    index.add(1, kind=TRADE, is_above=True, level=100)
    index.add(2, kind=TRADE, is_above=False, level=99)
    for price in (99.9991, 99.999999, 99.0009, 99.000001):
        assert index.cross(TRADE, price) == []
    # But for rounding: 0.1 * 3 is 0.30000000000000004.
    assert index.cross(TRADE, 1000 / 3 * 0.3) == [1]
    tenths = TriggerIndex(0.1)
    tenths.add(1, kind=BID, is_above=False, level=3)
    assert tenths.cross(BID, 0.1 * 3) == [1]


@pytest.mark.parametrize('price', [math.nan, math.inf, -math.inf])
def test_a_gap_fires_nothing(price: float) -> None:
    index = TriggerIndex(1)
    index.add(1, kind=BID, is_above=True, level=-100)
    index.add(2, kind=BID, is_above=False, level=100)
    assert index.cross(BID, price) == []
    assert len(index) == 2


CALLS_OF_AN_INDEX: dict[str, Callable[[TriggerIndex], object]] = {
    'len': len,
    'get': lambda index: index.get(1),
    'add': lambda index: index.add(2, kind=TRADE, is_above=True, level=9),
    'remove': lambda index: index.remove(1),
    'cross': lambda index: index.cross(BID, 5.0),
}


@pytest.mark.parametrize('name', CALLS_OF_AN_INDEX)
def test_other_threads_go_on_while_a_call_waits_for_a_run_of_ticks(name: str) -> None:
    kinds, prices = np.ones(8_000_000, np.uint8), np.ones(8_000_000)

    def rounds_while_it_waits() -> int:
        index = TriggerIndex(1)
        index.add(1, kind=TRADE, is_above=True, level=5)
        is_fed, is_asked, is_answered = threading.Event(), threading.Event(), threading.Event()

        def feed() -> None:
            is_fed.set()
            index.index.feed(kinds, prices)

        def ask() -> None:
            is_fed.wait()
            is_asked.set()
            CALLS_OF_AN_INDEX[name](index)
            is_answered.set()

        threads = [threading.Thread(target=work) for work in (ask, feed)]
        for thread in threads:
            thread.start()
        rounds = 0
        while not is_answered.is_set():
            rounds += is_asked.is_set()
        for thread in threads:
            thread.join()
        return rounds

    # Turns are short, so that those before and behind the wait are of few rounds. Whether the call
    # comes while ticks are fed is up to the scheduler, so there are several attempts.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        assert any(rounds_while_it_waits() > 100_000 for _ in range(20))
    finally:
        sys.setswitchinterval(interval)


def test_an_id_can_be_used_again_once_it_fired() -> None:
    index = TriggerIndex(1)
    index.add(1, kind=BID, is_above=True, level=5)
    assert index.cross(BID, 5) == [1]
    index.add(1, kind=BID, is_above=True, level=7)
    assert index.get(1) == Trigger(BID, is_above=True, level=7)


@pytest.mark.parametrize(
    ('change', 'words'),
    [
        ({'oid': 1}, 'rests already'),
        ({'oid': -1}, 'invalid oid'),
        ({'oid': 2**64}, 'invalid oid'),
        ({'oid': 1.5}, 'invalid oid'),
        ({'kind': 0}, 'invalid kind'),
        ({'kind': 4}, 'invalid kind'),
        ({'kind': -1}, 'invalid kind'),
        ({'kind': 300}, 'invalid kind'),
        ({'is_above': 'yes'}, 'invalid is_above'),
        ({'level': 0.5}, 'invalid level'),
        ({'level': 2**63}, 'invalid level'),
    ],
)
def test_a_wrong_trigger_is_named_and_not_added(change: dict[str, Any], words: str) -> None:
    index = TriggerIndex(1)
    index.add(1, kind=TRADE, is_above=True, level=5)
    with pytest.raises(InputError, match=words):
        index.add(**{'oid': 2, 'kind': TRADE, 'is_above': True, 'level': 9, **change})
    assert len(index) == 1


@pytest.mark.parametrize('tick', [0, -1, math.nan, math.inf, 'x', None])
def test_a_wrong_tick_is_named(tick: Any) -> None:
    with pytest.raises(InputError, match='price_tick'):
        TriggerIndex(tick)


def test_wrong_ticks_and_prices_are_named_and_fire_nothing() -> None:
    index = TriggerIndex(1)
    index.add(1, kind=TRADE, is_above=True, level=-5)
    for price in (1e300, 'x', None):
        with pytest.raises(InputError, match='invalid price'):
            index.cross(TRADE, price)  # type: ignore[arg-type]
    for ticks in (np.zeros(3), [1.0], np.zeros((1, 1), TICK)):
        with pytest.raises(InputError, match='invalid ticks'):
            index.feed(ticks)  # type: ignore[arg-type]
    assert len(index) == 1
