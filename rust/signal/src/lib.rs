//! Signals over series: moving averages, relative strength, and statistics of the newest values.
//!
//! Each is a state that takes one value after another, so that a stream and a whole series make the
//! same numbers, bit for bit: a series is a stream that was waited for. `peek` says what the next
//! value would make without taking it, for a row that is not closed yet.
//!
//! NaN and infinities are gaps: they make NaN and are passed over, so that windows hold the newest
//! finite values. Pure computation without Python, without shared memory and without unsafe code.

#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::float_cmp))]

pub mod averages;
pub mod moments;
pub mod signal;
pub mod strength;
pub mod vwap;
pub mod window;

pub use signal::Signal;
pub use vwap::Vwap;
