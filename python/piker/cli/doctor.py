"""`piker doctor`: what this machine has, what it lacks, and what to do about it."""

from __future__ import annotations

import ctypes
import importlib
import importlib.metadata
import os
import platform
import shutil
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from piker.cli.options import common_options, echo_json, json_option
from piker.cli.services import human_bytes
from piker.ui.displays import displays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ['CHECKS', 'Check', 'command', 'examine']

MINIMUM_PYTHON = (3, 11)
ENOUGH_SHARED_MEMORY = 256 * 1024**2
COMPILED_MODULES = ('piker._rust', 'piker._cython.shmring', 'piker._cython.sampling')
XCB_LIBRARIES = {
    'libxcb-xinerama.so.0': 'libxcb-xinerama0',
    'libxcb-icccm.so.4': 'libxcb-icccm4',
    'libxcb-image.so.0': 'libxcb-image0',
    'libxcb-keysyms.so.1': 'libxcb-keysyms1',
    'libxcb-render-util.so.0': 'libxcb-render-util0',
    'libxkbcommon-x11.so.0': 'libxkbcommon-x11-0',
    'libxcb-shape.so.0': 'libxcb-shape0',
}


class Check(msgspec.Struct, frozen=True):
    """One finding.

    Attributes
    ----------
    name : str
        What was looked at.
    ok : bool
        Whether it is there and works.
    detail : str
        What was found and, where it is not ok, what to do.
    """

    name: str
    ok: bool
    detail: str


def check_python() -> Check:
    """Look at the interpreter's version."""
    found = platform.python_version()
    ok = sys.version_info >= MINIMUM_PYTHON
    wanted = '.'.join(map(str, MINIMUM_PYTHON))
    return Check('python', ok, found if ok else f'{found}: piker needs {wanted} or newer')


def check_kernels() -> Check:
    """Import the compiled modules."""
    for name in COMPILED_MODULES:
        try:
            importlib.import_module(name)
        except ImportError as error:
            return Check('kernels', False, f'{name} does not load ({error}): run `make setup`')
    return Check('kernels', True, ', '.join(COMPILED_MODULES))


def check_actors() -> Check:
    """Look for the corrected tractor and for a stock one that would shadow it."""
    try:
        version = importlib.metadata.version('piker-tractor')
    except importlib.metadata.PackageNotFoundError:
        return Check('actors', False, 'piker-tractor is not installed: run `make setup`')
    try:
        clash = importlib.metadata.version('tractor')
    except importlib.metadata.PackageNotFoundError:
        return Check('actors', True, f'piker-tractor {version}')
    return Check(
        'actors',
        False,
        f'a stock tractor {clash} shares its folder with piker-tractor {version}: '
        'run `pip uninstall tractor` and reinstall piker-tractor',
    )


def check_qt() -> Check:
    """Load PyQt5 and the system libraries that its X11 platform needs."""
    try:
        importlib.import_module('PyQt5.QtWidgets')
        qt = importlib.import_module('PyQt5.QtCore')
    except ImportError as error:
        return Check('qt', False, f'PyQt5 does not load ({error}): run `make setup`')
    missing = []
    for library, package in XCB_LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    if missing:
        return Check('qt', False, f'for a window run: apt-get install {" ".join(missing)}')
    return Check('qt', True, f'Qt {qt.QT_VERSION_STR}, PyQt {qt.PYQT_VERSION_STR}')


def check_qt_memory() -> Check:
    """Look whether Qt's memory is what the quick carriers of a chart rely on."""
    try:
        memory = importlib.import_module('piker.ui.qt.memory')
    except ImportError as error:
        return Check('qt-memory', False, f'PyQt5 does not load ({error}): run `make setup`')
    fault = memory.fault()
    return Check('qt-memory', not fault, fault or 'arrays, polygons and pictures fill in place')


def check_display() -> Check:
    """Look for an X11 or Wayland display that answers."""
    found = displays()
    there = [display for display in found if display.is_there]
    if there:
        return Check('display', True, f'{there[0].variable}={there[0].place}')
    set_ = [display.finding for display in found if display.place] or ['none']
    advice = '`piker chart --screenshot FILE.png` draws off screen'
    return Check('display', False, f'{" and ".join(set_)}: {advice}')


def check_shared_memory() -> Check:
    """Make a memory file and compare free memory with what a chart needs."""
    try:
        os.close(os.memfd_create('piker-doctor'))
    except OSError as error:
        return Check('shared-memory', False, f'memory files are refused ({error.strerror})')
    with Path('/proc/meminfo').open() as lines:
        sizes = dict(line.split(':', 1) for line in lines)
    free = int(sizes['MemAvailable'].split()[0]) * 1024
    ok = free >= ENOUGH_SHARED_MEMORY
    hint = '' if ok else f', less than the {human_bytes(ENOUGH_SHARED_MEMORY)} that a chart takes'
    return Check('shared-memory', ok, f'{human_bytes(free)} free{hint}')


def check_ports() -> Check:
    """Take a free port on the loopback interface, as the registry of actors does."""
    try:
        with socket.create_server(('127.0.0.1', 0)) as server:
            port = server.getsockname()[1]
    except OSError as error:
        return Check('ports', False, f'no port on 127.0.0.1 ({error.strerror})')
    return Check('ports', True, f'127.0.0.1 gives ports (tried {port})')


def check_docker() -> Check:
    """Look for a docker engine's socket, which only the marketstore service needs."""
    address = os.environ.get('DOCKER_HOST', 'unix:///var/run/docker.sock')
    path = address.removeprefix('unix://')
    if address.startswith('unix://') and not Path(path).exists():
        client = 'the docker command is here, but ' if shutil.which('docker') else ''
        return Check('docker', False, f'{client}no engine at {path}: start dockerd to use it')
    return Check('docker', True, address)


CHECKS: dict[str, tuple[Callable[[], Check], bool]] = {
    'python': (check_python, True),
    'kernels': (check_kernels, True),
    'actors': (check_actors, True),
    'qt': (check_qt, True),
    'qt-memory': (check_qt_memory, False),
    'shared-memory': (check_shared_memory, True),
    'ports': (check_ports, True),
    'display': (check_display, False),
    'docker': (check_docker, False),
}
"""Each check by name, and whether piker cannot do without what it looks for."""


def examine(names: Iterable[str]) -> list[Check]:
    """Run checks.

    Parameters
    ----------
    names : iterable of str
        Keys of `CHECKS`.

    Returns
    -------
    list of Check
        One finding a name, in order.
    """
    return [CHECKS[name][0]() for name in names]


@click.command('doctor', short_help='Report what this machine has and lacks.')
@click.argument('names', metavar='[NAME]...', nargs=-1, type=click.Choice(list(CHECKS)))
@json_option
@common_options
def command(names: tuple[str, ...], *, as_json: bool) -> int:
    """Report what this machine has and lacks, and what to do about it.

    The exit code is 1 where something is missing that was asked for by NAME, or that piker
    cannot do without.
    """
    findings = examine(names or CHECKS)
    if as_json:
        echo_json(findings)
    else:
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            mark = 'ok' if finding.ok else '--'
            click.echo(f'{mark}  {finding.name.ljust(width)}  {finding.detail}')
    needed = set(names) or {name for name, (_, required) in CHECKS.items() if required}
    return int(any(not finding.ok and finding.name in needed for finding in findings))
