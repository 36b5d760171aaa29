"""One feed as its brokerd holds it: market, rings and sampler, shared by all who hold a lease."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

from piker.core.errors import FeedError
from piker.core.messages import FeedControl, FeedOpened, FeedState, SymbolInfo
from piker.data.sampler import Sampler

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from piker.data.provider import Market
    from piker.shm import ShmArray

__all__ = ['SharedFeed']


class SharedFeed:
    """One feed as its brokerd holds it.

    Parameters
    ----------
    market : Market
        What is fed.
    fast, slow, quote : ShmArray
        Its rings, opened for writing.

    Attributes
    ----------
    leases : int
        How many clients hold it.
    failure : str
        Why it broke off, else ''.
    """

    def __init__(self, market: Market, fast: ShmArray, slow: ShmArray, quote: ShmArray) -> None:
        self.market = market
        self.fast = fast
        self.slow = slow
        self.quote = quote
        self.sampler = Sampler(
            {market.fast_period_ns: fast, market.slow_period_ns: slow},
            quote,
            phase_ns=market.phase_ns,
            sessions=market.sessions,
            opens=market.opens,
            kind=market.kind,
        )
        self.leases = 0
        self.failure = ''
        self.failed = trio.Event()
        self.waiting: list[tuple[NDArray[np.int64], NDArray[np.void], int]] | None = []

    def take(self, recorded: NDArray[np.int64], ticks: NDArray[np.void], now_ns: int) -> None:
        """Sample ticks, or keep them until history is in: see `piker.data.provider.Sink`."""
        if self.waiting is None:
            self.sampler.sample(recorded, ticks, now_ns)
        else:
            self.waiting.append((recorded, ticks, now_ns))

    def release(self) -> None:
        """Sample what came while history was loaded; from now on ticks are sampled at once."""
        waiting, self.waiting = self.waiting or [], None
        for batch in waiting:
            self.sampler.sample(*batch)

    def fail(self, reason: str) -> None:
        """Note that the feed broke off, and tell whoever follows it."""
        self.failure = reason
        self.failed.set()

    def state(self, refusal: str = '') -> FeedState:
        """Return how the feed stands."""
        playback = self.market.playback
        if playback is None:
            return FeedState(refusal=refusal, failure=self.failure)
        state = playback.state
        return FeedState(state.is_paused, state.is_ended, state.speed, refusal, self.failure)

    def opened(self) -> FeedOpened:
        """Return what a client needs to follow the feed."""
        market, symbol = self.market, self.market.symbol
        return FeedOpened(
            symbol=SymbolInfo(
                symbol.fqsn, symbol.price_tick, symbol.size_tick, symbol.note, symbol.name
            ),
            mode=market.mode,
            fast=self.fast.token,
            slow=self.slow.token,
            quote=self.quote.token,
            fast_period_ns=market.fast_period_ns,
            slow_period_ns=market.slow_period_ns,
            phase_ns=market.phase_ns,
        )

    def control(self, wanted: FeedControl) -> None:
        """Do what a client asks.

        Parameters
        ----------
        wanted : FeedControl
            What is to change.

        Raises
        ------
        FeedError
            When the feed cannot be paused or sped up, or not so.
        """
        playback = self.market.playback
        if playback is None:
            raise FeedError(
                f'{self.market.symbol.fqsn} is live and has no clock of its own: only a replay '
                'can be paused or sped up'
            )
        if wanted.speed is not None:
            playback.set_speed(wanted.speed)
        if wanted.is_paused is not None:
            (playback.pause if wanted.is_paused else playback.resume)()
