"""History of a recording: the bars before the place where its replay goes live."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import trio

from piker.data.provider import HistoryLimits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import numpy as np
    from numpy.typing import NDArray

    from piker.brokers.replay.symbols import ReplayMarket

__all__ = ['ReplayHistory', 'open_history_client']

FRAME_ROWS = 32_768


class ReplayHistory:
    """Answers requests for a recording's bars before its replay goes live.

    Parameters
    ----------
    market : ReplayMarket
        What is played.
    """

    limits = HistoryLimits(frame_rows=FRAME_ROWS)

    def __init__(self, market: ReplayMarket) -> None:
        self.market = market

    async def bars(self, period_ns: int, stop_ns: int | None, count: int) -> NDArray[np.void]:
        """Return the newest bars before a time and before the replay's beginning.

        Runs in a thread, and is not cancelled before that is done.

        Parameters
        ----------
        period_ns : int
            One of the market's two periods.
        stop_ns : int or None
            Only bars that open before it; None: all before the replay's beginning.
        count : int
            At most so many.

        Returns
        -------
        ndarray of shape (n,), `piker.core.rows.BAR`
            Ascending in time; empty where there is nothing older.
        """
        start_ns = self.market.start_ns
        stop = start_ns if stop_ns is None else min(stop_ns, start_ns)
        return await trio.to_thread.run_sync(
            self.market.recording.bars, period_ns, stop, min(count, FRAME_ROWS)
        )


@asynccontextmanager
async def open_history_client(market: ReplayMarket) -> AsyncIterator[ReplayHistory]:
    """Open the history of a recording.

    Parameters
    ----------
    market : ReplayMarket
        What is played.

    Yields
    ------
    ReplayHistory
        Its client.
    """
    yield ReplayHistory(market)
