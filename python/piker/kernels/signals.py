"""Signals: moving averages, relative strength, and statistics of the newest values.

Each comes twice: as a function of a whole series, and as a state that takes its values in parts.
Both make the same numbers, bit for bit. Gaps (NaN and infinities) make NaN and are passed over, so
that windows hold the newest finite values; the first results, for which values are too few, are
NaN too. Values whose sums or squares leave float64 make infinities or NaN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from piker import _rust
from piker.core.errors import InputError
from piker.core.words import describe
from piker.kernels import arguments

if TYPE_CHECKING:
    from typing import SupportsFloat, SupportsIndex

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    'Rolling',
    'RollingVwap',
    'ema',
    'rolling_max',
    'rolling_min',
    'rolling_std',
    'rsi',
    'sma',
    'vwap',
    'wma',
]


class Rolling:
    """The state of a signal of one input; its class methods make one. Threads may share it.

    A step takes the same time whatever the length, on average, and nothing is ever subtracted from
    a sum: an extreme value that left the window leaves no rounding error behind. Memory is taken
    for values that came, not for the length.

    Raises
    ------
    InputError
        From the class methods, when a length is less than 1 or more than 2**26; when it is made of
        anything that they did not make.
    """

    def __init__(self, state: _rust.Rolling) -> None:
        if not isinstance(state, _rust.Rolling):
            raise InputError(
                f'invalid state: not compiled, was {describe(state)}, take one of the class methods'
            )
        self.state = state

    @classmethod
    def sma(cls, length: SupportsIndex) -> Rolling:
        """Return the state of the mean of the newest `length` values."""
        return cls(_rust.Rolling.sma(arguments.whole(length, 'length')))

    @classmethod
    def wma(cls, length: SupportsIndex) -> Rolling:
        """Return the state of the mean with the weights 1 to `length`, the newest heaviest."""
        return cls(_rust.Rolling.wma(arguments.whole(length, 'length')))

    @classmethod
    def ema(cls, length: SupportsIndex) -> Rolling:
        """Return the state of the average in which a value weighs `2 / (length + 1)`."""
        return cls(_rust.Rolling.ema(arguments.whole(length, 'length')))

    @classmethod
    def rsi(cls, length: SupportsIndex) -> Rolling:
        """Return the state of the relative strength index over `length` changes."""
        return cls(_rust.Rolling.rsi(arguments.whole(length, 'length')))

    @classmethod
    def least(cls, length: SupportsIndex) -> Rolling:
        """Return the state of the least of the newest `length` values."""
        return cls(_rust.Rolling.least(arguments.whole(length, 'length')))

    @classmethod
    def greatest(cls, length: SupportsIndex) -> Rolling:
        """Return the state of the greatest of the newest `length` values."""
        return cls(_rust.Rolling.greatest(arguments.whole(length, 'length')))

    @classmethod
    def deviation(cls, length: SupportsIndex, ddof: SupportsIndex = 0) -> Rolling:
        """Return the state of the standard deviation, divided by the number less `ddof`."""
        whole = arguments.whole
        return cls(_rust.Rolling.deviation(whole(length, 'length'), whole(ddof, 'ddof')))

    def push(self, values: ArrayLike) -> NDArray[np.float64]:
        """Take values.

        Parameters
        ----------
        values : array_like of shape (n,)
            The next of the series.

        Returns
        -------
        ndarray of shape (n,), float64
            A fresh array: what each made.

        Raises
        ------
        InputError
            When they are not real numbers in one dimension.
        """
        return self.state.push(arguments.floats(values, 'values'))

    def peek(self, value: SupportsFloat) -> float:
        """Return what a value would make, without taking it: for a row that is not closed yet.

        Parameters
        ----------
        value : float
            The next of the series.

        Returns
        -------
        float
            What `push` would return for it.

        Raises
        ------
        InputError
            When it is not a number.
        """
        return self.state.peek(arguments.real(value, 'value'))

    def clear(self) -> None:
        """Forget all values."""
        self.state.clear()


class RollingVwap:
    """The volume-weighted average price since the state was made or cleared."""

    def __init__(self) -> None:
        self.state = _rust.RollingVwap()

    def push(self, prices: ArrayLike, volumes: ArrayLike) -> NDArray[np.float64]:
        """Take rows.

        Parameters
        ----------
        prices, volumes : array_like of shape (n,)
            The next of the series; where either is a gap, the row is passed over.

        Returns
        -------
        ndarray of shape (n,), float64
            A fresh array: the average behind each row, NaN at gaps and while there is no volume.

        Raises
        ------
        InputError
            When they are not real numbers in one dimension, or not equally many.
        """
        return self.state.push(
            arguments.floats(prices, 'prices'), arguments.floats(volumes, 'volumes')
        )

    def peek(self, price: SupportsFloat, volume: SupportsFloat) -> float:
        """Return the average that a row would make, without taking it.

        Parameters
        ----------
        price, volume : float
            The next row.

        Returns
        -------
        float
            What `push` would return for it.

        Raises
        ------
        InputError
            When one is not a number.
        """
        return self.state.peek(arguments.real(price, 'price'), arguments.real(volume, 'volume'))

    def clear(self) -> None:
        """Forget all rows, as at a session's opening."""
        self.state.clear()


