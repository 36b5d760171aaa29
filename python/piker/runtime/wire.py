"""Messages on their way through tractor, whose coder knows builtins only: typed here, both ways."""

from __future__ import annotations

from typing import Any, TypeVar, overload

import msgspec

from piker.core.errors import ServiceError

__all__ = ['from_wire', 'to_wire']

T = TypeVar('T')


def to_wire(message: object) -> Any:
    """Return a message as what tractor can carry.

    Parameters
    ----------
    message : object
        A struct of `piker.core.messages`, or anything else that msgspec can encode.

    Returns
    -------
    object
        Made of builtins; Decimals are text.
    """
    return msgspec.to_builtins(message)


@overload
def from_wire(message: object, kind: type[T]) -> T: ...


@overload
def from_wire(message: object, kind: Any) -> Any: ...


def from_wire(message: object, kind: Any) -> Any:
    """Return what a peer sent as what it has to be.

    Parameters
    ----------
    message : object
        As tractor gives it: dicts, lists and scalars.
    kind : type or union
        A struct, or a union of tagged ones.

    Returns
    -------
    object
        Of that kind.

    Raises
    ------
    ServiceError
        When it is not one: the peer is of another version of piker.
    """
    try:
        return msgspec.convert(message, kind)
    except msgspec.ValidationError as error:
        name = getattr(kind, '__name__', str(kind))
        raise ServiceError(
            f'a {name} was expected of a peer and something else came ({error}): restart all of '
            f'piker, so that every process is of the same version'
        ) from error
