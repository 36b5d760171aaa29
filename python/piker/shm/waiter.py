"""`RingWaiter`: blocks until one of some rings changes, in a task of trio or in a plain thread.

Data crosses processes in the ring; what crosses here is one byte that says that it is time to look.
The writer sends it by `ShmArray.notify`, at most one for each time that a reader blocks, so that a
slow reader costs it nothing. How neither misses the other is stated in cython/shmring_waiters.pxi.

A chart that is visible needs none of this: it looks at its rings once a frame anyhow.
"""

from __future__ import annotations

import math
import os
import select
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

import trio

from piker._cython.shmring import WaiterSlot, has_news, take_changes
from piker.core.errors import InputError, SegmentGone
from piker.core.processes import ProcessId, is_running
from piker.core.words import describe
from piker.shm.array import ShmArray, require_identity
from piker.shm.segments import open_segment

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ['RingWaiter']

READ_BYTES = 4096


class RingWaiter:
    """Waits until rings change; one task or thread uses it at a time.

    What counts is every change since this object was made, or since it last told of one: so make
    it first, then read the rings, then wait. Several changes are told as one. It holds a pipe, a
    selector, and one descriptor for each process that writes.

    Parameters
    ----------
    *rings : ShmArray
        Attached, or opened by this process; at least one. They are not closed here.

    Raises
    ------
    InputError
        When no rings, or something else, are given.
    SegmentGone
        When the writer of one has ended or closed it.
    SegmentForeign
        When another segment is in its place.
    ShmFull
        When as many readers wait for one as its segment has room for.
    """

    def __init__(self, *rings: ShmArray) -> None:
        for ring in rings:
            if not isinstance(ring, ShmArray):
                raise InputError(f'changes of {describe(ring)} were to be waited for: give rings')
        if not rings:
            raise InputError('changes of no ring were to be waited for: give at least one')
        self.is_rung = False
        self.slots: list[WaiterSlot] = []
        with ExitStack() as opened:
            self.inlet, outlet = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
            opened.callback(os.close, self.inlet)
            opened.callback(os.close, outlet)
            self.selector = opened.enter_context(select.epoll())
            self.selector.register(self.inlet, select.EPOLLIN)
            self.writers = {
                self.open_writer(writer, opened): writer.pid
                for writer in {ProcessId(ring.token.pid, ring.token.start_time) for ring in rings}
            }
            for ring in rings:
                slot = take_slot(ring, outlet)
                opened.callback(slot.leave)
                self.slots.append(slot)
            self.opened = opened.pop_all()

    def open_writer(self, writer: ProcessId, opened: ExitStack) -> int:
        """Return a descriptor that can be read once a process has ended (pidfd_open(2))."""
        try:
            fd = os.pidfd_open(writer.pid)
        except ProcessLookupError:
            fd = -1
        else:
            opened.callback(os.close, fd)
        # Looked at behind the opening: its number may have passed to another process before.
        if not is_running(writer):
            raise SegmentGone(
                f'changes of a ring were to be waited for and its writer, process {writer.pid}, '
                'has ended: open the feed again'
            )
        self.selector.register(fd, select.EPOLLIN)
        return fd

    async def wait_changed(self) -> tuple[ShmArray, ...]:
        """Wait until a ring changes.

        Cancelling it loses no change. It returns at once, after a checkpoint, where something
        changed already.

        Returns
        -------
        tuple of ShmArray
            Those that changed, a new generation of one included; in the order they were given.

        Raises
        ------
        SegmentGone
            Once the writer of one has ended or closed it, and its last change was told.
        """
        if self.is_due():
            await trio.lowlevel.checkpoint()
            return take_changes(self.slots)
        while True:
            await trio.lowlevel.wait_readable(self.selector.fileno())
            # The byte stays in the pipe until the next wait: what woke us is looked at first.
            self.is_rung = True
            if changed := take_changes(self.slots):
                return changed
            if self.is_due():
                return take_changes(self.slots)

    def wait_changed_blocking(self, timeout_s: float = math.inf) -> tuple[ShmArray, ...]:
        """Block the thread until a ring changes: `wait_changed` for code without trio.

        Parameters
        ----------
        timeout_s : float
            How long at most; 0 only looks.

        Returns
        -------
        tuple of ShmArray
            Those that changed; empty when the time is over.

        Raises
        ------
        SegmentGone
            Once the writer of one has ended or closed it, and its last change was told.
        """
        deadline = time.monotonic() + timeout_s
        while not self.is_due():
            left = deadline - time.monotonic()
            if left <= 0.0:
                return ()
            if self.selector.poll(None if math.isinf(left) else left, 1):
                self.is_rung = True
                if changed := take_changes(self.slots):
                    return changed
        return take_changes(self.slots)

    def is_due(self) -> bool:
        """Return whether there is something to tell; where not, the next change will wake us."""
        if has_news(self.slots):
            return True
        if self.is_rung:
            self.take_bytes()
        for slot in self.slots:
            slot.arm()
        return has_news(self.slots)

    def take_bytes(self) -> None:
        """Empty the pipe, or else learn which writer has ended."""
        self.is_rung = False
        try:
            os.read(self.inlet, READ_BYTES)
        except BlockingIOError:
            for fd, _ in self.selector.poll(0):
                if writer := self.writers.pop(fd, None):
                    self.selector.unregister(fd)
                    for slot in self.slots:
                        slot.is_orphaned |= slot.ring.token.pid == writer

    def close(self) -> None:
        """Give the slots and descriptors up; no task may wait. Closing twice is no error."""
        self.opened.close()

    def __del__(self) -> None:
        """Leave no descriptor behind where `close` was forgotten."""
        if hasattr(self, 'opened'):
            self.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()


def take_slot(ring: ShmArray, pipe: int) -> WaiterSlot:
    """Take a slot in the waiters' page of a ring."""
    fd = open_segment(ring.token, is_writable=True)
    try:
        require_identity(fd, ring.token)
        return WaiterSlot(ring, fd, pipe)
    finally:
        os.close(fd)
