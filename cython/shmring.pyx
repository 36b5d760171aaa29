# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
# cython: auto_pickle=False, autotestdict=False
"""The memory of a ring: columns mapped twice in a row, their pyramid, and the order of accesses.

One writer, many readers, no locks. A row's index is absolute and never changes; its place in each
column is index modulo capacity. The rules by which readers see whole rows only:

- Append: the writer stores the fields, then `last` with release; readers load `last` with acquire.
- Evict: the writer stores `first`, a release fence, then overwrites; readers use rows, an acquire
  fence, then load `first`. Whoever saw a new value in an old row's place sees the new `first`.
- Prepend: into free places only, then `first` with release. It never evicts, and a ring that has
  evicted is full, so `first` never falls again.
- The live row, last - 1, changes under a sequence counter, closed rows under the revision: odd
  while they are being written; readers take the counter before and after and try again.
- A pyramid node is stored before the counter that makes it complete (ringnodes.pxd).

- Readers that block until something changes are woken by `notify` (shmring_waiters.pxi).

What lies where: ringheader.h, then the columns, then the levels of each field's pyramid.
"""

from typing import NamedTuple

import numpy as np

cimport numpy as cnp
from cpython.float cimport PyFloat_AS_DOUBLE, PyFloat_CheckExact
from cpython.long cimport PyLong_AsLongLongAndOverflow, PyLong_CheckExact
from cpython.number cimport PyNumber_Index
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_CheckExact, PyTuple_GET_ITEM, PyTuple_GET_SIZE
from libc.errno cimport EAGAIN, EMFILE, ENFILE, ENOMEM, errno
from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcpy

from ringmemory cimport (
    HAS_LIVE_SEQ,
    PUBLISHES_FIRST,
    RING_LAYOUT,
    RING_LOG,
    RING_MAGIC,
    RING_WAITERS,
    RingHeader,
    RingWaiter,
    RingWaiters,
    exchange,
    fence_acquire,
    fence_full,
    fence_release,
    load_acquire,
    load_column,
    load_relaxed,
    replace,
    set_bits,
    store_column,
    store_relaxed,
    store_release,
)
from ringnodes cimport LEAF_ROWS, MINMAX, SUM, Node, Pyramid, floor_mod, fold_nodes

from piker.core.errors import InputError, Overrun, SegmentGone, ShmFull
from piker.core.processes import ProcessId, is_running, this_process
from piker.core.words import describe

cnp.import_array()

__all__ = [
    'HEADER_BYTES',
    'IDENTITY_BYTES',
    'FieldView',
    'Identity',
    'Ring',
    'WaiterSlot',
    'has_news',
    'read_identity',
    'take_changes',
]


cdef enum:
    MAX_FIELDS = 64
    # Rows that are moved at once: what they touch stays in the cache between columns and nodes.
    CHUNK_ROWS = 512
    # How often a reader looks before it naps, how long a nap is, how many there are at least, how
    # many rows allow one more, since a revision may move them all, and after how many naps a reader
    # asks whether the writer lives.
    SPINS = 4096
    NAP_US = 100
    NAPS = 2000
    ROWS_A_NAP = 5000
    NAPS_A_QUESTION = 256
    # How often a reader copies before it gives up: only a writer that revises without end.
    ATTEMPTS = 4096

cdef enum Kind:
    FLOAT8
    FLOAT4
    SIGNED
    UNSIGNED

cdef struct Field:
    char *column
    int64_t itemsize
    # Where it is in a row of the dtype.
    int64_t offset
    Kind kind


include "shmring_identity.pxi"
include "shmring_memory.pxi"
include "shmring_reader.pxi"
include "shmring_input.pxi"
include "shmring_waiters.pxi"


