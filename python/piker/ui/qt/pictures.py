"""Pictures of the window as files: whole, or not there."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from piker.errors import InputError
from piker.ui.qt.qtlib import QBuffer, QIODevice

if TYPE_CHECKING:
    from piker.ui.qt.qtlib import QPixmap

__all__ = ['encode_picture', 'save_picture']


def encode_picture(picture: QPixmap) -> bytes:
    """Return a picture as a PNG."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not picture.save(buffer, 'PNG'):
        raise InputError('the picture could not be made into a PNG: choose a smaller size')
    return bytes(buffer.data())


def save_picture(picture: QPixmap, path: str) -> None:
    """Save a picture as a PNG.

    It is written beside its place and then put there, so that what was there before stays where
    there is no room for it. Qt does not write it: libpng would complain on stderr.

    Parameters
    ----------
    picture : QPixmap
        What to save.
    path : str
        Where; a symbolic link is followed.

    Raises
    ------
    InputError
        When it cannot be written; nothing is left behind then.
    """
    target = Path(path)
    try:
        target = target.resolve()
        draft = target.with_name(f'.piker-{os.getpid()}.png')
        try:
            draft.write_bytes(encode_picture(picture))
            draft.replace(target)
        finally:
            with suppress(OSError):
                draft.unlink()
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(
            f'the picture {path} could not be written ({reason}): name a file in a folder of '
            f'yours with room'
        ) from error
