//! Append and evict: `first`, `last` and the rows between them.

use crate::{Relaxed, Rules, Word, protocol, words};

const CAPACITY: i64 = 2;
const ROWS: i64 = 4;

/// A ring of rows that hold ten times their index.
struct Ring {
    first: Word,
    last: Word,
    rows: [Word; CAPACITY as usize],
}

fn place(index: i64) -> usize {
    (index % CAPACITY) as usize
}

fn ring() -> Ring {
    Ring {
        first: Word::new(0),
        last: Word::new(CAPACITY),
        rows: words([0, 10]),
    }
}

/// `Ring.push_cells`: the ring is full, so that each row takes the place of the oldest.
fn push(ring: &Ring, rules: Rules) {
    for last in CAPACITY..ROWS {
        // store_relaxed(&header.first, first); fence_release()
        ring.first.store(last + 1 - CAPACITY);
        rules.writer_fence();
        if !rules.is_published_last {
            ring.last.publish(last + 1, rules);
        }
        // self.store_cells(self.position, cells)
        ring.rows[place(last)].store(10 * last);
        // store_release(&header.last, last + 1)
        if rules.is_published_last {
            ring.last.publish(last + 1, rules);
        }
    }
}

/// `RingReader.rows` of the oldest and of the newest row that are there.
fn read(ring: &Ring, rules: Rules) {
    // require_rows: load_acquire(&self.header.last), load_acquire(&self.header.first)
    let last = ring.last.observe(rules);
    let first = ring.first.observe(rules);
    for index in [first, last - 1]
        .into_iter()
        .filter(|index| (first..last).contains(index))
    {
        // load_rows: relaxed loads of the columns
        let value = ring.rows[place(index)].load();
        // require_kept: fence_acquire(); load_relaxed(&self.header.first)
        rules.reader_fence();
        let is_kept = !rules.is_checked || index >= ring.first.load();
        assert!(
            !is_kept || value == 10 * index,
            "torn: row {index} was {value}"
        );
    }
}

protocol!(ring, push, read, {
    without_release_of_last: |rules| rules.publish = Relaxed,
    without_acquire_of_last: |rules| rules.observe = Relaxed,
    with_last_before_the_row: |rules| rules.is_published_last = false,
    without_fence_behind_first: |rules| rules.writer_fence = false,
    without_fence_before_the_check: |rules| rules.reader_fence = false,
    without_check: |rules| rules.is_checked = false,
});
