"""Where the memory of rings comes from: memory files, or named segments where those fail.

A memory file (memfd_create(2)) has no name: another process of the same user opens it through the
writer's descriptors in /proc, the kernel refuses anybody else, and it is gone with its last user.
A named segment needs a folder, and a janitor for those whose writer was killed.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from piker.core.errors import InputError, SegmentForeign, SegmentGone, ShmFull
from piker.core.messages import ShmToken
from piker.core.processes import ProcessId, is_running
from piker.core.words import describe

__all__ = [
    'Backend',
    'Segment',
    'SegmentName',
    'create_segment',
    'is_text',
    'open_segment',
    'parse_name',
    'require_key',
    'segment_folder',
    'segment_name',
]

Backend: TypeAlias = Literal['memfd', 'file']

BACKENDS = ('memfd', 'file')
MAX_KEY_BYTES = 1024
MEMORY_FOLDER = '/dev/shm'  # noqa: S108 - segments are created there as O_EXCL asks for
# What a kernel or a sandbox without memory files answers.
NO_MEMORY_FILES = (errno.ENOSYS, errno.EPERM, errno.EACCES, errno.EINVAL)
# What posix_fallocate(3) answers where there is no room for it, or a limit or quota forbids it.
NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.ENOMEM)
SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
RUN_ID = re.compile(r'[A-Za-z0-9_.-]{1,64}')
NAME = re.compile(r'piker-(?P<run>[A-Za-z0-9_.-]{1,64})-(\d+)-(\d+)-([0-9a-f]{16})-(\d+)')


class Segment(NamedTuple):
    """Memory of a ring that was created here.

    Attributes
    ----------
    fd : int
        Open for reading and writing; whoever has this closes it.
    backend : str
        'memfd' or 'file'.
    path : str
        Of a named segment, which whoever has this removes; '' for a memory file.
    """

    fd: int
    backend: Backend
    path: str

    def release(self) -> None:
        """Close it, and remove its name if it has one. Memory that is mapped stays mapped."""
        if self.path:
            with suppress(FileNotFoundError):
                Path(self.path).unlink()
        os.close(self.fd)


class SegmentName(NamedTuple):
    """What the name of a segment says.

    Attributes
    ----------
    run : str
        Which run of piker made it.
    pid, start_time : int
        Its writer.
    key_hash : str
        64 bits of the key, in hexadecimal digits.
    generation : int
        Of the ring.
    """

    run: str
    pid: int
    start_time: int
    key_hash: str
    generation: int


def is_text(value: str) -> bool:
    """Return whether a text can be encoded: one with half of a surrogate pair cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def require_key(key: object) -> None:
    """Refuse what cannot be the key of a ring.

    Parameters
    ----------
    key : object
        What a caller gave.

    Raises
    ------
    InputError
        When it is no text, empty, too long, or has a slash, a NUL or half of a surrogate pair.
    """
    is_key = isinstance(key, str) and is_text(key) and not {'/', '\0'} & set(key)
    if not is_key or not 1 <= len(str(key).encode()) <= MAX_KEY_BYTES:
        raise InputError(
            f'a ring was asked for under the key {describe(key)}: '
            f'choose a text of 1 to {MAX_KEY_BYTES} bytes in UTF-8 without slashes and NULs'
        )


def segment_folder() -> Path:
    """Return where named segments lie: `$PIKER_SHM_DIR`, else /dev/shm."""
    return Path(os.environ.get('PIKER_SHM_DIR') or MEMORY_FOLDER)


def segment_name(key: str, pid: int, started: int, generation: int) -> str:
    """Return the name of a ring's segment.

    Parameters
    ----------
    key : str
        What its writer calls it.
    pid, started : int
        The writer, and the start of its process.
    generation : int
        Of the ring.

    Returns
    -------
    str
        With the run of piker, `$PIKER_RUN_ID`, in it.

    Raises
    ------
    InputError
        When that is no plain word.
    """
    run = os.environ.get('PIKER_RUN_ID') or 'none'
    if not RUN_ID.fullmatch(run):
        raise InputError(
            f'PIKER_RUN_ID is {run!r}: set it to 1 to 64 letters, digits, dots or dashes'
        )
    key_hash = hashlib.blake2b(key.encode(), digest_size=8).hexdigest()
    return f'piker-{run}-{pid}-{started}-{key_hash}-{generation}'


def parse_name(name: str) -> SegmentName | None:
    """Return what a file's name says, or None where it is not the name of a segment."""
    found = NAME.fullmatch(name)
    if found is None:
        return None
    run, pid, started, key_hash, generation = found.groups()
    return SegmentName(run, int(pid), int(started), key_hash, int(generation))


def create_segment(name: str, size: int, backend: Backend | None = None) -> Segment:
    """Create memory that is filled with zeros and wholly there.

    Parameters
    ----------
    name : str
        Of the segment.
    size : int
        Bytes, whole pages.
    backend : str, optional
        'memfd' or 'file'; None: `$PIKER_SHM_BACKEND`, else memory files where there are any.

    Returns
    -------
    Segment
        Whoever calls releases it.

    Raises
    ------
    ShmFull
        When there is no room: memory that is promised but not there would kill us at first touch.
    SegmentForeign
        When the name is taken.
    InputError
        When there is no such backend.
    """
    asked: object = backend
    if backend is None:
        asked = os.environ.get('PIKER_SHM_BACKEND') or ''
    if not isinstance(asked, str) or asked not in ('', *BACKENDS):
        raise InputError(
            f'the shared-memory backend {describe(asked)} was asked for: '
            f'choose {" or ".join(BACKENDS)}'
        )
    require_memory(size)
    if asked != 'file':
        try:
            return create_memory_file(name, size)
        except OSError as error:
            if asked == 'memfd' or error.errno not in NO_MEMORY_FILES:
                raise
    return create_named(segment_folder() / name, size)


