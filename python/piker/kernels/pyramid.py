"""A growing series with a min/max pyramid beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piker import _rust
from piker.kernels import arguments

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

__all__ = ['Pyramid']


class Pyramid:
    """Values that grow at both ends, with exact answers for any window in logarithmic time.

    Rows are counted from the first value there is at the time of the call. The last value is
    live: it may be changed until the next one is appended. Several threads may use one pyramid.

    Parameters
    ----------
    y : array_like of shape (n,), optional
        The first values; NaN and infinities are gaps. They are copied.

    Raises
    ------
    InputError
        When `y` is not real numbers in one dimension.
    """

    def __init__(self, y: ArrayLike = ()) -> None:
        self.compiled = _rust.Pyramid(arguments.floats(y, 'y'))

    def __len__(self) -> int:
        return len(self.compiled)

    @property
    def node_bytes(self) -> int:
        """Bytes that the nodes take beside the values."""
        return self.compiled.node_bytes

    def append(self, values: ArrayLike) -> None:
        """Add values behind the last; constant time each, amortised.

        Parameters
        ----------
        values : array_like of shape (n,)
            Copied.

        Raises
        ------
        InputError
            When they are not real numbers in one dimension.
        """
        self.compiled.append(arguments.floats(values, 'values'))

    def prepend(self, values: ArrayLike) -> None:
        """Add values before the first; constant time each, amortised.

        Parameters
        ----------
        values : array_like of shape (n,)
            Ascending in time, as for `append`: the last one comes before the present first. Copied.

        Raises
        ------
        InputError
            When they are not real numbers in one dimension.
        """
        self.compiled.prepend(arguments.floats(values, 'values'))

    def set_last(self, value: float) -> None:
        """Change the live value.

        Parameters
        ----------
        value : float
            May be NaN or infinite: then it is a gap.

        Raises
        ------
        InputError
            When there is no value yet, or this one is not a number.
        """
        self.compiled.set_last(arguments.real(value, 'value'))

    def columns(self, start: int, stop: int, count: int) -> NDArray[np.float64]:
        """Return first, min, max and last of each of `count` columns of a window.

        Column k is rows `[start + k * n // count, start + (k + 1) * n // count)`, n = stop - start.

        Parameters
        ----------
        start, stop : int
            The window, half-open, within `[0, len(self)]`.
        count : int
            How many columns, at most 2**24.

        Returns
        -------
        ndarray of shape (count, 4), float64
            A copy; NaN where a column is empty or has no finite value.

        Raises
        ------
        InputError
            When the window is not within the rows, or the count out of range.
        """
        return self.compiled.columns(
            arguments.whole(start, 'start'),
            arguments.whole(stop, 'stop'),
            arguments.whole(count, 'count'),
        )

    def bounds(self, start: int, stop: int) -> tuple[float, float]:
        """Return the least and the greatest finite value of a window.

        Parameters
        ----------
        start, stop : int
            The window, half-open, within `[0, len(self)]`.

        Returns
        -------
        tuple of float
            NaN twice where no value is finite.

        Raises
        ------
        InputError
            When the window is not within the rows.
        """
        return self.compiled.bounds(arguments.whole(start, 'start'), arguments.whole(stop, 'stop'))
