"""Folded bars: incremental equals from scratch after any mix of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piker.core.rows import BAR
from piker.data.resample import FoldedBars, fold_rows
from piker.errors import InputError
from piker.shm import ShmArray, open_shm_array
from tests.unit.data.folds import live_row

if TYPE_CHECKING:
    from numpy.typing import NDArray

MINUTE = 60_000_000_000
PERIODS = (1, 3, 5, 60)
NAN = float('nan')
FIELDS = ('open', 'high', 'low', 'close', 'volume')


class Market:
    """Makes minute bars, some of them missing, forwards and backwards."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.newest = self.oldest = 1000

    def bars(self, minutes: list[int]) -> NDArray[np.void]:
        rows = np.zeros(len(minutes), BAR)
        rows['time'] = np.array(minutes, np.int64) * MINUTE
        for field in ('open', 'high', 'low', 'close'):
            rows[field] = np.round(self.random.uniform(1, 9, len(rows)), 2)
        rows['high'] += 10
        rows['low'] -= 10
        rows['volume'] = np.round(self.random.uniform(0, 3, len(rows)), 3)
        is_gap = self.random.random(len(rows)) < 0.1
        for field in FIELDS:
            rows[field][is_gap] = NAN
        return rows

    def after(self, count: int) -> NDArray[np.void]:
        minutes = self.newest + np.cumsum(self.random.choice([1, 1, 1, 2, 90], count))
        self.newest = int(minutes[-1])
        return self.bars(minutes.tolist())

    def before(self, count: int) -> NDArray[np.void]:
        minutes = self.oldest - np.cumsum(self.random.choice([1, 1, 1, 2, 90], count))
        self.oldest = int(minutes[-1])
        return self.bars(minutes[::-1].tolist())


def scratch(source: ShmArray, period_ns: int, phase_ns: int = 0) -> NDArray[np.void]:
    return fold_rows(source, source.first, source.last, period_ns, phase_ns=phase_ns)


def plain(source: ShmArray, period_ns: int, phase_ns: int) -> list[tuple[float, ...]]:
    """Fold in plain Python, one row after another."""
    bars: dict[int, list[float]] = {}
    for time, *values in source.rows(source.first, source.last).tolist():
        key = (time - phase_ns) // period_ns * period_ns + phase_ns
        opens, high, low, close, volume = values
        bar = bars.setdefault(key, [NAN, NAN, NAN, NAN, NAN])
        bar[0] = opens if np.isnan(bar[0]) else bar[0]
        bar[1] = float(np.fmax(bar[1], high))
        bar[2] = float(np.fmin(bar[2], low))
        bar[3] = bar[3] if np.isnan(close) else close
        if not np.isnan(volume):
            bar[4] = volume if np.isnan(bar[4]) else bar[4] + volume
    return [(key, *bar) for key, bar in bars.items()]


def bits(rows: NDArray[np.void]) -> bytes:
    return rows.tobytes()


phases = st.sampled_from([0, 20_000_000_000, 7 * MINUTE])
steps = st.lists(
    st.tuples(st.sampled_from(['push', 'prepend', 'revise', 'live', 'update']), st.integers(1, 90)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**16), st.sampled_from(PERIODS), phases, steps)
def test_incremental_equals_from_scratch_bit_for_bit(
    seed: int, minutes: int, phase_ns: int, actions: list[tuple[str, int]]
) -> None:
    market = Market(seed)
    with open_shm_array('source', 4096, BAR) as source:
        folded = FoldedBars(source, MINUTE, minutes * MINUTE, phase_ns=phase_ns)
        with folded.ring as ring:
            for action, count in actions:
                rows_there = source.last - source.first
                if action == 'push':
                    source.push(market.after(count))
                elif action == 'prepend':
                    source.prepend(market.before(count))
                elif action == 'live' and rows_there:
                    row = market.bars([0])
                    row['time'] = live_row(source)['time']
                    source.set_last(row[0])
                elif action == 'revise' and rows_there > 1:
                    start = source.first + (count * 7919) % (rows_there - 1)
                    stop = min(start + count, source.last - 1)
                    rows = market.bars([0] * (stop - start))
                    rows['time'] = source.column('time', start, stop)
                    source.revise(start, rows)
                elif action == 'update':
                    folded.update()
                    assert bits(ring.rows(ring.first, ring.last)) == bits(
                        scratch(source, minutes * MINUTE, phase_ns)
                    )
            folded.update()
            assert bits(ring.rows(ring.first, ring.last)) == bits(
                scratch(source, minutes * MINUTE, phase_ns)
            )


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**16), st.sampled_from(PERIODS), phases, st.integers(1, 500))
def test_from_scratch_equals_a_fold_in_plain_python(
    seed: int, minutes: int, phase_ns: int, count: int
) -> None:
    with open_shm_array('source', 4096, BAR) as source:
        source.push(Market(seed).after(count))
        found = scratch(source, minutes * MINUTE, phase_ns)
        expected = np.array(plain(source, minutes * MINUTE, phase_ns), BAR)
        for field in ('time', *FIELDS):
            if field == 'volume':
                # Long sums are taken in blocks, so their last digits may differ.
                np.testing.assert_allclose(found[field], expected[field], rtol=1e-13)
            else:
                np.testing.assert_array_equal(found[field], expected[field])


