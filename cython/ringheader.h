/* The header of a ring: what its first pages hold.
 *
 *   page 0   identity, written once before the segment can be attached; then the counters
 *   page 1   log of revised ranges: revision 2n + 2 logged its range in entry n mod 256
 *   page 2…  schema, UTF-8 text
 *   last     waiters, on a page of the machine of their own: readers map it for writing, nothing else
 */
#ifndef PIKER_RINGHEADER_H
#define PIKER_RINGHEADER_H

#include <stdint.h>

#define RING_MAGIC 0x00474e49524b4950 /* "PIKRING\0" in memory */
#define RING_LAYOUT 2
#define RING_PAGE 4096
#define RING_LOG 256
#define RING_WAITERS 64

typedef struct {
    int64_t start;
    int64_t stop;
} RingRange;

typedef struct {
    /* Identity. The magic is stored last. */
    int64_t magic;
    int64_t layout;
    int64_t schema_hash;
    int64_t nonce;
    int64_t capacity;
    int64_t generation;
    int64_t writer_pid;
    int64_t writer_start;
    int64_t segment_bytes;
    int64_t schema_bytes;
    /* End of its life. The flags are stored behind what they announce. */
    _Alignas(64) int64_t is_closed;
    int64_t is_superseded;
    int64_t successor_fd;
    int64_t successor_nonce;
    /* Counters: one cache line, since a reader wants all of them. */
    _Alignas(64) int64_t first;
    int64_t last;
    int64_t live_seq;
    int64_t revision;
    _Alignas(RING_PAGE) RingRange log[RING_LOG];
} RingHeader;

_Static_assert(sizeof(RingHeader) == 2 * RING_PAGE, "the schema begins on page 2");

/* A reader that blocks until the ring changes: the rules stand in shmring_waiters.pxi. */
typedef struct {
    int64_t owner; /* start time << 22 | pid, 0: nobody */
    int64_t fd;    /* of the pipe that wakes it, in its process */
    int64_t inode; /* of that pipe, 0: none */
} RingWaiter;

typedef struct {
    int64_t armed; /* a bit for each slot whose owner wants to be woken */
    _Alignas(64) RingWaiter slots[RING_WAITERS];
} RingWaiters;

_Static_assert(sizeof(RingWaiters) <= RING_PAGE, "the waiters have one page");

/* Builds that must fail the stress test: it proves that the test can see what it looks for. */
#ifdef PIKER_BROKEN_NO_SEQ
#define HAS_LIVE_SEQ 0
#else
#define HAS_LIVE_SEQ 1
#endif

#ifdef PIKER_BROKEN_PUBLISH_FIRST
#define PUBLISHES_FIRST 1
#else
#define PUBLISHES_FIRST 0
#endif

#endif
