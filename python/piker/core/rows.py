"""The row types of shared memory: bars, ticks and quotes.

Times are int64 nanoseconds since 1970-01-01T00:00Z: a bar's is that of its open. NaN says that a
value is not known.
"""

from __future__ import annotations

from typing import Final

import numpy as np

__all__ = ['ASK', 'BAR', 'BID', 'QUOTE', 'TICK', 'TRADE']

BAR: Final = np.dtype(
    [
        ('time', 'i8'),
        ('open', 'f8'),
        ('high', 'f8'),
        ('low', 'f8'),
        ('close', 'f8'),
        ('volume', 'f8'),
    ]
)
"""One bar; its index is the ring's."""

TICK: Final = np.dtype(
    [
        ('time', 'i8'),
        ('price', 'f8'),
        ('size', 'f8'),
        ('kind', 'u1'),
        ('side', 'i1'),
        ('seq', 'i8'),
    ]
)
"""One tick: `kind` is TRADE, BID or ASK; `side` is the aggressor's: 1 buy, -1 sell, 0 unknown."""

QUOTE: Final = np.dtype(
    [
        ('time', 'i8'),
        ('last', 'f8'),
        ('size', 'f8'),
        ('bid', 'f8'),
        ('bid_size', 'f8'),
        ('ask', 'f8'),
        ('ask_size', 'f8'),
        ('volume', 'f8'),
    ]
)
"""The newest of everything: last trade, best bid and ask, and the volume since the feed began."""

TRADE: Final = 1
BID: Final = 2
ASK: Final = 3
