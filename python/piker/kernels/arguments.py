"""Arguments of kernels: what a caller may hand in, made into what compiled code takes."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsFloat, SupportsIndex

import numpy as np

from piker.core.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ['Bars', 'bars', 'floats', 'number', 'places', 'positive', 'real', 'target', 'whole']

OHLC = ('open', 'high', 'low', 'close')
REAL_KINDS = 'fiub'
INT64 = np.iinfo(np.int64)


class Bars(NamedTuple):
    """Bars as compiled code takes them.

    Attributes
    ----------
    x : ndarray of shape (n,), float64
        Left edge of each bar.
    open, high, low, close : ndarray of shape (n,), float64
        Prices.
    """

    x: NDArray[np.float64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]


def floats(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return values as a contiguous array of float64, borrowed where they are one.

    Parameters
    ----------
    values : array_like of shape (n,)
        Real numbers.
    name : str
        What the caller calls them, for the error.

    Returns
    -------
    ndarray of shape (n,), float64
        A view where `values` is contiguous float64, else a copy.

    Raises
    ------
    InputError
        When they are not real numbers in one dimension.
    """
    try:
        array = np.asarray(values)
    except ValueError:
        raise InputError(
            f'invalid {name}: not one number a row, its rows differ in length'
        ) from None
    if array.dtype.kind not in REAL_KINDS:
        raise InputError(f'invalid {name}: not real numbers, was an array of {array.dtype}')
    if array.ndim != 1:
        raise InputError(f'invalid {name}: not of one dimension, was of shape {array.shape}')
    return np.ascontiguousarray(array, np.float64)


def places(x: ArrayLike | None, count: int) -> NDArray[np.float64]:
    """Return the given left edge of each row, or 0, 1, 2 and so on.

    Parameters
    ----------
    x : array_like of shape (n,), or None
        Left edges.
    count : int
        How many rows there are.

    Returns
    -------
    ndarray of shape (n,), float64

    Raises
    ------
    InputError
        When they are not real numbers, one for each row.
    """
    if x is None:
        return np.arange(count, dtype=np.float64)
    array = floats(x, 'x')
    if len(array) != count:
        raise InputError(f'invalid x: not one for each of {count} rows, were {len(array)}')
    return array


def bars(rows: Any, x: ArrayLike | None) -> Bars:
    """Return bars as five contiguous arrays.

    Parameters
    ----------
    rows : ndarray of shape (n,) with fields open, high, low, close; or array_like of shape (n, 4)
        Bars.
    x : array_like of shape (n,), or None
        Left edge of each bar; 0, 1, 2, ... by default.

    Returns
    -------
    Bars
        Copies, as far as the prices of a field do not lie together already.

    Raises
    ------
    InputError
        When a field is missing, the shape is another, or x does not fit.
    """
    try:
        table = np.asarray(rows)
    except ValueError:
        raise InputError('invalid rows: not four prices a bar') from None
    names = table.dtype.names
    if names is not None:
        missing = [name for name in OHLC if name not in names]
        if missing:
            raise InputError(f'invalid rows: no field {", ".join(missing)}, has {", ".join(names)}')
        prices = [floats(table[name], f'rows[{name!r}]') for name in OHLC]
    elif table.dtype.kind in REAL_KINDS and table.ndim == 2 and table.shape[1] == len(OHLC):
        prices = [floats(table[:, column], 'rows') for column in range(len(OHLC))]
    else:
        raise InputError(
            'invalid rows: neither bars with fields open, high, low, close nor real numbers of '
            f'shape (n, 4), was {table.dtype} of shape {table.shape}'
        )
    return Bars(places(x, len(prices[0])), *prices)


def target(
    out: NDArray[Any] | None, shape: tuple[int, ...], name: str, dtype: type[np.generic]
) -> NDArray[Any]:
    """Return the array that results go into, a fresh one where none is given.

    Parameters
    ----------
    out : ndarray, or None
        An array of the caller.
    shape : tuple of int
        The shape that it must have.
    name : str
        What the caller calls it, for the error.
    dtype : type
        The type that its elements must have.

    Returns
    -------
    ndarray of `shape`
        `out` itself, or an array whose elements are not set yet.

    Raises
    ------
    InputError
        When results cannot be written into it as it is.
    """
    if out is None:
        return np.empty(shape, dtype)
    if not (isinstance(out, np.ndarray) and out.dtype == dtype and out.shape == shape):
        kind = f'{out.dtype} of shape {out.shape}' if isinstance(out, np.ndarray) else repr(out)
        raise InputError(
            f'invalid {name}: not an array of {np.dtype(dtype)} and shape {shape}, was {kind}'
        )
    if not (out.flags.c_contiguous and out.flags.writeable and out.flags.aligned):
        raise InputError(f'invalid {name}: not contiguous, aligned and writable')
    return out


def number(value: SupportsFloat, name: str) -> float:
    """Return a finite number.

    Parameters
    ----------
    value : float
        The number.
    name : str
        What the caller calls it, for the error.

    Returns
    -------
    float

    Raises
    ------
    InputError
        When it is none.
    """
    found = real(value, name)
    if not math.isfinite(found):
        raise InputError(f'invalid {name}: not a finite number, was {found}')
    return found


def positive(value: SupportsFloat, name: str) -> float:
    """Return a number that is positive and finite.

    Parameters
    ----------
    value : float
        The number.
    name : str
        What the caller calls it, for the error.

    Returns
    -------
    float

    Raises
    ------
    InputError
        When it is not.
    """
    found = real(value, name)
    if not (math.isfinite(found) and found > 0):
        raise InputError(f'invalid {name}: not a positive finite number, was {found}')
    return found


def real(value: SupportsFloat, name: str) -> float:
    """Return a number, which may be NaN or infinite.

    Parameters
    ----------
    value : float
        The number.
    name : str
        What the caller calls it, for the error.

    Returns
    -------
    float

    Raises
    ------
    InputError
        When it is not a number of float64.
    """
    if isinstance(value, (str, bytes)):
        raise InputError(f'invalid {name}: not a number, was {value!r}')
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f'invalid {name}: not a number of float64, was {value!r}') from None


def whole(value: SupportsIndex, name: str) -> int:
    """Return a whole number that fits int64.

    Parameters
    ----------
    value : int
        The number.
    name : str
        What the caller calls it, for the error.

    Returns
    -------
    int

    Raises
    ------
    InputError
        When it is not one.
    """
    try:
        found = operator.index(value)
    except TypeError:
        raise InputError(f'invalid {name}: not a whole number, was {value!r}') from None
    if not INT64.min <= found <= INT64.max:
        raise InputError(f'invalid {name}: not a number of int64, was {found}')
    return found
