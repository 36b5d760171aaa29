"""What the head of a segment says, and what kernels are told of a field: parts of shmring.pyx."""


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
