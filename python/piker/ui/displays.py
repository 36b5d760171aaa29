"""Which display there is, told before Qt is asked: Qt ends the process where there is none."""

from __future__ import annotations

import os
import re
import socket

from piker.errors import NoDisplay

__all__ = ['choose_platform', 'x11_answers']

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


def choose_platform(*, is_picture: bool) -> str | None:
    """Return the Qt platform to use, None for Qt's own choice.

    Parameters
    ----------
    is_picture : bool
        A picture is wanted, which needs no display.

    Raises
    ------
    NoDisplay
        A window is wanted and there is no display that answers.
    """
    if os.environ.get('QT_QPA_PLATFORM') or os.environ.get('WAYLAND_DISPLAY'):
        return None
    display = os.environ.get('DISPLAY', '')
    if display and x11_answers(display):
        return None
    if is_picture:
        return OFFSCREEN
    found = f'nothing answers at DISPLAY={display}' if display else 'DISPLAY is not set'
    raise NoDisplay(
        f'the chart window needs a display and {found}: start it in a desktop session, or draw '
        f'a picture with --screenshot chart.png --exit-after 5'
    )
