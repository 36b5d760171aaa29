"""Time from `piker chart` to the first painted candle, against the import of what it stands on."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .ratio import best_of_turns
from .sizes import ROUNDS

if TYPE_CHECKING:
    from collections.abc import Iterator

IMPORTS = 'import PyQt5.QtWidgets, pyqtgraph, numpy, tractor'
PIKER = str(Path(sys.executable).with_name('piker'))
PIKERD = str(Path(sys.executable).with_name('pikerd'))
PATIENCE_S = 30.0


def environment(runtime_dir: str) -> dict[str, str]:
    """Return this process's environment with a runtime folder of its own and no display."""
    kept = {k: v for k, v in os.environ.items() if k not in {'DISPLAY', 'WAYLAND_DISPLAY'}}
    return kept | {'XDG_RUNTIME_DIR': runtime_dir, 'QT_QPA_PLATFORM': 'offscreen'}


def bare_import(env: dict[str, str]) -> float:
    """Return the wall seconds of a process that only imports."""
    start = time.perf_counter()
    subprocess.run([sys.executable, '-c', IMPORTS], check=True, env=env)
    return time.perf_counter() - start


def first_paint(env: dict[str, str], picture: Path) -> float:
    """Return the seconds from the start of `piker chart` to its first painted candle."""
    done = subprocess.run(
        [PIKER, 'chart', '--screenshot', picture, '--exit-after', '0.1', '--json'],
        check=True,
        env=env,
        capture_output=True,
    )
    report = json.loads(done.stdout)
    if not report['rows'] or not picture.stat().st_size:
        raise RuntimeError(f'the chart painted nothing: {report}')
    return float(report['first_paint_s'])


@contextlib.contextmanager
def running_pikerd(env: dict[str, str]) -> Iterator[None]:
    """Run a `pikerd` around a block, ready when it answers `piker services`."""
    daemon = subprocess.Popen([PIKERD], env=env)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while (
            b'pikerd'
            not in subprocess.run(
                [PIKER, 'services'], env=env, capture_output=True, check=False
            ).stdout
        ):
            if time.monotonic() > deadline or daemon.poll() is not None:
                raise RuntimeError('pikerd did not come up')
        yield
    finally:
        daemon.send_signal(signal.SIGINT)
        daemon.wait(PATIENCE_S)


class Startup:
    """`piker chart` cold and beside a running `pikerd`."""

    timeout = 600.0

    def track_cold_over_import(self) -> float:
        """Return first paint with a tree of its own, over the bare import (bar: 3)."""
        with tempfile.TemporaryDirectory() as folder:
            env = environment(folder)
            picture = Path(folder, 'chart.png')
            paint, imports = best_of_turns(
                (lambda: first_paint(env, picture), lambda: bare_import(env)), ROUNDS
            )
        return paint / imports

    def track_attached_over_import(self) -> float:
        """Return first paint beside a running pikerd, over the bare import (bar: 1.3)."""
        with tempfile.TemporaryDirectory() as folder:
            env = environment(folder)
            picture = Path(folder, 'chart.png')
            with running_pikerd(env):
                paint, imports = best_of_turns(
                    (lambda: first_paint(env, picture), lambda: bare_import(env)), ROUNDS
                )
        return paint / imports
