# cython: language_level=3
"""The least that a method can do with its arguments: take them and convert them."""


cdef class Floor:
    """Keeps what it was given last in itself."""

    cdef long long time, start, stop
    cdef double open, high, low, close, volume, price
    cdef unsigned char kind
    cdef str field

    def push(self, tuple row):
        """Unpack a row."""
        self.time, self.open, self.high, self.low, self.close, self.volume = row

    def cross(self, unsigned char kind, double price):
        """Take a tick."""
        self.kind = kind
        self.price = price

    def column(self, str field, long long start, long long stop):
        """Take the name of a field and a window."""
        self.field = field
        self.start = start
        self.stop = stop
