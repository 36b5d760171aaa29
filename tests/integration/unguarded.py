"""A tree without the guard: what the attacks are tried against, to prove that they work.

Prints the port of its root and leaves when its input ends. The root's enabled module is
`tests.integration.daemons`, as it is the daemons' of a guarded tree.
"""

from __future__ import annotations

import sys
import warnings

import tractor
import trio

from piker.runtime.tree import LOOPBACK, free_port


async def main() -> None:
    """Listen until input ends."""
    async with tractor.open_root_actor(
        arbiter_addr=(LOOPBACK, free_port()),
        name='unguarded',
        loglevel='critical',
        enable_modules=['tests.integration.daemons'],
    ) as actor:
        sys.stdout.write(f'{actor.accept_addr[1]}\n')
        sys.stdout.flush()
        await trio.to_thread.run_sync(sys.stdin.read, abandon_on_cancel=True)


if __name__ == '__main__':
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', trio.TrioDeprecationWarning)
        trio.run(main, strict_exception_groups=False)
