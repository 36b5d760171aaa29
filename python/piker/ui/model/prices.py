"""Ways to draw prices while bars can be told apart, and what they make of the bars."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ['HEIKIN_ASHI_LOOK_BACK', 'PriceStyle', 'drawable', 'heikin_ashi']

HEIKIN_ASHI_LOOK_BACK = 64
"""Bars before the first one shown that tell its open: each counts half of the one behind it, so
that what came before them is less than the last bit of a float64."""


class PriceStyle(Enum):
    """How prices are drawn while bars can be told apart."""

    CANDLES = 'candles'
    HOLLOW = 'hollow candles'
    BARS = 'OHLC bars'
    HEIKIN_ASHI = 'Heikin-Ashi'
    LINE = 'line of closes'
    AREA = 'area below closes'

    @property
    def is_of_closes(self) -> bool:
        """Whether it draws closing prices alone."""
        return self in {PriceStyle.LINE, PriceStyle.AREA}


def drawable(rows: NDArray[np.void]) -> NDArray[np.bool_]:
    """Return which rows have four finite prices, as an array of shape (n,)."""
    found: NDArray[np.bool_] = np.isfinite(
        rows['open'] + rows['high'] + rows['low'] + rows['close']
    )
    return found


def heikin_ashi(rows: NDArray[np.void]) -> NDArray[np.void]:
    """Return Heikin-Ashi bars: each closes at the mean of its prices and opens in the last body.

    Parameters
    ----------
    rows : structured ndarray of shape (n,)
        Bars with `open`, `high`, `low` and `close`; one with a price that is not finite is passed
        over, and stays as it is.

    Returns
    -------
    structured ndarray of shape (n,)
        A copy. The first bar opens at the middle of its own body; from the 64th on, no bit of a
        bar depends on which one was the first.
    """
    found = rows.copy()
    taken = np.flatnonzero(drawable(rows))
    if len(taken) == 0:
        return found
    bars = rows[taken]
    close = (bars['open'] + bars['high'] + bars['low'] + bars['close']) / 4
    opens = np.empty(len(bars))
    last = (float(bars['open'][0]) + float(bars['close'][0])) / 2
    for place, middle in enumerate(close.tolist()):
        opens[place] = last
        last = (last + middle) / 2
    found['open'][taken] = opens
    found['close'][taken] = close
    found['high'][taken] = np.maximum(bars['high'], np.maximum(opens, close))
    found['low'][taken] = np.minimum(bars['low'], np.minimum(opens, close))
    return found
