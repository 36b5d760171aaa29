"""What a run is told before Qt loads: display, place of the picture, start of the process."""

from __future__ import annotations

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
        assert choose_platform(is_picture=True) is None


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


def test_process_start_is_that_of_this_process() -> None:
    """By the kernel's clock, to a hundredth of a second or so."""
    assert process_start() < time.time()
    assert process_start() == pytest.approx(psutil.Process().create_time(), abs=1.5)
