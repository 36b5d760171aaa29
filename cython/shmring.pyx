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

What lies where: ringheader.h, then the columns, then the levels of each field's pyramid.
"""

from typing import NamedTuple

import numpy as np

cimport numpy as cnp
from cpython.float cimport PyFloat_AS_DOUBLE, PyFloat_CheckExact
from cpython.long cimport PyLong_CheckExact
from cpython.number cimport PyNumber_Index
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_CheckExact, PyTuple_GET_ITEM, PyTuple_GET_SIZE
from libc.errno cimport ENOMEM, errno
from libc.stdint cimport int64_t, uint64_t
from libc.string cimport memcpy

from ringmemory cimport (
    HAS_LIVE_SEQ,
    PUBLISHES_FIRST,
    RING_LAYOUT,
    RING_LOG,
    RING_MAGIC,
    RingHeader,
    fence_acquire,
    fence_release,
    load_acquire,
    load_column,
    load_relaxed,
    store_column,
    store_relaxed,
    store_release,
)
from ringnodes cimport LEAF_ROWS, MINMAX, SUM, Node, Pyramid, floor_mod, fold_nodes

from piker.core.errors import InputError, Overrun, SegmentGone, ShmFull

cnp.import_array()

__all__ = ['HEADER_BYTES', 'IDENTITY_BYTES', 'FieldView', 'Identity', 'Ring', 'read_identity']


cdef extern from "sys/mman.h" nogil:
    void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)
    int munmap(void *address, size_t length)
    void *MAP_FAILED
    int PROT_NONE, PROT_READ, PROT_WRITE
    int MAP_SHARED, MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE, MAP_FIXED

cdef extern from "unistd.h" nogil:
    int usleep(unsigned int microseconds)

cdef extern from "numpy/arrayobject.h":
    cnp.ndarray PyArray_NewFromDescr(
        PyTypeObject *subtype, cnp.dtype descr, int nd, cnp.npy_intp *dims, cnp.npy_intp *strides,
        void *data, int flags, PyObject *obj
    )


cdef enum:
    MAX_FIELDS = 64
    # Rows that are moved at once: what they touch stays in the cache between columns and nodes.
    CHUNK_ROWS = 1024
    # How often a reader looks before it sleeps, how long it sleeps, and how often.
    SPINS = 4096
    NAP_US = 100
    NAPS = 2000
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


class FieldView(NamedTuple):
    """One float64 field in memory, for kernels; valid while its ring object lives.

    Attributes
    ----------
    data : int
        Address of the column; row i is at data + 8 * (i mod capacity), and the column is mapped
        twice in a row, so that any run of up to `capacity` rows is contiguous.
    capacity : int
        Rows in the column.
    levels : tuple of (int, int)
        Address and slots of each level of the pyramid, leaves first.
    reducer : str
        'minmax' or 'sum'.
    """

    data: int
    capacity: int
    levels: tuple
    reducer: str


class Identity(NamedTuple):
    """What the head of a segment says that it is.

    Attributes
    ----------
    is_ring : bool
        Whether magic and layout version are those of this build; else the rest means nothing.
    schema_hash, nonce, capacity, generation, writer_pid, writer_start : int
        As the writer was opened with.
    segment_bytes, schema_bytes : int
        Size of all, and of the schema's text, which begins at `SCHEMA_OFFSET`.
    """

    is_ring: bool
    schema_hash: int
    nonce: int
    capacity: int
    generation: int
    writer_pid: int
    writer_start: int
    segment_bytes: int
    schema_bytes: int


HEADER_BYTES = sizeof(RingHeader)
IDENTITY_BYTES = 128


def read_identity(bytes head):
    """Return the identity in the first bytes of a segment.

    Parameters
    ----------
    head : bytes
        At least `IDENTITY_BYTES`; fewer are nobody's ring.

    Returns
    -------
    Identity
        As written by the segment's creator.
    """
    if len(head) < IDENTITY_BYTES:
        return Identity(False, 0, 0, 0, 0, 0, 0, 0, 0)
    cdef const RingHeader *header = <const RingHeader *> <const char *> head
    return Identity(
        header.magic == RING_MAGIC and header.layout == RING_LAYOUT,
        header.schema_hash,
        header.nonce,
        header.capacity,
        header.generation,
        header.writer_pid,
        header.writer_start,
        header.segment_bytes,
        header.schema_bytes,
    )


cdef class Ring:
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

    cdef readonly object token
    cdef readonly str key
    cdef readonly cnp.dtype dtype
    cdef readonly int64_t capacity
    cdef readonly bint is_writer
    cdef object __weakref__
    cdef RingHeader *header
    cdef char *base
    cdef size_t mapped
    cdef int field_count, pyramid_count
    cdef Field fields[MAX_FIELDS]
    cdef Pyramid pyramids[MAX_FIELDS]
    # The next row's place: last modulo capacity.
    cdef int64_t position
    cdef bint is_wide
    cdef int64_t itemsize
    cdef dict places, views
    cdef list dtypes

    def __cinit__(self, int fd, layout, token, identity=None):
        self.token = token
        self.key = token.key
        self.dtype = layout.dtype
        self.capacity = layout.capacity
        self.itemsize = layout.dtype.itemsize
        self.is_writer = identity is not None
        self.map_segment(fd, layout)
        self.place_fields(layout)
        if identity is not None:
            self.write_identity(identity, layout.schema)
        self.position = floor_mod(self.header.last, self.capacity)

    def __dealloc__(self):
        if self.base != NULL:
            munmap(self.base, self.mapped)

    cdef map_segment(self, int fd, layout):
        """Map header, each column twice in a row, and nodes into one span of addresses."""
        cdef int protection = PROT_READ | PROT_WRITE if self.is_writer else PROT_READ
        parts = [(0, layout.header_bytes)]
        for field in layout.fields:
            column_bytes = self.capacity * field.itemsize
            parts += [(field.place, column_bytes), (field.place, column_bytes)]
        if layout.segment_bytes > layout.nodes_place:
            parts.append((layout.nodes_place, layout.segment_bytes - layout.nodes_place))
        self.mapped = sum(size for _, size in parts)
        # Reserve all of it first: the parts are then put into addresses that are ours.
        cdef void *found = mmap(
            NULL, self.mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0
        )
        if found == MAP_FAILED:
            self.refuse_map(errno)
        self.base = <char *> found
        cdef char *address = self.base
        for place, size in parts:
            found = mmap(address, size, protection, MAP_SHARED | MAP_FIXED, fd, place)
            if found == MAP_FAILED:
                self.refuse_map(errno)
            address += <size_t> size
        self.header = <RingHeader *> self.base

    cdef refuse_map(self, int number):
        """Raise what a failed mapping means."""
        if number == ENOMEM:
            raise ShmFull(
                f'the ring {self.key!r} needs {self.mapped} bytes of addresses and the system '
                'refused them: raise the limit of address space or choose a smaller capacity'
            )
        raise OSError(number, 'mmap')

    cdef place_fields(self, layout):
        """Point to columns and levels."""
        cdef char *address = self.base + <size_t> layout.header_bytes
        cdef char *nodes = self.base + (self.mapped - <size_t> (
            layout.segment_bytes - layout.nodes_place
        ))
        cdef Field *field
        cdef Pyramid *pyramid
        cdef int depth
        self.places = {}
        self.views = {}
        self.dtypes = []
        self.is_wide = True
        for place in layout.fields:
            field = self.fields + self.field_count
            field.column = address
            field.itemsize = place.itemsize
            field.offset = place.offset
            dtype = layout.dtype[place.name]
            field.kind = kind_of(dtype)
            self.is_wide &= field.itemsize == 8 and field.kind != UNSIGNED
            self.places[place.name] = self.field_count
            self.dtypes.append(dtype)
            self.field_count += 1
            if field.kind == FLOAT8:
                levels = []
                if place.levels:
                    pyramid = self.pyramids + self.pyramid_count
                    pyramid.column = <const double *> address
                    pyramid.capacity = self.capacity
                    pyramid.reducer = SUM if place.reducer == 'sum' else MINMAX
                    pyramid.level_count = len(place.levels)
                    for depth, (start, slots) in enumerate(place.levels):
                        pyramid.levels[depth].nodes = <Node *> (
                            nodes + <size_t> (start - layout.nodes_place)
                        )
                        pyramid.levels[depth].slots = slots
                        levels.append((<uint64_t> pyramid.levels[depth].nodes, slots))
                    self.pyramid_count += 1
                self.views[place.name] = FieldView(
                    <uint64_t> address, self.capacity, tuple(levels), place.reducer or 'minmax'
                )
            address += 2 * self.capacity * field.itemsize

    cdef write_identity(self, identity, bytes schema):
        """Fill the header of a new segment, its magic last."""
        cdef RingHeader *header = self.header
        header.layout = RING_LAYOUT
        header.schema_hash = identity.schema_hash
        header.nonce = identity.nonce
        header.capacity = identity.capacity
        header.generation = identity.generation
        header.writer_pid = identity.writer_pid
        header.writer_start = identity.writer_start
        header.segment_bytes = identity.segment_bytes
        header.schema_bytes = len(schema)
        memcpy(self.base + sizeof(RingHeader), <const char *> schema, len(schema))
        store_release(&header.magic, RING_MAGIC)

    # Counters

    @property
    def first(self):
        """Index of the oldest row."""
        return load_acquire(&self.header.first)

    @property
    def last(self):
        """Index behind the newest row, which is the live one."""
        return load_acquire(&self.header.last)

    @property
    def closed_last(self):
        """Index behind the newest closed row: last - 1, or `first` while the ring is empty."""
        cdef int64_t last = load_acquire(&self.header.last)
        return max(last - 1, load_acquire(&self.header.first))

    @property
    def revision(self):
        """Counter of revisions, even: a revision under way is waited for."""
        return self.steady(&self.header.revision)

    @property
    def live_seq(self):
        """Counter of changes of the live row; odd while one is under way."""
        return load_acquire(&self.header.live_seq)

    cdef int64_t steady(self, const int64_t *counter) except -1:
        """Return a counter once it is even.

        Raises
        ------
        SegmentGone
            When it stays odd: the writer was killed or stopped amid a change.
        """
        cdef int64_t value = load_acquire(counter)
        cdef int looks = 0
        while value & 1:
            if looks == SPINS + NAPS:
                self.refuse_amid()
            if looks >= SPINS:
                with nogil:
                    usleep(NAP_US)
            looks += 1
            value = load_acquire(counter)
        return value

    cdef int refuse_amid(self) except -1:
        """Raise for a writer that does not come back."""
        raise SegmentGone(
            f'the ring {self.key!r} is being changed by process {self.header.writer_pid}, which '
            'has stopped or died amid the change: open the feed again'
        )

    # Writing

    def require_writer(self):
        """Refuse changes through an attached ring, and through a closed one.

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
        if not self.is_writer or self.header.is_closed:
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
        cdef int64_t place = (self.position if self.position else self.capacity) - 1
        cdef bint is_tuple = PyTuple_CheckExact(row)
        if is_tuple:
            self.read_tuple(row, cells)
        else:
            row = self.read_array(row, &source, &stride, &count)
            if count != 1:
                raise InputError(
                    f'the live row of ring {self.key!r} is one row, {count} were given: push rows'
                )
        if HAS_LIVE_SEQ:
            store_relaxed(&header.live_seq, header.live_seq + 1)
            fence_release()
        if is_tuple:
            self.store_cells(place, cells)
        else:
            self.store_rows(place, source, stride, 1)
        if HAS_LIVE_SEQ:
            store_release(&header.live_seq, header.live_seq + 1)

    def revise(self, int64_t start, rows):
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
            When the rows are of another type, or reach the live row or beyond.
        Overrun
            When they begin before the oldest row.
        """
        cdef RingHeader *header = self.header
        cdef const char *source
        cdef int64_t stride, count, revision
        self.require_writer()
        rows = self.read_array(rows, &source, &stride, &count)
        if start < header.first:
            self.refuse_start(start, header.first)
        if start > header.last - 1 - count:
            raise InputError(
                f'rows [{start}, {start + count}) of ring {self.key!r} cannot be revised, closed '
                f'rows end at {max(header.last - 1, header.first)}: use set_last for the live row'
            )
        if count == 0:
            return
        revision = header.revision
        store_relaxed(&header.revision, revision + 1)
        fence_release()
        store_relaxed(&header.log[(revision >> 1) % RING_LOG].start, start)
        store_relaxed(&header.log[(revision >> 1) % RING_LOG].stop, start + count)
        self.store_rows(floor_mod(start, self.capacity), source, stride, count)
        self.fold(start, start + count, header.first, header.last - 1)
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

    # What the writer is given

    cdef int read_tuple(self, tuple row, uint64_t *cells) except -1:
        """Convert the values of a row, before any of them is stored."""
        cdef int i
        cdef double number
        cdef float single
        if PyTuple_GET_SIZE(row) != self.field_count:
            raise InputError(
                f'a row of ring {self.key!r} has {self.field_count} fields '
                f'({", ".join(self.places)}), {len(row)} values were given'
            )
        try:
            for i in range(self.field_count):
                value = <object> PyTuple_GET_ITEM(row, i)
                if self.fields[i].kind == FLOAT8:
                    if PyFloat_CheckExact(value):
                        number = PyFloat_AS_DOUBLE(value)
                    else:
                        number = value
                    memcpy(cells + i, &number, 8)
                elif self.fields[i].kind == FLOAT4:
                    single = value
                    memcpy(cells + i, &single, 4)
                else:
                    cells[i] = self.read_integer(i, value)
        except (TypeError, OverflowError) as error:
            raise InputError(
                f'a row of ring {self.key!r} is of {self.dtype}, '
                f'the value of {list(self.places)[i]!r} cannot be: {error}'
            ) from error
        return 0

    cdef uint64_t read_integer(self, int i, value) except? 0:
        """Convert an integer and check that its field can hold it."""
        cdef int64_t bits = 8 * self.fields[i].itemsize
        cdef int64_t signed_value
        cdef uint64_t unsigned_value
        if not PyLong_CheckExact(value):
            # Without it, C conversion would cut fractions off.
            value = PyNumber_Index(value)
        if self.fields[i].kind == UNSIGNED:
            unsigned_value = value
            if bits < 64 and unsigned_value >> bits:
                raise OverflowError(f'{value} has more than {bits} bits')
            return unsigned_value
        signed_value = value
        if bits < 64 and (signed_value >> (bits - 1)) not in (0, -1):
            raise OverflowError(f'{value} has more than {bits} bits')
        return <uint64_t> signed_value

    cdef cnp.ndarray read_array(
        self, rows, const char **source, int64_t *stride, int64_t *count
    ):
        """Find rows in memory; the array that is returned keeps it."""
        cdef cnp.ndarray array
        cdef uint64_t cells[MAX_FIELDS]
        cdef int i
        if isinstance(rows, tuple):
            self.read_tuple(rows, cells)
            array = np.zeros(1, self.dtype)
            for i in range(self.field_count):
                memcpy(
                    cnp.PyArray_BYTES(array) + self.fields[i].offset,
                    cells + i,
                    self.fields[i].itemsize,
                )
            rows = array
        elif not isinstance(rows, (np.ndarray, np.void)):
            raise InputError(
                f'rows of ring {self.key!r} are a tuple or an array of {self.dtype}, '
                f'a {type(rows).__name__} was given'
            )
        array = np.asarray(rows)
        if array.descr is not self.dtype and array.dtype != self.dtype:
            raise InputError(
                f'rows of ring {self.key!r} are of {self.dtype}, '
                f'rows of {array.dtype} were given: convert them first'
            )
        if array.ndim > 1:
            raise InputError(
                f'rows of ring {self.key!r} have one dimension, an array of {array.ndim} was given'
            )
        source[0] = <const char *> cnp.PyArray_BYTES(array)
        count[0] = array.shape[0] if array.ndim else 1
        stride[0] = array.strides[0] if array.ndim else self.itemsize
        return array

    # Reading

    def column(self, str field, int64_t start, int64_t stop):
        """Return rows of one field, contiguous also across the wrap.

        Parameters
        ----------
        field : str
            Its name.
        start, stop : int
            Absolute indices, half-open.

        Returns
        -------
        ndarray of shape (stop - start,)
            Read-only view of the field's type into shared memory, which it keeps mapped. It holds
            these rows while `first` is not above start: `check` after use.

        Raises
        ------
        InputError
            When there is no such field, or rows behind `last` are asked for.
        Overrun
            When the oldest of the rows is gone.
        """
        cdef int i = self.place_of(field)
        self.require_rows(start, stop)
        cdef cnp.npy_intp count = stop - start
        cdef char *address = self.fields[i].column + (
            floor_mod(start, self.capacity) * self.fields[i].itemsize
        )
        cdef cnp.dtype dtype = self.dtypes[i]
        # The call takes over a reference. No flag: not writeable.
        Py_INCREF(dtype)
        cdef cnp.ndarray view = PyArray_NewFromDescr(
            <PyTypeObject *> np.ndarray, dtype, 1, &count, NULL, address, 0, NULL
        )
        cnp.set_array_base(view, self)
        return view

    def field_view(self, str field):
        """Return where a float64 field and its pyramid are, for kernels.

        Parameters
        ----------
        field : str
            Its name.

        Returns
        -------
        FieldView
            Addresses that hold while this object lives.

        Raises
        ------
        InputError
            When there is no such field, or it is not of float64.
        """
        view = self.views.get(field)
        if view is None:
            self.place_of(field)
            raise InputError(
                f'kernels read float64 fields, {field!r} of ring {self.key!r} is of '
                f'{self.dtype[field]}: use column'
            )
        return view

    def rows(self, int64_t start, int64_t stop):
        """Return a copy of rows that were all there together.

        Parameters
        ----------
        start, stop : int
            Absolute indices, half-open; the live row may be among them.

        Returns
        -------
        ndarray of shape (stop - start,), the ring's dtype
            A copy of one state: no row of it was changed while it was made.

        Raises
        ------
        InputError
            When rows behind `last` are asked for.
        Overrun
            When the oldest of the rows is gone, or the writer revises faster than can be copied.
        SegmentGone
            When the writer was killed or stopped amid a change.
        """
        cdef int64_t revision, last, closed
        cdef cnp.ndarray found
        cdef char *target
        self.require_rows(start, stop)
        found = np.empty(stop - start, self.dtype)
        target = cnp.PyArray_BYTES(found)
        if stop == start:
            return found
        for _ in range(ATTEMPTS):
            revision = self.steady(&self.header.revision)
            last = load_acquire(&self.header.last)
            closed = min(stop, last - 1)
            with nogil:
                self.load_rows(start, closed, target)
            if closed < stop:
                self.load_live(closed, target + (closed - start) * self.itemsize)
            self.check(start)
            if load_relaxed(&self.header.revision) == revision:
                return found
        raise Overrun(
            f'rows [{start}, {stop}) of ring {self.key!r} were revised whenever they were copied: '
            'copy fewer rows at once'
        )

    def live(self):
        """Return a copy of the live row, whole.

        Returns
        -------
        numpy.void or None
            The row last - 1; None when the ring is empty.

        Raises
        ------
        SegmentGone
            When the writer was killed or stopped amid a change.
        """
        cdef int64_t last
        cdef cnp.ndarray found = np.empty(1, self.dtype)
        while True:
            last = load_acquire(&self.header.last)
            if last == load_acquire(&self.header.first):
                if last == load_relaxed(&self.header.last):
                    return None
                continue
            self.load_live(last - 1, cnp.PyArray_BYTES(found))
            fence_acquire()
            # Rows were pushed meanwhile: what was copied is whole, unless they lapped it.
            if last == load_relaxed(&self.header.last):
                return found[0]

    cdef void load_rows(self, int64_t start, int64_t stop, char *target) noexcept nogil:
        """Gather rows from the columns."""
        cdef int64_t place = floor_mod(start, self.capacity)
        cdef int i
        cdef Field *field
        for i in range(self.field_count):
            field = self.fields + i
            load_column(
                field.column + place * field.itemsize,
                target + field.offset,
                self.itemsize,
                stop - start,
                field.itemsize,
            )

    cdef int load_live(self, int64_t index, char *target) except -1:
        """Copy a row that may be changed meanwhile, until it was not."""
        cdef int64_t sequence
        while True:
            sequence = self.steady(&self.header.live_seq)
            self.load_rows(index, index + 1, target)
            fence_acquire()
            if load_relaxed(&self.header.live_seq) == sequence:
                return 0

    def check(self, int64_t start):
        """Say whether rows that were used from `start` on were there all the time.

        Parameters
        ----------
        start : int
            Absolute index of the oldest of them.

        Raises
        ------
        Overrun
            When the writer has evicted it.
        """
        fence_acquire()
        cdef int64_t first = load_relaxed(&self.header.first)
        if start < first:
            self.refuse_start(start, first)

    def dirty(self, int64_t since):
        """Return the ranges that were revised after a revision.

        Parameters
        ----------
        since : int
            What `revision` was when the rows were last read.

        Returns
        -------
        list of (int, int)
            Half-open, in the order in which they were revised; all rows where there were more
            than the log holds.
        """
        cdef RingHeader *header = self.header
        cdef int64_t entry
        cdef int64_t now = load_acquire(&header.revision) >> 1
        ranges = []
        if now - (since >> 1) <= RING_LOG:
            for entry in range(since >> 1, now):
                ranges.append((
                    load_relaxed(&header.log[entry % RING_LOG].start),
                    load_relaxed(&header.log[entry % RING_LOG].stop),
                ))
            fence_acquire()
            # The oldest entry is lost as soon as a revision that takes its place has begun.
            now = (load_relaxed(&header.revision) + 1) >> 1
            if now - (since >> 1) <= RING_LOG:
                return ranges
        return [(self.first, self.closed_last)]

    cdef int place_of(self, str field) except -1:
        """Return the number of a field."""
        place = self.places.get(field)
        if place is None:
            raise InputError(
                f'the ring {self.key!r} has no field {field!r}, its fields are: '
                f'{", ".join(self.places)}'
            )
        return place

    cdef int require_rows(self, int64_t start, int64_t stop) except -1:
        """Refuse rows that are not there."""
        cdef int64_t last = load_acquire(&self.header.last)
        cdef int64_t first = load_acquire(&self.header.first)
        if stop > last or stop < start:
            raise InputError(
                f'rows [{start}, {stop}) of ring {self.key!r} were asked for, it has '
                f'[{first}, {last}): ask for some of these'
            )
        if start < first and start < stop:
            self.refuse_start(start, first)
        return 0

    cdef int refuse_start(self, int64_t start, int64_t first) except -1:
        """Raise for rows that are gone."""
        raise Overrun(
            f'row {start} of ring {self.key!r} was asked for, the oldest one kept is {first}: '
            'read again from there'
        )

    # End of its life

    def mark_closed(self):
        """Tell readers that no row will be changed any more."""
        self.require_writer()
        store_release(&self.header.is_closed, 1)

    def mark_superseded(self, int64_t fd, int64_t nonce):
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
            When this object may not change rows.
        """
        self.require_writer()
        self.header.successor_fd = fd
        self.header.successor_nonce = nonce
        store_release(&self.header.is_superseded, 1)

    def successor(self):
        """Return what takes this ring's place.

        Returns
        -------
        tuple of (int, int), or None
            Descriptor and nonce, as marked; None as long as there is none.
        """
        if not load_acquire(&self.header.is_superseded):
            return None
        return self.header.successor_fd, self.header.successor_nonce

    @property
    def is_closed(self):
        """Whether the writer has closed the ring."""
        return load_acquire(&self.header.is_closed) != 0

    @property
    def superseded(self):
        """Whether the next generation is ready: attach `successor_token`."""
        return load_acquire(&self.header.is_superseded) != 0


cdef Kind kind_of(dtype):
    """Return how values of a type are converted."""
    if dtype.kind == 'f':
        return FLOAT8 if dtype.itemsize == 8 else FLOAT4
    return SIGNED if dtype.kind == 'i' else UNSIGNED
