//! From rows to what a painter draws: lines through bars, bars as strokes, outlines of steps.
//!
//! Every function fills memory of the caller, row by row without a look at other rows, so that the
//! part that was appended or changed can be refilled alone. A row with a value that is not finite
//! becomes a gap: NaN where rows keep their places, nothing where they do not. Nothing here knows
//! Python; nothing panics on any value of a row.

// Tests compare floats exactly: the values are copied.
#![cfg_attr(test, allow(clippy::float_cmp))]

pub mod bars;
pub mod steps;

pub use bars::{Bars, Slots, flatten, segments, trace, vertices};
pub use steps::steps;
