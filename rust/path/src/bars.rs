//! OHLC bars as one line through their prices, as the vertices of a path, or as separate strokes.
//!
//! A bar takes the slot `[x, x + width)`:
//!
//! ```text
//!            high
//!             │            left   x + gap * width        where its open tick begins
//!   open ─────┤            middle x + width / 2          where its stem stands
//!             ├───── close right  x + (1 - gap) * width  where its close tick ends
//!             │
//!  │         low          │
//!  x                      x + width
//! ```

use std::cell::Cell;
use std::ops::Range;

use crate::shapes::{Flat, Shape, Trace, fill};

/// The prices of bars; all slices are equally long.
#[derive(Clone, Copy, Debug)]
pub struct Prices<'a> {
    /// Opening prices.
    pub open: &'a [f64],
    /// Highest prices.
    pub high: &'a [f64],
    /// Lowest prices.
    pub low: &'a [f64],
    /// Closing prices.
    pub close: &'a [f64],
}

/// The bars of a series, as many places as prices.
#[derive(Clone, Copy, Debug)]
pub struct Bars<'a> {
    /// Left edge of each bar's slot.
    pub x: &'a [f64],
    /// Their prices.
    pub prices: Prices<'a>,
}

/// How bars lie in their slots.
#[derive(Clone, Copy, Debug)]
pub struct Slots {
    /// Width of a slot on the x scale.
    pub width: f64,
    /// The part of a slot that is left free at each side.
    pub gap: f64,
}

/// The prices of one bar.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    /// Opening price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Closing price.
    pub close: f64,
}

impl Bar {
    /// Whether every price is finite; else the bar is a gap.
    #[must_use]
    pub fn is_whole(self) -> bool {
        // Zero times a finite number is zero, times any other NaN; one comparison for all four.
        0.0 * self.open + 0.0 * self.high + 0.0 * self.low + 0.0 * self.close == 0.0
    }
}

impl<'a> Prices<'a> {
    /// How many bars there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Those of some bars.
    ///
    /// # Panics
    /// When they are not within the bars.
    #[must_use]
    pub fn part(&self, rows: Range<usize>) -> Self {
        Self {
            open: &self.open[rows.clone()],
            high: &self.high[rows.clone()],
            low: &self.low[rows.clone()],
            close: &self.close[rows],
        }
    }

    /// One bar after another.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Bar> + ExactSizeIterator + use<'a> {
        let outer = self.open.iter().zip(self.close);
        let inner = self.high.iter().zip(self.low);
        outer
            .zip(inner)
            .map(|((&open, &close), (&high, &low))| Bar {
                open,
                high,
                low,
                close,
            })
    }
}

/// Fill which vertices of bars are joined to the next, after their y: none of a gap.
pub fn fill_connect(y: &[f64], connect: &mut [i32]) {
    for (y, joined) in y.as_chunks::<6>().0.iter().zip(connect.as_chunks_mut().0) {
        *joined = if y[0].is_nan() {
            [0; 6]
        } else {
            [1, 1, 1, 1, 1, 0]
        };
    }
}

/// Fill the points of bars that have places of their own.
fn fill_bars<const N: usize>(
    shape: impl Shape<N>,
    bars: &Bars<'_>,
    to_x: &mut [f64],
    to_y: &mut [f64],
) {
    let count = bars.x.len();
    assert_eq!((to_x.len(), to_y.len()), (N * count, N * count));
    let all_stand = Cell::new(true);
    let x = |rows: Range<usize>| {
        let x = &bars.x[rows];
        all_stand.set(all_stand.get() && x.iter().all(|x| x.is_finite()));
        x.iter().copied()
    };
    fill(shape, &bars.prices, Some(&x), to_x, to_y);
    if all_stand.get() {
        return;
    }
    for (x, at) in bars.x.iter().zip(to_y.as_chunks_mut::<N>().0) {
        if !x.is_finite() {
            at.fill(f64::NAN);
        }
    }
}

/// Four points a bar: open, high, low and close, at x, x + 1/4, x + 1/2 and x + 3/4 of the width.
/// With even slots the points are evenly spaced too. A gap is four NaN in `to_y`.
///
/// # Panics
/// When `to_x` or `to_y` is not four times as long as the bars.
pub fn flatten(bars: &Bars<'_>, width: f64, to_x: &mut [f64], to_y: &mut [f64]) {
    fill_bars(Flat { width }, bars, to_x, to_y);
}

/// Two points a bar, at x + 1/4 and x + 3/4 of the width: low and high of a bar that closed at or
/// above its open, high and low of one that closed below. A gap is two NaN in `to_y`.
///
/// # Panics
/// When `to_x` or `to_y` is not twice as long as the bars.
pub fn trace(bars: &Bars<'_>, width: f64, to_x: &mut [f64], to_y: &mut [f64]) {
    fill_bars(Trace { width }, bars, to_x, to_y);
}

/// Six vertices a bar: both ends of the open tick, of the stem from low to high, and of the close
/// tick. `connect` says of each vertex whether a line goes on to the next: 1, 1, 1, 1, 1, 0. A gap
/// is six NaN in `to_y`, none of them connected.
///
/// # Panics
/// When a target is not six times as long as the bars.
pub fn vertices(
    bars: &Bars<'_>,
    slots: Slots,
    to_x: &mut [f64],
    to_y: &mut [f64],
    connect: &mut [i32],
) {
    assert_eq!(connect.len(), 6 * bars.x.len());
    fill_bars(slots, bars, to_x, to_y);
    fill_connect(to_y, connect);
}

