"""The one way in which two contestants are raced."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ['best_of_turns', 'race']

ROUNDS = 7


def seconds(action: Callable[[], object], repeats: int) -> float:
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
        How many turns each takes.

    Returns
    -------
    tuple of float
        The least figure of each contestant, in order.
    """
    figures = [[contestant() for contestant in contestants] for _ in range(rounds)]
    return tuple(min(column) for column in zip(*figures, strict=True))


def race(
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    repeats: int = 1,
    rounds: int = ROUNDS,
) -> float:
    """Return how many times the peer's time ours takes, min over min of interleaved rounds.

    Parameters
    ----------
    ours, peer : callable
        The two contestants; each is called once beforehand to warm up.
    repeats : int
        Calls in a row that make one measurement, for actions shorter than the clock's noise.
    rounds : int
        Interleaved rounds.

    Returns
    -------
    float
        Seconds of ours over seconds of the peer.
    """
    ours()
    peer()
    mine, theirs = best_of_turns(
        (lambda: seconds(ours, repeats), lambda: seconds(peer, repeats)), rounds
    )
    return mine / theirs
