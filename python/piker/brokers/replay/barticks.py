"""Ticks made of bars: trades that fold to the same bars again, and quotes around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from piker.core.rows import ASK, BID, TICK, TRADE

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ['bar_ticks', 'with_quotes']


def bar_ticks(bars: NDArray[np.void], lengths_ns: int | NDArray[np.int64]) -> NDArray[np.void]:
    """Make trades that fold to given bars exactly: open, both extremes, close.

    A rising bar visits its low first. Sizes add up to the bar's volume without rounding: whole
    volumes are shared out in whole parts, others in an eighth, an eighth, a quarter and a half,
    whose running sums are powers of two times the volume.

    Parameters
    ----------
    bars : ndarray of shape (n,), `piker.core.rows.BAR`
        The bars.
    lengths_ns : int or ndarray of shape (n,), int64
        How long each lasts; its trades are a quarter of that apart.

    Returns
    -------
    ndarray of shape (4 * n,), `piker.core.rows.TICK`
        New rows.
    """
    ticks = np.zeros((len(bars), 4), TICK)
    is_rising = bars['close'] >= bars['open']
    ticks['time'] = bars['time'][:, None] + np.arange(4) * np.reshape(lengths_ns, (-1, 1)) // 4
    ticks['price'][:, 0] = bars['open']
    ticks['price'][:, 1] = np.where(is_rising, bars['low'], bars['high'])
    ticks['price'][:, 2] = np.where(is_rising, bars['high'], bars['low'])
    ticks['price'][:, 3] = bars['close']
    volume = bars['volume'][:, None]
    parts = volume * np.array([0.125, 0.125, 0.25, 0.5])
    done = np.floor(volume * np.array([0.25, 0.5, 0.75, 1.0]))
    wholes = np.diff(done, axis=1, prepend=0.0)
    ticks['size'] = np.where(volume == np.rint(volume), wholes, parts)
    ticks['kind'] = TRADE
    ticks['seq'] = np.arange(ticks.size).reshape(-1, 4)
    return ticks.reshape(-1)


def with_quotes(trades: NDArray[np.void], ticks_per_unit: int) -> NDArray[np.void]:
    """Put a bid a tick below and an ask a tick above behind every trade.

    Parameters
    ----------
    trades : ndarray of shape (n,), `piker.core.rows.TICK`
        The trades.
    ticks_per_unit : int
        Inverse of the price tick.

    Returns
    -------
    ndarray of shape (3 * n,), `piker.core.rows.TICK`
        New rows.
    """
    ticks = np.repeat(trades, 3).reshape(-1, 3)
    ticks['kind'] = (TRADE, BID, ASK)
    places = np.rint(ticks['price'] * ticks_per_unit) + np.array([0.0, -1.0, 1.0])
    ticks['price'] = places / ticks_per_unit
    return ticks.reshape(-1)
