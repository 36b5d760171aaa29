"""Locks by key: one holder at a time, in turn, and nothing kept of a key that nobody wants."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from piker.runtime.keylocks import KeyLocks


async def test_a_key_is_forgotten_when_its_last_holder_leaves() -> None:
    locks = KeyLocks[str]()
    async with locks.hold('a'), locks.hold('b'):
        assert set(locks.locks) == {'a', 'b'}
    assert locks.locks == {}


async def test_an_error_of_the_holder_frees_the_key() -> None:
    locks = KeyLocks[str]()
    with pytest.raises(ZeroDivisionError):
        async with locks.hold('a'):
            _ = 1 / 0
    assert locks.locks == {}


async def test_holders_of_a_key_take_turns_and_others_do_not_wait() -> None:
    locks = KeyLocks[str]()
    seen: list[str] = []
    may_leave = trio.Event()

    async def hold(name: str) -> None:
        async with locks.hold('a'):
            assert '+' not in ''.join(seen)[-1:]
            seen.append(f'{name}+')
            await may_leave.wait()
            seen.append(f'{name}-')

    async with trio.open_nursery() as nursery:
        for name in 'xyz':
            nursery.start_soon(hold, name)
            await trio.testing.wait_all_tasks_blocked()
        async with locks.hold('b'):
            assert seen == ['x+']
        may_leave.set()
    assert seen == ['x+', 'x-', 'y+', 'y-', 'z+', 'z-']
    assert locks.locks == {}


async def test_a_waiter_that_gives_up_leaves_the_key_to_the_others() -> None:
    locks = KeyLocks[str]()
    scopes: list[trio.CancelScope] = []
    held: list[int] = []

    async def wait(number: int) -> None:
        with trio.CancelScope() as scope:
            scopes.append(scope)
            async with locks.hold('a'):
                held.append(number)

    async with trio.open_nursery() as nursery:
        async with locks.hold('a'):
            for number in range(2):
                nursery.start_soon(wait, number)
                await trio.testing.wait_all_tasks_blocked()
            scopes[0].cancel()
            await trio.testing.wait_all_tasks_blocked()
            assert list(locks.locks) == ['a']
        assert list(locks.locks) == ['a'], 'the second waiter has it'
    assert held == [1]
    assert locks.locks == {}


async def test_one_who_was_cancelled_before_asking_leaves_nothing() -> None:
    locks = KeyLocks[str]()
    with trio.CancelScope() as scope:
        scope.cancel()
        async with locks.hold('a'):
            raise AssertionError
    assert locks.locks == {}
