//! The slot of a waiter: taken over by a reader that comes, while the writer still reaches for one that
//! leaves.

use loom::sync::Arc;
use loom::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use loom::sync::atomic::{AtomicI64, fence};

use crate::{Word, words};

/// Which pipe a slot leads to: its inode, and the descriptor with the same number.
const NONE: i64 = 0;
const LEAVING: i64 = 1;
const COMING: i64 = 2;

/// What the protocol depends on.
#[derive(Clone, Copy)]
struct Rules {
    /// The slot is filled before the bit behind it is set.
    is_filled_first: bool,
    /// The writer looks whether the pipe that it has open is still that of the slot.
    is_compared: bool,
}

const RULES: Rules = Rules {
    is_filled_first: true,
    is_compared: true,
};

/// A slot, its bit, the counters, and how many bytes lie in each pipe.
struct Ring {
    changes: Word,
    armed: AtomicI64,
    inode: Word,
    fd: Word,
    pipes: [Word; 3],
}

impl Ring {
    fn new() -> Self {
        Self {
            changes: Word::new(0),
            armed: AtomicI64::new(0),
            inode: Word::new(LEAVING),
            fd: Word::new(LEAVING),
            pipes: words([0; 3]),
        }
    }

    fn set_bit(&self) {
        self.armed.fetch_or(1, SeqCst);
    }

    /// A change and `RingNotifier.notify` behind it; `opened` is the pipe that the writer has open.
    fn change(&self, number: i64, opened: &mut i64, rules: Rules) {
        self.changes.0.store(number, Release);
        // fence_full(); if load_relaxed(&self.waiters.armed): exchange(&self.waiters.armed, 0)
        fence(SeqCst);
        if self.armed.load(Relaxed) == 0 || self.armed.swap(0, SeqCst) == 0 {
            return;
        }
        // inode = load_acquire(&self.waiters.slots[i].inode)
        let inode = self.inode.0.load(Acquire);
        if *opened == NONE || rules.is_compared && *opened != inode {
            // reach: the pipe of slot.fd, if its inode is the slot's
            *opened = NONE;
            if inode != NONE && self.fd.load() == inode {
                *opened = inode;
            }
        }
        if *opened != NONE {
            // write_bytes(self.wake_fds[i], b'w', 1)
            self.pipes[*opened as usize].0.fetch_add(1, Relaxed);
        }
    }

    /// `WaiterSlot.leave`; the next reader comes behind it by the owner's word.
    fn leave(&self) {
        // store_relaxed(&slot.inode, 0); set_bits(&self.waiters.armed, ...)
        self.inode.store(NONE);
        self.set_bit();
    }

    /// `WaiterSlot.claim`, and `arm` behind it.
    fn come(&self, rules: Rules) {
        if !rules.is_filled_first {
            self.set_bit();
        }
        // store_relaxed(&slot.fd, pipe); store_release(&slot.inode, inode)
        self.fd.store(COMING);
        self.inode.0.store(COMING, Release);
        if rules.is_filled_first {
            self.set_bit();
        }
        fence(SeqCst);
    }
}

/// Tries a writer of two changes against a reader that leaves and one that comes, in every order.
fn race(rules: Rules) {
    loom::model(move || {
        let ring = Arc::new(Ring::new());
        let shared = ring.clone();
        let readers = loom::thread::spawn(move || {
            shared.leave();
            shared.come(rules);
            // has_news: what the reader that sleeps has seen
            shared.changes.0.load(Acquire)
        });
        let mut opened = LEAVING;
        for number in [1, 2] {
            ring.change(number, &mut opened, rules);
        }
        let seen = readers.join().expect("the readers");
        let bytes = ring.pipes[COMING as usize].load();
        assert!(
            seen == 2 || bytes > 0,
            "lost: a reader sleeps that has seen {seen} of two changes"
        );
    });
}

#[test]
fn whoever_takes_a_slot_over_is_woken() {
    race(RULES);
}

#[test]
#[should_panic(expected = "lost")]
fn with_the_bit_before_the_slot() {
    race(Rules {
        is_filled_first: false,
        ..RULES
    });
}

#[test]
#[should_panic(expected = "lost")]
fn with_the_pipe_that_was_open() {
    race(Rules {
        is_compared: false,
        ..RULES
    });
}
