"""Rows for tests of rings, and the pyramid of rows by brute force."""

from __future__ import annotations

import ctypes
import math
from typing import TYPE_CHECKING

import numpy as np

from piker.core.rows import BAR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from piker.shm import FieldView, ShmArray

__all__ = ['bars', 'brute_node', 'node_at', 'nodes_of', 'same_bytes']

LEAF_ROWS = 64
FANOUT = 8


def bars(start: int, stop: int, seed: int = 0) -> NDArray[np.void]:
    """Return rows that their index and a seed determine; some values are not finite."""
    rows = np.empty(stop - start, BAR)
    index = np.arange(start, stop)
    rows['time'] = index
    for place, name in enumerate(('open', 'high', 'low', 'close', 'volume')):
        rows[name] = np.sin(index * (1.7 + place) + seed) * 1e3 + 1 / 3
        rows[name][index % (11 + place) == seed % 11] = (np.nan, np.inf, -np.inf)[seed % 3]
    # Zeros of both signs: which of them is the least depends on the order.
    rows['low'][index % 5 == 0] = 0.0
    rows['low'][index % 5 == 1] = -0.0
    return rows


def same_bytes(one: NDArray[np.void], other: NDArray[np.void]) -> bool:
    """Return whether rows are equal to the bit, NaNs included."""
    return one.dtype == other.dtype and one.tobytes() == other.tobytes()


def brute_node(values: list[float], reducer: str) -> tuple[float, float]:
    """Return the node of a block of rows, from its rows alone."""
    if len(values) > LEAF_ROWS:
        size = len(values) // FANOUT
        children = [
            brute_node(values[start : start + size], reducer)
            for start in range(0, len(values), size)
        ]
    else:
        finite = [value for value in values if math.isfinite(value)]
        if reducer == 'minmax':
            return (min(finite), max(finite)) if finite else (math.inf, -math.inf)
        children = [(value, 1.0) for value in finite]
    if reducer == 'minmax':
        # min and max keep the first of equal values, as the pyramid does.
        return min(least for least, _ in children), max(most for _, most in children)
    total = count = 0.0
    for value, number in children:
        total += value
        count += number
    return total, count


def node_at(view: FieldView, level: int, number: int) -> tuple[float, float]:
    """Read a node from shared memory."""
    address, slots = view.levels[level]
    least, most = (ctypes.c_double * 2).from_address(address + 16 * (number % slots))
    return least, most


def nodes_of(ring: ShmArray, field: str) -> list[tuple[int, int, int]]:
    """Return (level, number, span) of all nodes that are complete."""
    found = []
    span = LEAF_ROWS
    for level in range(len(ring.field_view(field).levels)):
        numbers = range(-(-ring.first // span), ring.closed_last // span)
        found += [(level, number, span) for number in numbers]
        span *= FANOUT
    return found
