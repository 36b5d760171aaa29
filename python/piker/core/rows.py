"""The row types of shared memory: bars, ticks and quotes.

Times are int64 nanoseconds since 1970-01-01T00:00Z: a bar's is that of its open. NaN says that a
value is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    'ASK',
    'BAR',
    'BID',
    'EARLIEST_NS',
    'LATEST_NS',
    'MID',
    'QUOTE',
    'TICK',
    'TRADE',
    'is_filler',
]

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
"""One bar; its index is the ring's.

A period without trade is a filler: it repeats the last close and its volume is -0.0, which equals
0. A bar of quotes has no volume either, but 0.0: `is_filler` tells them apart.
"""

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
MID: Final = 4
"""Bars of it are made of the middle of bid and ask; no tick is of this kind."""

EARLIEST_NS: Final = -5_364_662_400 * 1_000_000_000
LATEST_NS: Final = 3_471_292_800 * 1_000_000_000
"""Times of rows lie in [EARLIEST_NS, LATEST_NS), the years 1800 to 2079, so that the difference of
any two fits int64, and periods of decades can be added to them."""


def is_filler(volumes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which bars stand for periods without trade, by their volumes.

    Such bars are not stored, and do not open a longer bar that they are part of.

    Parameters
    ----------
    volumes : ndarray of shape (n,), float64
        Of rows of `BAR`.

    Returns
    -------
    ndarray of shape (n,), bool
        A copy.
    """
    found: NDArray[np.bool_] = (volumes == 0.0) & np.signbit(volumes)
    return found
