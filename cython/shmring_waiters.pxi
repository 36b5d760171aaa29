"""The fourth part of shmring.pyx: readers that block until a ring changes, and who wakes them.

Each such reader has a slot in the waiters' page, the only one that readers map for writing, and a
pipe. The slot says where the pipe is: the writer opens it through the reader's descriptors in
/proc, which the kernel allows to processes of the same user only, and knows it by its inode. A pipe
has no name, so nothing is left after any death.

- Block: the reader sets its bit, a full fence, looks at the counters once more, and sleeps only if
  they are as they were.
- Wake: the writer stores its counters, a full fence, then takes all bits that are set and writes a
  byte to each one's pipe. So either the writer sees the bit, or the reader the change.
- A bit is set once for one byte: a slow reader is written to once, and its pipe never fills.
- Leave: the slot is emptied, then its bit set, by which the writer learns to close its end. The
  slot of a reader that was killed is taken over by the next one that comes.
"""

import os
import stat


cdef extern from "unistd.h" nogil:
    ssize_t write_bytes "write"(int fd, const void *buffer, size_t count)
    int close_fd "close"(int fd)


cdef enum:
    # Process ids are below 2**22 on Linux (PID_MAX_LIMIT).
    PID_BITS = 22


cdef class RingNotifier(RingInput):
    """Wakes the readers that wait for a change; all of it is the writer's."""

    cdef int wake_fds[RING_WAITERS]
    cdef int64_t wake_inodes[RING_WAITERS]
    # What `changes` was when readers were last woken.
    cdef int64_t told

    def __cinit__(self, int fd, layout, token, identity=None):
        cdef int i
        for i in range(RING_WAITERS):
            self.wake_fds[i] = -1

    def __dealloc__(self):
        self.drop_waiters()

    def notify(self):
        """Wake the readers that block until the ring changes; to be called behind a batch.

        The changes themselves wake nobody: a batch touches the live row of a bar once a tick, and a
        reader wants to be woken once for all of it. Where nobody waits it costs a fence and a load,
        where nothing changed since the last call not even these. It never blocks.

        Returns
        -------
        int
            How many were woken; a reader that was woken before and has not blocked again is not
            among them.

        Raises
        ------
        InputError
            When this object may not change rows.
        ShmFull
            When this process has no descriptor left to reach a reader by; the next call tries anew.
        """
        if not self.is_writer or self.forks != forks or self.header.is_closed:
            self.require_writer()
        cdef int64_t changes = self.count_changes()
        # Whoever set a bit since the last call has seen all that had changed by then.
        if changes == self.told:
            return 0
        fence_full()
        woken = self.wake() if load_relaxed(&self.waiters.armed) else 0
        self.told = changes
        return woken

    cdef wake(self):
        """Write to the pipe of every reader whose bit is set."""
        cdef uint64_t bits = <uint64_t> exchange(&self.waiters.armed, 0)
        cdef int64_t inode
        cdef int woken = 0
        cdef int i
        refusal = None
        for i in range(RING_WAITERS):
            if not bits >> i & 1:
                continue
            inode = load_acquire(&self.waiters.slots[i].inode)
            if self.wake_fds[i] < 0 or self.wake_inodes[i] != inode:
                try:
                    self.reach(i, inode)
                except OSError as error:
                    set_bits(&self.waiters.armed, <int64_t> (<uint64_t> 1 << i))
                    refusal = error
            if self.wake_fds[i] < 0:
                continue
            # A pipe that is full will wake its reader without another byte.
            if write_bytes(self.wake_fds[i], b'w', 1) == 1 or errno == EAGAIN:
                woken += 1
            else:
                self.drop(i)
        if refusal is not None:
            raise ShmFull(
                f'a reader of ring {self.key!r} was to be woken and process {os.getpid()} cannot '
                f'open one more file ({refusal.strerror}): raise its limit of open files'
            ) from refusal
        return woken

    cdef reach(self, int i, int64_t inode):
        """Open the pipe of a slot, unless its reader is gone.

        Raises
        ------
        OSError
            When no more files can be opened.
        """
        cdef RingWaiter *slot = self.waiters.slots + i
        self.drop(i)
        if inode == 0:
            return
        path = f'/proc/{slot.owner & ((1 << PID_BITS) - 1)}/fd/{slot.fd}'
        try:
            # What a slot says is not believed: a descriptor of a path alone does nothing to what
            # it means, and only the pipe of that inode is then opened.
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                found = os.fstat(place)
                if found.st_ino == inode and stat.S_ISFIFO(found.st_mode):
                    self.wake_fds[i] = os.open(
                        f'/proc/self/fd/{place}', os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC
                    )
                    self.wake_inodes[i] = inode
            finally:
                os.close(place)
        except OSError as error:
            if error.errno in (EMFILE, ENFILE, ENOMEM):
                raise

    cdef void drop(self, int i) noexcept:
        """Close this end of a pipe, if it is open."""
        if self.wake_fds[i] >= 0:
            close_fd(self.wake_fds[i])
            self.wake_fds[i] = -1

    cdef void drop_waiters(self) noexcept:
        """Close this end of every pipe."""
        cdef int i
        for i in range(RING_WAITERS):
            self.drop(i)


