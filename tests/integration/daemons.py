"""A daemon for tests of the tree: one function that peers may call, and some that they may not."""

from __future__ import annotations

import os
from pathlib import Path

import tractor
import trio
from trio import run_process

from piker.runtime import Recipe, remote

__all__ = ['RECIPES', 'greet', 'hang', 'never_start', 'run_process', 'touch', 'wait', 'whoami']

RECIPES = {
    'brokerd.test': Recipe(('tests.integration.daemons',)),
    'brokerd.broken': Recipe(('tests.integration.no_such_module',)),
}


@remote
async def greet(name: str) -> str:
    """Answer, so that a test knows that the daemon is there."""
    return f'hello {name}'


@remote
async def whoami() -> int:
    """Return the pid of the daemon."""
    return os.getpid()


@remote
async def hang() -> None:
    """Block the event loop for good: only a plain thread can still act."""
    import time

    time.sleep(3600)  # noqa: ASYNC251  the point of it


@remote
async def wait(mark: str) -> None:
    """Wait until cancelled, and leave a mark then."""
    try:
        await trio.sleep_forever()
    finally:
        touch_at_once(mark)


@remote
@tractor.context  # type: ignore[untyped-decorator]  # tractor has no types
async def never_start(ctx: tractor.Context) -> None:
    """Say nothing to who opened this."""
    await trio.sleep_forever()


async def touch(path: str) -> None:
    """Leave a mark of having been called; not remote."""
    await trio.Path(path).touch()


def touch_at_once(path: str) -> None:
    """Leave a mark; not even async."""
    Path(path).touch()
