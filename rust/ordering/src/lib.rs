//! Models of the order in which a ring's memory is accessed, for `loom`, which tries every
//! interleaving and every value that the C11 memory model lets a load return.
//!
//! Each model has the steps of one protocol of `cython/shmring.pyx` with the orderings of
//! `cython/atomics.h`, over rings small enough to be tried out, and says beside each step which line of
//! Cython it mirrors. What a protocol depends on is a field of [`Rules`]: with [`RULES`] no reader may
//! ever see what is torn or stale, and without any one of them the model has to find a reader that does.
//! Waiters have rules of their own, with which no wake-up is lost. A change of a protocol is made here
//! first.
//!
//! The writer knows its counters and does not load them here: loom remembers only the last access to a
//! word, and one of the writer's own would hide that of the reader from it.

#![cfg(test)]

mod announce;
mod append;
mod live;
mod log;
mod nodes;
mod prepend;
mod revision;
mod slots;
mod waiters;

use loom::sync::atomic::Ordering::{self, Acquire, Relaxed, Release};
use loom::sync::atomic::{AtomicI64, fence};

/// What the protocols depend on.
#[derive(Clone, Copy)]
#[allow(clippy::struct_excessive_bools)]
struct Rules {
    /// The counter that publishes rows is stored with this.
    publish: Ordering,
    /// And loaded with this.
    observe: Ordering,
    /// Rows are stored before the counter that publishes them.
    is_published_last: bool,
    /// The writer's fence behind `first`, or behind a counter that became odd.
    writer_fence: bool,
    /// The reader's fence between what it used and the counter that it looks at again.
    reader_fence: bool,
    /// The counter is looked at again.
    is_checked: bool,
}

const RULES: Rules = Rules {
    publish: Release,
    observe: Acquire,
    is_published_last: true,
    writer_fence: true,
    reader_fence: true,
    is_checked: true,
};

impl Rules {
    fn writer_fence(self) {
        if self.writer_fence {
            fence(Release);
        }
    }

    fn reader_fence(self) {
        if self.reader_fence {
            fence(Acquire);
        }
    }
}

/// A word of shared memory: `load_relaxed`, `store_relaxed` and the like of `cython/atomics.h`.
struct Word(AtomicI64);

impl Word {
    fn new(value: i64) -> Self {
        Self(AtomicI64::new(value))
    }

    fn load(&self) -> i64 {
        self.0.load(Relaxed)
    }

    fn store(&self, value: i64) {
        self.0.store(value, Relaxed);
    }

    fn observe(&self, rules: Rules) -> i64 {
        self.0.load(rules.observe)
    }

    fn publish(&self, value: i64, rules: Rules) {
        self.0.store(value, rules.publish);
    }
}

/// Words of shared memory that hold these values.
fn words<const N: usize>(values: [i64; N]) -> [Word; N] {
    values.map(Word::new)
}

/// Tries a writer and a reader in every order; both get the same memory.
fn race<M: Send + Sync + 'static>(
    memory: fn() -> M,
    write: fn(&M, Rules),
    read: fn(&M, Rules),
    rules: Rules,
) {
    loom::model(move || {
        let shared = loom::sync::Arc::new(memory());
        let writers = shared.clone();
        let writer = loom::thread::spawn(move || write(&writers, rules));
        read(&shared, rules);
        writer.join().expect("the writer");
    });
}

/// Tests of one protocol: it holds with all rules, and fails with `torn` without each one named.
macro_rules! protocol {
    ($memory:expr, $write:expr, $read:expr, { $($name:ident: $change:expr,)* }) => {
        #[test]
        fn holds_in_every_order() {
            crate::race($memory, $write, $read, crate::RULES);
        }
        $(
            #[test]
            #[should_panic(expected = "torn")]
            fn $name() {
                let change: fn(&mut crate::Rules) = $change;
                let mut rules = crate::RULES;
                change(&mut rules);
                crate::race($memory, $write, $read, rules);
            }
        )*
    };
}
use protocol;
