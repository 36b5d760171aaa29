"""What the bus relies on, checked on every provider: the words of `piker.data.provider`."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import trio

from piker.accounting.symbols import Symbol, parse_fqsn
from piker.brokers import replay
from piker.core.messages import FeedOptions
from piker.core.rows import BAR, TICK
from piker.errors import PikerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from numpy.typing import NDArray

    from piker.data.provider import HistoryClient, Market, Provider

Batch = tuple['NDArray[np.int64]', 'NDArray[np.void]', int]

# A provider, a symbol of it, and how it is asked for; a new provider adds its line here.
CASES: list[tuple[Provider[Any], str, FeedOptions]] = [
    (replay.PROVIDER, 'eurusd.demo.replay', FeedOptions(speed=float('inf'))),
    (replay.PROVIDER, 'goog.demo.replay', FeedOptions(speed=float('inf'))),
]
each = pytest.mark.parametrize(
    ('provider', 'fqsn', 'options'), CASES, ids=lambda case: str(case)[:20]
)


@asynccontextmanager
async def open_client(
    provider: Provider[Any], fqsn: str, options: FeedOptions
) -> AsyncIterator[tuple[Market, HistoryClient]]:
    async with (
        provider.open_market(fqsn, options) as market,
        provider.open_history_client(market) as client,
    ):
        yield market, client


async def take_ticks(provider: Provider[Any], market: Market, count: int) -> list[Batch]:
    """Return what a provider hands on until so many ticks came."""
    batches: list[Batch] = []
    with trio.CancelScope() as scope:

        def take(recorded: NDArray[np.int64], ticks: NDArray[np.void], now_ns: int) -> None:
            batches.append((recorded.copy(), ticks.copy(), now_ns))
            if sum(len(batch[1]) for batch in batches) >= count:
                scope.cancel()

        await provider.stream_quotes(market, take, task_status=trio.TASK_STATUS_IGNORED)
    return batches


@each
async def test_a_market_says_what_it_is(
    provider: Provider[Any], fqsn: str, options: FeedOptions
) -> None:
    async with provider.open_market(fqsn, options) as market:
        assert isinstance(market.symbol, Symbol)
        assert parse_fqsn(market.symbol.fqsn).provider == provider.name
        assert market.symbol.price_tick > 0
        assert market.slow_period_ns % market.fast_period_ns == 0
        assert 0 <= market.phase_ns < market.fast_period_ns
        assert market.mode in {'LIVE', 'REPLAY', 'DELAYED'}
        assert (market.playback is not None) == provider.capabilities.playback
        if market.sessions is not None:
            assert market.sessions.shape[1] == 2
            assert (np.diff(market.sessions.reshape(-1)) >= 0).all()


@each
async def test_an_unknown_symbol_is_refused_in_one_sentence(
    provider: Provider[Any], fqsn: str, options: FeedOptions
) -> None:
    unknown = f'no-such-{fqsn}'
    with pytest.raises(PikerError) as caught:
        async with provider.open_market(unknown, options):
            pass
    assert unknown in str(caught.value)
    assert '\n' not in str(caught.value)


@each
async def test_history_goes_back_without_gap_or_overlap(
    provider: Provider[Any], fqsn: str, options: FeedOptions
) -> None:
    async with open_client(provider, fqsn, options) as (market, client):
        for period_ns in (market.fast_period_ns, market.slow_period_ns):
            newest = await client.bars(period_ns, None, 300)
            assert newest.dtype == BAR
            assert 0 < len(newest) <= min(300, client.limits.frame_rows)
            assert (np.diff(newest['time']) > 0).all()
            assert ((newest['time'] - market.phase_ns) % period_ns == 0).all()
            in_parts = await client.bars(period_ns, None, 100)
            while len(in_parts) < len(newest):
                older = await client.bars(period_ns, int(in_parts['time'][0]), 100)
                assert len(older) == 100
                in_parts = np.concatenate((older, in_parts))
            assert (in_parts[-len(newest) :] == newest).all()
            assert not len(await client.bars(period_ns, -(2**62), 10))


@each
async def test_bars_of_history_are_bars(
    provider: Provider[Any], fqsn: str, options: FeedOptions
) -> None:
    async with open_client(provider, fqsn, options) as (market, client):
        bars = await client.bars(market.fast_period_ns, None, 1000)
    for field in ('open', 'high', 'low', 'close'):
        assert np.isfinite(bars[field]).all()
        assert (bars['low'] <= bars[field]).all()
        assert (bars['high'] >= bars[field]).all()
    assert (bars['volume'] >= 0).all()


@each
async def test_ticks_come_in_order_behind_history(
    provider: Provider[Any], fqsn: str, options: FeedOptions
) -> None:
    async with open_client(provider, fqsn, options) as (market, client):
        history = await client.bars(market.fast_period_ns, None, 1)
        batches = await take_ticks(provider, market, 20_000)
    clocks = np.array([now_ns for _, _, now_ns in batches])
    recorded = np.concatenate([batch[0] for batch in batches])
    ticks = np.concatenate([batch[1] for batch in batches])
    assert ticks.dtype == TICK
    assert (np.diff(clocks) >= 0).all()
    assert (np.diff(recorded) >= 0).all()
    assert all((batch[0] <= batch[2]).all() for batch in batches)
    made = ticks[ticks['kind'] == market.kind]
    assert made['time'].min() >= history['time'][-1] + market.fast_period_ns