/// Three strokes a bar, each as x1, y1, x2, y2: open tick, stem from low to high, close tick. Bars
/// with a gap are left out, because a painter would draw their strokes somewhere.
///
/// Returns how many bars were written, from the start of `to`.
///
/// # Panics
/// When `to` is not twelve times as long as the bars.
pub fn segments(bars: &Bars<'_>, slots: Slots, to: &mut [f64]) -> usize {
    assert_eq!(to.len(), 12 * bars.x.len());
    let rows = bars.x.iter().copied().zip(bars.prices.iter());
    let whole = rows.filter(|(x, bar)| x.is_finite() && bar.is_whole());
    let mut count = 0;
    for ((x, bar), at) in whole.zip(to.as_chunks_mut().0) {
        *at = slots.strokes(x, bar);
        count += 1;
    }
    count
}

impl Slots {
    /// The three strokes of a bar that is no gap.
    #[must_use]
    pub fn strokes(self, x: f64, bar: Bar) -> [f64; 12] {
        let [left, middle, right] = self.places().map(|offset| x + offset);
        let Bar {
            open,
            high,
            low,
            close,
        } = bar;
        [
            left, open, middle, open, middle, low, middle, high, middle, close, right, close,
        ]
    }

    /// How far right of its x a bar's open tick begins, its stem stands and its close tick ends.
    pub(crate) fn places(self) -> [f64; 3] {
        [
            self.gap * self.width,
            0.5 * self.width,
            (1.0 - self.gap) * self.width,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOTS: Slots = Slots {
        width: 1.0,
        gap: 0.25,
    };

    /// A rising bar, a gap, a falling bar of negative prices.
    const BARS: Bars<'static> = Bars {
        x: &[0.0, 1.0, 2.0],
        prices: Prices {
            open: &[1.0, f64::NAN, -2.0],
            high: &[4.0, 1.0, -1.0],
            low: &[0.0, 1.0, -4.0],
            close: &[3.0, 1.0, -3.0],
        },
    };

    #[test]
    fn flat_bars_are_evenly_spaced_and_keep_their_places_across_a_gap() {
        let (mut x, mut y) = ([9.0; 12], [9.0; 12]);
        flatten(&BARS, 1.0, &mut x, &mut y);
        assert!(x.iter().enumerate().all(|(k, &x)| x == k as f64 / 4.0));
        assert_eq!(y[..4], [1.0, 4.0, 0.0, 3.0]);
        assert!(y[4..8].iter().all(|value| value.is_nan()));
        assert_eq!(y[8..], [-2.0, -1.0, -4.0, -3.0]);
    }

    #[test]
    fn a_trace_goes_the_way_of_the_bar() {
        let (mut x, mut y) = ([9.0; 6], [9.0; 6]);
        trace(&BARS, 1.0, &mut x, &mut y);
        assert_eq!(x, [0.25, 0.75, 1.25, 1.75, 2.25, 2.75]);
        assert_eq!((y[0], y[1], y[4], y[5]), (0.0, 4.0, -1.0, -4.0));
        assert!(y[2].is_nan() && y[3].is_nan());
    }

    #[test]
    fn a_bar_is_one_piece_of_six_vertices() {
        let (mut x, mut y, mut connect) = ([9.0; 18], [9.0; 18], [9; 18]);
        vertices(&BARS, SLOTS, &mut x, &mut y, &mut connect);
        assert_eq!(x[..6], [0.25, 0.5, 0.5, 0.5, 0.5, 0.75]);
        assert_eq!(y[..6], [1.0, 1.0, 0.0, 4.0, 3.0, 3.0]);
        assert_eq!(connect[..12], [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
        assert!(y[6..12].iter().all(|value| value.is_nan()));
    }

    #[test]
    fn strokes_of_a_gap_are_left_out() {
        let mut to = [9.0; 36];
        assert_eq!(segments(&BARS, SLOTS, &mut to), 2);
        assert_eq!(to[4..8], [0.5, 0.0, 0.5, 4.0]);
        assert_eq!(to[12..16], [2.25, -2.0, 2.5, -2.0]);
        assert_eq!(to[24..], [9.0; 12]);
    }

    #[test]
    fn a_bar_without_a_place_is_a_gap() {
        let bars = Bars {
            x: &[0.0, f64::INFINITY, 2.0],
            prices: Prices {
                open: &[1.0; 3],
                high: &[f64::MAX; 3],
                low: &[f64::MAX; 3],
                close: &[-0.0, 1.0, f64::NEG_INFINITY],
            },
        };
        let (mut x, mut y, mut connect) = ([9.0; 18], [9.0; 18], [9; 18]);
        vertices(&bars, SLOTS, &mut x, &mut y, &mut connect);
        assert_eq!(y[..6], [1.0, 1.0, f64::MAX, f64::MAX, 0.0, 0.0]);
        assert!(y[4].is_sign_negative());
        assert!(y[6..].iter().all(|value| value.is_nan()));
        assert_eq!(connect[5..], [0; 13]);
        assert_eq!(segments(&bars, SLOTS, &mut [9.0; 36]), 1);
    }
}