cdef class WaiterSlot:
    """The slot of a reader in the waiters' page of a ring; `piker.shm.waiter` uses it.

    Parameters
    ----------
    ring : Ring
        Whose changes are waited for; those since now.
    fd : int
        Its segment, open for reading and writing; it may be closed afterwards.
    pipe : int
        Descriptor of a pipe that the writer is to write to.

    Attributes
    ----------
    ring : Ring
        As given.
    is_orphaned : bool
        Set by whoever learns that the ring's writer has ended.

    Raises
    ------
    ShmFull
        When as many readers wait as there are slots, or the address space has no room.
    """

    cdef readonly RingMemory ring
    cdef public bint is_orphaned
    cdef RingWaiters *waiters
    cdef size_t mapped
    cdef int64_t forks, seen
    # -1: it has none.
    cdef int number

    def __cinit__(self, RingMemory ring, int fd, int pipe):
        self.number = -1
        self.forks = forks
        self.ring = ring
        self.seen = ring.count_changes()
        cdef int64_t place = ring.layout.waiters_place
        cdef size_t page = ring.layout.header_bytes - place
        cdef void *found = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, place)
        if found == MAP_FAILED:
            raise ShmFull(
                f'the waiters of ring {ring.key!r} need {page} bytes of addresses and the '
                'system refused them: raise the limit of address space'
            )
        self.mapped = page
        self.waiters = <RingWaiters *> found
        self.claim(pipe)

    def __dealloc__(self):
        if self.waiters != NULL:
            self.leave()
            munmap(self.waiters, self.mapped)

    cdef claim(self, int pipe):
        """Take the first slot that is free, or whose owner was killed."""
        process = this_process()
        cdef int64_t ours = process.start_time << PID_BITS | process.pid
        cdef int64_t inode = os.fstat(pipe).st_ino
        cdef int64_t owner
        cdef RingWaiter *slot
        cdef int i
        for i in range(RING_WAITERS):
            slot = self.waiters.slots + i
            owner = load_acquire(&slot.owner)
            if owner and is_running(ProcessId(owner & ((1 << PID_BITS) - 1), owner >> PID_BITS)):
                continue
            if replace(&slot.owner, owner, ours):
                # The writer believes what it reads here only once the bit is set behind it.
                store_relaxed(&slot.fd, pipe)
                store_release(&slot.inode, inode)
                self.number = i
                return
        raise ShmFull(
            f'changes of ring {self.ring.key!r} were to be waited for and {RING_WAITERS} readers '
            'do so already: close one of them'
        )

    def arm(self):
        """Ask to be woken once; the counters have to be looked at behind it, before sleeping.

        Raises
        ------
        InputError
            When the slot was given up, or this process was forked from the one that took it.
        """
        if self.number < 0 or self.forks != forks:
            raise InputError(
                f'changes of ring {self.ring.key!r} were to be waited for by what was closed, or '
                'made before this process was forked: make a RingWaiter in this process'
            )
        set_bits(&self.waiters.armed, <int64_t> (<uint64_t> 1 << self.number))
        fence_full()

    @property
    def is_armed(self):
        """Whether it is to be woken and was not yet."""
        return load_acquire(&self.waiters.armed) >> self.number & 1 == 1

    def leave(self):
        """Give the slot up, and tell the writer so; a fork's copy leaves it alone."""
        if self.number < 0 or self.forks != forks:
            return
        cdef RingWaiter *slot = self.waiters.slots + self.number
        store_relaxed(&slot.inode, 0)
        store_release(&slot.owner, 0)
        set_bits(&self.waiters.armed, <int64_t> (<uint64_t> 1 << self.number))
        self.number = -1

    cdef bint has_changed(self) noexcept:
        """Whether the ring has changed since what was last seen of it."""
        return self.ring.count_changes() != self.seen

    cdef bint is_over(self) noexcept:
        """Whether nothing of the ring will change any more, as far as is known."""
        return self.is_orphaned or load_acquire(&self.ring.header.is_closed) != 0


def has_news(list slots):
    """Return whether a ring has changed, or will never change again.

    Parameters
    ----------
    slots : list of WaiterSlot
        Whose rings are looked at.

    Returns
    -------
    bool
        Whether `take_changes` has something to return or to raise.
    """
    cdef WaiterSlot slot
    for slot in slots:
        if slot.has_changed() or slot.is_over():
            return True
    return False


def take_changes(list slots):
    """Return the rings that changed, and count what they are at now as seen.

    Parameters
    ----------
    slots : list of WaiterSlot
        Whose rings are looked at.

    Returns
    -------
    tuple of Ring
        In the order of the slots.

    Raises
    ------
    SegmentGone
        When one will not change any more and has not changed either; nothing is counted then.
    """
    cdef WaiterSlot slot
    cdef list changed = []
    for slot in slots:
        if slot.has_changed():
            changed.append(slot)
        elif slot.is_over():
            token = slot.ring.token
            what = 'ended' if slot.is_orphaned else 'closed it'
            raise SegmentGone(
                f'a change of ring {token.key!r} was waited for and its writer, process '
                f'{token.pid}, has {what}: open the feed again'
            )
    cdef Py_ssize_t place
    for place in range(len(changed)):
        slot = changed[place]
        # What changes from here on is told by the next call.
        slot.seen = slot.ring.count_changes()
        changed[place] = slot.ring
    return tuple(changed)
