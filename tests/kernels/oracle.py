"""Twins of the kernels in plain Python: slow, short, and written from their documents alone."""

from __future__ import annotations

import bisect
import itertools
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

LEAF = 64
FANOUT = 8


def finite(values: Iterable[float]) -> list[float]:
    """Return the values that are no gaps."""
    return [float(value) for value in values if math.isfinite(value)]


def extremes(values: Iterable[float]) -> list[float]:
    """Return first, min, max, last of the finite values, NaN where there is none."""
    kept = finite(values)
    return [kept[0], min(kept), max(kept), kept[-1]] if kept else [math.nan] * 4


def bounds(values: Iterable[float]) -> tuple[float, float]:
    """Return min and max of the finite values, NaN where there is none."""
    return tuple(extremes(values)[1:3])  # type: ignore[return-value]


def m4(
    x: Sequence[float], y: Sequence[float], uppx: float, origin: float
) -> tuple[list[float], list[list[float]]]:
    """Return left edges and extremes of non-empty columns, from a list of all edges.

    Integers are measured from the origin, in fractions; floats from 0, in floats: the two scales of
    the document.
    """
    if len(x) == 0:
        return [], []
    whole = isinstance(x[0], int)
    width: Any = Fraction(uppx) if whole else uppx
    low = math.floor((x[0] - origin) / width) - 2
    high = math.ceil((x[-1] - origin) / width) + 3
    zero = 0 if whole else origin
    edges = [zero + k * width for k in range(low, high)]
    columns: dict[int, list[float]] = {}
    for place, value in zip(x, y, strict=True):
        at = bisect.bisect_right(edges, place - origin if whole else place) - 1
        columns.setdefault(at, []).append(value)
    kept = {at: values for at, values in sorted(columns.items()) if finite(values)}
    left = [origin + (low + at) * uppx for at in kept]
    return left, [extremes(values) for values in kept.values()]


def node_sum(value: Callable[[int], float], start: int, rows: int) -> tuple[float, int]:
    """Return sum and count of an aligned block, in the order of the node layout."""
    if rows == 1:
        return (value(start), 1) if math.isfinite(value(start)) else (0.0, 0)
    part = 1 if rows == LEAF else rows // FANOUT
    total, count = 0.0, 0
    for child in range(start, start + rows, part):
        added, more = node_sum(value, child, part)
        if more or part > 1:
            total += added
        count += more
    return total, count


def canonical_sum(value: Callable[[int], float], start: int, stop: int) -> float:
    """Return the canonical sum of rows, NaN where no value is finite."""
    total, count = 0.0, 0
    while start < stop:
        rows = 1
        larger = LEAF
        while start % larger == 0 and start + larger <= stop:
            rows, larger = larger, larger * FANOUT
        added, more = node_sum(value, start, rows)
        total, count, start = total + added, count + more, start + rows
    return total if count else math.nan


def windowed(
    y: Sequence[float], length: int, meaning: Callable[[list[float]], float]
) -> list[float]:
    """Apply a function to the newest finite values at each row."""
    made: list[float] = []
    kept: list[float] = []
    for value in y:
        kept += [value] if math.isfinite(value) else []
        is_result = math.isfinite(value) and len(kept) >= length
        made.append(meaning(kept[-length:]) if is_result else math.nan)
    return made


def average(y: Sequence[float], length: int, weight: float) -> list[float]:
    """Return the exponential average that begins with the mean of the first values."""
    made: list[float] = []
    kept: list[float] = []
    found = math.nan
    for value in y:
        kept.append(value)
        if len(kept) == length:
            found = math.fsum(kept) / length
        elif len(kept) > length:
            found = (1 - weight) * found + weight * value
        made.append(found)
    return made


def spread_over(y: Sequence[float], results: Sequence[float]) -> list[float]:
    """Return results of the finite values in their rows, NaN in those of gaps."""
    following = iter(results)
    return [next(following) if math.isfinite(value) else math.nan for value in y]


