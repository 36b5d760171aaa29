"""Arguments of kernels: what a caller may hand in, made into what compiled code takes."""

from __future__ import annotations

import contextlib
import math
import operator
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsFloat, SupportsIndex, TypeGuard

import numpy as np

from piker.core.errors import InputError
from piker.core.words import describe

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    'Bars',
    'array_of',
    'bars',
    'flag',
    'floats',
    'is_row',
    'number',
    'places',
    'positive',
    'real',
    'require_apart',
    'require_writable',
    'table',
    'target',
    'whole',
    'wholes',
    'window',
]

OHLC = ('open', 'high', 'low', 'close')
REAL_KINDS = 'fiub'
TEXTS = (str, bytes, bytearray)  # float() would read them
FLOAT64, INT64 = np.dtype(np.float64), np.dtype(np.int64)
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1


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


def array_of(values: Any, name: str) -> NDArray[Any]:
    """Return whatever a caller handed in as an array, whose type and shape are to be checked yet.

    Parameters
    ----------
    values : array_like
        An array, or what can become one.
    name : str
        What the caller calls it, for the error.

    Returns
    -------
    ndarray
        A view where `values` is an array, else a copy.

    Raises
    ------
    InputError
        When no array can be made of it, or some of its values are masked.
    """
    if isinstance(values, np.ma.MaskedArray):
        raise InputError(f'invalid {name}: a masked array, fill what is masked with NaN')
    try:
        return np.asarray(values)
    except ValueError:
        raise InputError(
            f'invalid {name}: not one number a row, its rows differ in length'
        ) from None
    except Exception as error:
        # Whatever the methods of an object raise when it is asked for its values.
        raise InputError(f'invalid {name}: not an array, was {describe(values)}') from error


