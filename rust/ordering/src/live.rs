//! The live row under its sequence counter, and what becomes of it when it is closed.

use crate::{Relaxed, Rules, Word, protocol, words};

/// Two fields of row 0, which are equal in every state but while they change; `last` is 1 as long as
/// the row is live, and it is closed in state 3.
struct Ring {
    live_seq: Word,
    last: Word,
    row: [Word; 2],
}

fn ring() -> Ring {
    Ring {
        live_seq: Word::new(0),
        last: Word::new(1),
        row: words([1, 1]),
    }
}

/// `Ring.set_last` twice, then `Ring.push` of row 1.
fn change(ring: &Ring, rules: Rules) {
    for state in [2, 3] {
        // store_relaxed(&header.live_seq, header.live_seq + 1); fence_release()
        let sequence = 2 * (state - 2);
        ring.live_seq.store(sequence + 1);
        rules.writer_fence();
        // self.store_cells(place, cells)
        ring.row.iter().for_each(|field| field.store(state));
        // store_release(&header.live_seq, header.live_seq + 1)
        ring.live_seq.publish(sequence + 2, rules);
    }
    // store_release(&header.last, last + 1)
    ring.last.publish(2, rules);
}

/// `RingReader.rows` of row 0.
fn read(ring: &Ring, rules: Rules) {
    // last = load_acquire(&self.header.last); closed = min(end, last - 1)
    let is_closed = ring.last.observe(rules) > 1;
    // steady: load_acquire(counter), again while it is odd; a reader that waits sees nothing torn
    let sequence = if is_closed {
        0
    } else {
        ring.live_seq.observe(rules)
    };
    if sequence % 2 == 1 {
        return;
    }
    // load_rows: relaxed loads of the columns
    let [one, other] = ring.row.each_ref().map(Word::load);
    if is_closed {
        assert!(
            (one, other) == (3, 3),
            "torn: the closed row was {one}, {other}"
        );
        return;
    }
    // load_live: fence_acquire(); load_relaxed(&self.header.live_seq) == sequence
    rules.reader_fence();
    if !rules.is_checked || ring.live_seq.load() == sequence {
        assert!(one == other, "torn: the live row was {one}, {other}");
    }
}

protocol!(ring, change, read, {
    without_release_of_even_counters: |rules| rules.publish = Relaxed,
    without_acquire_of_the_counter: |rules| rules.observe = Relaxed,
    without_fence_behind_odd_counters: |rules| rules.writer_fence = false,
    without_fence_before_the_check: |rules| rules.reader_fence = false,
    without_check: |rules| rules.is_checked = false,
});
