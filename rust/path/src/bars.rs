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

/// The bars of a series; all slices are equally long.
#[derive(Clone, Copy, Debug)]
pub struct Bars<'a> {
    /// Left edge of each bar's slot.
    pub x: &'a [f64],
    /// Opening prices.
    pub open: &'a [f64],
    /// Highest prices.
    pub high: &'a [f64],
    /// Lowest prices.
    pub low: &'a [f64],
    /// Closing prices.
    pub close: &'a [f64],
}

/// How bars lie in their slots.
#[derive(Clone, Copy, Debug)]
pub struct Slots {
    /// Width of a slot on the x scale.
    pub width: f64,
    /// The part of a slot that is left free at each side.
    pub gap: f64,
}

/// The prices of one bar, all of them finite.
#[derive(Clone, Copy, Debug)]
struct Bar {
    open: f64,
    high: f64,
    low: f64,
    close: f64,
}

impl Bars<'_> {
    /// How many bars there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.x.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.x.is_empty()
    }

    /// The places and prices of the bars; `None` for the prices where x or a price is not finite.
    fn iter(&self) -> impl Iterator<Item = (f64, Option<Bar>)> {
        let prices = self
            .open
            .iter()
            .zip(self.high)
            .zip(self.low)
            .zip(self.close);
        self.x
            .iter()
            .zip(prices)
            .map(|(&x, (((&open, &high), &low), &close))| {
                let bar = Bar {
                    open,
                    high,
                    low,
                    close,
                };
                // The sum of finite numbers may overflow, so each is asked.
                let whole = [x, open, high, low, close]
                    .iter()
                    .all(|value| value.is_finite());
                (x, whole.then_some(bar))
            })
    }
}

/// Four points a bar: open, high, low and close, at x, x + 1/4, x + 1/2 and x + 3/4 of the width.
/// With even slots the points are evenly spaced too. A gap is four NaN in `to_y`.
///
/// # Panics
/// When `to_x` or `to_y` is not four times as long as the bars.
pub fn flatten(bars: &Bars<'_>, width: f64, to_x: &mut [f64], to_y: &mut [f64]) {
    assert_eq!((to_x.len(), to_y.len()), (4 * bars.len(), 4 * bars.len()));
    let targets = to_x.chunks_exact_mut(4).zip(to_y.chunks_exact_mut(4));
    for ((x, bar), (at_x, at_y)) in bars.iter().zip(targets) {
        at_x.copy_from_slice(&[x, x + 0.25 * width, x + 0.5 * width, x + 0.75 * width]);
        at_y.copy_from_slice(&bar.map_or([f64::NAN; 4], |bar| {
            [bar.open, bar.high, bar.low, bar.close]
        }));
    }
}

/// Two points a bar, at x + 1/4 and x + 3/4 of the width: low and high of a bar that closed at or
/// above its open, high and low of one that closed below. A gap is two NaN in `to_y`.
///
/// # Panics
/// When `to_x` or `to_y` is not twice as long as the bars.
pub fn trace(bars: &Bars<'_>, width: f64, to_x: &mut [f64], to_y: &mut [f64]) {
    assert_eq!((to_x.len(), to_y.len()), (2 * bars.len(), 2 * bars.len()));
    let targets = to_x.chunks_exact_mut(2).zip(to_y.chunks_exact_mut(2));
    for ((x, bar), (at_x, at_y)) in bars.iter().zip(targets) {
        at_x.copy_from_slice(&[x + 0.25 * width, x + 0.75 * width]);
        at_y.copy_from_slice(&match bar {
            None => [f64::NAN; 2],
            Some(bar) if bar.close >= bar.open => [bar.low, bar.high],
            Some(bar) => [bar.high, bar.low],
        });
    }
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
    let count = 6 * bars.len();
    assert_eq!(
        (to_x.len(), to_y.len(), connect.len()),
        (count, count, count)
    );
    let targets = to_x
        .chunks_exact_mut(6)
        .zip(to_y.chunks_exact_mut(6))
        .zip(connect.chunks_exact_mut(6));
    for ((x, bar), ((at_x, at_y), joined)) in bars.iter().zip(targets) {
        let [left, middle, right] = slots.places(x);
        at_x.copy_from_slice(&[left, middle, middle, middle, middle, right]);
        if let Some(Bar {
            open,
            high,
            low,
            close,
        }) = bar
        {
            at_y.copy_from_slice(&[open, open, low, high, close, close]);
            joined.copy_from_slice(&[1, 1, 1, 1, 1, 0]);
        } else {
            at_y.fill(f64::NAN);
            joined.fill(0);
        }
    }
}

/// Three strokes a bar, each as x1, y1, x2, y2: open tick, stem from low to high, close tick. Bars
/// with a gap are left out, because a painter would draw their strokes somewhere.
///
/// Returns how many bars were written, from the start of `to`.
///
/// # Panics
/// When `to` is not twelve times as long as the bars.
pub fn segments(bars: &Bars<'_>, slots: Slots, to: &mut [f64]) -> usize {
    assert_eq!(to.len(), 12 * bars.len());
    let whole = bars.iter().filter_map(|(x, bar)| bar.map(|bar| (x, bar)));
    let mut count = 0;
    for ((x, bar), at) in whole.zip(to.chunks_exact_mut(12)) {
        let [left, middle, right] = slots.places(x);
        let Bar {
            open,
            high,
            low,
            close,
        } = bar;
        at[..4].copy_from_slice(&[left, open, middle, open]);
        at[4..8].copy_from_slice(&[middle, low, middle, high]);
        at[8..].copy_from_slice(&[middle, close, right, close]);
        count += 1;
    }
    count
}

impl Slots {
    /// Where a bar's open tick begins, its stem stands and its close tick ends.
    fn places(self, x: f64) -> [f64; 3] {
        [
            x + self.gap * self.width,
            x + 0.5 * self.width,
            x + (1.0 - self.gap) * self.width,
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
        open: &[1.0, f64::NAN, -2.0],
        high: &[4.0, 1.0, -1.0],
        low: &[0.0, 1.0, -4.0],
        close: &[3.0, 1.0, -3.0],
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
}
