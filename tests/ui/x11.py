"""A virtual X display with real keys and a real mouse, and its picture as an array."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tests.support import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ['XServer', 'has_x_server', 'open_x_server']

DEADLINE_S = 60.0
STILL_LOOKS = 25
NEEDED = ('Xvfb', 'xdotool')

Pixels = NDArray[np.uint32]


def has_x_server() -> bool:
    """Whether this machine can run the tests that need a display."""
    return all(shutil.which(name) for name in NEEDED)


class XServer:
    """One Xvfb with its framebuffer in a file."""

    def __init__(self, number: str, framebuffer: Path) -> None:
        self.environment = os.environ | {'DISPLAY': f':{number}'}
        self.environment.pop('QT_QPA_PLATFORM', None)
        self.environment.pop('WAYLAND_DISPLAY', None)
        self.framebuffer = framebuffer

    def do(self, *arguments: str) -> str:
        """Run xdotool and return what it prints."""
        run = subprocess.run(
            ['xdotool', *arguments],
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
        )
        return run.stdout.strip()

    def picture(self) -> Pixels:
        """Return the screen as an array of shape (height, width), 0x00rrggbb."""
        data = self.framebuffer.read_bytes()
        header = struct.unpack('>25I', data[:100])
        width, height, bytes_a_line, colours = header[4], header[5], header[12], header[19]
        start = header[0] + colours * 12
        rows = np.frombuffer(data, '<u4', bytes_a_line // 4 * height, start)
        return rows.reshape(height, -1)[:, :width] & np.uint32(0xFFFFFF)

    def wait_for_window(self, title: str, process: subprocess.Popen[bytes]) -> str:
        """Return the id of a visible window once a process, which lives as long, shows one."""
        found: list[str] = []

        def look() -> bool:
            assert process.poll() is None, f'the process ended with code {process.returncode}'
            found[:] = self.do('search', '--onlyvisible', '--name', title).split()
            return bool(found)

        wait_until(look, f'a window named {title}', DEADLINE_S)
        return found[-1]

    def wait_for_change(self, before: Pixels, region: tuple[slice, slice], what: str) -> Pixels:
        """Return the screen once a region of it differs from before."""
        pictures = [before]

        def look() -> bool:
            pictures[0] = self.picture()
            return bool((pictures[0][region] != before[region]).any())

        wait_until(look, what, DEADLINE_S)
        return pictures[0]

    def wait_for_rest(self, region: tuple[slice, slice]) -> Pixels:
        """Return the screen once a region of it has stood still for a while."""
        pictures = [self.picture()]
        still = [0]

        def look() -> bool:
            now = self.picture()
            is_same = bool((now[region] == pictures[0][region]).all())
            still[0] = still[0] + 1 if is_same else 0
            pictures[0] = now
            return still[0] >= STILL_LOOKS

        wait_until(look, 'a picture at rest', DEADLINE_S)
        return pictures[0]


@contextmanager
def open_x_server(folder: Path, width: int, height: int) -> Iterator[XServer]:
    """Run an Xvfb on a free display; it ends with the block."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            'Xvfb',
            '-displayfd',
            str(writing),
            '-screen',
            '0',
            f'{width}x{height}x24',
            '-fbdir',
            str(folder),
            '-nolisten',
            'tcp',
            '-noreset',
        ],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        assert number, 'Xvfb did not start'
        yield XServer(number, folder / 'Xvfb_screen0')
    finally:
        server.terminate()
        server.wait(DEADLINE_S)
