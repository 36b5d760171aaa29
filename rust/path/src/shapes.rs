//! What is drawn of a bar: so many points, filled for many bars at once.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::__m128d;
use std::ops::Range;

use crate::bars::{Bar, Prices, Slots};
#[cfg(target_arch = "x86_64")]
use crate::lanes::{self, TwoBars, either, first, second};

/// What is drawn of a bar: `N` points, an even number.
pub trait Shape<const N: usize>: Copy {
    /// How far right of a bar's x the points stand; -0.0 for its x itself, which leaves every x as
    /// it is, negative zero too.
    fn offsets(self) -> [f64; N];

    /// How high they stand.
    fn y(self, bar: Bar) -> [f64; N];

    /// How high the points of two bars stand, by pairs: first all of the first bar.
    #[cfg(target_arch = "x86_64")]
    fn lanes(self, two: TwoBars) -> [__m128d; N];
}

/// Open, high, low and close at x, x + 1/4, x + 1/2 and x + 3/4 of the width.
#[derive(Clone, Copy, Debug)]
pub struct Flat {
    /// Width of a slot.
    pub width: f64,
}

/// Both extremes in the order of the bar's way, at x + 1/4 and x + 3/4 of the width.
#[derive(Clone, Copy, Debug)]
pub struct Trace {
    /// Width of a slot.
    pub width: f64,
}

impl Shape<4> for Flat {
    fn offsets(self) -> [f64; 4] {
        [-0.0, 0.25 * self.width, 0.5 * self.width, 0.75 * self.width]
    }

    fn y(self, bar: Bar) -> [f64; 4] {
        [bar.open, bar.high, bar.low, bar.close]
    }

    #[cfg(target_arch = "x86_64")]
    fn lanes(self, two: TwoBars) -> [__m128d; 4] {
        [
            first(two.open, two.high),
            first(two.low, two.close),
            second(two.open, two.high),
            second(two.low, two.close),
        ]
    }
}

impl Shape<2> for Trace {
    fn offsets(self) -> [f64; 2] {
        [0.25 * self.width, 0.75 * self.width]
    }

