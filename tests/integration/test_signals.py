"""A chart asked to end by a signal, at any moment of its life: quiet, and nothing is left."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.conftest import descendants, is_alive

if TYPE_CHECKING:
    from tests.integration.conftest import Trees

PIKER = str(Path(sys.executable).with_name('piker'))
MOMENTS_S = (0.7, 1.0, 1.3, 1.6, 2.0, 3.0)


@pytest.mark.parametrize('moment_s', MOMENTS_S)
@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_any_moment_ends_a_chart_quietly(
    trees: Trees, tmp_path: Path, number: signal.Signals, moment_s: float
) -> None:
    picture = str(tmp_path / 'x.png')
    process = trees.start(PIKER, 'chart', '--screenshot', picture, '--exit-after', '30')
    family = descendants(process.pid)
    try:
        # The moment, not a condition, is what is tested: anything may be under way then.
        process.wait(moment_s)
    except subprocess.TimeoutExpired:
        family |= descendants(process.pid)
        process.send_signal(number)
    family |= descendants(process.pid)
    _, said = process.communicate(timeout=10)
    assert process.returncode in {128 + number, -number}, said
    assert 'Traceback' not in said
    assert 'announced a frame' not in said, 'a read that was given up is not misread'
    deadline = time.monotonic() + 5
    while [pid for pid in family if is_alive(pid)]:
        assert time.monotonic() < deadline
    if process.returncode > 0:
        assert trees.folders() == []
