"""How long it takes from a turn of the wheel to the first changed pixels, as a user feels it.

Run as `python -m scenarios.felt_latency [options] [NAME…]`: shows live charts of a recording on a
virtual display, one after the other, sends real input (XTest) at random moments, and waits until
the X server tells (XDamage) that a good part of the window was drawn. Prints a line of percentiles
for each. Ticks and labels draw small parts, and are not taken for an answer.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from benchmarks.windows import open_display
from Xlib import X
from Xlib.display import Display
from Xlib.ext import damage, xtest

if TYPE_CHECKING:
    from collections.abc import Iterator

BENCH = Path(__file__).resolve().parents[1]
FRAME_MS = 1000 / 60
ANSWER_SHARE = 1 / 8
START_S, LAYOUT_S, PATIENCE_S = 60.0, 3.0, 2.0
LEAST_PAUSE_S, MOST_PAUSE_S = 0.09, 0.25
WHEEL_UP, WHEEL_DOWN = 4, 5


class Options(NamedTuple):
    """What is shown and how long: see the options of `main`."""

    recording: Path
    speed: float
    width: int
    height: int
    seconds: float
    notches: int


class Watcher:
    """A window of another program, seen and used through the X server.

    Parameters
    ----------
    name : str
        The X display.
    title : str
        What the window's title has in it.
    """

    def __init__(self, name: str, title: str) -> None:
        self.display = Display(name)
        self.display.damage_query_version()
        self.window = self.wait_for_window(title)
        self.window.configure(x=0, y=0)
        self.window.set_input_focus(X.RevertToParent, X.CurrentTime)
        self.window.damage_create(damage.DamageReportRawRectangles)
        size = self.window.get_geometry()
        self.least = ANSWER_SHARE * size.width * size.height
        # Left of the middle of the upper half: on the prices, whatever stands below them.
        xtest.fake_input(self.display, X.MotionNotify, x=size.width // 3, y=size.height // 3)
        self.display.sync()

    def wait_for_window(self, title: str) -> Any:
        """Return the shown window of a title."""
        end = time.monotonic() + START_S
        property_name = self.display.intern_atom('_NET_WM_NAME')
        while time.monotonic() < end:
            for window in self.display.screen().root.query_tree().children:
                name = window.get_full_property(property_name, X.AnyPropertyType)
                is_shown = window.get_attributes().map_state == X.IsViewable
                if is_shown and name and title.encode() in name.value:
                    return window
            time.sleep(0.1)
        raise RuntimeError(f'no window with {title!r} in its title within {START_S:.0f} s')

    def drawn(self, until: float) -> Iterator[int]:
        """Yield the pixels of each part that is drawn, until a moment of the monotonic clock."""
        while True:
            while self.display.pending_events():
                event = self.display.next_event()
                if event.type == self.display.extension_event.DamageNotify:
                    yield event.area.width * event.area.height
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.display], [], [], left)[0]:
                return

    def turn(self, button: int) -> None:
        """Turn the wheel by a notch."""
        xtest.fake_input(self.display, X.ButtonPress, button)
        xtest.fake_input(self.display, X.ButtonRelease, button)
        self.display.flush()

    def answer_ms(self, button: int) -> float | None:
        """Turn the wheel and return the milliseconds to its answer; None where there is none."""
        for _ in self.drawn(time.monotonic()):
            pass
        start = time.perf_counter()
        self.turn(button)
        pixels = 0
        for part in self.drawn(time.monotonic() + PATIENCE_S):
            pixels += part
            if pixels >= self.least:
                return (time.perf_counter() - start) * 1e3
        return None


def watch(title: str, display: str, options: Options) -> list[float | None]:
    """Send input to a window for some time and return how long each answer took."""
    watcher = Watcher(display, title)
    time.sleep(LAYOUT_S)
    for _ in range(options.notches):
        watcher.answer_ms(WHEEL_DOWN)
    chance = random.Random(1)
    found: list[float | None] = []
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        found.append(watcher.answer_ms((WHEEL_UP, WHEEL_DOWN)[len(found) % 2]))
        time.sleep(chance.uniform(LEAST_PAUSE_S, MOST_PAUSE_S))
    return found


def piker(options: Options) -> tuple[str, list[str]]:
    """Return the title of the chart window and its command."""
    command = [str(Path(sys.executable).with_name('piker')), 'chart']
    command += ['--replay', str(options.recording), '--speed', str(options.speed)]
    return 'piker', [*command, '--size', f'{options.width}x{options.height}']


def finplot(options: Options) -> tuple[str, list[str]]:
    """Return the title of a window of finplot over the same trades, and its command."""
    size = [str(options.width), str(options.height)]
    arguments = [str(options.recording), str(options.speed), *size]
    return 'finplot', [sys.executable, '-m', 'scenarios.finplot_live', *arguments]


CONTESTANTS = {'piker': piker, 'finplot': finplot}


def run(name: str, options: Options) -> str:
    """Show one contestant, and return its line."""
    title, command = CONTESTANTS[name](options)
    with (
        open_display(options.width, options.height) as display,
        tempfile.TemporaryDirectory() as runtime,
    ):
        chosen = {'DISPLAY': display, 'QT_QPA_PLATFORM': 'xcb', 'XDG_RUNTIME_DIR': runtime}
        env = os.environ | chosen | {'PYQTGRAPH_QT_LIB': 'PyQt5'}
        process = subprocess.Popen(command, env=env, cwd=BENCH)
        try:
            found = watch(title, display, options)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
    taken = np.array([value for value in found if value is not None])
    lost = len(found) - len(taken)
    if len(taken) == 0:
        return f'{name:8} no answer to {len(found)} inputs'
    p50, p99 = np.percentile(taken, [50, 99])
    late = (taken > FRAME_MS).mean() + lost / len(found)
    return (
        f'{name:8} p50 {p50:6.1f} ms  p99 {p99:6.1f} ms  worst {taken.max():6.1f} ms  '
        f'later than a frame {late:.1%}  without an answer {lost} of {len(found)}'
    )


def main(arguments: list[str]) -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog='scenarios.felt_latency', description=__doc__)
    parser.add_argument('--recording', type=Path, required=True, help='what `--replay` takes')
    parser.add_argument('--speed', type=float, default=1.0)
    parser.add_argument('--size', default='1920x1080')
    parser.add_argument('--seconds', type=float, default=60.0)
    parser.add_argument('--notches', type=int, default=0, help='how far to zoom out first')
    parser.add_argument('names', nargs='*', metavar='NAME', help='; '.join(CONTESTANTS))
    chosen = parser.parse_args(arguments)
    width, height = (int(part) for part in chosen.size.split('x'))
    options = Options(
        chosen.recording.resolve(), chosen.speed, width, height, chosen.seconds, chosen.notches
    )
    for name in chosen.names or CONTESTANTS:
        sys.stdout.write(f'{run(name, options)}\n')
        sys.stdout.flush()


if __name__ == '__main__':
    main(sys.argv[1:])
