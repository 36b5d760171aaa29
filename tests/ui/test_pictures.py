"""Saving a picture of the window: whole, or one sentence and nothing left behind."""

from __future__ import annotations

import os
import resource
import signal
from typing import TYPE_CHECKING

import pytest

from piker.errors import InputError
from piker.ui.qt.pictures import save_picture
from piker.ui.qt.qtlib import QImage, QPixmap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from piker.ui.qt.qtlib import QApplication


@pytest.fixture(name='picture')
def picture_of_noise(app: QApplication) -> QPixmap:
    """Return a picture whose file has more than 4096 bytes."""
    noise = os.urandom(4 * 64 * 64)
    return QPixmap.fromImage(QImage(noise, 64, 64, QImage.Format_RGB32).copy())


@pytest.fixture
def small_files() -> Iterator[None]:
    """Let no file grow past 4096 bytes, as on a device that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_picture_takes_the_place_of_the_one_before(tmp_path: Path, picture: QPixmap) -> None:
    target = tmp_path / 'x.png'
    link = tmp_path / 'link.png'
    target.write_text('before')
    link.symlink_to(target)
    save_picture(picture, str(link))
    assert link.is_symlink()
    assert QImage(str(target)).size() == picture.size()
    assert sorted(path.name for path in tmp_path.iterdir()) == ['link.png', 'x.png']
    save_picture(picture.scaled(8, 8), str(tmp_path / 'new.png'))
    assert QImage(str(tmp_path / 'new.png')).width() == 8


def test_a_picture_without_room_is_one_sentence_and_leaves_the_one_before(
    tmp_path: Path,
    picture: QPixmap,
    small_files: None,
    capfd: pytest.CaptureFixture[str],
) -> None:
    target = tmp_path / 'x.png'
    target.write_text('before')
    with pytest.raises(InputError, match='could not be written') as caught:
        save_picture(picture, str(target))
    assert '\n' not in str(caught.value)
    assert target.read_text() == 'before'
    assert list(tmp_path.iterdir()) == [target]
    assert capfd.readouterr().err == ''
