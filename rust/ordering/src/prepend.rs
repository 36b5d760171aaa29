//! Prepend: rows in free places, then `first`.

use crate::{Relaxed, Rules, Word, protocol, words};

/// Rows -2 to 0 of a ring of four; they hold ten times their index, and places of no row hold 7.
struct Ring {
    first: Word,
    rows: [Word; 4],
}

fn place(index: i64) -> usize {
    index.rem_euclid(4) as usize
}

fn ring() -> Ring {
    Ring {
        first: Word::new(0),
        rows: words([0, 7, 7, 7]),
    }
}

/// `Ring.prepend`, twice.
fn prepend(ring: &Ring, rules: Rules) {
    for first in [-1, -2] {
        if !rules.is_published_last {
            ring.first.publish(first, rules);
        }
        // self.store_rows(floor_mod(first, self.capacity), ...)
        ring.rows[place(first)].store(10 * first);
        // store_release(&header.first, first)
        if rules.is_published_last {
            ring.first.publish(first, rules);
        }
    }
}

/// `RingReader.column`: the ring was never full, so that no row is lost.
fn read(ring: &Ring, rules: Rules) {
    // require_rows: load_acquire(&self.header.first)
    for index in ring.first.observe(rules)..=0 {
        let value = ring.rows[place(index)].load();
        assert!(value == 10 * index, "torn: row {index} was {value}");
    }
}

protocol!(ring, prepend, read, {
    without_release_of_first: |rules| rules.publish = Relaxed,
    without_acquire_of_first: |rules| rules.observe = Relaxed,
    with_first_before_the_row: |rules| rules.is_published_last = false,
});
