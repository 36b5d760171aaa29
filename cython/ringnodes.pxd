# cython: language_level=3, cdivision=True
"""The pyramid that a ring's writer folds beside its columns.

The node layout, and the order in which values are added, are described once, in
rust/series/src/pyramid.rs; a test holds both foldings byte-equal. A node that is wholly inside the
closed rows [first, last - 1) is valid, any other slot may hold anything. A new node k takes the
slot of node k - slots, whose rows begin before `first`; so readers that check `first` after use
never take one for the other.
"""

from libc.math cimport INFINITY
from libc.stdint cimport int64_t


cdef extern from "leaves.h" nogil:
    const int64_t LEAF_ROWS
    void leaf_extremes(const double *values, double *least, double *most)
    void leaf_sum(const double *values, double *sum, double *count)

cdef enum:
    FANOUT = 8
    MAX_LEVELS = 16

cdef enum Reducer:
    MINMAX = 1
    SUM = 2

cdef struct Node:
    # Least and greatest finite value, or sum and count of the finite values.
    double a
    double b

cdef struct Level:
    Node *nodes
    int64_t slots

cdef struct Pyramid:
    # Of one field: its column, and a level for every span of rows up to the capacity.
    const double *column
    int64_t capacity
    Reducer reducer
    int level_count
    Level levels[MAX_LEVELS]


cdef inline int64_t floor_div(int64_t value, int64_t by) noexcept nogil:
    """Divide and round down, `by` positive; C rounds towards zero."""
    cdef int64_t quotient = value // by
    return quotient - 1 if value - quotient * by < 0 else quotient


cdef inline int64_t floor_mod(int64_t value, int64_t by) noexcept nogil:
    """Return the remainder in [0, by), `by` positive."""
    cdef int64_t rest = value % by
    return rest + by if rest < 0 else rest


cdef inline Node fold_leaf(const double *values, Reducer reducer) noexcept nogil:
    """Reduce the values of a leaf."""
    cdef Node node
    if reducer == MINMAX:
        leaf_extremes(values, &node.a, &node.b)
    else:
        leaf_sum(values, &node.a, &node.b)
    return node


cdef inline Node fold_children(const Level *below, int64_t first, Reducer reducer) noexcept nogil:
    """Reduce the 8 children of a node, the first of which has this number."""
    cdef Node node
    cdef const Node *child
    cdef int64_t number
    if reducer == MINMAX:
        node.a = INFINITY
        node.b = -INFINITY
    else:
        node.a = node.b = 0.0
    for number in range(first, first + FANOUT):
        child = below.nodes + floor_mod(number, below.slots)
        if reducer == MINMAX:
            if child.a < node.a:
                node.a = child.a
            if child.b > node.b:
                node.b = child.b
        else:
            node.a += child.a
            node.b += child.b
    return node


cdef inline void fold_nodes(
    Pyramid *pyramid, int64_t start, int64_t stop, int64_t first, int64_t closed
) noexcept nogil:
    """Make every node that has a row in [start, stop) and lies wholly in [first, closed)."""
    cdef int64_t span = LEAF_ROWS
    cdef int64_t number, behind
    cdef Level *level
    cdef int depth
    for depth in range(pyramid.level_count):
        level = pyramid.levels + depth
        number = floor_div(start, span)
        behind = floor_div(stop - 1, span) + 1
        number = max(number, floor_div(first + span - 1, span))
        behind = min(behind, floor_div(closed, span))
        if number >= behind:
            # A higher node's rows contain those of a lower one.
            return
        while number < behind:
            if depth == 0:
                level.nodes[floor_mod(number, level.slots)] = fold_leaf(
                    pyramid.column + floor_mod(number * span, pyramid.capacity), pyramid.reducer
                )
            else:
                level.nodes[floor_mod(number, level.slots)] = fold_children(
                    pyramid.levels + depth - 1, number * FANOUT, pyramid.reducer
                )
            number += 1
        span *= FANOUT
