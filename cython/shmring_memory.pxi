"""The first part of shmring.pyx: a mapped segment, where its parts are, and its counters."""


cdef extern from "sys/mman.h" nogil:
    void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)
    int munmap(void *address, size_t length)
    void *MAP_FAILED
    int PROT_NONE, PROT_READ, PROT_WRITE
    int MAP_SHARED, MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE, MAP_FIXED

cdef extern from "unistd.h" nogil:
    int usleep(unsigned int microseconds)

cdef extern from "pthread.h" nogil:
    int pthread_atfork(
        void (*prepare)() noexcept nogil,
        void (*parent)() noexcept nogil,
        void (*child)() noexcept nogil
    )


# How often this process was forked from one that had loaded this module: a push compares it with
# what it was when its ring was opened, which a system call for the pid would make twice as slow.
cdef int64_t forks = 0


cdef void count_fork() noexcept nogil:
    """Run in every child of a fork."""
    global forks
    forks += 1


pthread_atfork(NULL, NULL, count_fork)


cdef class RingMemory:
    """A mapped segment: header, columns mapped twice in a row, and nodes."""

    cdef readonly object token
    cdef readonly str key
    cdef readonly cnp.dtype dtype
    cdef readonly int64_t capacity
    cdef readonly bint is_writer
    cdef object __weakref__
    cdef RingHeader *header
    cdef RingWaiters *waiters
    cdef char *base
    cdef size_t mapped
    cdef int64_t forks
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
        self.forks = forks
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
        self.waiters = <RingWaiters *> (self.base + <size_t> layout.waiters_place)

    cdef refuse_map(self, int number):
        """Raise what a failed mapping means."""
        if number == ENOMEM:
            raise ShmFull(
                f'the ring {self.key!r} needs {self.mapped} bytes of addresses and the system '
                'refused them: raise the limit of address space (ulimit -v)'
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

    @property
    def changes(self):
        """Number that differs whenever something changed: rows, or that there is a successor.

        Every term only grows: a push raises `last` by one and `first` by one at most, a prepend
        lowers `first`.
        """
        return self.count_changes()

    cdef int64_t count_changes(self) noexcept:
        """Return `changes`."""
        cdef const RingHeader *header = self.header
        return (
            2 * load_acquire(&header.last)
            - load_acquire(&header.first)
            + load_acquire(&header.live_seq)
            + load_acquire(&header.revision)
            + load_acquire(&header.is_superseded)
        )

    @property
    def is_inherited(self):
        """Whether another process opened this object, and this one was forked from it."""
        return self.forks != forks

    cdef int64_t steady(self, const int64_t *counter) except -1:
        """Return a counter once it is even.

        Raises
        ------
        SegmentGone
            When it stays odd: the writer was killed or stopped amid a change.
        """
        cdef int64_t value = load_acquire(counter)
        cdef int64_t looks = 0
        while value & 1:
            if looks >= SPINS:
                self.wait_for_writer(looks - SPINS)
            looks += 1
            value = load_acquire(counter)
        return value

    cdef int wait_for_writer(self, int64_t naps) except -1:
        """Sleep a little, unless the writer does not come back."""
        writer = ProcessId(self.header.writer_pid, self.header.writer_start)
        if naps % NAPS_A_QUESTION == 0 and not is_running(writer):
            state = 'ended'
        elif naps > NAPS + self.capacity // ROWS_A_NAP:
            state = 'stopped'
        else:
            with nogil:
                usleep(NAP_US)
            return 0
        raise SegmentGone(
            f'the ring {self.key!r} was being changed by process {writer.pid}, which has {state} '
            'amid the change: open the feed again'
        )

    @property
    def is_closed(self):
        """Whether the writer has closed the ring."""
        return load_acquire(&self.header.is_closed) != 0

    @property
    def superseded(self):
        """Whether the next generation is ready: attach `successor_token`."""
        return load_acquire(&self.header.is_superseded) != 0


cdef int64_t whole_number(value, str what, str key) except? -1:
    """Convert an argument of a ring's method that is to be an integer."""
    cdef int overflow = 0
    cdef int64_t number
    given = value
    if not PyLong_CheckExact(value):
        try:
            value = PyNumber_Index(value)
        except Exception as error:
            raise InputError(
                f'{what} of ring {key!r} was given as {describe(given)}: give an integer'
            ) from error
    number = PyLong_AsLongLongAndOverflow(value, &overflow)
    if overflow:
        raise InputError(
            f'{what} of ring {key!r} was given as {describe(value)}: '
            'give an integer from -2**63 to 2**63 - 1'
        )
    return number


cdef Kind kind_of(dtype):
    """Return how values of a type are converted."""
    if dtype.kind == 'f':
        return FLOAT8 if dtype.itemsize == 8 else FLOAT4
    return SIGNED if dtype.kind == 'i' else UNSIGNED
