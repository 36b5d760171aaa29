"""`ColumnCache`: pixel columns of closed rows, kept while the view moves among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from piker.ui.model.viewport import Viewport

__all__ = ['ColumnCache']

Floats = NDArray[np.float64]

KEPT_VIEWS = 4
"""As many views of columns are kept, before those out of sight are forgotten."""


class ColumnCache:
    """What columns hold of a series, computed once a column and zoom.

    Columns are anchored to absolute rows, so that a view that moves finds again what it has shown,
    and only what it uncovers is computed. Columns that hold a row which may still change, or come
    to hold another one, are computed each time.

    Parameters
    ----------
    compute : callable
        Row edges of shape (m + 1,) to what m columns hold, of shape (m,) or (m, 4).

    Attributes
    ----------
    computed : int
        Columns computed so far: a counter for tests.
    """

    def __init__(self, compute: Callable[[NDArray[np.int64]], Floats]) -> None:
        self.compute = compute
        self.computed = 0
        self.key: tuple[object, ...] | None = None
        self.start = 0
        self.kept: Floats = np.empty(0)

    def columns(
        self, view: Viewport, start: int, stop: int, closed: tuple[int, int], revision: int
    ) -> Floats:
        """Return what device pixels hold.

        Parameters
        ----------
        view : Viewport
            What is in view.
        start, stop : int
            Device pixels of the plot, half-open.
        closed : tuple of int
            The closed rows that there are, half-open.
        revision : int
            Of the ring: rows of another one are other rows.

        Returns
        -------
        ndarray of shape (stop - start,) or (stop - start, 4), float64
            Read it, do not write to it: it may be what is kept.
        """
        begin, end = view.left + start, view.left + stop
        edges = view.edges(start, stop)
        # Whole columns of closed rows: those that hold no row before the first, or behind the last.
        low = begin + int(np.searchsorted(edges, closed[0], 'left'))
        high = begin + int(np.searchsorted(edges, closed[1], 'right')) - 1
        low, high = min(low, end), max(min(low, end), min(high, end))
        if high <= low:
            return self.count(edges)
        self.keep(view, low, high, (view.zoom, revision), edges[low - begin : high - begin + 1])
        kept = self.kept[low - self.start : high - self.start]
        if (low, high) == (begin, end):
            return kept
        parts = [kept]
        if begin < low:
            parts.insert(0, self.count(edges[: low - begin + 1]))
        if high < end:
            parts.append(self.count(edges[high - begin :]))
        return np.concatenate(parts)

    def keep(
        self,
        view: Viewport,
        low: int,
        high: int,
        key: tuple[object, ...],
        edges: NDArray[np.int64],
    ) -> None:
        """Have the absolute columns `[low, high)`, whose edges these are."""
        first, last = self.start, self.start + len(self.kept)
        is_apart = low > last or high < first
        if key != self.key or is_apart or len(self.kept) > KEPT_VIEWS * max(view.width, high - low):
            self.key, self.start, self.kept = key, low, self.count(edges)
            return
        parts = [self.kept]
        if low < first:
            parts.insert(0, self.count(edges[: first - low + 1]))
            self.start = low
        if last < high:
            parts.append(self.count(edges[last - high - 1 :]))
        if len(parts) > 1:
            self.kept = np.concatenate(parts)

    def count(self, edges: NDArray[np.int64]) -> Floats:
        """Compute columns."""
        self.computed += len(edges) - 1
        return self.compute(edges)
