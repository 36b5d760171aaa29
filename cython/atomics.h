/* Ordered loads and stores over memory that other processes map.
 *
 * The builtins of GCC and Clang rather than <stdatomic.h>: the memory is plain (it came from mmap),
 * and Cython has no _Atomic types.
 */
#ifndef PIKER_ATOMICS_H
#define PIKER_ATOMICS_H

#include <stdint.h>
#include <string.h>

static inline int64_t load_relaxed(const int64_t *place) {
    return __atomic_load_n(place, __ATOMIC_RELAXED);
}

static inline int64_t load_acquire(const int64_t *place) {
    return __atomic_load_n(place, __ATOMIC_ACQUIRE);
}

static inline void store_relaxed(int64_t *place, int64_t value) {
    __atomic_store_n(place, value, __ATOMIC_RELAXED);
}

static inline void store_release(int64_t *place, int64_t value) {
    __atomic_store_n(place, value, __ATOMIC_RELEASE);
}

static inline void fence_acquire(void) {
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
}

static inline void fence_release(void) {
    __atomic_thread_fence(__ATOMIC_RELEASE);
}

/* No load behind it is done before a store ahead of it is seen: what two sides need that each store
 * one thing and then look at the other's. */
static inline void fence_full(void) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline int64_t exchange(int64_t *place, int64_t value) {
    return __atomic_exchange_n(place, value, __ATOMIC_SEQ_CST);
}

static inline void set_bits(int64_t *place, int64_t bits) {
    __atomic_fetch_or(place, bits, __ATOMIC_SEQ_CST);
}

/* Store a value where another one still is; whether it was. */
static inline int replace(int64_t *place, int64_t expected, int64_t value) {
    return __atomic_compare_exchange_n(
        place, &expected, value, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

/* Copy `count` values of 1, 2, 4 or 8 bytes between any strides. The side that is shared is aligned,
 * and each value is moved by one relaxed access, so that no value is ever seen in halves; memcpy
 * serves the private side, which may lie unaligned in a packed row. */
#define PIKER_COPY_VALUES(type)                                                                    \
    for (int64_t i = 0; i < count; i++) {                                                          \
        type value;                                                                                \
        memcpy(&value, source + i * stride, sizeof(type));                                         \
        __atomic_store_n((type *)column + i, value, __ATOMIC_RELAXED);                             \
    }                                                                                              \
    break

static inline void store_column(
    char *column, const char *source, int64_t stride, int64_t count, int64_t itemsize) {
    switch (itemsize) {
    case 8: PIKER_COPY_VALUES(uint64_t);
    case 4: PIKER_COPY_VALUES(uint32_t);
    case 2: PIKER_COPY_VALUES(uint16_t);
    default: PIKER_COPY_VALUES(uint8_t);
    }
}

#undef PIKER_COPY_VALUES
#define PIKER_COPY_VALUES(type)                                                                    \
    for (int64_t i = 0; i < count; i++) {                                                          \
        type value = __atomic_load_n((const type *)column + i, __ATOMIC_RELAXED);                  \
        memcpy(target + i * stride, &value, sizeof(type));                                         \
    }                                                                                              \
    break

static inline void load_column(
    const char *column, char *target, int64_t stride, int64_t count, int64_t itemsize) {
    switch (itemsize) {
    case 8: PIKER_COPY_VALUES(uint64_t);
    case 4: PIKER_COPY_VALUES(uint32_t);
    case 2: PIKER_COPY_VALUES(uint16_t);
    default: PIKER_COPY_VALUES(uint8_t);
    }
}

#undef PIKER_COPY_VALUES

#endif
