"""Calls whose connection ends before they are answered: their callers hear of it at once."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Trees

PEER = """
import json, os, pathlib, signal, sys, trio, tractor, warnings
warnings.simplefilter('ignore')
folder, mark, how = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
os.environ['PIKER_RUN_DIR'] = str(folder)
import msgspec
from piker.core.errors import PikerError
from piker.runtime import guard, tractorlib
from piker.runtime.records import ActorRecord
from tests.integration import daemons

guard.install((folder / 'token').read_bytes())
root, daemon = (
    msgspec.json.decode(next(folder.glob(name)).read_bytes(), type=ActorRecord)
    for name in ('chart-*.json', 'brokerd.test-*.json')
)
found = {}

async def note(name, function, /, *args, **kwargs):
    try:
        # Long before any limit that a caller might have.
        with trio.fail_after(8):
            found[name] = await function(*args, **kwargs)
    except BaseException as error:
        found[name] = type(error).__name__

async def open_context(portal):
    async with portal.open_context(daemons.never_start):
        pass

async def cut(portal):
    if how == 'refused':
        await note('own', portal.run_from_ns, 'self', 'load_modules')
    else:
        os.kill(daemon.process.pid, signal.SIGKILL)

async def main():
    async with tractor.open_root_actor(
        arbiter_addr=(root.host, root.port), name='peer', loglevel='critical'
    ):
        async with tractorlib.connect(daemon.host, daemon.port) as portal:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(note, 'waiting', lambda: portal.run(daemons.wait, mark=mark))
                nursery.start_soon(note, 'opening', open_context, portal)
                # What was asked before has been taken up when this is answered.
                await note('before', portal.run, daemons.greet, name='peer')
                await cut(portal)
            await note('after', portal.run, daemons.greet, name='peer')
        if how == 'refused':
            async with tractorlib.connect(daemon.host, daemon.port) as portal:
                await note('again', portal.run, daemons.greet, name='peer')
        print(json.dumps(found), flush=True)

try:
    trio.run(main, strict_exception_groups=False)
except (PikerError, OSError):
    # The root leaves with its daemon, maybe before this peer could take leave of it.
    if how != 'killed':
        raise
"""


@pytest.mark.parametrize('how', ['refused', 'killed'])
def test_all_calls_over_a_connection_end_with_it(trees: Trees, tmp_path: Path, how: str) -> None:
    trees.hold()
    (folder,) = (trees.runtime / 'piker').glob('run-*')
    mark = tmp_path / 'mark'
    done = subprocess.run(
        [sys.executable, '-c', PEER, str(folder), str(mark), how],
        env=trees.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.pop('before') == 'hello peer'
    if how == 'refused':
        assert found.pop('again') == 'hello peer', 'the daemon takes the next connection'
        wait_until(mark.exists, 'what was called to be cancelled with the connection')
        assert found.pop('own') == 'PeerLeft'
    assert found == {'waiting': 'PeerLeft', 'opening': 'PeerLeft', 'after': 'PeerLeft'}


HOLDER = """
import os, signal, sys, trio, warnings
warnings.simplefilter('ignore')
from piker.core.errors import PikerError
from piker.runtime import open_tree
from tests.integration import daemons

async def main():
    with trio.fail_after(30):
        async with open_tree('chart', daemons.RECIPES) as tree:
            async with tree.open_service('brokerd.test') as portal:
                pid = await portal.run(daemons.whoami)
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(lambda: portal.run(daemons.wait, mark=sys.argv[1]))
                    await portal.run(daemons.greet, name='chart')
                    os.kill(pid, signal.SIGKILL)

try:
    trio.run(main, strict_exception_groups=False)
except PikerError as error:
    sys.stdout.write(type(error).__name__)
"""


@pytest.mark.parametrize('is_joined', [False, True], ids=['own tree', 'joined tree'])
def test_a_call_of_a_daemon_that_dies_ends_by_its_death(
    trees: Trees, tmp_path: Path, *, is_joined: bool
) -> None:
    """The connection ends too, and first; that the daemon died is what to tell."""
    if is_joined:
        trees.hold('root')
    done = subprocess.run(
        [sys.executable, '-c', HOLDER, str(tmp_path / 'mark')],
        env=trees.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == 'DaemonDied', done.stderr
