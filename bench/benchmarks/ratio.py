"""The one way in which contestants are raced."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

import numpy as np

from .sizes import IS_QUICK, ROUNDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ['Scaled', 'best_of_turns', 'on_cores', 'race', 'scaled', 'seconds']

LEAST_S = 2e-3
"""A measurement lasts at least so long, so that the clock's own time is nothing."""
CONTEST_S = 0.0 if IS_QUICK else 1.0
"""Contestants that are quick take turns for so long: the more turns, the surer a quiet moment."""
REFERENCE_ROWS = 10**7
REFERENCE_S = 4.4e-3
"""`np.max` over so many float64 took so long on the machine that absolute bars were set for."""


class Scaled(float):
    """A time as it would be on the machine that absolute bars were set for.

    Parameters
    ----------
    value : float
        The time, divided by `k`.
    k : float
        How many times longer `np.max` over 1e7 float64 took than there, in the same race.
    """

    k: float

    def __new__(cls, value: float, k: float) -> Scaled:
        """Keep both."""
        self = super().__new__(cls, value)
        self.k = k
        return self


@contextlib.contextmanager
def on_cores(count: int) -> Iterator[None]:
    """Keep this thread, and threads that it starts, on so many cores during a block.

    Parameters
    ----------
    count : int
        How many.

    Raises
    ------
    NotImplementedError
        When there are not so many.
    """
    allowed = os.sched_getaffinity(0)
    if len(allowed) < count:
        raise NotImplementedError(f'needs {count} cores, this process may use {len(allowed)}')
    os.sched_setaffinity(0, sorted(allowed)[-count:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def seconds(action: Callable[[], object], repeats: int = 1) -> float:
    """Return the seconds of one call, averaged over `repeats` calls in a row."""
    start = time.perf_counter()
    for _ in range(repeats):
        action()
    return (time.perf_counter() - start) / repeats


def best_of_turns(
    contestants: tuple[Callable[[], float], ...], rounds: int = ROUNDS
) -> tuple[float, ...]:
    """Let contestants take turns and return the least figure of each.

    A machine swings by a factor of two between moments: turns put all contestants into the same
    moments, and the least figure is the one with the least disturbance in it.

    Parameters
    ----------
    contestants : tuple of callables
        Each runs once and returns its figure (seconds, say).
    rounds : int
        How many turns each takes, at least.

    Returns
    -------
    tuple of float
        The least figure of each contestant, in order.
    """
    figures: list[list[float]] = []
    end = time.perf_counter() + CONTEST_S
    while len(figures) < rounds or time.perf_counter() < end:
        figures.append([contestant() for contestant in contestants])
    return tuple(min(column) for column in zip(*figures, strict=True))


def prepared(action: Callable[[], object], repeats: int | None) -> Callable[[], float]:
    """Warm an action up and return what measures it; without `repeats`, often enough to last."""
    action()
    if repeats is None:
        repeats = max(1, round(LEAST_S / max(seconds(action), 1e-9)))
    return lambda: seconds(action, repeats)


def race(
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    repeats: int | None = None,
    rounds: int = ROUNDS,
) -> float:
    """Return how many times the peer's time ours takes, min over min of interleaved rounds.

    Parameters
    ----------
    ours, peer : callable
        The two contestants; each is called beforehand to warm up.
    repeats : int, optional
        Calls in a row that make one measurement; by default as many as last 2 ms.
    rounds : int
        Interleaved rounds.

    Returns
    -------
    float
        Seconds of ours over seconds of the peer.
    """
    mine, theirs = best_of_turns((prepared(ours, repeats), prepared(peer, repeats)), rounds)
    return mine / theirs


def scaled(
    ours: Callable[[], object], unit: float, *, count: int = 1, rounds: int = ROUNDS
) -> Scaled:
    """Return a time in a unit, divided by how much slower than the reference this machine is now.

    Parameters
    ----------
    ours : callable
        What is measured; it is called beforehand to warm up.
    unit : float
        Seconds of a unit, such as 1e-9.
    count : int, optional
        How many things one call does; the time is that of one of them.
    rounds : int
        Rounds, interleaved with the reference.

    Returns
    -------
    Scaled
    """
    values = np.random.default_rng(0).standard_normal(REFERENCE_ROWS)
    mine, reference = best_of_turns(
        (prepared(ours, None), prepared(lambda: np.max(values), 1)), rounds
    )
    k = reference / REFERENCE_S
    return Scaled(mine / count / unit / k, k)
