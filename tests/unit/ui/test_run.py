"""What a run is told before Qt loads: display, place of the picture, start of the process."""

from __future__ import annotations

import re
import socket
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from piker.errors import InputError, NoDisplay
from piker.ui.app import check_picture, process_start
from piker.ui.displays import choose_platform, x11_answers

if TYPE_CHECKING:
    from pathlib import Path

FREE_DISPLAY = 98_765 % 60_000


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every display from the environment."""
    for name in ('DISPLAY', 'WAYLAND_DISPLAY', 'QT_QPA_PLATFORM'):
        monkeypatch.delenv(name, raising=False)


def test_no_display_is_one_sentence() -> None:
    """It says what to do instead."""
    with pytest.raises(NoDisplay, match=r'DISPLAY is not set.*--screenshot'):
        choose_platform(is_picture=False)


def test_a_dead_display_is_told_from_a_missing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt would abort the process."""
    monkeypatch.setenv('DISPLAY', f':{FREE_DISPLAY}')
    with pytest.raises(NoDisplay, match=f'nothing answers at DISPLAY=:{FREE_DISPLAY}'):
        choose_platform(is_picture=False)


@pytest.mark.parametrize('display', [None, f':{FREE_DISPLAY}'])
def test_a_picture_needs_no_display(monkeypatch: pytest.MonkeyPatch, display: str | None) -> None:
    """Without one it is drawn off screen."""
    if display:
        monkeypatch.setenv('DISPLAY', display)
    assert choose_platform(is_picture=True) == 'offscreen'


def test_a_display_that_answers_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the abstract socket too, which X servers open beside the one in /tmp."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f'\0/tmp/.X11-unix/X{FREE_DISPLAY}')
        server.listen()
        assert x11_answers(f':{FREE_DISPLAY}.0')
        monkeypatch.setenv('DISPLAY', f':{FREE_DISPLAY}')
        assert choose_platform(is_picture=True) == 'xcb'


@pytest.mark.parametrize(
    ('variables', 'found'),
    [
        ({'WAYLAND_DISPLAY': 'wayland-9'}, 'nothing answers at WAYLAND_DISPLAY=wayland-9'),
        ({'QT_QPA_PLATFORM': 'xcb'}, 'DISPLAY is not set'),
        ({'QT_QPA_PLATFORM': 'wayland-egl', 'DISPLAY': ':1'}, 'WAYLAND_DISPLAY is not set'),
        ({'QT_QPA_PLATFORM': 'nonsense'}, 'QT_QPA_PLATFORM=nonsense is none that shows one'),
        ({'QT_QPA_PLATFORM': 'minimal'}, 'QT_QPA_PLATFORM=minimal is none that shows one'),
        (
            {'DISPLAY': f':{FREE_DISPLAY}', 'WAYLAND_DISPLAY': '/nowhere/wayland'},
            f'nothing answers at DISPLAY=:{FREE_DISPLAY} and nothing answers at '
            'WAYLAND_DISPLAY=/nowhere/wayland',
        ),
    ],
)
def test_what_qt_would_abort_on_is_one_sentence_and_no_matter_for_a_picture(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variables: dict[str, str], found: str
) -> None:
    """A dead socket, a platform without its display, a platform that shows nothing."""
    monkeypatch.setenv('XDG_RUNTIME_DIR', str(tmp_path))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(NoDisplay, match=re.escape(f'needs a display and {found}')):
        choose_platform(is_picture=False)
    assert choose_platform(is_picture=True) == 'offscreen'


def test_a_compositor_that_answers_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its socket lies in the runtime folder; an X server that answers too goes first."""
    monkeypatch.setenv('XDG_RUNTIME_DIR', str(tmp_path))
    monkeypatch.setenv('WAYLAND_DISPLAY', 'wayland-7')
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / 'wayland-7'))
        server.listen()
        assert choose_platform(is_picture=False) == 'wayland'
        monkeypatch.setenv('QT_QPA_PLATFORM', 'wayland-egl;xcb')
        assert choose_platform(is_picture=False) == 'wayland-egl;xcb'


def test_drawing_off_screen_may_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """With Qt's own arguments."""
    monkeypatch.setenv('QT_QPA_PLATFORM', 'offscreen:fontdb')
    assert choose_platform(is_picture=False) == 'offscreen:fontdb'


@pytest.mark.parametrize('display', ['', 'nonsense', ':', ':x', 'host:'])
def test_nonsense_is_no_display(display: str) -> None:
    """Whatever DISPLAY holds, asking is safe."""
    assert not x11_answers(display)


def test_the_picture_is_checked_before_the_run(tmp_path: Path) -> None:
    """A run of minutes does not end in an error that its start could have told."""
    check_picture(None)
    check_picture(str(tmp_path / 'x.png'))
    with pytest.raises(InputError, match='is a folder'):
        check_picture(str(tmp_path))
    with pytest.raises(InputError, match='not there'):
        check_picture(str(tmp_path / 'nowhere' / 'x.png'))
    (tmp_path / 'file').touch()
    with pytest.raises(InputError, match='not there'):
        check_picture(str(tmp_path / 'file' / 'x.png'))
    with pytest.raises(InputError, match='cannot be written'):
        check_picture(str(tmp_path / f'{"x" * 300}.png'))
    (tmp_path / 'loop.png').symlink_to('loop.png')
    with pytest.raises(InputError, match='cannot be written'):
        check_picture(str(tmp_path / 'loop.png'))


def test_process_start_is_that_of_this_process() -> None:
    """By the kernel's clock, to a hundredth of a second or so."""
    assert process_start() < time.time()
    assert process_start() == pytest.approx(psutil.Process().create_time(), abs=1.5)
