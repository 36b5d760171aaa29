"""A process that opens or joins a tree and holds a daemon, like a chart without a window.

Prints one JSON line when it is up, and leaves when its input ends; the root of its own tree then
prints another one, what its registry holds. Run as
`python -m tests.integration.holder [root [linger]] [hang]`: an announced root holds no daemon; with
`linger` it keeps those that nobody holds; with `hang` the daemon's event loop blocks for good.
"""

from __future__ import annotations

import json
import sys
import warnings

import tractor
import trio

from piker.core.errors import PikerError
from piker.runtime import Tree, open_tree
from tests.integration import daemons


def report(tree: Tree, said: str) -> None:
    """Say that this process is up."""
    facts = {'run_id': tree.run_id, 'is_owner': tree.is_owner, 'said': said}
    sys.stdout.write(json.dumps(facts) + '\n')
    sys.stdout.flush()


def report_registry() -> None:
    """Say which actors this process, a registry, knows."""
    known = {name: addr for (name, _), addr in tractor.current_actor()._registry.items()}
    sys.stdout.write(json.dumps(known) + '\n')


async def input_ends() -> None:
    """Wait until whoever started this process closes its input."""
    await trio.to_thread.run_sync(sys.stdin.read, abandon_on_cancel=True)


async def be_root() -> None:
    """Open a tree that others may join."""
    linger_s = 60.0 if 'linger' in sys.argv else 0.0
    opened = open_tree('pikerd', daemons.RECIPES, announced_as_root=True, linger_s=linger_s)
    async with opened as tree:
        report(tree, '')
        await input_ends()


async def hold() -> None:
    """Hold a daemon of a tree."""
    async with (
        open_tree('chart', daemons.RECIPES) as tree,
        tree.open_service('brokerd.test') as portal,
        trio.open_nursery() as nursery,
    ):
        report(tree, await portal.run(daemons.greet, name='holder'))
        if 'hang' in sys.argv:
            nursery.start_soon(portal.run, daemons.hang)
        await input_ends()
        if tree.is_owner:
            report_registry()
        nursery.cancel_scope.cancel()


if __name__ == '__main__':
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', trio.TrioDeprecationWarning)
        try:
            trio.run(be_root if 'root' in sys.argv else hold, strict_exception_groups=False)
        except PikerError as error:
            sys.stderr.write(f'{type(error).__name__}: {error}\n')
            raise SystemExit(1) from None
        except KeyboardInterrupt:
            raise SystemExit(130) from None