def create_memory_file(name: str, size: int) -> Segment:
    """Create a memory file, and seal its size: nobody can make us fault by cutting it."""
    fd = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        os.fchmod(fd, 0o600)
        allocate(fd, size, available_memory())
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, SEALS)
    except BaseException:
        os.close(fd)
        raise
    return Segment(fd, 'memfd', '')


def create_named(path: Path, size: int) -> Segment:
    """Create a file that nobody else can enter, never touching one that is there."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        fd = os.open(path, flags, 0o600)
    except FileExistsError as error:
        raise SegmentForeign(
            f'the segment {path} was to be created and something of that name is there: close '
            'the ring of the same key in this process, or remove what is there'
        ) from error
    except OSError as error:
        raise ShmFull(
            f'the segment {path} of {size} bytes cannot be created ({error.strerror}): '
            'set PIKER_SHM_DIR to a folder of yours in memory'
        ) from error
    segment = Segment(fd, 'file', str(path))
    try:
        room = os.fstatvfs(fd)
        allocate(fd, size, room.f_bavail * room.f_frsize, path.parent)
    except BaseException:
        segment.release()
        raise
    return segment


def allocate(fd: int, size: int, free: int, folder: Path | None = None) -> None:
    """Have every page of a file, or say how much is missing."""
    try:
        os.posix_fallocate(fd, 0, size)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise full(size, free, folder) from error


def require_memory(size: int) -> None:
    """Refuse what would push the machine out of memory, which a file system allows or not."""
    free = available_memory()
    if size > free:
        raise full(size, free)


def full(size: int, free: int, folder: Path | None = None) -> ShmFull:
    """Return the error for memory that is not there, in a folder or at all."""
    where, remedy = '', 'end programs that use the memory'
    if folder is not None:
        where, remedy = f' in {folder}', 'remove what fills it, or mount it larger'
    return ShmFull(f'a ring needs {size} bytes of shared memory, {free} are free{where}: {remedy}')


def available_memory() -> int:
    """Return how many bytes can be had without swapping (proc(5), MemAvailable)."""
    for line in Path('/proc/meminfo').read_text().splitlines():
        if line.startswith('MemAvailable:'):
            return int(line.split()[1]) * 1024
    return os.sysconf('SC_AVPHYS_PAGES') * os.sysconf('SC_PAGE_SIZE')


def open_segment(token: ShmToken, *, is_writable: bool = False) -> int:
    """Open the memory of another process's ring.

    Parameters
    ----------
    token : ShmToken
        The writer's.
    is_writable : bool
        Whether parts of it can be mapped for writing: the waiters' page, by whoever waits.

    Returns
    -------
    int
        A descriptor; whoever calls closes it.

    Raises
    ------
    InputError
        When it is no token, or one of its fields cannot be.
    SegmentGone
        When the writer has died or closed it.
    SegmentForeign
        When it is not ours, or something else is there.
    """
    require_token(token)
    if not is_running(ProcessId(token.pid, token.start_time)):
        raise SegmentGone(
            f'the ring {token.key!r} was to be attached and its writer, process {token.pid}, '
            'has ended: open the feed again'
        )
    is_named = token.backend == 'file'
    path = token.path if is_named else f'/proc/{token.pid}/fd/{token.fd}'
    flags = (os.O_RDWR if is_writable else os.O_RDONLY) | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        fd = os.open(path, flags | os.O_NOFOLLOW if is_named else flags)
    except (FileNotFoundError, ProcessLookupError) as error:
        raise SegmentGone(
            f'the ring {token.key!r} was to be attached and process {token.pid} has closed it: '
            'open the feed again'
        ) from error
    except OSError as error:
        raise SegmentForeign(
            f'the ring {token.key!r} was to be attached and {path} cannot be opened '
            f'({error.strerror}): it is of another user, or not a segment of piker'
        ) from error
    try:
        require_ours(fd, token, path)
    except BaseException:
        os.close(fd)
        raise
    return fd


def require_token(token: object) -> None:
    """Refuse what no writer gave: a struct takes fields of any type, and a client any number."""
    if not isinstance(token, ShmToken):
        raise InputError(
            f'a ring was to be attached and its token is {describe(token)}: '
            'give the token of its writer'
        )
    for field in msgspec.structs.fields(ShmToken):
        value = getattr(token, field.name)
        if type(value) is not field.type:
            is_right = False
        elif field.name == 'backend':
            is_right = value in BACKENDS
        elif isinstance(value, str):
            is_right = is_text(value) and '\0' not in value
        else:
            is_right = -(1 << 63) <= value < 1 << 63
        if not is_right:
            raise InputError(
                f'a ring was to be attached and the {field.name} of its token is '
                f'{describe(value)}: give the token of its writer unchanged'
            )


def require_ours(fd: int, token: ShmToken, path: str) -> None:
    """Refuse a file of somebody else, or one whose size can be changed under us."""
    found = os.fstat(fd)
    is_ours = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()
    if is_ours and token.backend == 'file':
        is_ours = not found.st_mode & 0o077
    elif is_ours:
        try:
            seals = fcntl.fcntl(fd, fcntl.F_GET_SEALS)
        except OSError:
            seals = 0
        is_ours = seals & SEALS == SEALS
    if not is_ours:
        raise SegmentForeign(
            f'the ring {token.key!r} was to be attached and {path} is not a segment of ours: '
            'open the feed again'
        )
