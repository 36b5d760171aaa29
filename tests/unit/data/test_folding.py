"""One rule of folding: in any portions, of any period, by way of shorter bars, of any kind."""

from __future__ import annotations

import itertools
import math
from contextlib import ExitStack
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piker.core.rows import ASK, BAR, BID, MID, QUOTE, TICK, TRADE, is_filler
from piker.data.resample import FoldedBars, fold_rows
from piker.data.sampler import Sampler, resample_ticks
from piker.errors import InputError
from piker.shm import BarFolder, open_shm_array
from tests.unit.data.folds import Tick, make_ticks, resample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from piker.shm import ShmArray

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
BASE = 1_600_000_020 * SECOND
NAN, INF = math.nan, math.inf
PERIODS = (1, 7, 1000, SECOND, 90 * SECOND, 3600 * SECOND, DAY, 3 * DAY)

# Sums of these are exact, in whatever order they are taken.
sizes = st.one_of(st.integers(0, 64).map(lambda size: size / 16), st.sampled_from([NAN, INF, -3.0]))
prices = st.one_of(
    st.integers(-50, 50).map(lambda tick: tick / 4), st.sampled_from([NAN, INF, -INF])
)
splits = st.lists(st.integers(1, 10), max_size=20)


@st.composite
def streams(draw: st.DrawFn, period: int, base: int = BASE) -> list[Tick]:
    """Draw trades in order of arrival: late ones, equal times, and what is no price or size."""
    now = Fraction(base)
    ticks = []
    for _ in range(draw(st.integers(1, 40))):
        now += Fraction(draw(st.integers(0, 14)) * period, 4)
        late = Fraction(draw(st.sampled_from([0, 0, 0, 1, 5, 20])) * period, 4)
        ticks.append(Tick(int(now - late), draw(prices), draw(sizes)))
    return ticks


def portions(count: int, cuts: list[int]) -> list[slice]:
    """Return slices of lengths `cuts`, and one of the rest."""
    edges = np.minimum(np.cumsum([0, *cuts, count]), count).tolist()
    return [slice(*pair) for pair in itertools.pairwise(edges)]


def all_rows(ring: ShmArray) -> NDArray[np.void]:
    return ring.rows(ring.first, ring.last)


def bits(rows: NDArray[np.void]) -> list[tuple[object, ...]]:
    """Return rows so that equality tells zeros of different signs apart."""
    return [(*row, math.copysign(1.0, row[-1])) for row in rows.tolist()]


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(PERIODS), st.integers(0, DAY), splits)
def test_streaming_equals_batch_for_any_period_and_phase(
    data: st.DataObject, period: int, phase: int, cuts: list[int]
) -> None:
    base = data.draw(st.sampled_from([BASE, 0, -BASE]))
    ticks = data.draw(streams(period, base))
    rows = make_ticks(ticks)
    expected = bits(resample(ticks, period, phase=phase))
    assert bits(resample_ticks([rows], period, phase_ns=phase)) == expected
    with open_shm_array('test', 4096, BAR) as ring:
        folder = BarFolder(ring, period, phase_ns=phase)
        for portion in portions(len(rows), cuts):
            folder.fold(rows[portion])
        assert bits(all_rows(ring)) == expected
        counted = folder.folded + folder.dropped + folder.invalid
        assert (counted, folder.ahead) == (len(ticks), 0)
        assert folder.invalid == sum(not math.isfinite(tick.price) for tick in ticks)


@st.composite
def long_bars(draw: st.DrawFn) -> tuple[int, int, int, list[Tick], NDArray[np.int64] | None]:
    """Draw a period, a multiple, a phase, trades, and sessions."""
    period = draw(st.sampled_from([1, 1000, SECOND, 60 * SECOND]))
    multiple = draw(st.sampled_from([1, 2, 3, 7, 60]))
    phase = draw(st.integers(0, multiple)) * period
    ticks = draw(streams(period))
    spans = draw(
        st.none() | st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), max_size=4)
    )
    if spans is None:
        return period, multiple, phase, ticks, None
    edges = BASE + np.cumsum(np.array(spans, np.int64).reshape(-1)) * period // 2
    return period, multiple, phase, ticks, edges.reshape(-1, 2)


