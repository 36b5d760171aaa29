"""Time as an object that is handed in, so that tests and replays hold it in their hands."""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ['Clock', 'ManualClock', 'SystemClock']


class Clock(Protocol):
    """Tells the time."""

    def now_ns(self) -> int:
        """Return nanoseconds since 1970-01-01T00:00Z."""


class SystemClock:
    """The time of this machine."""

    def now_ns(self) -> int:
        """Return nanoseconds since 1970-01-01T00:00Z."""
        return time.time_ns()


class ManualClock:
    """A time that its owner sets.

    Parameters
    ----------
    start_ns : int
        Nanoseconds since 1970-01-01T00:00Z.
    """

    def __init__(self, start_ns: int = 0) -> None:
        self.time_ns = start_ns

    def now_ns(self) -> int:
        """Return nanoseconds since 1970-01-01T00:00Z."""
        return self.time_ns

    def advance(self, step_ns: int) -> None:
        """Let time pass.

        Parameters
        ----------
        step_ns : int
            Nanoseconds, not negative.
        """
        self.time_ns += step_ns
