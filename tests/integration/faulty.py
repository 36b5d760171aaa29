"""A provider over the demo market that fails as it is told to, for tests of what its feeds do then.

Loaded in a daemon 'brokerd.faulty' it is that daemon's provider. The options' `start` says where it
fails: 'market', 'history' and 'connect' while a feed opens, 'quotes' and 'background' once it is
open, 'leaving' in the background when it is cancelled; '' is nowhere.
"""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import trio

from piker.brokers.replay import PROVIDER as REPLAY
from piker.runtime import Recipe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from trio import TaskStatus

    from piker.core.messages import FeedOptions
    from piker.data.provider import Provider

__all__ = ['DEMO', 'PROVIDER', 'RECIPES', 'faulty_provider']

DEMO = 'eurusd.demo.replay'
RECIPES = {'brokerd.faulty': Recipe(('piker.data.bus', __name__))}


def raise_fault() -> None:
    """Fail plainly."""
    raise ConnectionResetError(104, 'the venue hung up')


def raise_group() -> None:
    """Fail as nurseries do."""
    fault = ConnectionResetError(104, 'the venue hung up')
    raise ExceptionGroup('a nursery', [ExceptionGroup('another', [fault])])


class Wished:
    """A market of the demo, with where its provider is to fail.

    Parameters
    ----------
    market : Market
        The demo's.
    place : str
        Where to fail.
    """

    def __init__(self, market: Any, place: str) -> None:
        self.market = market
        self.place = place

    def __getattr__(self, name: str) -> Any:
        return getattr(self.market, name)


def faulty_provider(
    fail: Callable[[], None] = raise_fault, may_fail: trio.Event | None = None
) -> Provider[Any]:
    """Return a provider that fails where the options of a feed say.

    Parameters
    ----------
    fail : callable
        How.
    may_fail : trio.Event or None
        What is waited for before quotes, or the market in the background, fail.
    """

    async def fail_later() -> None:
        if may_fail is not None:
            await may_fail.wait()
        fail()

    async def fail_at_the_end() -> None:
        try:
            await trio.sleep_forever()
        finally:
            fail()

    @asynccontextmanager
    async def open_market(fqsn: str, options: FeedOptions) -> AsyncIterator[Any]:
        place = options.start or ''
        if place == 'market':
            fail()
        async with (
            REPLAY.open_market(fqsn, msgspec.structs.replace(options, start=None)) as market,
            trio.open_nursery() as nursery,
        ):
            if place == 'background':
                nursery.start_soon(fail_later)
            if place == 'leaving':
                nursery.start_soon(fail_at_the_end)
            yield Wished(market, place)
            nursery.cancel_scope.cancel()

    @asynccontextmanager
    async def open_history_client(market: Any) -> AsyncIterator[Any]:
        if market.place == 'history':
            fail()
        async with REPLAY.open_history_client(market.market) as client:
            yield client

    async def stream_quotes(market: Any, sink: Any, *, task_status: TaskStatus[None]) -> None:
        if market.place == 'connect':
            fail()
        if market.place == 'quotes':
            task_status.started()
            await fail_later()
        await REPLAY.stream_quotes(market.market, sink, task_status=task_status)

    return REPLAY._replace(
        name='faulty',
        open_market=open_market,
        open_history_client=open_history_client,
        stream_quotes=stream_quotes,
    )


PROVIDER = faulty_provider()
# Where a brokerd looks for the provider that it is named after.
sys.modules.setdefault('piker.brokers.faulty', sys.modules[__name__])
