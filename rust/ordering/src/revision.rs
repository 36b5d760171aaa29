//! Closed rows under the revision.

use crate::{Relaxed, Rules, Word, protocol, words};

/// Two rows, revised together; their state is the number of the revision.
struct Ring {
    revision: Word,
    rows: [Word; 2],
}

fn ring() -> Ring {
    Ring {
        revision: Word::new(0),
        rows: words([0, 0]),
    }
}

/// `Ring.revise`; nodes are folded like rows, before the counter is even again.
fn revise(ring: &Ring, rules: Rules) {
    // store_relaxed(&header.revision, revision + 1); fence_release()
    ring.revision.store(1);
    rules.writer_fence();
    // self.store_rows(floor_mod(begin, self.capacity), ...)
    ring.rows.iter().for_each(|row| row.store(1));
    // store_release(&header.revision, revision + 2)
    ring.revision.publish(2, rules);
}

/// `RingReader.rows`, which copies again where the revision moved.
fn read(ring: &Ring, rules: Rules) {
    // steady: load_acquire(counter), again while it is odd; a reader that waits sees nothing torn
    let revision = ring.revision.observe(rules);
    if revision % 2 == 1 {
        return;
    }
    // load_rows: relaxed loads of the columns
    let [one, other] = ring.rows.each_ref().map(Word::load);
    // require_kept: fence_acquire(); then load_relaxed(&self.header.revision) == revision
    rules.reader_fence();
    if !rules.is_checked || ring.revision.load() == revision {
        let state = revision / 2;
        assert!(
            (one, other) == (state, state),
            "torn: rows were {one}, {other}"
        );
    }
}

protocol!(ring, revise, read, {
    without_release_of_even_revisions: |rules| rules.publish = Relaxed,
    without_acquire_of_the_revision: |rules| rules.observe = Relaxed,
    without_fence_behind_odd_revisions: |rules| rules.writer_fence = false,
    without_fence_before_the_check: |rules| rules.reader_fence = false,
    without_check: |rules| rules.is_checked = false,
});
