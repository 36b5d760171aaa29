//! Wilder's relative strength index.
//!
//! J. Welles Wilder: "New Concepts in Technical Trading Systems", 1978: the share of rises in all
//! changes, each averaged with the weight `1 / length` after a plain mean of the first `length`.

use crate::averages::Ema;

/// The index, from 0 to 100.
#[derive(Clone, Debug)]
pub struct Rsi {
    rises: Ema,
    falls: Ema,
    previous: Option<f64>,
}

impl Rsi {
    /// Over `length` changes.
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self {
            rises: Ema::wilder(length),
            falls: Ema::wilder(length),
            previous: None,
        }
    }

    /// The index that pushing `value` would make, NaN while the changes are too few.
    #[must_use]
    pub fn peek(&self, value: f64) -> f64 {
        self.previous.map_or(f64::NAN, |previous| {
            let (rise, fall) = parts(value - previous);
            index(self.rises.peek(rise), self.falls.peek(fall))
        })
    }

    /// Add a value; the new index, NaN while the changes are too few.
    pub fn push(&mut self, value: f64) -> f64 {
        let Some(previous) = self.previous.replace(value) else {
            return f64::NAN;
        };
        let (rise, fall) = parts(value - previous);
        index(self.rises.push(rise), self.falls.push(fall))
    }

    /// Forget all values.
    pub fn clear(&mut self) {
        self.rises.clear();
        self.falls.clear();
        self.previous = None;
    }
}

/// How much a change rises, and how much it falls.
fn parts(change: f64) -> (f64, f64) {
    if change > 0.0 {
        (change, 0.0)
    } else {
        (0.0, -change)
    }
}

/// The share of rises in percent; 100 where nothing falls, also where nothing moves at all.
fn index(rises: f64, falls: f64) -> f64 {
    if falls == 0.0 {
        return 100.0;
    }
    100.0 - 100.0 / (1.0 + rises / falls)
}
