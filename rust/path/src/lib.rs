//! Geometry of bars, lines and steps: rows in, vertices out.
//!
//! A row with a value that is not finite is a gap: its vertices are NaN, which no painter draws, so
//! that vertices and rows keep their one-to-one places.

pub mod bars;
pub mod flatten;
pub mod steps;

/// One bar: open, high, low, close.
pub type Ohlc = [f64; 4];

/// Whether all four values of a bar are finite.
#[must_use]
pub fn is_whole(bar: &Ohlc) -> bool {
    bar.iter().all(|value| value.is_finite())
}
