"""Locks by key, each of which lives only while somebody holds it or waits for it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

import trio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Hashable

__all__ = ['KeyLocks']

K = TypeVar('K', bound='Hashable')


class KeyLocks(Generic[K]):
    """Let one task at a time be busy with a key, and others with other keys.

    Attributes
    ----------
    locks : dict
        The lock of each key that is held; a key that nobody holds or waits for is not in it.
    """

    def __init__(self) -> None:
        self.locks: dict[K, trio.Lock] = {}

    @asynccontextmanager
    async def hold(self, key: K) -> AsyncIterator[None]:
        """Hold a key, waiting in turn for those who asked before.

        Cancelling gives the place in the queue up.

        Parameters
        ----------
        key : hashable
            What is to be held.
        """
        lock = self.locks.setdefault(key, trio.Lock())
        try:
            async with lock:
                yield
        finally:
            # A lock that is released with somebody waiting is theirs at once, so that one that
            # is not locked here has nobody left.
            if not lock.locked() and self.locks.get(key) is lock:
                del self.locks[key]
