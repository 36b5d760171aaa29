//! OHLC bars as lines: a tick to the left at the open, a stem from low to high, a tick to the right
//! at the close.
//!
//! ```text
//!          2          x - half_width = 0, x = 1 2 3 4, x + half_width = 5
//!          |
//!      0 --1          y: 0 1 open, 2 high, 3 low, 4 5 close
//!          4-- 5
//!          |
//!          3
//! ```

use crate::{Ohlc, is_whole};

/// Vertices of a bar in [`lines`].
pub const VERTICES: usize = 6;
/// Whether each vertex of a bar is joined to the next.
pub const CONNECT: [u8; VERTICES] = [1, 1, 1, 1, 1, 0];

/// Six joined vertices a bar, as (x, y), one disconnected piece for each.
#[must_use]
pub fn lines(x: &[f64], bars: &[Ohlc], half_width: f64) -> (Vec<f64>, Vec<f64>) {
    let mut xs = Vec::with_capacity(VERTICES * bars.len());
    let mut ys = Vec::with_capacity(VERTICES * bars.len());
    for (&x, bar) in x.iter().zip(bars) {
        if is_whole(bar) {
            let [open, high, low, close] = *bar;
            xs.extend([x - half_width, x, x, x, x, x + half_width]);
            ys.extend([open, open, high, low, close, close]);
        } else {
            xs.extend([f64::NAN; VERTICES]);
            ys.extend([f64::NAN; VERTICES]);
        }
    }
    (xs, ys)
}

/// Three separate segments a bar as (x1, y1, x2, y2): open tick, stem from low to high, close tick.
///
/// This is the memory of an array of `QLineF`.
#[must_use]
pub fn segments(x: &[f64], bars: &[Ohlc], half_width: f64) -> Vec<[[f64; 4]; 3]> {
    x.iter()
        .zip(bars)
        .map(|(&x, bar)| {
            if !is_whole(bar) {
                return [[f64::NAN; 4]; 3];
            }
            let [open, high, low, close] = *bar;
            [
                [x - half_width, open, x, open],
                [x, low, x, high],
                [x, close, x + half_width, close],
            ]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARS: [Ohlc; 2] = [[2.0, 4.0, 1.0, 3.0], [f64::NAN, 4.0, 1.0, 3.0]];

    #[test]
    fn a_bar_is_six_vertices_and_a_gap_is_six_of_nothing() {
        let (x, y) = lines(&[10.0, 11.0], &BARS, 0.25);
        assert_eq!(x[..6], [9.75, 10.0, 10.0, 10.0, 10.0, 10.25]);
        assert_eq!(y[..6], [2.0, 2.0, 4.0, 1.0, 3.0, 3.0]);
        assert!(x[6..].iter().chain(&y[6..]).all(|value| value.is_nan()));
        assert_eq!(x.len(), 12);
    }

    #[test]
    fn segments_trace_the_same_bar() {
        let found = segments(&[10.0, 11.0], &BARS, 0.25);
        assert_eq!(found[0][0], [9.75, 2.0, 10.0, 2.0]);
        assert_eq!(found[0][1], [10.0, 1.0, 10.0, 4.0]);
        assert_eq!(found[0][2], [10.0, 3.0, 10.25, 3.0]);
        assert!(found[1].iter().flatten().all(|value| value.is_nan()));
    }
}