def floats(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return values as a contiguous, aligned array of float64, borrowed where they are one.

    Parameters
    ----------
    values : array_like of shape (n,)
        Real numbers; those beyond float64 become infinities, and so gaps.
    name : str
        What the caller calls them, for the error.

    Returns
    -------
    ndarray of shape (n,), float64
        A view where `values` is so already, else a copy.

    Raises
    ------
    InputError
        When they are not real numbers in one dimension, or too many to be copied.
    """
    if is_row(values, FLOAT64):
        return values
    array = array_of(values, name)
    if array.dtype.kind not in REAL_KINDS:
        raise InputError(f'invalid {name}: not real numbers, was an array of {array.dtype}')
    return row_of(array, name, np.float64)


def wholes(values: ArrayLike, name: str) -> NDArray[np.int64]:
    """Return whole numbers as a contiguous, aligned array of int64, borrowed where they are one.

    Parameters
    ----------
    values : array_like of shape (n,)
        Whole numbers of a type that fits int64.
    name : str
        What the caller calls them, for the error.

    Returns
    -------
    ndarray of shape (n,), int64
        A view where `values` is so already, else a copy.

    Raises
    ------
    InputError
        When they are not whole numbers in one dimension, or too many to be copied.
    """
    if is_row(values, INT64):
        return values
    array = array_of(values, name)
    if array.dtype.kind not in 'iu' or array.dtype == np.uint64:
        raise InputError(
            f'invalid {name}: not whole numbers that fit int64, was an array of {array.dtype}'
        )
    return row_of(array, name, np.int64)


def is_row(values: Any, dtype: np.dtype[Any]) -> TypeGuard[NDArray[Any]]:
    """Tell whether values are what compiled code takes as it is, which they mostly are.

    Parameters
    ----------
    values : object
        What a caller handed in.
    dtype : dtype
        The type of its elements.

    Returns
    -------
    bool
        Whether it is an array of that type in one dimension, contiguous and aligned.
    """
    # Each step is as cheap as can be: all of it takes a tenth of what a conversion to itself takes.
    return (
        type(values) is np.ndarray
        and values.dtype is dtype
        and values.ndim == 1
        and (flags := values.flags).c_contiguous
        and flags.aligned
    )


def row_of(array: NDArray[Any], name: str, dtype: type[np.generic]) -> NDArray[Any]:
    """Return an array of one dimension, of a type, contiguous and aligned.

    Parameters
    ----------
    array : ndarray
        Numbers.
    name : str
        What the caller calls them, for the error.
    dtype : type
        What they are turned into.

    Returns
    -------
    ndarray of shape (n,)
        `array` itself where it is so, else a copy.

    Raises
    ------
    InputError
        When they do not lie in one dimension, or are too many to be copied.
    """
    if array.ndim != 1:
        raise InputError(f'invalid {name}: not of one dimension, was of shape {array.shape}')
    return contiguous(array, name, dtype)


def table(values: ArrayLike, columns: int, name: str) -> NDArray[np.float64]:
    """Return rows of values as a contiguous, aligned array of float64.

    Parameters
    ----------
    values : array_like of shape (n, columns)
        Real numbers; those beyond float64 become infinities, and so gaps.
    columns : int
        How many values a row has.
    name : str
        What the caller calls them, for the error.

    Returns
    -------
    ndarray of shape (n, columns), float64
        `values` itself where it is so already, else a copy.

    Raises
    ------
    InputError
        When they are not real numbers of that shape, or too many to be copied.
    """
    array = array_of(values, name)
    is_real = array.dtype.kind in REAL_KINDS
    if not (is_real and array.ndim == 2 and array.shape[1] == columns):
        raise InputError(
            f'invalid {name}: not real numbers of shape (n, {columns}), was {array.dtype} of shape '
            f'{array.shape}'
        )
    return contiguous(array, name, np.float64)


def contiguous(array: NDArray[Any], name: str, dtype: type[np.generic]) -> NDArray[Any]:
    """Return an array of a type, contiguous and aligned.

    Parameters
    ----------
    array : ndarray
        Numbers.
    name : str
        What the caller calls them, for the error.
    dtype : type
        What they are turned into.

    Returns
    -------
    ndarray
        `array` itself where it is so, else a copy.

    Raises
    ------
    InputError
        When they are too many to be copied.
    """
    try:
        with np.errstate(over='ignore'):
            found = np.ascontiguousarray(array, dtype)
            return found if found.flags.aligned else found.copy()
    except MemoryError:
        raise InputError(
            f'invalid {name}: {array.size} values that are not {np.dtype(dtype)} in a row, and '
            'too many to be copied'
        ) from None


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
    table = array_of(rows, 'rows')
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
        kind = f'{out.dtype} of shape {out.shape}' if isinstance(out, np.ndarray) else describe(out)
        raise InputError(
            f'invalid {name}: not an array of {np.dtype(dtype)} and shape {shape}, was {kind}'
        )
    require_writable(out, name)
    return out


def require_writable(out: NDArray[Any], name: str) -> None:
    """Refuse an array that compiled code cannot write into as it is.

    Parameters
    ----------
    out : ndarray
        An array of the caller.
    name : str
        What the caller calls it, for the error.

    Raises
    ------
    InputError
        When it is masked, or not contiguous, aligned and writable.
    """
    if isinstance(out, np.ma.MaskedArray):
        raise InputError(f'invalid {name}: a masked array, which hides what is written')
    flags = out.flags
    if not (flags.c_contiguous and flags.writeable and flags.aligned):
        raise InputError(f'invalid {name}: not contiguous, aligned and writable')


def require_apart(
    out: tuple[NDArray[Any], ...], inputs: tuple[NDArray[Any], ...], name: str
) -> None:
    """Refuse memory for results that is read, or that several results go into.

    Parameters
    ----------
    out, inputs : tuple of ndarray
        Contiguous arrays.
    name : str
        What the caller calls `out`, for the error.

    Raises
    ------
    InputError
        When one of `out` has a byte in common with another one, or with an input.
    """
    for place, target_ in enumerate(out):
        if any(np.may_share_memory(target_, other) for other in (*out[:place], *inputs)):
            raise InputError(f'invalid {name}: shares memory with another array of this call')


def flag(value: bool | np.bool_, name: str) -> bool:
    """Return a truth value.

    Parameters
    ----------
    value : bool
        The truth value.
    name : str
        What the caller calls it, for the error.

    Returns
    -------
    bool

    Raises
    ------
    InputError
        When it is something else, true or not.
    """
    if not isinstance(value, (bool, np.bool_)):
        raise InputError(f'invalid {name}: neither True nor False, was {describe(value)}')
    return bool(value)


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
    if isinstance(value, (np.ndarray, np.generic)):
        is_number = value.ndim == 0 and value.dtype.kind in REAL_KINDS
    else:
        is_number = not isinstance(value, TEXTS)
    if is_number:
        # Whatever the conversion of an object to a number raises.
        with contextlib.suppress(Exception):
            return float(value)
    raise InputError(f'invalid {name}: not a number of float64, was {describe(value)}')


def whole(value: SupportsIndex, name: str, low: int = INT64_MIN, high: int = INT64_MAX) -> int:
    """Return a whole number, by default one that fits int64.

    Parameters
    ----------
    value : int
        The number.
    name : str
        What the caller calls it, for the error.
    low, high : int, optional
        The least and the greatest that it may be.

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
    except Exception:
        # Whatever the conversion of an object to a number raises.
        raise InputError(f'invalid {name}: not a whole number, was {describe(value)}') from None
    if not low <= found <= high:
        raise InputError(f'invalid {name}: not within {low} and {high}, was {describe(found)}')
    return found


def window(
    start: SupportsIndex, stop: SupportsIndex, names: tuple[str, str] = ('start', 'stop')
) -> tuple[int, int]:
    """Return the ends of a window as numbers that fit int64.

    Parameters
    ----------
    start, stop : int
        Rows.
    names : tuple of str, optional
        What the caller calls them, for the error.

    Returns
    -------
    tuple of int

    Raises
    ------
    InputError
        When one is not a whole number.
    """
    return whole(start, names[0]), whole(stop, names[1])
