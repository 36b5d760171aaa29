"""Erratic zooming and panning during a live market: no slow frame, no ghost pixel, no leak.

Run as `python -m scenarios.erratic [--seconds 60] [--size 1920x1080]`: shows the chart window on a
virtual display, trades a thousand times a second, and does something to it every 8 ms. Prints the
frames, and fails where one took over 100 ms, a pixel is not that of a clean render, or memory,
threads or objects pile up. Its short form is a test (`tests/ui/test_monkey.py`).
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from pathlib import Path

import numpy as np
from benchmarks.windows import open_display

ROOT = Path(__file__).resolve().parents[2]
MOST_FRAME_MS = 100.0
MOST_GROWTH = 0.02
PART_S, WARM_S, DEED_S = 5.0, 15.0, 0.008


def resident_bytes() -> int:
    """Return the memory that this process holds."""
    pages = int(Path('/proc/self/statm').read_text(encoding='ascii').split()[1])
    return pages * os.sysconf('SC_PAGE_SIZE')


def run(seconds: float, width: int, height: int) -> list[str]:
    """Play, print what was seen, and return what was wrong."""
    # These begin Qt, whose display has to be known by then.
    sys.path.insert(0, str(ROOT))
    from piker.ui.qt.application import open_application
    from tests.ui.monkey import ghosts
    from tests.ui.stage import Stage, walk
    from tests.ui.test_monkey import objects, play

    rows = walk(100_000)
    stage = Stage(
        open_application(), rows, (width, height), 'dark', has_quote=True, older=1000,
        capacity=1 << 20,
    )  # fmt: skip
    random = np.random.default_rng(1)
    wrong = []

    def play_for(wanted_s: float) -> None:
        play(stage, random, round(wanted_s / DEED_S))

    for _ in range(2):
        play_for(WARM_S)
        ghosts(stage)
    pacing = stage.window.loop.pacing
    pacing.times_ms.clear()
    pacing.total = 0
    held, threads = objects(stage), threading.active_count()
    memory, start = resident_bytes(), time.monotonic()
    worst = 0.0
    while time.monotonic() < start + seconds:
        play_for(PART_S)
        stage.window.loop.close_frame()
        worst = max([worst, *pacing.times_ms])
        if count := ghosts(stage):
            wrong.append(f'{count} ghost pixels after {time.monotonic() - start:.0f} s')
    growth = resident_bytes() / memory - 1
    found = pacing.statistics()
    sys.stdout.write(
        f'{pacing.total} frames in {time.monotonic() - start:.0f} s: p50 {found.p50:.1f} ms, '
        f'p99 {found.p99:.1f} ms, worst {worst:.1f} ms; memory {growth:+.1%}\n'
    )
    if worst > MOST_FRAME_MS:
        wrong.append(f'a frame took {worst:.0f} ms, more than {MOST_FRAME_MS:.0f}')
    if growth > MOST_GROWTH:
        wrong.append(f'memory grew by {growth:.1%}, more than {MOST_GROWTH:.0%}')
    if objects(stage) != held or threading.active_count() > threads:
        wrong.append('objects of Qt or threads piled up')
    stage.close()
    return wrong


def main(arguments: list[str]) -> int:
    """Run what the command line asks for; return 1 where something was wrong."""
    parser = argparse.ArgumentParser(prog='scenarios.erratic', description=__doc__)
    parser.add_argument('--seconds', type=float, default=60.0)
    parser.add_argument('--size', default='1920x1080')
    chosen = parser.parse_args(arguments)
    width, height = (int(part) for part in chosen.size.split('x'))
    with open_display(width, height) as display:
        os.environ |= {'DISPLAY': display, 'QT_QPA_PLATFORM': 'xcb'}
        wrong = run(chosen.seconds, width, height)
    for line in wrong:
        sys.stderr.write(f'{line}\n')
    return int(bool(wrong))


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
