//! The waiters' words: readers that ask to be woken, and a writer that wakes each of them once.
//!
//! A pipe is a count of bytes. It orders nothing here, which is less than the kernel promises.

use loom::sync::Arc;
use loom::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use loom::sync::atomic::{AtomicI64, fence};

use crate::Word;

/// How bits are taken.
#[derive(Clone, Copy)]
enum Taking {
    /// All by one access that leaves none.
    Exchanged,
    /// By a load and a store.
    LoadedAndCleared,
    /// Not at all: they are only looked at.
    Left,
}

/// When the pipe is emptied of the byte that woke its reader.
#[derive(Clone, Copy, PartialEq)]
enum Emptying {
    BeforeTheBit,
    BehindTheSecondLook,
}

/// What the protocol depends on.
#[derive(Clone, Copy)]
struct Rules {
    /// The writer's full fence between its counters and the bits.
    writer_fence: bool,
    /// The reader's full fence between its bit and the counters.
    reader_fence: bool,
    /// The reader looks once more before it sleeps.
    looks_again: bool,
    taking: Taking,
    emptying: Emptying,
}

const RULES: Rules = Rules {
    writer_fence: true,
    reader_fence: true,
    looks_again: true,
    taking: Taking::Exchanged,
    emptying: Emptying::BeforeTheBit,
};

/// What writer and readers share; `changes` stands for the counters of `count_changes`.
struct Ring {
    changes: Word,
    armed: AtomicI64,
    /// Bytes in each reader's pipe.
    pipes: Vec<AtomicI64>,
}

impl Ring {
    fn new(readers: usize) -> Self {
        Self {
            changes: Word::new(0),
            armed: AtomicI64::new(0),
            pipes: (0..readers).map(|_| AtomicI64::new(0)).collect(),
        }
    }

    /// A change and `RingNotifier.notify` behind it; adds to the bytes written to each pipe.
    fn change(&self, number: i64, rules: Rules, written: &mut [i64]) {
        // store_release(&header.last, last + 1), or another counter
        self.changes.0.store(number, Release);
        // fence_full()
        if rules.writer_fence {
            fence(SeqCst);
        }
        // if load_relaxed(&self.waiters.armed)
        if self.armed.load(Relaxed) == 0 {
            return;
        }
        // exchange(&self.waiters.armed, 0)
        let bits = match rules.taking {
            Taking::Exchanged => self.armed.swap(0, SeqCst),
            Taking::LoadedAndCleared => {
                let bits = self.armed.load(SeqCst);
                self.armed.store(0, SeqCst);
                bits
            }
            Taking::Left => self.armed.load(SeqCst),
        };
        for (number, pipe) in self.pipes.iter().enumerate() {
            if bits >> number & 1 == 1 {
                // write_bytes(self.wake_fds[i], b'w', 1)
                pipe.fetch_add(1, Relaxed);
                written[number] += 1;
            }
        }
    }
}

/// One `RingWaiter`.
struct Reader {
    number: usize,
    seen: i64,
    /// How often it set its bit.
    asked: i64,
    is_rung: bool,
    is_asleep: bool,
}

impl Reader {
    /// `has_news`, and `take_changes` where there are some.
    fn takes_news(&mut self, ring: &Ring) -> bool {
        // self.ring.count_changes() != self.seen, of load_acquire
        let changes = ring.changes.0.load(Acquire);
        let has_news = changes != self.seen;
        self.seen = changes;
        has_news
    }

    /// `RingWaiter.is_due`.
    fn is_due(&mut self, ring: &Ring, rules: Rules) -> bool {
        if self.takes_news(ring) {
            return true;
        }
        if rules.emptying == Emptying::BeforeTheBit {
            self.take_bytes(ring);
        }
        // set_bits(&self.waiters.armed, 1 << self.number)
        ring.armed.fetch_or(1 << self.number, SeqCst);
        self.asked += 1;
        // fence_full()
        if rules.reader_fence {
            fence(SeqCst);
        }
        let is_due = rules.looks_again && self.takes_news(ring);
        if rules.emptying == Emptying::BehindTheSecondLook {
            self.take_bytes(ring);
        }
        is_due
    }

    /// `RingWaiter.take_bytes`, where a byte has woken it.
    fn take_bytes(&mut self, ring: &Ring) {
        if self.is_rung {
            self.is_rung = false;
            ring.pipes[self.number].swap(0, Relaxed);
        }
    }

    /// Wait so many times, as far as that needs no byte that is not there yet.
    fn wait(&mut self, times: usize, ring: &Ring, rules: Rules) {
        for _ in 0..times {
            while !self.is_due(ring, rules) {
                // self.selector.poll(...)
                if ring.pipes[self.number].load(Relaxed) == 0 {
                    self.is_asleep = true;
                    return;
                }
                self.is_rung = true;
                if self.takes_news(ring) {
                    break;
                }
            }
        }
    }
}

/// Tries readers that wait so many times against a writer of so many changes, in every order.
fn race(readers: usize, times: usize, changes: i64, rules: Rules) {
    loom::model(move || {
        let ring = Arc::new(Ring::new(readers));
        let start = |number| {
            let ring = ring.clone();
            loom::thread::spawn(move || {
                let mut reader = Reader {
                    number,
                    seen: 0,
                    asked: 0,
                    is_rung: false,
                    is_asleep: false,
                };
                reader.wait(times, &ring, rules);
                reader
            })
        };
        let readers: Vec<_> = (0..readers).map(start).collect();
        let mut written = vec![0; readers.len()];
        for number in 1..=changes {
            ring.change(number, rules, &mut written);
        }
        for reader in readers {
            let reader = reader.join().expect("a reader");
            let is_woken = ring.pipes[reader.number].load(Relaxed) > 0;
            assert!(
                !reader.is_asleep || is_woken || reader.seen == changes,
                "lost: a reader sleeps that has seen {} of {changes} changes",
                reader.seen
            );
            let bytes = written[reader.number];
            assert!(
                bytes <= reader.asked,
                "twice: {bytes} bytes for a reader that asked {} times",
                reader.asked
            );
        }
    });
}

#[test]
fn no_wake_up_is_lost_and_none_is_written_twice() {
    race(1, 3, 2, RULES);
}

#[test]
fn each_of_two_readers_is_woken() {
    race(2, 1, 1, RULES);
}

/// Without one of the rules a wake-up is lost.
fn loses(change: fn(&mut Rules)) {
    let mut rules = RULES;
    change(&mut rules);
    race(1, 2, 2, rules);
}

#[test]
#[should_panic(expected = "lost")]
fn without_the_writers_full_fence() {
    loses(|rules| rules.writer_fence = false);
}

#[test]
#[should_panic(expected = "lost")]
fn without_the_readers_full_fence() {
    loses(|rules| rules.reader_fence = false);
}

#[test]
#[should_panic(expected = "lost")]
fn without_a_second_look() {
    loses(|rules| rules.looks_again = false);
}

#[test]
#[should_panic(expected = "lost")]
fn with_bits_cleared_by_another_access() {
    loses(|rules| rules.taking = Taking::LoadedAndCleared);
}

#[test]
#[should_panic(expected = "lost")]
fn with_the_pipe_emptied_behind_the_second_look() {
    loses(|rules| rules.emptying = Emptying::BehindTheSecondLook);
}

#[test]
#[should_panic(expected = "twice")]
fn with_bits_that_are_left() {
    loses(|rules| rules.taking = Taking::Left);
}
