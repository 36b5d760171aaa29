"""The folders that piker reads and writes: XDG, each overridable by the environment."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import platformdirs

from piker.core.errors import DataFileError, InstallationError

__all__ = ['config_dir', 'resolve_file', 'runtime_dir']

NAME = 'piker'


def config_dir() -> Path:
    """Return the folder of configuration files: `--configdir`, else that of XDG."""
    chosen = os.environ.get('PIKER_CONFIG_DIR')
    return Path(chosen) if chosen else Path(platformdirs.user_config_dir(NAME))


def resolve_file(text: str) -> Path:
    """Return the absolute path of a file that a user names.

    Parameters
    ----------
    text : str
        What was typed; `~` and `~user` stand for home folders.

    Returns
    -------
    Path
        Absolute, with symbolic links followed; whether there is such a file is not looked at.

    Raises
    ------
    DataFileError
        When it leads nowhere: no such user, a loop of links, or a name that is no text.
    """
    try:
        path = Path(text).expanduser().resolve()
        str(path).encode()
    except UnicodeEncodeError:
        raise DataFileError(
            f'the name of the file {text!r} is not UTF-8: rename the file or its folder'
        ) from None
    except (OSError, RuntimeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error).rstrip('.')
        raise DataFileError(
            f'the file {text!r} cannot be found ({reason}): check its name'
        ) from error
    return path


def runtime_dir() -> Path:
    """Return the folder of what lives no longer than its processes, and make it.

    It is `$XDG_RUNTIME_DIR/piker`; without that variable, a folder in the one for temporary files.

    Returns
    -------
    Path
        A folder of ours that nobody else can enter.

    Raises
    ------
    InstallationError
        When it cannot be made, or somebody else owns or may enter it.
    """
    base = os.environ.get('XDG_RUNTIME_DIR')
    if base and not Path(base).is_absolute():
        raise InstallationError(
            f'XDG_RUNTIME_DIR is {base}, which is not an absolute path: set it to one, or unset it'
        )
    folder = Path(base, NAME) if base else Path(tempfile.gettempdir(), f'{NAME}-{os.getuid()}')
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise InstallationError(
            f'piker needs a folder for its sockets and {folder} cannot be made '
            f'({error.strerror}): set XDG_RUNTIME_DIR to a folder of yours'
        ) from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise InstallationError(
            f'piker needs {folder} to be a folder that only you can enter, and it is not: '
            'remove it, or set XDG_RUNTIME_DIR to a folder of yours'
        )
    return folder