@settings(max_examples=150, deadline=None)
@given(long_bars(), splits)
def test_longer_bars_equal_those_made_of_the_ticks(
    market: tuple[int, int, int, list[Tick], NDArray[np.int64] | None], cuts: list[int]
) -> None:
    period, multiple, phase, drawn, sessions = market
    valid = [tick for tick in drawn if math.isfinite(tick.price)]
    # What is older than the first short row is dropped there, and may have a place in a long one.
    first = valid[0].time if valid else 0
    ticks = [tick for tick in drawn if tick.time >= first - (first - phase) % period]
    if sessions is not None:
        ticks.sort(key=lambda tick: tick.time)
    rows, long = make_ticks(ticks), multiple * period
    direct = bits(resample_ticks([rows], long, phase_ns=phase, sessions=sessions))
    with ExitStack() as opened:
        source = opened.enter_context(open_shm_array('source', 4096, BAR))
        folder = BarFolder(source, period, phase_ns=phase, sessions=sessions)
        folded = FoldedBars(source, period, long, phase_ns=phase)
        opened.enter_context(folded.ring)
        for portion in portions(len(rows), cuts):
            folder.fold(rows[portion])
            folded.update()
        batch = fold_rows(source, source.first, source.last, long, phase_ns=phase)
        assert bits(batch) == direct
        assert bits(all_rows(folded.ring)) == direct


def test_volumes_of_longer_bars_are_those_of_the_ticks_up_to_rounding() -> None:
    random = np.random.default_rng(1)
    drawn = zip(random.integers(0, 600 * SECOND, 5000), random.uniform(0, 3, 5000), strict=True)
    ticks = [Tick(BASE + int(after), float(size), float(size)) for after, size in sorted(drawn)]
    with open_shm_array('source', 4096, BAR) as source:
        BarFolder(source, SECOND).fold(make_ticks(ticks))
        found = fold_rows(source, source.first, source.last, 60 * SECOND)
    direct = resample_ticks([make_ticks(ticks)], 60 * SECOND)
    for field in ('time', 'open', 'high', 'low', 'close'):
        assert found[field].tobytes() == direct[field].tobytes()
    np.testing.assert_allclose(found['volume'], direct['volume'], rtol=1e-13)
    # Were they the same to the bit, what the docstring of `FoldedBars` says would be too little.
    assert found['volume'].tobytes() != direct['volume'].tobytes()


def test_a_long_bar_opens_with_its_first_trade_and_not_with_the_close_before() -> None:
    ticks = [Tick(BASE, 1.0, 1.0), Tick(BASE + 7 * SECOND, 5.0, 1.0)]
    with open_shm_array('source', 512, BAR) as source:
        BarFolder(source, SECOND).fold(make_ticks(ticks))
        found = fold_rows(source, source.first, source.last, 5 * SECOND)
    assert found.tolist() == [
        (BASE, 1.0, 1.0, 1.0, 1.0, 1.0),
        (BASE + 5 * SECOND, 5.0, 5.0, 5.0, 5.0, 1.0),
    ]


def test_a_long_bar_of_fillers_and_gaps_is_a_filler() -> None:
    rows = np.zeros(6, BAR)
    rows['time'] = BASE + np.arange(6) * SECOND
    for field in ('open', 'high', 'low', 'close'):
        rows[field] = (1.0, NAN, 2.0, 2.0, 2.0, 7.0)
    rows['volume'] = (3.0, NAN, -0.0, -0.0, -0.0, 1.0)
    with open_shm_array('source', 512, BAR) as source:
        source.push(rows)
        found = fold_rows(source, 0, 6, 2 * SECOND)
    assert found['open'].tolist() == [1.0, 2.0, 7.0]
    assert is_filler(found['volume']).tolist() == [False, True, False]


