"""C declarations of a ring's memory: ordered access, and the header."""

from libc.stdint cimport int64_t


cdef extern from "atomics.h" nogil:
    int64_t load_relaxed(const int64_t *place)
    int64_t load_acquire(const int64_t *place)
    void store_relaxed(int64_t *place, int64_t value)
    void store_release(int64_t *place, int64_t value)
    void fence_acquire()
    void fence_release()
    void fence_full()
    int64_t exchange(int64_t *place, int64_t value)
    void set_bits(int64_t *place, int64_t bits)
    bint replace(int64_t *place, int64_t expected, int64_t value)
    void store_column(
        char *column, const char *source, int64_t stride, int64_t count, int64_t itemsize
    )
    void load_column(
        const char *column, char *target, int64_t stride, int64_t count, int64_t itemsize
    )


cdef extern from "ringheader.h" nogil:
    const int64_t RING_MAGIC, RING_LAYOUT, RING_PAGE, RING_LOG, RING_WAITERS
    const bint HAS_LIVE_SEQ, PUBLISHES_FIRST

    ctypedef struct RingRange:
        int64_t start
        int64_t stop

    ctypedef struct RingHeader:
        int64_t magic
        int64_t layout
        int64_t schema_hash
        int64_t nonce
        int64_t capacity
        int64_t generation
        int64_t writer_pid
        int64_t writer_start
        int64_t segment_bytes
        int64_t schema_bytes
        int64_t is_closed
        int64_t is_superseded
        int64_t successor_fd
        int64_t successor_nonce
        int64_t first
        int64_t last
        int64_t live_seq
        int64_t revision
        RingRange log[256]

    ctypedef struct RingWaiter:
        int64_t owner
        int64_t fd
        int64_t inode

    ctypedef struct RingWaiters:
        int64_t armed
        RingWaiter slots[64]
