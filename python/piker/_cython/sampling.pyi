"""Types of the compiled fold of ticks into bars; the rules stand in cython/sampling.pyx."""

import numpy as np
from numpy.typing import NDArray
from typing_extensions import disjoint_base

from piker.shm import ShmArray

__all__ = ['BarFolder']

@disjoint_base
class BarFolder:
    """Folds ticks into one ring of bars; its only writer while it lives."""

    ring: ShmArray
    period_ns: int
    phase_ns: int
    folded: int
    late: int
    dropped: int
    ahead: int
    invalid: int

    def __init__(
        self,
        ring: ShmArray,
        period_ns: int,
        *,
        phase_ns: int = 0,
        sessions: NDArray[np.int64] | None = None,
        opens: NDArray[np.int64] | None = None,
        kind: int = 1,
    ) -> None: ...
    def fold(self, ticks: NDArray[np.void], limit_ns: int = ...) -> int:
        """Fold ticks in the order in which they arrived, and write the rows they touch."""

    def advance(self, now_ns: int) -> int:
        """Open the rows of the periods that the clock has reached, empty as yet."""
