//! What is stored once and then announced: identity by its magic, a successor by its flag.

use crate::{Relaxed, Rules, Word, protocol, words};

struct Header {
    is_superseded: Word,
    successor: [Word; 2],
}

fn header() -> Header {
    Header {
        is_superseded: Word::new(0),
        successor: words([0, 0]),
    }
}

/// `Ring.mark_superseded`; `RingMemory.write_identity` does the same with the magic.
fn announce(header: &Header, rules: Rules) {
    if !rules.is_published_last {
        header.is_superseded.publish(1, rules);
    }
    // self.header.successor_fd = descriptor; self.header.successor_nonce = number
    header.successor.iter().for_each(|word| word.store(5));
    // store_release(&self.header.is_superseded, 1)
    if rules.is_published_last {
        header.is_superseded.publish(1, rules);
    }
}

/// `RingReader.successor`.
fn read(header: &Header, rules: Rules) {
    // load_acquire(&self.header.is_superseded)
    if header.is_superseded.observe(rules) == 1 {
        let [one, other] = header.successor.each_ref().map(Word::load);
        assert!(
            (one, other) == (5, 5),
            "torn: the successor was {one}, {other}"
        );
    }
}

protocol!(header, announce, read, {
    without_release_of_the_flag: |rules| rules.publish = Relaxed,
    without_acquire_of_the_flag: |rules| rules.observe = Relaxed,
    with_the_flag_before_the_words: |rules| rules.is_published_last = false,
});
