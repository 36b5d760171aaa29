"""Resting triggers of one symbol: a tick touches those that it crosses and no others.

Levels are whole ticks, so that they are compared exactly. A float price is taken for a whole
number of ticks where it is one but for rounding; between two ticks it has crossed neither the one
above it from below nor the one below it from above.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from piker import _rust
from piker.core.errors import InputError
from piker.core.rows import ASK, TICK, TRADE
from piker.kernels import arguments

if TYPE_CHECKING:
    from decimal import Decimal
    from typing import SupportsFloat, SupportsIndex

    from numpy.typing import NDArray

__all__ = ['Fired', 'Trigger', 'TriggerIndex']

MOST_ID = 2**64 - 1


class Trigger(NamedTuple):
    """Where a trigger rests.

    Attributes
    ----------
    kind : int
        Which prices it watches: `piker.core.rows.TRADE`, `BID` or `ASK`.
    is_above : bool
        Whether it fires at the level and above it; else at the level and below it.
    level : int
        In ticks.
    """

    kind: int
    is_above: bool
    level: int


class Fired(NamedTuple):
    """What a run of ticks fired.

    Attributes
    ----------
    rows : ndarray of shape (m,), int64
        Which tick fired each trigger, ascending.
    ids : ndarray of shape (m,), uint64
        The triggers, in the order in which they fired.
    unresolved : int
        Finite prices of more than 2**40 ticks, which were passed over.
    """

    rows: NDArray[np.int64]
    ids: NDArray[np.uint64]
    unresolved: int


class TriggerIndex:
    """The resting triggers of one symbol; each fires once. Threads may share it.

    Triggers that one tick crosses fire in the order in which the price met their levels on its
    way, and at one level in the order in which they were added.

    Parameters
    ----------
    price_tick : Decimal or float
        The least step of prices, positive.

    Raises
    ------
    InputError
        When the tick is not positive and finite.
    """

    def __init__(self, price_tick: Decimal | float) -> None:
        self.index = _rust.TriggerIndex(arguments.real(price_tick, 'price_tick'))

    def __len__(self) -> int:
        """Return how many triggers rest."""
        return len(self.index)

    def __contains__(self, oid: SupportsIndex) -> bool:
        """Whether a trigger rests."""
        return self.index.get(trigger_id(oid)) is not None

    def add(
        self, oid: SupportsIndex, *, kind: SupportsIndex, is_above: bool, level: SupportsIndex
    ) -> None:
        """Add a trigger; it fires at the next tick of its kind that reaches its level.

        Parameters
        ----------
        oid : int
            What it is known by, 0 to 2**64 - 1.
        kind : int
            Which prices it watches: `piker.core.rows.TRADE`, `BID` or `ASK`.
        is_above : bool
            Whether it fires at the level and above it; else at the level and below it.
        level : int
            In ticks.

        Raises
        ------
        InputError
            When the id is taken, the kind unknown, or an argument not so. Nothing was added then.
        """
        self.index.add(
            trigger_id(oid),
            arguments.whole(kind, 'kind', TRADE, ASK),
            arguments.flag(is_above, 'is_above'),
            arguments.whole(level, 'level'),
        )

    def remove(self, oid: SupportsIndex) -> bool:
        """Take a trigger out before it fires.

        Parameters
        ----------
        oid : int
            Which one.

        Returns
        -------
        bool
            Whether it rested: False where it fired already or never was.

        Raises
        ------
        InputError
            When the id is no whole number from 0 to 2**64 - 1.
        """
        return self.index.remove(trigger_id(oid))

    def get(self, oid: SupportsIndex) -> Trigger | None:
        """Return where a trigger rests, None where it does not.

        Parameters
        ----------
        oid : int
            Which one.

        Returns
        -------
        Trigger or None

        Raises
        ------
        InputError
            When the id is no whole number from 0 to 2**64 - 1.
        """
        found = self.index.get(trigger_id(oid))
        return None if found is None else Trigger(*found)

    def cross(self, kind: SupportsIndex, price: SupportsFloat) -> list[int]:
        """Take out the triggers that a price fires.

        Parameters
        ----------
        kind : int
            Of the price; of an unknown kind it fires none.
        price : float
            NaN and infinities are gaps and fire none.

        Returns
        -------
        list of int
            Their ids, in the order in which they fire.

        Raises
        ------
        InputError
            When the price is of more than 2**40 ticks, which float64 cannot tell apart for sure,
            or no number, or the kind no whole number; nothing fired then.
        """
        watched = arguments.whole(kind, 'kind')
        # A kind that no trigger can have is as good as any other such.
        known = watched if TRADE <= watched <= ASK else 0
        fired = self.index.cross(known, arguments.real(price, 'price'))
        if fired is None:
            raise InputError(f'invalid price: not within 2**40 ticks, was {float(price)}')
        return fired

    def feed(self, ticks: NDArray[Any]) -> Fired:
        """Take out the triggers that ticks fire, one after another.

        Parameters
        ----------
        ticks : ndarray of shape (n,), `piker.core.rows.TICK`
            In the order in which they arrived. Prices that are gaps fire none.

        Returns
        -------
        Fired
            Fresh arrays.

        Raises
        ------
        InputError
            When the rows are not ticks; nothing fired then.
        """
        rows = arguments.array_of(ticks, 'ticks')
        if not (rows.dtype == TICK and rows.ndim == 1):
            raise InputError(
                f'invalid ticks: not a row of {TICK}, was {rows.dtype} of shape {rows.shape}'
            )
        prices = arguments.floats(rows['price'], 'ticks')
        return Fired(*self.index.feed(np.ascontiguousarray(rows['kind']), prices))


def trigger_id(oid: SupportsIndex) -> int:
    """Return an id, or raise `InputError` where it is none."""
    return arguments.whole(oid, 'oid', 0, MOST_ID)
