//! The log of revised ranges: an entry is lost as soon as a revision that takes its place has begun.

use crate::{Relaxed, Rules, Word, protocol};

const LOG: i64 = 1;

/// A log of one entry, which holds the number of its revision.
struct Ring {
    revision: Word,
    log: Word,
}

fn ring() -> Ring {
    Ring {
        revision: Word::new(0),
        log: Word::new(0),
    }
}

/// `Ring.revise`, twice, without the rows.
fn revise(ring: &Ring, rules: Rules) {
    for number in [1, 2] {
        // store_relaxed(&header.revision, revision + 1); fence_release()
        let revision = 2 * (number - 1);
        ring.revision.store(revision + 1);
        rules.writer_fence();
        // store_relaxed(&header.log[(revision >> 1) % RING_LOG].start, begin)
        ring.log.store(number);
        // store_release(&header.revision, revision + 2)
        ring.revision.publish(revision + 2, rules);
    }
}

/// `RingReader.dirty` since revision 0.
fn read(ring: &Ring, rules: Rules) {
    // now = load_acquire(&header.revision) >> 1; entries from `since` on, if none is lost
    if ring.revision.observe(rules) >> 1 == LOG {
        // load_relaxed(&header.log[entry % RING_LOG].start)
        let entry = ring.log.load();
        // fence_acquire(); now = (load_relaxed(&header.revision) + 1) >> 1; now - seen <= RING_LOG
        rules.reader_fence();
        if !rules.is_checked || (ring.revision.load() + 1) >> 1 <= LOG {
            assert!(entry == 1, "torn: the log said {entry}");
        }
    }
}

protocol!(ring, revise, read, {
    without_release_of_even_revisions: |rules| rules.publish = Relaxed,
    without_acquire_of_the_revision: |rules| rules.observe = Relaxed,
    without_fence_behind_odd_revisions: |rules| rules.writer_fence = false,
    without_fence_before_the_check: |rules| rules.reader_fence = false,
    without_check: |rules| rules.is_checked = false,
});
