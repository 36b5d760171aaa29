# cython: language_level=3
"""The least that a method can do with a row: take it and unpack it."""


cdef class Floor:
    """Keeps the values of the newest row in itself."""

    cdef long long time
    cdef double open, high, low, close, volume

    def push(self, tuple row):
        """Unpack a row."""
        self.time, self.open, self.high, self.low, self.close, self.volume = row
