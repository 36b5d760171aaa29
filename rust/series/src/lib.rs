//! Series of numbers: what a stretch of rows comes to, for any stretch, in time that depends on the
//! answer and not on the rows.
//!
//! NaN and infinities are gaps: no extreme, sum or end of a stretch ever is one. Nothing here knows
//! Python; nothing panics on any value of a row.

// Tests compare floats exactly: that is the law here.
#![cfg_attr(test, allow(clippy::float_cmp))]
// What is compiled once for each kind of processor has to be compiled into the function that is.
#![allow(clippy::inline_always)]

pub mod abscissa;
pub mod extremes;
mod fetch;
pub mod m4;
pub mod pyramid;
pub mod query;
pub mod ring;
pub mod rows;
mod simd;
pub mod span;

pub use extremes::Extremes;
pub use m4::{Columns, m4};
pub use pyramid::Pyramid;
pub use rows::{Nodes, Reducer, Rows, SharedNodes, SharedRows};
