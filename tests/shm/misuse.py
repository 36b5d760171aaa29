"""Arguments that no ring can take, and what its refusal of them must be like."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from piker.errors import PikerError

__all__ = ['ENDLESS', 'HUGE', 'LEAST', 'MOST', 'Refusing', 'assert_sentence', 'name_of']

HUGE = 2**80
# Python refuses to write such a number out, also in the text of an error.
ENDLESS = 10**5000
LEAST, MOST = -(2**63), 2**63 - 1


class Refusing:
    """Claims to be a number and fails when it is asked for it."""

    def __index__(self) -> int:
        raise RuntimeError('no number after all')

    def __float__(self) -> float:
        raise RuntimeError('no number after all')


def name_of(value: object) -> str:
    """Return a name for a test's case; numbers of thousands of digits have none."""
    return type(value).__name__ if not isinstance(value, int) else f'{value.bit_length()} bits'


def assert_sentence(error: PikerError) -> None:
    """Check that a message is one line of moderate length that says what to do and can be sent."""
    text = str(error)
    assert ': ' in text
    assert '\n' not in text
    assert len(text) < 500
    text.encode()
