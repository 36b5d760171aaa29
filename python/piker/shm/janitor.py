"""Removes named segments whose writer is no more: only memory files vanish by themselves."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from piker._cython.shmring import IDENTITY_BYTES, read_identity
from piker.core.processes import ProcessId, is_running
from piker.shm.segments import parse_name, segment_folder

if TYPE_CHECKING:
    from pathlib import Path

    from piker.shm.segments import SegmentName

__all__ = ['Sweep', 'remove_dead_segments']


class Sweep(NamedTuple):
    """What a look at the folder of named segments came to.

    Attributes
    ----------
    removed : tuple of str
        Names of segments of ours whose writer has ended.
    living : tuple of str
        Those whose writer runs.
    foreign : tuple of str
        What has the name of a segment, and is another user's or something else; left alone.
    """

    removed: tuple[str, ...]
    living: tuple[str, ...]
    foreign: tuple[str, ...]


def remove_dead_segments(folder: Path | None = None) -> Sweep:
    """Remove the named segments of this user whose writer has ended.

    Parameters
    ----------
    folder : Path, optional
        Where to look; `segment_folder` by default.

    Returns
    -------
    Sweep
        What was found; empty where there is no such folder.
    """
    removed: list[str] = []
    living: list[str] = []
    foreign: list[str] = []
    try:
        where = os.open(folder or segment_folder(), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return Sweep((), (), ())
    try:
        for name in sorted(os.listdir(where)):  # noqa: PTH208 - by descriptor: it cannot be swapped
            parts = parse_name(name)
            if parts is None:
                continue
            if not is_segment_of_ours(where, name, parts):
                foreign.append(name)
            elif is_running(ProcessId(parts.pid, parts.start_time)):
                living.append(name)
            else:
                with suppress(FileNotFoundError):
                    # Another process may tidy up at the same time.
                    os.unlink(name, dir_fd=where)
                removed.append(name)
    finally:
        os.close(where)
    return Sweep(tuple(removed), tuple(living), tuple(foreign))


def is_segment_of_ours(where: int, name: str, parts: SegmentName) -> bool:
    """Return whether an entry of a folder is a segment, whole or half made, of this user."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        fd = os.open(name, flags, dir_fd=where)
    except OSError:
        return False
    try:
        found = os.fstat(fd)
        head = os.pread(fd, IDENTITY_BYTES, 0) if stat.S_ISREG(found.st_mode) else b'?'
    finally:
        os.close(fd)
    if found.st_uid != os.geteuid():
        return False
    if not any(head):
        # Its writer was killed before it wrote who it is.
        return True
    identity = read_identity(head)
    return identity.is_ring and (identity.writer_pid, identity.writer_start) == (
        parts.pid,
        parts.start_time,
    )