def ema(y: Sequence[float], length: int) -> list[float]:
    """Return the exponential moving average."""
    return spread_over(y, average(finite(y), length, 2 / (length + 1)))


def rsi(y: Sequence[float], length: int) -> list[float]:
    """Return Wilder's relative strength index."""
    kept = finite(y)
    changes = [after - before for before, after in itertools.pairwise(kept)]
    rises = average([max(change, 0.0) for change in changes], length, 1 / length)
    falls = average([max(-change, 0.0) for change in changes], length, 1 / length)
    made = [
        100.0 if fall == 0 else 100 * rise / (rise + fall)
        for rise, fall in zip(rises, falls, strict=True)
    ]
    return spread_over(y, [math.nan, *made] if kept else [])


def deviation(window: list[float]) -> float:
    """Return the standard deviation of values, whose mean is exact but for the last digit."""
    mean = math.fsum(window) / len(window)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in window) / len(window))


def weighted(window: list[float]) -> float:
    """Return the mean with the weights 1, 2, 3 and so on."""
    total = math.fsum(place * value for place, value in enumerate(window, 1))
    return total / (len(window) * (len(window) + 1) / 2)


SIGNALS: dict[str, Callable[[Sequence[float], int], list[float]]] = {
    'sma': lambda y, length: windowed(y, length, lambda kept: math.fsum(kept) / len(kept)),
    'wma': lambda y, length: windowed(y, length, weighted),
    'ema': ema,
    'rsi': rsi,
    'rolling_min': lambda y, length: windowed(y, length, min),
    'rolling_max': lambda y, length: windowed(y, length, max),
    'rolling_std': lambda y, length: windowed(y, length, deviation),
}


class View(NamedTuple):
    """A field of a ring, as `piker.shm` describes it to the kernels."""

    data: int
    capacity: int
    levels: tuple[tuple[int, int], ...]
    reducer: str


POISON = 1e300


class FakeRing:
    """One column of a ring in plain memory, its pyramid folded from the node layout.

    Whatever a reader must not look at is poison: rows that are not there, and slots of nodes that
    are not complete.
    """

    def __init__(self, values: NDArray[np.float64], first: int, capacity: int, reducer: str):
        assert len(values) <= capacity
        self.first, self.last = first, first + len(values)
        self.closed_last = max(first, self.last - 1)
        self.values, self.reducer, self.capacity = values, reducer, capacity
        # Twice in a row, in place of a double mapping.
        self.column = np.full((2, capacity), POISON)
        for index in range(self.first, self.last):
            self.column[:, index % capacity] = values[index - first]
        self.levels = []
        rows = LEAF
        while rows <= capacity:
            self.levels.append(self.level(rows))
            rows *= FANOUT

    def value(self, index: int) -> float:
        """Return the value of an absolute row."""
        return float(self.values[index - self.first])

    def level(self, rows: int) -> NDArray[np.float64]:
        """Return the slots of a level, complete nodes set."""
        slots = np.full((self.capacity // rows + 1, 2), (-POISON, POISON))
        for node in range(-(-self.first // rows), self.closed_last // rows):
            start = node * rows
            if self.reducer == 'sum':
                slots[node % len(slots)] = node_sum(self.value, start, rows)
            else:
                block = self.values[start - self.first :][:rows]
                kept = finite(block) or [math.inf]
                slots[node % len(slots)] = min(kept), max(kept) if finite(block) else -math.inf
        return slots

    @property
    def view(self) -> View:
        """The addresses, valid while the ring lives."""
        levels = tuple((level.ctypes.data, len(level)) for level in self.levels)
        return View(self.column.ctypes.data, self.capacity, levels, self.reducer)

    def window(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return the closed rows of a window that are there."""
        start = min(max(start, self.first), self.closed_last)
        stop = min(max(stop, start), self.closed_last)
        return self.values[start - self.first : stop - self.first]
