"""Errors of others' code, taken out of the exception groups that nurseries make of them."""

from __future__ import annotations

from typing import NamedTuple

from piker.core.errors import PikerError

__all__ = ['Faults', 'describe', 'split_faults']


class Faults(NamedTuple):
    """What a scope raised, in two parts.

    Attributes
    ----------
    fault : Exception or None
        What went wrong; of several the first, one with a text for the user before others.
    rest : BaseException or None
        What is not to be handled: `trio.Cancelled`, `KeyboardInterrupt` and their like.
    """

    fault: Exception | None
    rest: BaseException | None


def split_faults(error: BaseException) -> Faults:
    """Part what went wrong from what has to go on.

    Parameters
    ----------
    error : BaseException
        As caught, alone or a group.

    Returns
    -------
    Faults
    """
    if isinstance(error, BaseExceptionGroup):
        faults, rest = error.split(Exception)
        return Faults(None, error) if faults is None else Faults(first_fault(faults), rest)
    if isinstance(error, Exception):
        return Faults(error, None)
    return Faults(None, error)


def first_fault(group: BaseExceptionGroup[BaseException]) -> Exception:
    """Return the first error in a group of errors, groups within it included."""
    found: list[Exception] = []
    parts = list(group.exceptions)
    while parts:
        part = parts.pop(0)
        if isinstance(part, BaseExceptionGroup):
            parts[:0] = part.exceptions
        elif isinstance(part, Exception):
            found.append(part)
    return next((fault for fault in found if isinstance(fault, PikerError)), found[0])


def describe(fault: Exception) -> str:
    """Return an error's type and text in one line."""
    text = ' '.join(str(fault).split())
    return f'{type(fault).__name__}: {text}' if text else type(fault).__name__
