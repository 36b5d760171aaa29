"""Which display there is, told before Qt is asked: Qt ends the process where there is none."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from piker.errors import NoDisplay

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    'Display',
    'choose_platform',
    'displays',
    'is_off_screen',
    'wayland_answers',
    'x11_answers',
]

CONNECT_S = 2.0
X11_PORT = 6000
OFFSCREEN = 'offscreen'


def x11_answers(display: str) -> bool:
    """Whether an X server accepts connections at a DISPLAY such as `:0` or `host:1.0`."""
    match = re.fullmatch(r'(?:(?P<host>[^/:]+))?:(?P<number>\d{1,5})(?:\.\d+)?', display)
    if match is None:
        return False
    number = int(match['number'])
    if match['host'] in (None, 'unix'):
        path = f'/tmp/.X11-unix/X{number}'  # noqa: S108 the place is X11's own
        return connects(socket.AF_UNIX, path) or connects(socket.AF_UNIX, '\0' + path)
    return connects(socket.AF_INET, (match['host'], X11_PORT + number))


def connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    """Whether something listens at an address."""
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(CONNECT_S)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True


def wayland_answers(display: str) -> bool:
    """Whether a compositor accepts connections at a WAYLAND_DISPLAY: a socket's name or path."""
    path = Path(os.environ.get('XDG_RUNTIME_DIR', ''), display)
    return path.is_absolute() and connects(socket.AF_UNIX, str(path))


class Display(NamedTuple):
    """A way to show a window: Qt's name of it, the variable that says where, and what it says."""

    platform: str
    variable: str
    place: str
    answers: Callable[[str], bool]

    @property
    def is_there(self) -> bool:
        """Whether something answers."""
        return bool(self.place) and self.answers(self.place)

    @property
    def finding(self) -> str:
        """What was found where it was looked for."""
        if not self.place:
            return f'{self.variable} is not set'
        return f'nothing answers at {self.variable}={self.place}'


def displays() -> list[Display]:
    """Return the kinds of display there are, the one to take first where both answer."""
    probes = (
        ('xcb', 'DISPLAY', x11_answers),
        ('wayland', 'WAYLAND_DISPLAY', wayland_answers),
    )
    return [
        Display(platform, variable, os.environ.get(variable, ''), answers)
        for platform, variable, answers in probes
    ]


def choose_platform(*, is_picture: bool) -> str:
    """Return the Qt platform to use: that of a display which answers, since Qt aborts without.

    Parameters
    ----------
    is_picture : bool
        A picture is wanted, which needs no display.

    Raises
    ------
    NoDisplay
        A window is wanted and there is no display that answers, or QT_QPA_PLATFORM asks for a
        platform that cannot show one.
    """
    known = displays()
    # Its arguments follow a colon, and names that are to be tried one after another semicolons.
    asked = os.environ.get('QT_QPA_PLATFORM', '')
    if asked:
        names = [name.partition(':')[0].partition('-')[0] for name in asked.split(';')]
        if OFFSCREEN in names:
            return asked
        known = [display for display in known if display.platform in names]
    for display in known:
        if display.is_there:
            return asked or display.platform
    if is_picture:
        return OFFSCREEN
    if known:
        told = [display for display in known if display.place] or known[:1]
        found = ' and '.join(display.finding for display in told)
    else:
        found = (
            f'QT_QPA_PLATFORM={asked} is none that shows one (there are xcb, wayland, offscreen)'
        )
    raise NoDisplay(
        f'the chart window needs a display and {found}: start it in a desktop session, or draw '
        f'a picture with --screenshot chart.png --exit-after 5'
    )


def is_off_screen(platform: str) -> bool:
    """Whether a platform shows no window to anybody."""
    return OFFSCREEN in platform
