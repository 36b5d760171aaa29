"""A real chart whose daemon or pikerd is killed: what it says, and when it leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.conftest import descendants, is_alive
from tests.support import wait_until

if TYPE_CHECKING:
    from tests.integration.conftest import Trees

PIKER = str(Path(sys.executable).with_name('piker'))
GONE_S = 5.0
UP_S = 40.0
STRETCHES_OF_FEED = 32
"""So many stretches of rings a chart maps at most before its window maps them once more."""


def start_chart(trees: Trees, folder: Path) -> subprocess.Popen[str]:
    """Start a chart that draws off screen until it is ended."""
    trees.environment |= {'QT_QPA_PLATFORM': 'offscreen'}
    picture = str(folder / 'lost.png')
    return trees.start(PIKER, 'chart', '--screenshot', picture, '--exit-after', '600')


def daemon_of(root: int, mapped: subprocess.Popen[str]) -> int:
    """Wait until a chart's window has the rings of its daemon, and return the daemon's pid."""

    def is_up() -> bool:
        if mapped.poll() is not None:
            pytest.fail(mapped.communicate()[1])
        return Path(f'/proc/{mapped.pid}/maps').read_text().count('memfd:') > STRETCHES_OF_FEED

    wait_until(is_up, 'the chart to have its rings', UP_S)
    (daemon,) = descendants(root) - {root}
    return daemon


def test_sigkill_of_the_daemon_ends_a_chart_that_has_a_tree_of_its_own(
    trees: Trees, tmp_path: Path
) -> None:
    chart = start_chart(trees, tmp_path)
    os.kill(daemon_of(chart.pid, chart), signal.SIGKILL)
    chart.wait(GONE_S)
    said = chart.communicate(timeout=10)[1]
    assert chart.returncode == 1
    assert said.startswith('piker: the daemon brokerd.replay died')
    assert said.count('\n') == 1
    assert trees.folders() == []


def test_sigkill_of_a_chart_ends_its_daemon(trees: Trees, tmp_path: Path) -> None:
    chart = start_chart(trees, tmp_path)
    daemon = daemon_of(chart.pid, chart)
    os.kill(chart.pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(daemon), 'the daemon to end', GONE_S)


@pytest.mark.parametrize('victim', ['daemon', 'pikerd'])
def test_a_chart_that_joined_a_tree_stays_until_it_is_closed(
    trees: Trees, tmp_path: Path, victim: str
) -> None:
    pikerd = trees.pikerd()
    chart = start_chart(trees, tmp_path)
    daemon = daemon_of(pikerd.pid, chart)
    os.kill(daemon if victim == 'daemon' else pikerd.pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(daemon), 'the daemon to end', GONE_S)
    assert (pikerd.poll() is None) == (victim == 'daemon'), 'it serves other charts'
    with pytest.raises(subprocess.TimeoutExpired):
        chart.wait(GONE_S)
    chart.send_signal(signal.SIGTERM)
    said = chart.communicate(timeout=10)[1]
    assert chart.returncode != 0
    assert 'Traceback' not in said
