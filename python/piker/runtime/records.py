"""What a tree leaves in the runtime folder, so that other processes find it.

::

    $XDG_RUNTIME_DIR/piker/
        pikerd.json            the announced tree: Announcement
        pikerd.lock            held locked by the root that announces, or is about to
        run-<run id>/          one tree, announced or not
            owner.json         ProcessId of its root
            token              secret of its peers, mode 0600
            <name>-<pid>.json  one actor: ActorRecord
        new-<pid>-<start>-…    a file or a folder that a process is about to rename to one of these

A folder whose owner is gone is rubbish; `sweep` removes it. Nothing here is trusted further than
the folder's mode 0700 carries.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import msgspec

from piker.core.errors import TreeError
from piker.core.messages import ServiceRecord
from piker.core.paths import runtime_dir
from piker.core.processes import (
    ProcessId,
    is_running,
    resident_bytes,
    this_process,
    uptime_s,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    'ActorRecord',
    'Announcement',
    'RunFolder',
    'announce',
    'announced',
    'list_services',
    'only_announcer',
    'sweep',
    'withdraw',
]

TOKEN_BYTES = 32
PREFIX = 'run-'
HALF_MADE = 'new-'
OWNER = 'owner.json'
TOKEN = 'token'  # noqa: S105  the name of a file
PIKERD = 'pikerd.json'
LOCK = 'pikerd.lock'

T = TypeVar('T')


class ActorRecord(msgspec.Struct, frozen=True):
    """One actor of a tree.

    Attributes
    ----------
    name : str
        For example 'brokerd.replay'.
    process : ProcessId
        Where it runs.
    host, port : str, int
        Where it listens.
    """

    name: str
    process: ProcessId
    host: str
    port: int


class Announcement(msgspec.Struct, frozen=True):
    """A tree that others may join.

    Attributes
    ----------
    run_id : str
        Which tree.
    root : ActorRecord
        Its root, which is its registry too.
    """

    run_id: str
    root: ActorRecord


def half_made(path: Path) -> Path:
    """Return where this process makes what is then renamed to a path: beside it, never seen half.

    The name says who is at it, so that `sweep` can tell what is made from what a killed one left.
    """
    writer = this_process()
    name = f'{HALF_MADE}{writer.pid}-{writer.start_time}-{secrets.token_hex(4)}'
    return path.with_name(name)


def writer_of_half_made(path: Path) -> ProcessId | None:
    """Return who made the name that `half_made` gave, or None where that did not."""
    numbers = path.name.removeprefix(HALF_MADE).split('-')[:2]
    if len(numbers) < 2 or not all(number.isdecimal() for number in numbers):
        return None
    return ProcessId(int(numbers[0]), int(numbers[1]))


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 that is never seen half written."""
    beside = half_made(path)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, 'wb') as file:
        file.write(content)
    beside.rename(path)


def read_record(path: Path, kind: type[T]) -> T | None:
    """Return a record, or None where it is absent or not one."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return None


class RunFolder:
    """The folder of one tree.

    Parameters
    ----------
    run_id : str
        Which tree.

    Attributes
    ----------
    path : Path
        The folder.
    """

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self.path = runtime_dir() / f'{PREFIX}{run_id}'

    @classmethod
    def create(cls) -> RunFolder:
        """Make the folder of a new tree that this process owns, with a fresh token."""
        folder = cls(f'{os.getpid()}-{secrets.token_hex(6)}')
        # Made under another name first: `sweep` of another process must not find it ownerless.
        beside = half_made(folder.path)
        beside.mkdir(mode=0o700)
        write_atomically(beside / OWNER, msgspec.json.encode(this_process()))
        write_atomically(beside / TOKEN, secrets.token_bytes(TOKEN_BYTES))
        beside.rename(folder.path)
        return folder

    def token(self) -> bytes:
        """Return the secret that peers of this tree prove to know."""
        return (self.path / TOKEN).read_bytes()

    def add(self, record: ActorRecord) -> None:
        """Record an actor."""
        write_atomically(self.place(record), msgspec.json.encode(record))

    def discard(self, record: ActorRecord) -> None:
        """Remove the record of an actor."""
        self.place(record).unlink(missing_ok=True)

    def place(self, record: ActorRecord) -> Path:
        """Return where an actor is recorded."""
        return self.path / f'{record.name}-{record.process.pid}.json'

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.path, ignore_errors=True)

    def actors(self) -> list[ActorRecord]:
        """Return the actors that run, by name."""
        records = (
            read_record(path, ActorRecord)
            for path in sorted(self.path.glob('*.json'))
            if path.name != OWNER
        )
        return [record for record in records if record and is_running(record.process)]


@contextmanager
def only_announcer() -> Iterator[None]:
    """Be the one process that may announce a tree; the kernel ends it with the process.

    Yields
    ------
    None
        While held, no other process of this user gets here.

    Raises
    ------
    TreeError
        When another process is there already.
    """
    descriptor = os.open(runtime_dir() / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            found = announced()
            where = f'as pid {found.root.process.pid}' if found else 'and is about to be announced'
            raise TreeError(
                f'pikerd runs already {where}: stop it first, or start a chart, which joins it'
            ) from None
        yield
    finally:
        os.close(descriptor)


def announce(record: Announcement) -> None:
    """Let others join this tree."""
    write_atomically(runtime_dir() / PIKERD, msgspec.json.encode(record))


def announced() -> Announcement | None:
    """Return the tree that is to be joined, or None where none runs."""
    found = read_record(runtime_dir() / PIKERD, Announcement)
    return found if found is not None and is_running(found.root.process) else None


def withdraw(run_id: str) -> None:
    """Stop announcing a tree, if it is still the announced one."""
    path = runtime_dir() / PIKERD
    found = read_record(path, Announcement)
    if found is not None and found.run_id == run_id:
        path.unlink(missing_ok=True)


def sweep() -> list[str]:
    """Remove the folders of trees whose owner is gone, and what killed writers left half made.

    Returns
    -------
    list of str
        Run ids of the trees. Folders of living trees, and what is not ours, are not touched.
    """
    removed = []
    for path in runtime_dir().glob(f'{PREFIX}*'):
        owner = read_record(path / OWNER, ProcessId)
        if owner is not None and not is_running(owner):
            shutil.rmtree(path, ignore_errors=True)
            removed.append(path.name.removeprefix(PREFIX))
    for run_id in removed:
        withdraw(run_id)
    for path in runtime_dir().glob(f'{HALF_MADE}*'):
        writer = writer_of_half_made(path)
        if writer is not None and not is_running(writer):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    return removed


def list_services() -> list[ServiceRecord]:
    """Return the actors of every tree of this user that runs.

    Returns
    -------
    list of ServiceRecord
        By tree and name; empty where nothing runs.
    """
    return [
        ServiceRecord(
            name=actor.name,
            pid=actor.process.pid,
            address=f'{actor.host}:{actor.port}',
            uptime_s=round(uptime_s(actor.process), 3),
            rss_bytes=resident_bytes(actor.process),
        )
        for path in sorted(runtime_dir().glob(f'{PREFIX}*'))
        for actor in RunFolder(path.name.removeprefix(PREFIX)).actors()
    ]