def test_fillers_are_told_from_bars_of_no_volume() -> None:
    ticks = make_ticks([Tick(BASE, 1.0, 0.0), Tick(BASE + 2 * SECOND, 1.0, NAN)])
    rows = resample_ticks([ticks], SECOND)
    assert rows['volume'].tolist() == [0.0, 0.0, 0.0]
    assert is_filler(rows['volume']).tolist() == [False, True, False]


def quote(time: int, bid: float, ask: float, seq: int) -> list[tuple[object, ...]]:
    return [(time, bid, 1.0, BID, 0, seq), (time, ask, 2.0, ASK, 0, seq)]


@st.composite
def quotes(draw: st.DrawFn) -> list[NDArray[np.void]]:
    """Draw messages: quotes of both sides, changes of one side, and trades between."""
    now = BASE
    messages = []
    side = st.one_of(st.integers(-8, 8).map(lambda tick: tick / 4), st.just(NAN))
    for seq in range(draw(st.integers(1, 30))):
        now += draw(st.integers(0, 7)) * SECOND // 2
        both = quote(now, draw(side), draw(side), seq)
        trade = [(now, draw(side), 1.0, TRADE, 0, seq)]
        message = draw(st.sampled_from([both, both[::-1], both[:1], both[1:], trade]))
        messages.append(np.array(message, TICK))
    return messages


def middles(messages: list[NDArray[np.void]]) -> list[Tick]:
    """Return the middle behind each message that changes a quote whose sides are both known."""
    known = {BID: NAN, ASK: NAN}
    found = []
    for message in messages:
        for row in message:
            if int(row['kind']) in known:
                known[int(row['kind'])] = float(row['price'])
        if message['kind'][0] != TRADE and not any(map(math.isnan, known.values())):
            found.append(Tick(int(message['time'][0]), sum(known.values()) / 2, NAN))
    return found


@settings(max_examples=100, deadline=None)
@given(quotes(), splits)
def test_bars_of_bids_asks_and_middles_equal_a_resample(
    messages: list[NDArray[np.void]], cuts: list[int]
) -> None:
    rows = np.concatenate(messages)
    for kind in (BID, ASK, MID):
        ticks = middles(messages)
        if kind != MID:
            chosen = rows[rows['kind'] == kind]
            ticks = [Tick(int(row['time']), float(row['price']), NAN) for row in chosen]
        expected = bits(resample(ticks, SECOND))
        runs = [
            np.concatenate(messages[run]) for run in portions(len(messages), cuts) if messages[run]
        ]
        assert bits(resample_ticks([rows], SECOND, kind=kind)) == expected
        assert bits(resample_ticks(runs, SECOND, kind=kind)) == expected


def test_a_quote_of_both_sides_has_one_middle() -> None:
    rows = np.array([*quote(BASE, 1.0, 3.0, 0), *quote(BASE + 1, 11.0, 13.0, 1)], TICK)
    assert resample_ticks([rows], SECOND, kind=MID).tolist() == [(BASE, 2.0, 12.0, 2.0, 12.0, 0.0)]


def test_the_sampler_follows_the_clock_of_quotes() -> None:
    with open_shm_array('bars', 512, BAR) as ring, open_shm_array('quote', 1, QUOTE) as newest:
        sampler = Sampler({SECOND: ring}, newest, kind=MID)
        rows = np.array(quote(BASE, 1.0, 3.0, 0), TICK)
        sampler.sample(rows['time'], rows, BASE)
        sampler.sample(np.empty(0, np.int64), rows[:0], BASE + 3 * SECOND)
        assert all_rows(ring)['close'].tolist() == [2.0, 2.0, 2.0]


def test_a_kind_that_is_none_is_refused() -> None:
    with open_shm_array('test', 512, BAR) as ring, pytest.raises(InputError, match="'kind'"):
        BarFolder(ring, SECOND, kind=9)
