"""The attacks work where nobody guards: else the tests of the guard could not fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from tests.support import require, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Trees

ANSWERED = ('enabled function', 'remote function', 'registry read', 'registry poisoned')


def answers_of(content: bytes) -> list[Any]:
    """Return the messages in what an attack got back, the handshake first."""
    messages: list[Any] = []
    while len(content) >= 4:
        count = int.from_bytes(content[:4], 'little')
        messages.append(msgspec.msgpack.decode(content[4 : 4 + count]))
        content = content[4 + count :]
    return messages


def test_without_the_guard_another_user_runs_what_he_likes(trees: Trees, tmp_path: Path) -> None:
    require(os.getuid() == 0, 'only root can become another user')
    process = trees.start(sys.executable, '-m', 'tests.integration.unguarded')
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    assert port, process.communicate(timeout=10)[1]
    mark = tmp_path / 'mark'
    done = subprocess.run(
        [sys.executable, '-m', 'tests.integration.attacker', '127.0.0.1', port, 'stay', mark],
        env=trees.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert process.poll() is None, process.communicate(timeout=10)[1]
    wait_until(mark.exists, f'the mark of the attack: {done.stdout}')
    wait_until(mark.with_name('mark-run').exists, f'the mark of the command: {done.stdout}')
    got = {name: answers_of(bytes.fromhex(said)) for name, said in json.loads(done.stdout).items()}
    for name in ANSWERED:
        assert any('return' in message for message in got[name][1:]), f'{name} got {got[name]}'


@pytest.mark.parametrize('variant', ['close', 'reset'])
def test_without_the_guard_a_peer_that_leaves_ends_the_actor(
    trees: Trees, tmp_path: Path, variant: str
) -> None:
    require(os.getuid() == 0, 'only root can become another user')
    process = trees.start(sys.executable, '-m', 'tests.integration.unguarded')
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    assert port, process.communicate(timeout=10)[1]
    mark = tmp_path / 'mark'
    subprocess.run(
        [sys.executable, '-m', 'tests.integration.attacker', '127.0.0.1', port, variant, mark],
        env=trees.environment,
        stdout=subprocess.DEVNULL,
        timeout=60,
        check=True,
    )
    assert process.wait(timeout=10) != 0
