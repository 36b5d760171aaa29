"""A growing series with a pyramid of its extremes or sums beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piker import _rust
from piker.core.errors import InputError
from piker.core.words import describe
from piker.kernels import arguments

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

__all__ = ['Pyramid']

REDUCERS = ('m4', 'sum', 'last')


class Pyramid:
    """Values that grow at both ends, with exact answers for any window in logarithmic time.

    Rows are counted from the first value there is at the time of the call. The last value is
    live: it may be changed until the next one is appended. Several threads may use one pyramid.

    Parameters
    ----------
    y : array_like of shape (n,), optional
        The first values; NaN and infinities are gaps. They are copied.
    reducer : str, optional
        What a column of this series is, as `reduced` gives it: 'm4' for extremes, as of prices,
        'sum' for sums, as of volumes, 'last' for the last value, as of a position or a balance. It
        is what the nodes are made for; everything else is answered too, if need be from the rows.

    Raises
    ------
    InputError
        When `y` is not real numbers in one dimension, or the reducer is another.

    Attributes
    ----------
    reducer : str
        As it was given.
    """

    def __init__(self, y: ArrayLike = (), reducer: str = 'm4') -> None:
        if not (isinstance(reducer, str) and reducer in REDUCERS):
            raise InputError(
                f"invalid reducer: not one of 'm4', 'sum' and 'last', was {describe(reducer)}"
            )
        # The last value is found by nodes of extremes: they tell which stretches are gaps only.
        self.compiled = _rust.Pyramid(arguments.floats(y, 'y'), reducer == 'sum')
        self.reducer = str(reducer)

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

    def revise(self, start: int, values: ArrayLike) -> None:
        """Change values that are there, and what the pyramid says of them.

        Parameters
        ----------
        start : int
            The first row to change.
        values : array_like of shape (n,)
            Copied.

        Raises
        ------
        InputError
            When some of these rows are not there, or the values not real numbers; nothing changed.
        """
        self.compiled.revise(arguments.whole(start, 'start'), arguments.floats(values, 'values'))

    def columns(self, start: int, stop: int, count: int) -> NDArray[np.float64]:
        """Return first, min, max and last of each of `count` columns of a window.

        Column k is rows `[start + k * n // count, start + (k + 1) * n // count)`, n = stop - start.

        Parameters
        ----------
        start, stop : int
            The window, half-open, within `[0, len(self)]`.
        count : int
            How many columns, at most 2**20.

        Returns
        -------
        ndarray of shape (count, 4), float64
            A copy; NaN where a column is empty or has no finite value.

        Raises
        ------
        InputError
            When the window is not within the rows, or the count out of range.
        """
        columns = arguments.whole(count, 'count')
        return self.compiled.columns(*arguments.window(start, stop), columns)

    def reduced(self, start: int, stop: int, count: int) -> NDArray[np.float64]:
        """Return what the reducer of this series makes of each of `count` columns of a window.

        Parameters
        ----------
        start, stop : int
            The window, half-open, within `[0, len(self)]`.
        count : int
            How many columns, at most 2**20.

        Returns
        -------
        ndarray of shape (count, 4) for 'm4', else of shape (count,), float64
            As `columns`, `sums` or `lasts` gives.

        Raises
        ------
        InputError
            When the window is not within the rows, or the count out of range.
        """
        if self.reducer == 'sum':
            return self.sums(start, stop, count)
        if self.reducer == 'last':
            return self.lasts(start, stop, count)
        return self.columns(start, stop, count)

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
        return self.compiled.bounds(*arguments.window(start, stop))

    def sums(self, start: int, stop: int, count: int) -> NDArray[np.float64]:
        """Return the sum of each of `count` columns of a window, cut as by `columns`.

        Values are added in one fixed order, by blocks anchored to where each value stands: with
        and without a pyramid of sums the result is the same to the bit.

        Parameters
        ----------
        start, stop : int
            The window, half-open, within `[0, len(self)]`.
        count : int
            How many columns, at most 2**20.

        Returns
        -------
        ndarray of shape (count,), float64
            A copy; NaN where a column has no finite value.

        Raises
        ------
        InputError
            When the window is not within the rows, or the count out of range.
        """
        return self.compiled.sums(*arguments.window(start, stop), arguments.whole(count, 'count'))

    def lasts(self, start: int, stop: int, count: int) -> NDArray[np.float64]:
        """Return the last finite value of each of `count` columns of a window, cut as by `columns`.

        Parameters
        ----------
        start, stop : int
            The window, half-open, within `[0, len(self)]`.
        count : int
            How many columns, at most 2**20.

        Returns
        -------
        ndarray of shape (count,), float64
            A copy; NaN where a column has no finite value.

        Raises
        ------
        InputError
            When the window is not within the rows, or the count out of range.
        """
        return self.compiled.lasts(*arguments.window(start, stop), arguments.whole(count, 'count'))

    def positions(self, start: int, stop: int) -> tuple[int, int] | None:
        """Return where the least and the greatest finite value of a window stand first.

        Parameters
        ----------
        start, stop : int
            The window, half-open, within `[0, len(self)]`.

        Returns
        -------
        tuple of int, or None
            Rows; None where no value is finite.

        Raises
        ------
        InputError
            When the window is not within the rows.
        """
        return self.compiled.positions(*arguments.window(start, stop))
