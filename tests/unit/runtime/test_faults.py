"""Which of several errors is told, and what has to go on whatever happens."""

from __future__ import annotations

import pytest
import trio

from piker.core.errors import FeedError
from piker.runtime.faults import describe, split_faults

FAULT = OSError(5, 'no signal')


async def cancelled() -> trio.Cancelled:
    """Return a real one, which trio alone can make."""
    found = None
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            await trio.lowlevel.checkpoint()
        except trio.Cancelled as error:
            found = error
            raise
    assert found is not None
    return found


def test_a_single_error_is_the_fault() -> None:
    assert split_faults(FAULT) == (FAULT, None)


@pytest.mark.parametrize('error', [KeyboardInterrupt(), SystemExit(1), GeneratorExit()])
def test_what_ends_the_process_is_no_fault(error: BaseException) -> None:
    assert split_faults(error) == (None, error)


@pytest.mark.parametrize('depth', [1, 2, 3])
def test_a_group_around_one_error_is_that_error(depth: int) -> None:
    error: Exception = FAULT
    for _ in range(depth):
        error = ExceptionGroup('nursery', [error])
    assert split_faults(error) == (FAULT, None)


def test_of_several_the_one_with_a_text_for_the_user_is_told() -> None:
    told = FeedError('the venue hung up')
    inner = ExceptionGroup('inner', [ValueError('x'), told])
    assert split_faults(ExceptionGroup('outer', [FAULT, inner])).fault is told
    assert split_faults(ExceptionGroup('outer', [FAULT, ValueError('x')])).fault is FAULT


async def test_cancellation_goes_on_beside_a_fault() -> None:
    stop = await cancelled()
    assert split_faults(stop) == (None, stop)
    fault, rest = split_faults(BaseExceptionGroup('both', [FAULT, stop]))
    assert fault is FAULT
    assert isinstance(rest, BaseExceptionGroup)
    assert rest.exceptions == (stop,)
    alone = BaseExceptionGroup('alone', [stop])
    fault, rest = split_faults(alone)
    assert fault is None
    assert rest is alone


@pytest.mark.parametrize(
    ('error', 'text'),
    [
        (ValueError('a\n  b'), 'ValueError: a b'),
        (TimeoutError(), 'TimeoutError'),
        (FAULT, 'OSError: [Errno 5] no signal'),
    ],
)
def test_a_description_is_one_line(error: Exception, text: str) -> None:
    assert describe(error) == text
