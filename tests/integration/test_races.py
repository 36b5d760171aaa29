"""Several processes, or several tasks, that ask for the same thing at the same moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.integration.conftest import PIKERD, descendants
from tests.support import wait_until

if TYPE_CHECKING:
    from tests.integration.conftest import Trees

CONTENDERS = 4


def test_of_many_pikerds_started_at_once_one_runs(trees: Trees) -> None:
    started = [trees.start(PIKERD) for _ in range(CONTENDERS)]
    record = trees.runtime / 'piker' / 'pikerd.json'

    def alive() -> list[subprocess.Popen[str]]:
        return [process for process in started if process.poll() is None]

    wait_until(lambda: record.exists() and len(alive()) == 1, 'one pikerd to be left', 30)
    (winner,) = alive()
    assert str(winner.pid) in record.read_text()
    for loser in started:
        if loser is not winner:
            _, errors = loser.communicate(timeout=10)
            assert loser.returncode == 1
            assert 'pikerd runs already' in errors
            assert errors.count('\n') == 1
    assert len(trees.folders()) == 1


def test_a_killed_pikerd_frees_its_place(trees: Trees) -> None:
    first = trees.pikerd()
    os.kill(first.pid, signal.SIGKILL)
    first.wait(timeout=10)
    record = trees.runtime / 'piker' / 'pikerd.json'
    second = trees.start(PIKERD)
    wait_until(
        lambda: (
            (record.exists() and str(second.pid) in record.read_text()) or second.poll() is not None
        ),
        'the second pikerd to be announced',
        20,
    )
    assert second.poll() is None, second.communicate(timeout=10)[1]


def test_tasks_that_open_a_service_at_once_share_one_process(trees: Trees) -> None:
    code = """
import sys, trio, warnings
warnings.simplefilter('ignore')
from piker.runtime import open_tree
from tests.integration import daemons

async def main():
    pids = []
    everybody = trio.Event()
    async with open_tree('chart', daemons.RECIPES) as tree:
        async def hold():
            async with tree.open_service('brokerd.test') as portal:
                pids.append(await portal.run(daemons.whoami))
                if len(pids) == 4:
                    everybody.set()
                await everybody.wait()
        with trio.fail_after(30):
            async with trio.open_nursery() as nursery:
                for _ in range(4):
                    nursery.start_soon(hold)
            async with tree.open_service('brokerd.test') as portal:
                fresh = await portal.run(daemons.whoami)
    sys.stdout.write(f'{len(pids)} {len(set(pids))} {fresh in pids}')

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
    assert done.stdout == '4 1 False', 'four holders of one process, and a fresh one afterwards'


def test_processes_that_join_at_once_share_one_daemon(trees: Trees) -> None:
    root, _ = trees.hold('root')
    words = (sys.executable, '-m', 'tests.integration.holder')
    charts = [trees.start(*words) for _ in range(CONTENDERS)]
    for chart in charts:
        assert chart.stdout is not None
        assert 'hello holder' in chart.stdout.readline()
    assert len(descendants(root.pid)) == 2, 'the root and one daemon'


def test_a_start_removes_the_segments_of_killed_writers(trees: Trees) -> None:
    code = """
import os, signal
import numpy as np
from piker.core.rows import BAR
from piker.shm import open_shm_array
ring = open_shm_array('doomed', 4096, BAR, backend='file')
print(ring.token.path, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run(
        [sys.executable, '-c', code],
        env=trees.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    left = Path(done.stdout.strip())
    assert left.exists()
    trees.hold()
    assert not left.exists()
