"""Another local user, and a peer of our own without the token, against a living tree."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import struct
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.support import require

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Trees


def addresses(trees: Trees) -> list[tuple[str, int]]:
    """Return where the actors of the tree listen."""
    records = (trees.runtime / 'piker').glob('run-*/*-*.json')
    found = [json.loads(path.read_bytes()) for path in records]
    return [(record['host'], record['port']) for record in found]


@pytest.mark.parametrize('variant', ['stay', 'close', 'reset'])
def test_another_user_gets_no_answer_and_changes_nothing(
    trees: Trees, tmp_path: Path, variant: str
) -> None:
    require(os.getuid() == 0, 'only root can become another user')
    process, _ = trees.hold()
    mark = tmp_path / 'mark'
    tmp_path.chmod(0o777)
    targets = addresses(trees)
    assert len(targets) == 2
    for host, port in targets:
        done = subprocess.run(
            [sys.executable, '-m', 'tests.integration.attacker', host, str(port), variant, mark],
            env=trees.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert set(json.loads(done.stdout).values()) == {''}, 'not a byte comes back'
    assert process.poll() is None
    known, errors = process.communicate(timeout=10)
    assert process.returncode == 0, errors
    assert not list(tmp_path.glob('mark*'))
    registry = {name: tuple(address) for name, address in json.loads(known).items()}
    assert set(registry.values()) == set(targets), 'the registry holds the true addresses'
    refusals = [line for line in errors.splitlines() if 'refused: ' in line]
    assert refusals
    for line in refusals:
        # Any other cause, such as the protocol, is found only by reading what the peer sent.
        assert re.search('a peer must be of uid 0, and|a peer left before it was looked at', line)


def test_a_peer_of_ours_without_the_token_is_refused(trees: Trees) -> None:
    process, _ = trees.hold()
    for address in addresses(trees):
        with socket.create_connection(address, timeout=10) as stream:
            stream.sendall(b'piker/1\n' + bytes(32))
            answer = stream.recv(64, socket.MSG_WAITALL)
            assert len(answer) == 64, 'the server proves itself first'
            stream.sendall(bytes(32))
            body = msgspec.msgpack.encode(['attacker', 'a-uid'])
            stream.sendall(struct.pack('<I', len(body)) + body)
            with contextlib.suppress(ConnectionResetError):
                assert stream.recv(64) == b''
    assert process.poll() is None


def test_a_squatter_on_the_registrys_port_is_found_out(trees: Trees) -> None:
    """What listens on the recorded port cannot prove itself: the chart says so and leaves."""
    root, report = trees.hold('root')
    record = trees.runtime / 'piker' / 'pikerd.json'
    with socket.create_server(('127.0.0.1', 0)) as squatter:
        found = json.loads(record.read_bytes())
        found['root']['port'] = squatter.getsockname()[1]
        record.write_bytes(json.dumps(found).encode())
        chart = trees.start(sys.executable, '-m', 'tests.integration.holder')
        squatter.settimeout(20)
        connection, _ = squatter.accept()
        with connection:
            connection.sendall(bytes(64))
            _, errors = chart.communicate(timeout=20)
    assert chart.returncode == 1
    assert 'cannot be joined' in errors
    assert 'did not know the token' in errors
    assert root.poll() is None
    assert report['is_owner']


def test_peers_with_the_token_may_call_marked_functions_and_the_registry_only(
    trees: Trees, tmp_path: Path
) -> None:
    process, _ = trees.hold()
    (folder,) = (trees.runtime / 'piker').glob('run-*')
    mark = tmp_path / 'mark'
    code = f"""
import json, os, pathlib, trio, tractor, warnings
warnings.simplefilter('ignore')
os.environ['PIKER_RUN_DIR'] = {str(folder)!r}
from piker.runtime import guard
from piker.runtime.records import ActorRecord
from piker.runtime import tractorlib
import msgspec
from tests.integration import daemons

folder = pathlib.Path({str(folder)!r})
guard.install((folder / 'token').read_bytes())
root, daemon = (
    msgspec.json.decode(next(folder.glob(name)).read_bytes(), type=ActorRecord)
    for name in ('chart-*.json', 'brokerd.test-*.json')
)

async def outcome(function, *args, **kwargs):
    try:
        with trio.fail_after(5):
            return await function(*args, **kwargs)
    except BaseException as error:
        return type(error).__name__

async def main():
    found = {{}}
    async with tractor.open_root_actor(
        arbiter_addr=(root.host, root.port), name='peer', loglevel='critical'
    ):
        async with tractorlib.connect(daemon.host, daemon.port) as portal:
            found['marked'] = await outcome(portal.run, daemons.greet, name='peer')
            found['unmarked'] = await outcome(portal.run, daemons.touch, path={str(mark)!r})
            found['debugger'] = await outcome(
                portal.run_from_ns, 'tractor._debug', '_hijack_stdin_for_child', actor_uid=['a']
            )
        async with tractorlib.connect(daemon.host, daemon.port) as portal:
            found['own'] = await outcome(portal.run_from_ns, 'self', 'load_modules')
    print(json.dumps(found))

trio.run(main, strict_exception_groups=False)
"""
    done = subprocess.run(
        [sys.executable, '-c', code],
        env=trees.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found['marked'] == 'hello peer'
    assert found['unmarked'] == 'RemoteActorError'
    assert found['debugger'] == 'RemoteActorError'
    assert found['own'] == 'PeerLeft', 'the connection ends unanswered, and the caller hears of it'
    assert not mark.exists()
    assert process.poll() is None