    fn y(self, bar: Bar) -> [f64; 2] {
        if bar.close >= bar.open {
            [bar.low, bar.high]
        } else {
            [bar.high, bar.low]
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn lanes(self, two: TwoBars) -> [__m128d; 2] {
        let risen = two.risen();
        let (from, to) = (
            either(risen, two.low, two.high),
            either(risen, two.high, two.low),
        );
        [first(from, to), second(from, to)]
    }
}

/// Both ends of the open tick, of the stem from low to high, and of the close tick.
impl Shape<6> for Slots {
    fn offsets(self) -> [f64; 6] {
        let [left, middle, right] = self.places();
        [left, middle, middle, middle, middle, right]
    }

    fn y(self, bar: Bar) -> [f64; 6] {
        [bar.open, bar.open, bar.low, bar.high, bar.close, bar.close]
    }

    #[cfg(target_arch = "x86_64")]
    fn lanes(self, two: TwoBars) -> [__m128d; 6] {
        [
            first(two.open, two.open),
            first(two.low, two.high),
            first(two.close, two.close),
            second(two.open, two.open),
            second(two.low, two.high),
            second(two.close, two.close),
        ]
    }
}

/// Values from which on a target is written past the caches: several of their megabytes.
const STREAMED: usize = 1 << 19;

/// Fill the x of the points of bars.
fn fill_x<const N: usize>(
    shape: impl Shape<N>,
    x: impl Iterator<Item = f64>,
    to_x: &mut [f64],
    is_streamed: bool,
) {
    let to = to_x.as_chunks_mut::<N>().0;
    let offsets = shape.offsets();
    #[cfg(target_arch = "x86_64")]
    if is_streamed {
        lanes::fill_x::<N, true>(&offsets, x, to);
    } else {
        lanes::fill_x::<N, false>(&offsets, x, to);
    }
    #[cfg(not(target_arch = "x86_64"))]
    for (x, at) in x.zip(to) {
        *at = offsets.map(|offset| x + offset);
    }
}

/// Fill the y of the points of bars: NaN for a gap.
fn fill_y<const N: usize>(
    shape: impl Shape<N>,
    prices: &Prices<'_>,
    to_y: &mut [f64],
    is_streamed: bool,
) {
    let to = to_y.as_chunks_mut::<N>().0;
    #[cfg(target_arch = "x86_64")]
    let done = if is_streamed {
        lanes::fill_y::<N, true>(shape, prices, to)
    } else {
        lanes::fill_y::<N, false>(shape, prices, to)
    };
    #[cfg(not(target_arch = "x86_64"))]
    let done = 0;
    fill_y_singly(shape, &prices.part(done..prices.len()), &mut to[done..]);
}

/// Fill the y of the points of bars, one bar after another.
fn fill_y_singly<const N: usize>(shape: impl Shape<N>, prices: &Prices<'_>, to_y: &mut [[f64; N]]) {
    for (bar, at) in prices.iter().zip(to_y) {
        *at = if bar.is_whole() {
            shape.y(bar)
        } else {
            [f64::NAN; N]
        };
    }
}

/// Bars whose x are filled before their y: few streams of memory at a time, and those short enough
/// that what is read twice is still at hand.
const BLOCK: usize = 1024;

/// Fill the points of bars, block by block: x, which may be there already, then y.
pub(crate) fn fill<const N: usize, X: Iterator<Item = f64>>(
    shape: impl Shape<N>,
    prices: &Prices<'_>,
    x: Option<&impl Fn(Range<usize>) -> X>,
    to_x: &mut [f64],
    to_y: &mut [f64],
) {
    #[cfg(target_arch = "x86_64")]
    let is_streamed = to_y.len() >= STREAMED
        && lanes::is_aligned(to_y)
        && (x.is_none() || lanes::is_aligned(to_x));
    #[cfg(not(target_arch = "x86_64"))]
    let is_streamed = to_y.len() >= STREAMED;
    let count = prices.len();
    for start in (0..count).step_by(BLOCK) {
        let rows = start..count.min(start + BLOCK);
        let points = N * rows.start..N * rows.end;
        if let Some(x) = x {
            fill_x(
                shape,
                x(rows.clone()),
                &mut to_x[points.clone()],
                is_streamed,
            );
        }
        fill_y(shape, &prices.part(rows), &mut to_y[points], is_streamed);
    }
    #[cfg(target_arch = "x86_64")]
    if is_streamed {
        lanes::fence();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOTS: Slots = Slots {
        width: 1.0,
        gap: 0.25,
    };

    /// Prices of which every combination of finite and not stands in some bar.
    fn mixed(count: usize) -> [Vec<f64>; 4] {
        let values = [1.5, -0.0, f64::NAN, 3.25, f64::NEG_INFINITY, -7.0, f64::MAX];
        [2, 3, 5, 7].map(|step| (0..count).map(|k| values[k * step % 9 % 7]).collect())
    }

    fn holds_singly<const N: usize>(shape: impl Shape<N>, count: usize, skipped: usize) {
        let columns = mixed(count);
        let [open, high, low, close] = &columns;
        let prices = Prices {
            open,
            high,
            low,
            close,
        };
        let first = -0.0;
        let x = |rows: Range<usize>| rows.map(move |row| row as f64 * 3.0 + first);
        let mut memory = [
            vec![9.0; N * count + skipped],
            vec![9.0; N * count + skipped],
        ];
        let [to_x, to_y] = &mut memory;
        let (to_x, to_y) = (&mut to_x[skipped..], &mut to_y[skipped..]);
        fill(shape, &prices, Some(&x), to_x, to_y);
        let mut singly = vec![[9.0; N]; count];
        fill_y_singly(shape, &prices, &mut singly);
        let bits = |values: &[f64]| -> Vec<u64> { values.iter().map(|v| v.to_bits()).collect() };
        assert_eq!(bits(to_y), bits(singly.as_flattened()));
        let expected: Vec<_> = x(0..count)
            .map(|x| shape.offsets().map(|o| x + o))
            .collect();
        assert_eq!(bits(to_x), bits(expected.as_flattened()));
    }

    #[test]
    fn bars_in_pairs_and_streams_equal_one_bar_after_another() {
        let counts = [0, 1, 2, 63, BLOCK + 1, STREAMED / 2 + 1];
        // Miri knows no stores past the caches.
        for count in counts.into_iter().take(if cfg!(miri) { 4 } else { 6 }) {
            for skipped in 0..2 {
                holds_singly(Flat { width: 0.5 }, count, skipped);
                holds_singly(Trace { width: 0.5 }, count, skipped);
                holds_singly(SLOTS, count, skipped);
            }
        }
    }
}
