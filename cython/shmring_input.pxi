"""The third part of shmring.pyx: turns what the writer is given into values in memory."""


cdef class RingInput(RingReader):
    """Conversion of rows, whole, before anything of them is stored."""

    cdef int read_tuple(self, tuple row, uint64_t *cells) except -1:
        """Convert the values of a row, before any of them is stored."""
        cdef int i
        cdef double number
        cdef float single
        if PyTuple_GET_SIZE(row) != self.field_count:
            raise InputError(
                f'a row of ring {self.key!r} has {self.field_count} fields, {len(row)} values were '
                f'given: give values of {", ".join(map(repr, self.places))}'
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
        except Exception as error:
            # Whatever the conversion of an object to a number raises.
            raise InputError(
                f'the value of {list(self.places)[i]!r} in a row of ring {self.key!r} was given as '
                f'{describe(value)} ({error}): give values of {self.dtype}'
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
                f'a {type(rows).__name__} was given: convert it first'
            )
        array = np.asarray(rows)
        if array.descr is not self.dtype and array.dtype != self.dtype:
            raise InputError(
                f'rows of ring {self.key!r} are of {self.dtype}, '
                f'rows of {array.dtype} were given: convert them first'
            )
        if array.ndim > 1:
            raise InputError(
                f'rows of ring {self.key!r} have one dimension, '
                f'an array of {array.ndim} was given: flatten it first'
            )
        source[0] = <const char *> cnp.PyArray_BYTES(array)
        count[0] = array.shape[0] if array.ndim else 1
        stride[0] = array.strides[0] if array.ndim else self.itemsize
        return array