@pytest.mark.parametrize('minutes', [64, 100, 512])
def test_volumes_of_bars_stay_to_the_bit_when_the_next_row_comes(minutes: int) -> None:
    """Of bars that end where a block of their sum does, too: their last row closes it."""
    rows = np.zeros(1100, BAR)
    rows['time'] = np.arange(len(rows)) * MINUTE
    rows['volume'] = np.round(np.random.default_rng(minutes).uniform(0, 3, len(rows)), 3)
    with open_shm_array('source', 4096, BAR) as source:
        folded = FoldedBars(source, MINUTE, minutes * MINUTE)
        with folded.ring as ring:
            shown = np.empty(0)
            for row in rows:
                source.push(row)
                folded.update()
                known = ring.column('volume', ring.first, ring.last)
                if len(known) > len(shown):
                    assert known[: len(shown)].tobytes() == shown.tobytes()
                shown = known.copy()


def test_days_begin_at_midnight_utc() -> None:
    with open_shm_array('source', 4096, BAR) as source:
        source.push(Market(1).after(2000))
        with FoldedBars(source, MINUTE, 1440 * MINUTE).ring as ring:
            assert ring.last == ring.first
        folded = FoldedBars(source, MINUTE, 1440 * MINUTE)
        folded.update()
        with folded.ring as ring:
            times = ring.column('time', ring.first, ring.last)
            assert (times % (1440 * MINUTE) == 0).all()
            assert len(times) > 1


@pytest.mark.parametrize('period_ns', [MINUTE // 2, MINUTE * 3 // 2])
def test_a_period_that_is_no_multiple_is_refused(period_ns: int) -> None:
    with (
        open_shm_array('source', 512, BAR) as source,
        pytest.raises(InputError, match=r'^invalid period_ns: .* choose a multiple'),
    ):
        FoldedBars(source, MINUTE, period_ns)


NO_PERIODS: list[Any] = [0, -1, -MINUTE, 2**61 + 1, 2**63, 2**80 * 10**9, 1.0, NAN, None, '1']


@pytest.mark.parametrize('value', NO_PERIODS)
def test_periods_that_cannot_be_are_refused_by_name(value: Any) -> None:
    with open_shm_array('source', 512, BAR) as source:
        source.push(Market(1).after(5))
        with pytest.raises(InputError, match=r'^invalid source_period_ns: '):
            FoldedBars(source, value, MINUTE)
        with pytest.raises(InputError, match=r'^invalid period_ns: '):
            FoldedBars(source, MINUTE, value)
        with pytest.raises(InputError, match=r'^invalid period_ns: '):
            fold_rows(source, 0, 5, value)


@pytest.mark.parametrize('value', [2**63, 0.5, NAN, None])
def test_rows_and_phases_that_cannot_be_are_refused_by_name(value: Any) -> None:
    with open_shm_array('source', 512, BAR) as source:
        source.push(Market(1).after(5))
        with pytest.raises(InputError, match=r'^invalid phase_ns: '):
            FoldedBars(source, MINUTE, MINUTE, phase_ns=value)
        with pytest.raises(InputError, match=r'^invalid phase_ns: '):
            fold_rows(source, 0, 5, MINUTE, phase_ns=value)
        with pytest.raises(InputError, match=r'^invalid start: '):
            fold_rows(source, value, 5, MINUTE)
        with pytest.raises(InputError, match=r'^invalid stop: '):
            fold_rows(source, 0, value, MINUTE)


@pytest.mark.parametrize('phase_ns', [-(2**63), 2**63 - 1, -1])
def test_any_phase_counts_periods_without_leaving_int64(phase_ns: int) -> None:
    for period_ns in (2**61, 7 * MINUTE):
        with open_shm_array('source', 512, BAR) as source:
            source.push(Market(1).after(300))
            found = fold_rows(source, source.first, source.last, period_ns, phase_ns=phase_ns)
            times = source.column('time', source.first, source.last).tolist()
            opens = {time - (time - phase_ns) % period_ns for time in times}
            assert found['time'].tolist() == sorted(opens)


def test_bars_outlive_the_rows_that_made_them() -> None:
    market = Market(3)
    with open_shm_array('source', 512, BAR) as source:
        folded = FoldedBars(source, MINUTE, 5 * MINUTE)
        with folded.ring as ring:
            source.push(market.after(source.capacity))
            folded.update()
            before = ring.rows(ring.first, ring.last - 1)
            source.push(market.after(100))
            folded.update()
            assert (ring.rows(ring.first, ring.first + len(before)) == before).all() or (
                bits(ring.rows(ring.first, ring.first + len(before))) == bits(before)
            )
            assert live_row(ring)['time'] == live_row(source)['time'] // (5 * MINUTE) * (5 * MINUTE)
