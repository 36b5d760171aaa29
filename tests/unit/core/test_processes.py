"""Processes told apart by number and start, against what the kernel says otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from piker.core import processes
from piker.core.processes import ProcessId
from tests.support import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

ODD_NAME = 'import ctypes, sys; ctypes.CDLL(None).prctl(15, b") Z 1 (", 0, 0, 0)'
"""A process may call itself what looks like the fields behind its name."""


@pytest.fixture
def child() -> Iterator[subprocess.Popen[str]]:
    """Return a process of an odd name that lives until its input ends."""
    process = subprocess.Popen(
        [sys.executable, '-c', f'{ODD_NAME}; print(flush=True); sys.stdin.read()'],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.communicate(timeout=10)


def test_this_process_is_the_one_that_asks() -> None:
    this = processes.this_process()
    assert this.pid == os.getpid()
    assert this == processes.stat_process(os.getpid())


def test_a_name_that_looks_like_fields_misleads_nobody(child: subprocess.Popen[str]) -> None:
    found = processes.stat_process(child.pid)
    assert processes.is_running(found)
    assert processes.uptime_s(found) == pytest.approx(
        time.time() - psutil.Process(child.pid).create_time(), abs=2
    )
    # The kernel counts pages per processor and sums them up now and then.
    memory = psutil.Process(child.pid).memory_info().rss
    assert processes.resident_bytes(found) == pytest.approx(memory, rel=0.2)


def test_a_process_that_waits_to_be_reaped_does_not_run(child: subprocess.Popen[str]) -> None:
    found = processes.stat_process(child.pid)
    child.kill()
    wait_until(lambda: not processes.is_running(found), 'the process to end')
    assert processes.stat_process(child.pid) == found, 'it is a zombie, not gone'
    child.wait()
    assert processes.stat_process(child.pid) == ProcessId(child.pid, 0)
    assert processes.resident_bytes(found) == 0


def test_another_process_of_the_same_number_is_not_it(child: subprocess.Popen[str]) -> None:
    found = processes.stat_process(child.pid)
    assert not processes.is_running(ProcessId(found.pid, found.start_time - 1))
    assert not processes.is_running(ProcessId(found.pid, 0))
