//! Nodes of the pyramid: folded by the writer, published by `last`, and overwritten behind `first`.

use crate::{Relaxed, Rules, Word, protocol, words};

/// A leaf of one row keeps the ring small; node k lies in slot k modulo capacity + 1, as levels of
/// `ringnodes.pxd` have one slot more than leaves fit.
const CAPACITY: i64 = 1;
const SLOTS: i64 = CAPACITY + 1;

/// Both halves of node k are k.
struct Ring {
    first: Word,
    last: Word,
    nodes: [[Word; 2]; SLOTS as usize],
}

/// The rows are 1 and 2, of which the last is live, so that node 1 is complete; slot 0 holds anything.
fn ring() -> Ring {
    Ring {
        first: Word::new(1),
        last: Word::new(3),
        nodes: [words([-1, -1]), words([1, 1])],
    }
}

/// `Ring.push_chunk`: rows 3 and 4, which close rows 2 and 3; node 3 takes the place of node 1.
fn push(ring: &Ring, rules: Rules) {
    for last in [4, 5] {
        // store_relaxed(&header.first, first); fence_release()
        ring.first.store(last - 1 - CAPACITY);
        rules.writer_fence();
        if !rules.is_published_last {
            ring.last.publish(last, rules);
        }
        // self.fold(...): level.nodes[floor_mod(number, level.slots)] = fold_leaf(...)
        let number = last - 2;
        ring.nodes[(number % SLOTS) as usize]
            .iter()
            .for_each(|half| half.store(number));
        // store_release(&header.last, last)
        if rules.is_published_last {
            ring.last.publish(last, rules);
        }
    }
}

/// A query of kernels, which uses nodes that lie wholly within the closed rows, and `check`.
fn read(ring: &Ring, rules: Rules) {
    // first and closed_last: load_acquire of both
    let last = ring.last.observe(rules);
    let first = ring.first.observe(rules);
    for number in first..last - 1 {
        // Nodes::node of SharedNodes: a volatile read
        let [one, other] = ring.nodes[(number % SLOTS) as usize]
            .each_ref()
            .map(Word::load);
        // require_kept: fence_acquire(); load_relaxed(&self.header.first)
        rules.reader_fence();
        if !rules.is_checked || number >= ring.first.load() {
            assert!(
                (one, other) == (number, number),
                "torn: node {number} was {one}, {other}"
            );
        }
    }
}

protocol!(ring, push, read, {
    without_release_of_last: |rules| rules.publish = Relaxed,
    without_acquire_of_last: |rules| rules.observe = Relaxed,
    with_last_before_the_node: |rules| rules.is_published_last = false,
    without_fence_behind_first: |rules| rules.writer_fence = false,
    without_fence_before_the_check: |rules| rules.reader_fence = false,
    without_check: |rules| rules.is_checked = false,
});
