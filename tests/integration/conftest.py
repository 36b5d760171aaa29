"""Trees of real processes, each test's in a runtime folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import ROOT, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

PIKERD = str(Path(sys.executable).with_name('pikerd'))


def descendants(pid: int) -> set[int]:
    """Return the processes below one, itself included."""
    parents: dict[int, int] = {}
    for entry in Path('/proc').iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / 'stat').read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(text.rpartition(')')[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def is_alive(pid: int) -> bool:
    """Return whether a process is there and no zombie."""
    try:
        text = Path('/proc', str(pid), 'stat').read_text()
    except OSError:
        return False
    return text.rpartition(')')[2].split()[0] != 'Z'


class Trees:
    """Starts processes of trees, and ends what it started.

    Parameters
    ----------
    runtime : Path
        The runtime folder they share.
    """

    def __init__(self, runtime: Path) -> None:
        self.runtime = runtime
        self.started: list[subprocess.Popen[str]] = []
        self.environment = {
            **os.environ,
            'XDG_RUNTIME_DIR': str(runtime),
            'PYTHONPATH': str(ROOT),
            'PYTHONWARNINGS': 'ignore',
        }

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a process in a session of its own."""
        process = subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def hold(self, *words: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
        """Start a holder, wait until it holds its daemon, and return what it reported."""
        process = self.start(sys.executable, '-m', 'tests.integration.holder', *words)
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            pytest.fail(f'the holder said: {process.communicate(timeout=10)[1]}')
        return process, json.loads(line)

    def pikerd(self) -> subprocess.Popen[str]:
        """Start a pikerd and wait until it is announced."""
        process = self.start(PIKERD)
        record = self.runtime / 'piker' / 'pikerd.json'
        wait_until(lambda: record.exists() or process.poll() is not None, 'pikerd to be announced')
        assert process.poll() is None, process.communicate()[1]
        return process

    def folders(self) -> list[str]:
        """Return the names of the run folders there are."""
        return sorted(path.name for path in (self.runtime / 'piker').glob('run-*'))

    def close(self) -> None:
        """End whatever is left of what was started."""
        for process in self.started:
            for pid in descendants(process.pid):
                if is_alive(pid):
                    os.kill(pid, signal.SIGKILL)
            process.communicate(timeout=10)


@pytest.fixture
def trees(tmp_path: Path) -> Iterator[Trees]:
    """Return a starter of trees; all it started is ended afterwards."""
    runtime = tmp_path / 'runtime'
    runtime.mkdir(mode=0o700)
    starter = Trees(runtime)
    yield starter
    starter.close()