def sma(y: ArrayLike, length: SupportsIndex) -> NDArray[np.float64]:
    """Return the mean of the newest `length` values at each row.

    Parameters
    ----------
    y : array_like of shape (n,)
        A series.
    length : int
        How many values a window holds, 1 to 2**26.

    Returns
    -------
    ndarray of shape (n,), float64
        A fresh array.

    Raises
    ------
    InputError
        When an argument is not so.
    """
    return Rolling.sma(length).push(arguments.floats(y, 'y'))


def wma(y: ArrayLike, length: SupportsIndex) -> NDArray[np.float64]:
    """Return the mean of the newest values at each row, with weights that rise from 1 to `length`.

    Parameters
    ----------
    y : array_like of shape (n,)
        A series.
    length : int
        How many values a window holds, 1 to 2**26.

    Returns
    -------
    ndarray of shape (n,), float64
        A fresh array.

    Raises
    ------
    InputError
        When an argument is not so.
    """
    return Rolling.wma(length).push(arguments.floats(y, 'y'))


def ema(y: ArrayLike, length: SupportsIndex) -> NDArray[np.float64]:
    """Return the exponential moving average, which begins with the mean of `length` values.

    Parameters
    ----------
    y : array_like of shape (n,)
        A series.
    length : int
        A new value weighs `2 / (length + 1)`; 1 to 2**26.

    Returns
    -------
    ndarray of shape (n,), float64
        A fresh array.

    Raises
    ------
    InputError
        When an argument is not so.
    """
    return Rolling.ema(length).push(arguments.floats(y, 'y'))


def rsi(y: ArrayLike, length: SupportsIndex) -> NDArray[np.float64]:
    """Return Wilder's relative strength index, 0 to 100; 100 where nothing fell.

    Parameters
    ----------
    y : array_like of shape (n,)
        A series.
    length : int
        Over how many changes; a new one weighs `1 / length`; 1 to 2**26.

    Returns
    -------
    ndarray of shape (n,), float64
        A fresh array.

    Raises
    ------
    InputError
        When an argument is not so.
    """
    return Rolling.rsi(length).push(arguments.floats(y, 'y'))


def rolling_min(y: ArrayLike, length: SupportsIndex) -> NDArray[np.float64]:
    """Return the least of the newest `length` values at each row.

    Parameters
    ----------
    y : array_like of shape (n,)
        A series.
    length : int
        How many values a window holds, 1 to 2**26.

    Returns
    -------
    ndarray of shape (n,), float64
        A fresh array.

    Raises
    ------
    InputError
        When an argument is not so.
    """
    return Rolling.least(length).push(arguments.floats(y, 'y'))


def rolling_max(y: ArrayLike, length: SupportsIndex) -> NDArray[np.float64]:
    """Return the greatest of the newest `length` values at each row.

    Parameters
    ----------
    y : array_like of shape (n,)
        A series.
    length : int
        How many values a window holds, 1 to 2**26.

    Returns
    -------
    ndarray of shape (n,), float64
        A fresh array.

    Raises
    ------
    InputError
        When an argument is not so.
    """
    return Rolling.greatest(length).push(arguments.floats(y, 'y'))


def rolling_std(
    y: ArrayLike, length: SupportsIndex, ddof: SupportsIndex = 0
) -> NDArray[np.float64]:
    """Return the standard deviation of the newest `length` values at each row.

    Parameters
    ----------
    y : array_like of shape (n,)
        A series.
    length : int
        How many values a window holds, 1 to 2**26.
    ddof : int, optional
        What is taken from their number before it divides, less than `length`.

    Returns
    -------
    ndarray of shape (n,), float64
        A fresh array.

    Raises
    ------
    InputError
        When an argument is not so.
    """
    return Rolling.deviation(length, ddof).push(arguments.floats(y, 'y'))


def vwap(prices: ArrayLike, volumes: ArrayLike) -> NDArray[np.float64]:
    """Return the volume-weighted average price since the first row, at each row.

    Parameters
    ----------
    prices, volumes : array_like of shape (n,)
        Rows; where either is a gap, the row is passed over.

    Returns
    -------
    ndarray of shape (n,), float64
        A fresh array; NaN at gaps and while there is no volume.

    Raises
    ------
    InputError
        When they are not real numbers in one dimension, or not equally many.
    """
    return RollingVwap().push(prices, volumes)