cdef class Ring(RingNotifier):
    """Columns of rows in a mapped segment; `piker.shm.ShmArray` adds where the segment comes from.

    Parameters
    ----------
    fd : int
        The segment, of the layout's size; it may be closed afterwards.
    layout : piker.shm.layout.Layout
        Where everything is.
    token : piker.core.messages.ShmToken
        What another process needs to attach it.
    identity : Identity, optional
        Makes this object the writer: what to write into the header.

    Attributes
    ----------
    token : piker.core.messages.ShmToken
        As given.
    key : str
        What its writer calls it.
    dtype : numpy.dtype
        Of a row.
    capacity : int
        Rows that fit.
    is_writer : bool
        Whether this object may change rows.

    Raises
    ------
    ShmFull
        When the address space has no room.
    """

    def require_writer(self):
        """Refuse changes through an attached ring, a closed one, and one inherited by a fork.

        Raises
        ------
        InputError
            When this object may not change rows.
        """
        if not self.is_writer:
            raise InputError(
                f'the ring {self.key!r} was attached for reading: only the process that opened it '
                'can change its rows'
            )
        if self.is_inherited:
            raise InputError(
                f'the ring {self.key!r} was opened before this process was forked: only the '
                'process that opened it can change its rows'
            )
        if self.header.is_closed:
            raise InputError(f'the ring {self.key!r} was closed: open it again to change its rows')

    def push(self, rows):
        """Append rows; the oldest ones fall out when the ring is full.

        Parameters
        ----------
        rows : tuple, numpy.void or ndarray of shape () or (n,)
            One row, or rows of the ring's dtype, ascending.

        Raises
        ------
        InputError
            When the rows are of another type; nothing is appended then.
        """
        cdef uint64_t cells[MAX_FIELDS]
        cdef const char *source
        cdef int64_t stride, count, part
        if not self.is_writer or self.forks != forks or self.header.is_closed:
            self.require_writer()
        if PyTuple_CheckExact(rows):
            self.read_tuple(rows, cells)
            self.push_cells(cells)
            return
        rows = self.read_array(rows, &source, &stride, &count)
        while count > 0:
            part = min(count, <int64_t> CHUNK_ROWS, self.capacity // 2)
            self.push_chunk(source, stride, part)
            source += part * stride
            count -= part

    cdef void push_cells(self, const uint64_t *cells) noexcept:
        """Append one row of converted values."""
        cdef RingHeader *header = self.header
        cdef int64_t last = header.last
        cdef int64_t first = header.first
        if last - first == self.capacity:
            first += 1
            store_relaxed(&header.first, first)
            fence_release()
        if PUBLISHES_FIRST:
            store_release(&header.last, last + 1)
        self.store_cells(self.position, cells)
        # Row last - 1 is closed now; whether that completes a leaf.
        if last % LEAF_ROWS == 0:
            self.fold(last - 1, last, first, last)
        store_release(&header.last, last + 1)
        self.position += 1
        if self.position == self.capacity:
            self.position = 0

    cdef void push_chunk(self, const char *source, int64_t stride, int64_t count) noexcept:
        """Append rows, not more than half of the capacity."""
        cdef RingHeader *header = self.header
        cdef int64_t last = header.last + count
        cdef int64_t first = header.first
        if last - first > self.capacity:
            first = last - self.capacity
            store_relaxed(&header.first, first)
            fence_release()
        if PUBLISHES_FIRST:
            store_release(&header.last, last)
        self.store_rows(self.position, source, stride, count)
        self.fold(last - count - 1, last - 1, first, last - 1)
        store_release(&header.last, last)
        self.position = (self.position + count) % self.capacity

    def prepend(self, rows):
        """Put rows before the oldest one; nothing is evicted.

        Parameters
        ----------
        rows : tuple, numpy.void or ndarray of shape () or (n,)
            One row, or rows of the ring's dtype, ascending.

        Returns
        -------
        int
            How many fitted: the newest ones of the rows.

        Raises
        ------
        InputError
            When the rows are of another type; nothing is prepended then.
        """
        cdef RingHeader *header = self.header
        cdef const char *source
        cdef int64_t stride, count, fitted
        self.require_writer()
        rows = self.read_array(rows, &source, &stride, &count)
        fitted = min(count, self.capacity - (header.last - header.first))
        if fitted == 0:
            return 0
        cdef int64_t before = header.first
        cdef int64_t first = before - fitted
        self.store_rows(
            floor_mod(first, self.capacity), source + (count - fitted) * stride, stride, fitted
        )
        self.fold(first, before, first, header.last - 1)
        store_release(&header.first, first)
        return fitted

    def set_last(self, row):
        """Change the live row.

        Parameters
        ----------
        row : tuple, numpy.void or ndarray of shape () or (1,)
            The row of the ring's dtype that takes its place.

        Raises
        ------
        InputError
            When it is not one row of the ring's dtype, or the ring is empty.
        """
        cdef RingHeader *header = self.header
        cdef uint64_t cells[MAX_FIELDS]
        cdef const char *source
        cdef int64_t stride, count
        self.require_writer()
        if header.last == header.first:
            raise InputError(f'the ring {self.key!r} has no live row to set: push one first')
        cdef bint is_tuple = PyTuple_CheckExact(row)
        if is_tuple:
            self.read_tuple(row, cells)
        else:
            row = self.read_array(row, &source, &stride, &count)
            if count != 1:
                raise InputError(
                    f'the live row of ring {self.key!r} is one row, {count} were given: push rows'
                )
        cdef int64_t place = (self.position if self.position else self.capacity) - 1
        if HAS_LIVE_SEQ:
            store_relaxed(&header.live_seq, header.live_seq + 1)
            fence_release()
        if is_tuple:
            self.store_cells(place, cells)
        else:
            self.store_rows(place, source, stride, 1)
        if HAS_LIVE_SEQ:
            store_release(&header.live_seq, header.live_seq + 1)

    def revise(self, start, rows):
        """Correct or refill closed rows; logged as a dirty range.

        Parameters
        ----------
        start : int
            Absolute index of the first one.
        rows : tuple, numpy.void or ndarray of shape () or (n,)
            One row, or rows of the ring's dtype.

        Raises
        ------
        InputError
            When the rows are of another type or reach the live row, or start is no integer.
        Overrun
            When they begin before the oldest row.
        """
        cdef RingHeader *header = self.header
        cdef const char *source
        cdef int64_t begin, stride, count, revision
        self.require_writer()
        begin = whole_number(start, 'the first row to revise', self.key)
        rows = self.read_array(rows, &source, &stride, &count)
        if begin < header.first:
            self.refuse_start(begin, header.first)
        if begin > header.last - 1 - count:
            raise InputError(
                f'{count} rows from {begin} on of ring {self.key!r} cannot be revised, closed '
                f'rows end at {max(header.last - 1, header.first)}: use set_last for the live row'
            )
        if count == 0:
            return
        revision = header.revision
        store_relaxed(&header.revision, revision + 1)
        fence_release()
        store_relaxed(&header.log[(revision >> 1) % RING_LOG].start, begin)
        store_relaxed(&header.log[(revision >> 1) % RING_LOG].stop, begin + count)
        self.store_rows(floor_mod(begin, self.capacity), source, stride, count)
        self.fold(begin, begin + count, header.first, header.last - 1)
        store_release(&header.revision, revision + 2)

    cdef void fold(self, int64_t start, int64_t stop, int64_t first, int64_t closed) noexcept:
        """Make the nodes of all fields that have a row in [start, stop)."""
        cdef int i
        for i in range(self.pyramid_count):
            fold_nodes(self.pyramids + i, start, stop, first, closed)

    cdef void store_rows(
        self, int64_t place, const char *source, int64_t stride, int64_t count
    ) noexcept:
        """Spread rows over the columns from a place on, across the wrap."""
        cdef int i
        cdef Field *field
        for i in range(self.field_count):
            field = self.fields + i
            store_column(
                field.column + place * field.itemsize,
                source + field.offset,
                stride,
                count,
                field.itemsize,
            )

    cdef void store_cells(self, int64_t place, const uint64_t *cells) noexcept:
        """Store one row of converted values."""
        cdef int i
        cdef Field *field
        if self.is_wide:
            for i in range(self.field_count):
                store_relaxed(<int64_t *> self.fields[i].column + place, <int64_t> cells[i])
            return
        for i in range(self.field_count):
            field = self.fields + i
            # The low bytes come first on the little-endian machines that piker runs on.
            store_column(
                field.column + place * field.itemsize,
                <const char *> (cells + i),
                0,
                1,
                field.itemsize,
            )

    def mark_closed(self):
        """Tell readers that no row will be changed any more."""
        self.require_writer()
        store_release(&self.header.is_closed, 1)
        fence_full()
        try:
            self.wake()
        finally:
            self.drop_waiters()

    def mark_superseded(self, fd, nonce):
        """Tell readers which segment takes this one's place.

        Parameters
        ----------
        fd : int
            The writer's descriptor of it, -1 for a named one.
        nonce : int
            Of its identity.

        Raises
        ------
        InputError
            When this object may not change rows, or one of them is no integer.
        """
        self.require_writer()
        cdef int64_t descriptor = whole_number(fd, 'the successor\'s descriptor', self.key)
        cdef int64_t number = whole_number(nonce, 'the successor\'s nonce', self.key)
        self.header.successor_fd = descriptor
        self.header.successor_nonce = number
        store_release(&self.header.is_superseded, 1)
        self.notify()
