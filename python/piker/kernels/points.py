"""Points as a painter takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from piker import _rust
from piker.core.errors import InputError
from piker.kernels import arguments

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ['weave_points']


def weave_points(x: ArrayLike, y: ArrayLike, out: NDArray[np.float64]) -> int:
    """Write x and y of points beside each other, which is the memory of `QPointF`.

    Parameters
    ----------
    x, y : array_like of shape (n,), float64
        Points; one with a value that is not finite is a gap, and written as it is.
    out : ndarray of shape (n, 2), float64
        Contiguous memory for them.

    Returns
    -------
    int
        How many are gaps.

    Raises
    ------
    InputError
        When x and y are not real numbers of one length, or `out` does not fit.
    """
    if out is None:
        raise InputError('invalid out: None, not an array to write into')
    abscissae = arguments.floats(x, 'x')
    target = arguments.target(out, (len(abscissae), 2), 'out', np.float64)
    return _rust.weave(abscissae, arguments.floats(y, 'y'), target)
