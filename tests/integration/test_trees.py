"""A tree of real processes: opened, joined, shared, and gone when its owner is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.conftest import PIKERD, descendants, is_alive
from tests.support import wait_until

if TYPE_CHECKING:
    from tests.integration.conftest import Trees

GONE_S = 5.0
PIKER = str(Path(sys.executable).with_name('piker'))


def names(trees: Trees) -> list[str]:
    """Return the names that `piker services` lists, sorted."""
    done = subprocess.run(
        [PIKER, 'services', '--json'],
        env=trees.environment,
        capture_output=True,
        check=True,
        timeout=30,
    )
    return sorted(service['name'] for service in json.loads(done.stdout))


def wait_until_gone(pids: set[int]) -> None:
    """Wait until none of these processes runs."""
    wait_until(lambda: not [pid for pid in pids if is_alive(pid)], f'{pids} to end', GONE_S)


def ended_by_itself(process: subprocess.Popen[str]) -> str:
    """Wait until a process ends though its input stays open, and return what it said."""
    process.wait(timeout=GONE_S)
    return process.communicate(timeout=10)[1]


def sweep(trees: Trees) -> None:
    """Run the janitor once, as every start of a tree does."""
    code = 'from piker.runtime.records import sweep; sweep()'
    subprocess.run([sys.executable, '-c', code], env=trees.environment, check=True, timeout=30)


def test_a_chart_alone_brings_its_tree_and_takes_it_down(trees: Trees) -> None:
    process, report = trees.hold()
    assert report['is_owner'] is True
    assert report['said'] == 'hello holder'
    assert names(trees) == ['brokerd.test', 'chart']
    family = descendants(process.pid)
    assert len(family) == 2
    process.communicate(timeout=10)
    assert process.returncode == 0
    wait_until_gone(family)
    assert trees.folders() == []
    assert names(trees) == []


def test_charts_join_an_announced_tree_and_share_one_daemon(trees: Trees) -> None:
    root, announced = trees.hold('root')
    first, one = trees.hold()
    _, two = trees.hold()
    assert one['run_id'] == two['run_id'] == announced['run_id']
    assert not one['is_owner']
    assert names(trees) == ['brokerd.test', 'chart', 'chart', 'pikerd']
    first.communicate(timeout=10)
    assert names(trees) == ['brokerd.test', 'chart', 'pikerd'], 'the other chart holds it still'
    assert root.poll() is None


def test_the_last_one_out_ends_the_daemon(trees: Trees) -> None:
    root, _ = trees.hold('root')
    chart, _ = trees.hold()
    assert len(descendants(root.pid)) == 2
    chart.communicate(timeout=10)
    wait_until(lambda: len(descendants(root.pid)) == 1, 'the daemon to end')
    assert names(trees) == ['pikerd']


def test_a_lingering_daemon_serves_the_next_chart(trees: Trees) -> None:
    root, _ = trees.hold('root', 'linger')
    first, _ = trees.hold()
    daemon = descendants(root.pid) - {root.pid}
    first.communicate(timeout=10)
    second, _ = trees.hold()
    assert descendants(root.pid) - {root.pid} == daemon
    second.communicate(timeout=10)
    root.communicate(timeout=10)
    assert root.returncode == 0
    wait_until_gone(daemon)


def test_a_second_pikerd_is_refused_in_one_sentence(trees: Trees) -> None:
    first = trees.pikerd()
    done = subprocess.run(
        [PIKERD], env=trees.environment, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert f'pikerd runs already as pid {first.pid}' in done.stderr
    assert done.stderr.count('\n') == 1
    assert first.poll() is None


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_pikerd_ends_cleanly_on_a_signal(trees: Trees, number: signal.Signals) -> None:
    process = trees.pikerd()
    process.send_signal(number)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 0, errors
    assert trees.folders() == []
    assert not (trees.runtime / 'piker' / 'pikerd.json').exists()


@pytest.mark.parametrize('words', [(), ('hang',)], ids=['idle', 'loop hangs'])
def test_sigkill_of_the_root_ends_every_process_and_leaves_nothing_after_a_sweep(
    trees: Trees, words: tuple[str, ...]
) -> None:
    process, report = trees.hold(*words)
    family = descendants(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    wait_until_gone(family)
    assert trees.folders() == [f'run-{report["run_id"]}']
    sweep(trees)
    assert trees.folders() == []


def test_sigkill_of_a_daemon_reaches_its_holder_as_one_sentence(trees: Trees) -> None:
    process, _ = trees.hold()
    (daemon,) = descendants(process.pid) - {process.pid}
    os.kill(daemon, signal.SIGKILL)
    errors = ended_by_itself(process)
    assert process.returncode == 1
    assert 'DaemonDied: the daemon brokerd.test died' in errors
    assert 'Traceback' not in errors
    assert trees.folders() == []


def test_sigkill_of_a_daemon_of_a_joined_tree_reaches_its_holder(trees: Trees) -> None:
    root, _ = trees.hold('root')
    chart, _ = trees.hold()
    (daemon,) = descendants(root.pid) - {root.pid}
    os.kill(daemon, signal.SIGKILL)
    errors = ended_by_itself(chart)
    assert chart.returncode == 1
    assert 'DaemonDied: the daemon brokerd.test died' in errors
    assert root.poll() is None, 'the tree outlives one of its daemons'
    _, again = trees.hold()
    assert again['said'] == 'hello holder', 'the next one gets a fresh daemon'


def test_sigkill_of_a_chart_ends_the_daemon_that_it_alone_held(trees: Trees) -> None:
    root, _ = trees.hold('root')
    chart, _ = trees.hold()
    daemon = descendants(root.pid) - {root.pid}
    assert len(daemon) == 1
    os.kill(chart.pid, signal.SIGKILL)
    wait_until_gone(daemon)
    assert root.poll() is None


def test_sigkill_of_the_announced_root_ends_its_daemons(trees: Trees) -> None:
    root, _ = trees.hold('root')
    chart, _ = trees.hold()
    family = descendants(root.pid)
    os.kill(root.pid, signal.SIGKILL)
    wait_until_gone(family)
    ended_by_itself(chart)
    assert chart.returncode == 1
    _, report = trees.hold()
    assert report['is_owner'] is True, 'the stale announcement is not believed'


def test_ctrl_c_takes_the_whole_tree_down(trees: Trees) -> None:
    process, _ = trees.hold()
    family = descendants(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    ended_by_itself(process)
    wait_until_gone(family)
    assert trees.folders() == []


def test_a_sweep_touches_neither_a_living_tree_nor_what_is_not_ours(trees: Trees) -> None:
    process, report = trees.hold()
    foreign = trees.runtime / 'piker' / 'run-without-an-owner'
    foreign.mkdir()
    (foreign / 'precious').touch()
    sweep(trees)
    assert trees.folders() == sorted([f'run-{report["run_id"]}', foreign.name])
    assert (foreign / 'precious').exists()
    assert process.poll() is None


def test_a_daemon_that_cannot_start_is_one_error(trees: Trees) -> None:
    code = """
import trio, warnings
warnings.simplefilter('ignore')
from piker.core.errors import ServiceError
from piker.runtime import open_tree
from tests.integration import daemons

async def main():
    async with open_tree('chart', daemons.RECIPES) as tree:
        for name in ('brokerd.unheard', 'brokerd.broken'):
            try:
                async with tree.open_service(name):
                    print('opened')
            except ServiceError as error:
                print(error)

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
    unheard, broken = done.stdout.splitlines()
    assert unheard == 'there is no daemon brokerd.unheard: known are brokerd.broken, brokerd.test'
    assert 'brokerd.broken' in broken
    assert trees.folders() == []
