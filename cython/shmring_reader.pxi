"""The second part of shmring.pyx: what readers do, the writer's own object included."""


cdef extern from "numpy/arrayobject.h":
    cnp.ndarray PyArray_NewFromDescr(
        PyTypeObject *subtype, cnp.dtype descr, int nd, cnp.npy_intp *dims, cnp.npy_intp *strides,
        void *data, int flags, PyObject *obj
    )


cdef class RingReader(RingMemory):
    """Rows by absolute index: views, checked copies, and what was revised."""

    def column(self, field, start, stop):
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
            When there is no such field, or rows behind `last` or no integers are asked for.
        Overrun
            When the oldest of the rows is gone.
        """
        cdef int i = self.place_of(field)
        cdef int64_t begin = whole_number(start, 'the first row', self.key)
        cdef int64_t end = whole_number(stop, 'the row to stop before', self.key)
        self.require_rows(begin, end)
        cdef cnp.npy_intp count = end - begin
        cdef char *address = self.fields[i].column + (
            floor_mod(begin, self.capacity) * self.fields[i].itemsize
        )
        cdef cnp.dtype dtype = self.dtypes[i]
        # The call takes over a reference. No flag: not writeable.
        Py_INCREF(dtype)
        cdef cnp.ndarray view = PyArray_NewFromDescr(
            <PyTypeObject *> np.ndarray, dtype, 1, &count, NULL, address, 0, NULL
        )
        cnp.set_array_base(view, self)
        return view

    def field_view(self, field):
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
        self.place_of(field)
        view = self.views.get(field)
        if view is None:
            raise InputError(
                f'kernels read float64 fields, {field!r} of ring {self.key!r} is of '
                f'{self.dtype[field]}: use column'
            )
        return view

    def rows(self, start, stop):
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
            When rows behind `last` or no integers are asked for.
        Overrun
            When the oldest of the rows is gone, or the writer revises faster than can be copied.
        SegmentGone
            When the writer was killed or stopped amid a change.
        """
        cdef int64_t revision, last, closed
        cdef int64_t begin = whole_number(start, 'the first row', self.key)
        cdef int64_t end = whole_number(stop, 'the row to stop before', self.key)
        cdef cnp.ndarray found
        cdef char *target
        self.require_rows(begin, end)
        found = np.empty(end - begin, self.dtype)
        target = cnp.PyArray_BYTES(found)
        if begin == end:
            return found
        for _ in range(ATTEMPTS):
            revision = self.steady(&self.header.revision)
            last = load_acquire(&self.header.last)
            closed = min(end, last - 1)
            with nogil:
                self.load_rows(begin, closed, target)
            if closed < end:
                self.load_live(closed, target + (closed - begin) * self.itemsize)
            self.require_kept(begin)
            if load_relaxed(&self.header.revision) == revision:
                return found
        raise Overrun(
            f'rows [{begin}, {end}) of ring {self.key!r} were revised whenever they were copied: '
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

    def check(self, start):
        """Say whether rows that were used from `start` on were there all the time.

        Parameters
        ----------
        start : int
            Absolute index of the oldest of them.

        Raises
        ------
        InputError
            When it is no integer.
        Overrun
            When the writer has evicted it.
        """
        self.require_kept(whole_number(start, 'the oldest row to check', self.key))

    cdef int require_kept(self, int64_t start) except -1:
        """Refuse rows that were evicted while they were used."""
        fence_acquire()
        cdef int64_t first = load_relaxed(&self.header.first)
        if start < first:
            self.refuse_start(start, first)
        return 0

    def dirty(self, since):
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

        Raises
        ------
        InputError
            When it is no integer, or `revision` was never that.
        """
        cdef RingHeader *header = self.header
        cdef int64_t entry
        cdef int64_t revision = whole_number(since, 'a revision', self.key)
        cdef int64_t now = load_acquire(&header.revision)
        if not 0 <= revision <= now:
            raise InputError(
                f'what was revised after revision {revision} of ring {self.key!r} was asked for, '
                f'it is at {now}: give what its revision was'
            )
        cdef int64_t seen = revision >> 1
        now >>= 1
        ranges = []
        if now - seen <= RING_LOG:
            for entry in range(seen, now):
                ranges.append((
                    load_relaxed(&header.log[entry % RING_LOG].start),
                    load_relaxed(&header.log[entry % RING_LOG].stop),
                ))
            fence_acquire()
            # The oldest entry is lost as soon as a revision that takes its place has begun.
            now = (load_relaxed(&header.revision) + 1) >> 1
            if now - seen <= RING_LOG:
                return ranges
        return [(self.first, self.closed_last)]

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

    cdef int place_of(self, field) except -1:
        """Return the number of a field."""
        place = self.places.get(field) if isinstance(field, str) else None
        if place is None:
            raise InputError(
                f'the ring {self.key!r} has no field {describe(field)}: '
                f'choose from {", ".join(map(repr, self.places))}'
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
