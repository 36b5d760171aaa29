"""Several processes, or several tasks, that ask for the same thing at the same moment."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

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
                locks = len(tree.services.starting.locks)
    sys.stdout.write(f'{len(pids)} {len(set(pids))} {fresh in pids} {locks}')

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
    assert done.stdout == '4 1 False 0', (
        'four holders of one process, a fresh one afterwards, and no lock kept of either'
    )


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


@pytest.mark.parametrize('is_listening', [False, True], ids=['bound', 'listening'])
def test_a_port_that_somebody_takes_first_is_given_up_for_another(
    trees: Trees, *, is_listening: bool
) -> None:
    code = f"""
import socket, sys, trio, warnings
warnings.simplefilter('ignore')
from piker.runtime import tree
from tests.integration import daemons

squatter = socket.socket()
squatter.bind((tree.LOOPBACK, 0))
if {is_listening}:
    squatter.listen()
free_port = tree.free_port
taken = [squatter.getsockname()[1]]
tree.free_port = lambda: taken.pop() if taken else free_port()

async def main():
    async with (
        tree.open_tree('chart', daemons.RECIPES) as opened,
        opened.open_service('brokerd.test') as portal,
    ):
        sys.stdout.write(await portal.run(daemons.greet, name='chart'))

trio.run(main, strict_exception_groups=False)
"""
    done = subprocess.run(
        [sys.executable, '-c', code],
        env=trees.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout == 'hello chart', done.stderr


def test_without_a_port_to_listen_on_a_tree_is_refused_in_one_sentence(trees: Trees) -> None:
    code = """
import socket, sys, trio, warnings
warnings.simplefilter('ignore')
from piker.core.errors import TreeError
from piker.runtime import tree

squatter = socket.socket()
squatter.bind((tree.LOOPBACK, 0))
tree.free_port = lambda: squatter.getsockname()[1]

async def main():
    async with tree.open_tree('chart', {}):
        sys.stdout.write('opened')

try:
    trio.run(main, strict_exception_groups=False)
except TreeError as error:
    sys.stdout.write(str(error))
"""
    done = subprocess.run(
        [sys.executable, '-c', code],
        env=trees.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout.startswith('chart needs a port of 127.0.0.1 to listen on')
    assert trees.folders() == []


def test_a_chart_waits_for_a_pikerd_that_is_busy(trees: Trees) -> None:
    root, announced = trees.hold('root')
    root.send_signal(signal.SIGSTOP)
    chart = trees.start(sys.executable, '-m', 'tests.integration.holder')
    assert chart.stderr is not None
    assert chart.stdout is not None
    assert 'does not answer yet' in chart.stderr.readline()
    root.send_signal(signal.SIGCONT)
    report = json.loads(chart.stdout.readline())
    assert report['run_id'] == announced['run_id']
    assert report['said'] == 'hello holder'


def test_a_pikerd_that_never_answers_is_one_sentence(trees: Trees) -> None:
    root, _ = trees.hold('root')
    root.send_signal(signal.SIGSTOP)
    chart = trees.start(sys.executable, '-m', 'tests.integration.holder')
    _, errors = chart.communicate(timeout=30)
    root.send_signal(signal.SIGCONT)
    assert chart.returncode == 1
    assert 'Traceback' not in errors
    assert 'cannot be joined (it did not answer within 6 s)' in errors
