//! From rows to what a painter draws: lines through bars, bars as strokes, outlines of steps.
//!
//! Every function fills memory of the caller, row by row without a look at other rows, so that the
//! part that was appended or changed can be refilled alone. A row with a value that is not finite
//! becomes a gap: NaN where rows keep their places, nothing where they do not. Formatters keep such
//! memory up with a series. Nothing here knows Python; nothing panics on any value of a row.

// Tests compare floats exactly: the values are copied.
#![cfg_attr(test, allow(clippy::float_cmp))]

pub mod bars;
pub mod changes;
pub mod formatter;
pub mod growth;
#[cfg(target_arch = "x86_64")]
pub mod lanes;
pub mod points;
pub mod room;
pub mod shapes;
pub mod steps;
pub mod strokes;
pub mod weave;

pub use bars::{Bar, Bars, Prices, Slots, flatten, segments, trace, vertices};
pub use changes::Changes;
pub use formatter::{Formatter, Layout, Memory, Source, Work, apply};
pub use growth::{Growth, Part};
pub use points::{Format, Outline, Points};
pub use room::Room;
pub use shapes::{Flat, Trace};
pub use steps::steps;
pub use strokes::Strokes;
pub use weave::weave;
