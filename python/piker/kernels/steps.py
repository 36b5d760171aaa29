"""Step format: the outline of a histogram."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from piker import _rust
from piker.kernels import arguments

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ['Steps', 'to_step_format']


class Steps(NamedTuple):
    """A series as levels: read row by row, the points are one continuous line.

    Attributes
    ----------
    x : ndarray of shape (n + 1, 2), float64
        The left edge of each row, twice; at last the right edge of the last one, twice.
    y : ndarray of shape (n + 1, 2), float64
        The level before and the level behind each edge: the baseline before the first and behind
        the last, NaN for a value that is not finite.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]


def to_step_format(
    y: ArrayLike, x: ArrayLike | None = None, *, width: float = 1.0, baseline: float = 0.0
) -> Steps:
    """Return the outline of a series of levels, from the baseline and back to it.

    A step reaches from its x to that of the next row, the last one to x + width. A row changes the
    two corners at its edges and no others.

    Parameters
    ----------
    y : array_like of shape (n,)
        Levels; NaN and infinities are gaps, where the line is broken.
    x : array_like of shape (n,), optional
        Left edge of each row, ascending; 0, 1, 2, ... by default.
    width : float, optional
        Width of the last step, positive.
    baseline : float, optional
        Where the outline begins and ends.

    Returns
    -------
    Steps
        Fresh arrays; of shape (0, 2) where there is no row.

    Raises
    ------
    InputError
        When an argument is not real numbers in one dimension, x does not fit, the width is not
        positive or the baseline not finite.
    """
    levels = arguments.floats(y, 'y')
    edges = arguments.places(x, len(levels))
    rows = len(levels) + 1 if len(levels) else 0
    steps = Steps(np.empty((rows, 2)), np.empty((rows, 2)))
    _rust.steps(
        edges,
        levels,
        arguments.positive(width, 'width'),
        arguments.number(baseline, 'baseline'),
        steps.x.reshape(-1),
        steps.y.reshape(-1),
    )
    return steps
