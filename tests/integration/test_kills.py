"""SIGKILL of any process of a tree at any moment: the rest goes, and one sweep leaves nothing."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.integration.conftest import descendants, is_alive
from tests.support import wait_until

if TYPE_CHECKING:
    from tests.integration.conftest import Trees

GONE_S = 5.0
LATEST_KILL_S = 1.5
SHORT_ROUNDS = 6
SOAK_ROUNDS = 300


def kill_at_random(trees: Trees, chance: random.Random) -> None:
    """Start a tree, kill one of its processes at some moment of its life, and look what is left."""
    process = trees.start(sys.executable, '-m', 'tests.integration.holder')
    # A moment of start-up, of work, or of taking down: the clock is the point of it.
    moment = time.monotonic() + chance.uniform(0, LATEST_KILL_S)
    family = descendants(process.pid)
    while time.monotonic() < moment and process.poll() is None:
        family |= descendants(process.pid)
    is_leaving = chance.random() < 0.3
    if is_leaving and process.stdin is not None:
        process.stdin.close()
    family |= descendants(process.pid)
    victim = chance.choice(sorted(pid for pid in family if is_alive(pid)))
    with contextlib.suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
    if victim != process.pid and not is_leaving:
        # Whoever holds the daemon is told and leaves, unless it was not yet told to hold it.
        wait_until(lambda: process.poll() is not None, 'the holder to leave', GONE_S)
    if process.stdin is not None and not process.stdin.closed:
        process.stdin.close()
    family |= descendants(process.pid)
    wait_until(lambda: not [pid for pid in family if is_alive(pid)], 'the tree to be gone', GONE_S)
    process.stdin = None
    process.communicate(timeout=GONE_S)
    code = 'from piker.runtime.records import sweep; sweep()'
    subprocess.run([sys.executable, '-c', code], env=trees.environment, check=True, timeout=30)
    assert trees.folders() == []


@pytest.mark.parametrize('seed', range(SHORT_ROUNDS))
def test_a_kill_at_any_moment_leaves_nothing(trees: Trees, seed: int) -> None:
    kill_at_random(trees, random.Random(seed))


@pytest.mark.soak
def test_hundreds_of_kills_leave_nothing(trees: Trees) -> None:
    chance = random.Random(7)
    for _ in range(SOAK_ROUNDS):
        kill_at_random(trees, chance)
