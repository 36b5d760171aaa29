//! Places of points, and the edges of the columns that they fall into.
//!
//! Column k holds the points with `edge(k) <= x < edge(k + 1)`. Edges are multiplied out, so that the
//! millionth is as exact as the first, and every comparison is made with the same edge: a point
//! belongs to exactly one column. Those of floats are rounded once, those of integers not at all.

use std::num::NonZeroU8;
use std::ops::Range;

use crate::fetch::fetch;

/// The largest column number: beyond it `k` and `k + 1` are no longer different as `f64`.
pub const MAX_COLUMN: f64 = 4_503_599_627_370_496.0;

/// Ascending x values, and the edges of the columns they fall into.
pub trait Abscissa {
    /// What points and edges are compared as.
    type Key: PartialOrd + Copy;
    /// How many points there are.
    fn len(&self) -> usize;
    /// Whether there is no point.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The x of a point.
    fn at(&self, index: usize) -> Self::Key;
    /// How many of the `WINDOW` points from `low` on lie left of an edge.
    fn count_below(&self, low: usize, edge: Self::Key) -> usize;
    /// Ask for the memory of the x that are compared around a guess, before it is needed.
    fn fetch(&self, guess: usize);
    /// The least x of a column.
    fn edge(&self, column: i64) -> Self::Key;
    /// How many columns lie between the origin and a point, before rounding errors; NaN where x
    /// is not finite.
    fn distance(&self, index: usize) -> f64;
    /// The column of an x by its edges, given one near to it; `None` where they cannot be told apart.
    fn settle(&self, guess: i64, x: Self::Key) -> Option<i64>;
    /// The left edge of a column on the caller's scale.
    fn left(&self, column: i64) -> f64;
}

/// x values in `f64`.
pub struct Floats<'a> {
    /// Ascending x values.
    pub x: &'a [f64],
    /// Left edge of column 0.
    pub origin: f64,
    /// Width of a column, positive and finite.
    pub uppx: f64,
}

impl Abscissa for Floats<'_> {
    type Key = f64;

    fn len(&self) -> usize {
        self.x.len()
    }
    #[inline(always)]
    fn at(&self, index: usize) -> f64 {
        self.x[index]
    }
    #[inline(always)]
    fn count_below(&self, low: usize, edge: f64) -> usize {
        let x = &self.x[low..low + WINDOW];
        x.iter().map(|&x| u64::from(x < edge)).sum::<u64>() as usize
    }
    #[inline(always)]
    fn fetch(&self, guess: usize) {
        fetch(self.x.as_ptr(), around(guess));
    }
    #[inline(always)]
    fn edge(&self, column: i64) -> f64 {
        self.origin + column as f64 * self.uppx
    }
    fn distance(&self, index: usize) -> f64 {
        let x = self.x[index];
        if x.is_finite() {
            (x - self.origin) / self.uppx
        } else {
            f64::NAN
        }
    }
    fn settle(&self, guess: i64, x: f64) -> Option<i64> {
        let mut column = guess;
        // The division may have rounded across an edge. Two steps are enough wherever neighbouring
        // edges differ.
        for _ in 0..4 {
            if self.edge(column) > x {
                column -= 1;
            } else if self.edge(column + 1) <= x {
                column += 1;
            } else {
                return Some(column);
            }
        }
        None
    }
    fn left(&self, column: i64) -> f64 {
        self.edge(column)
    }
}

/// A positive finite width of columns, multiplied exactly: `factor / 2^shift / parts`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Width {
    /// At most 2^63 for each of the parts: no `i64` lies beyond the first edge of a wider column.
    factor: i128,
    /// 0 where the width of a pixel is whole.
    shift: u32,
    /// Columns of a pixel.
    parts: NonZeroU8,
}

impl Width {
    pub(crate) fn new(uppx: f64, parts: NonZeroU8) -> Self {
        // IEEE 754: 52 bits of a fraction, whose leading 1 is not stored, below 11 of an exponent.
        let bits = uppx.to_bits();
        let (fraction, exponent) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i32);
        let (digits, power) = match exponent {
            0 => (fraction, -1074),
            _ => (fraction | 1 << 52, exponent - 1075),
        };
        let zeros = digits.trailing_zeros().min(63);
        let (odd, power) = (i128::from(digits >> zeros), power + zeros as i32);
        if power < 0 {
            return Self {
                factor: odd,
                shift: power.unsigned_abs(),
                parts,
            };
        }
        Self {
            factor: (odd << power.min(72)).min(i128::from(parts.get()) << 63),
            shift: 0,
            parts,
        }
    }

    /// The least integer that is not left of an edge, saturated.
    #[inline(always)]
    pub(crate) fn edge(self, column: i64) -> i64 {
        // Columns are at most `MAX_COLUMN` or so, 2^52, and factors 2^71. Shifting rounds down: the
        // negative is shifted, to round up.
        let product = i128::from(column) * self.factor;
        let mut edge = -(-product >> self.shift.min(127));
        if self.parts.get() > 1 {
            edge = -(-edge).div_euclid(self.parts.get().into());
        }
        edge.clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }

    /// The column of a distance that is less than `MAX_COLUMN` columns, more or less.
    #[cold]
    pub(crate) fn column(self, distance: i64) -> i64 {
        if distance == 0 {
            return 0;
        }
        // A factor of less than 2^53 where there is a shift: the quotient bounds what is shifted.
        let parts = i128::from(distance) * i128::from(self.parts.get());
        (parts << self.shift).div_euclid(self.factor) as i64
    }
}

/// x values in `i64`, compared as such: an epoch in nanoseconds does not fit an `f64` exactly.
pub struct Integers<'a> {
    x: &'a [i64],
    origin: i64,
    uppx: f64,
    pub(crate) parts: f64,
    pub(crate) width: Width,
}

impl<'a> Integers<'a> {
    /// Ascending x values, the left edge of column 0 and the width of a column, which is positive
    /// and finite. `None` where the ends lie further from the origin than an `i64` can tell, or as far
    /// as it can: edges beyond saturate there.
    #[must_use]
    pub fn new(x: &'a [i64], origin: i64, uppx: f64) -> Option<Self> {
        for &end in x.first().into_iter().chain(x.last()) {
            end.checked_sub(origin)
                .filter(|&distance| distance < i64::MAX)?;
        }
        Some(Self {
            x,
            origin,
            uppx,
            parts: 1.0,
            width: Width::new(uppx, NonZeroU8::MIN),
        })
    }

    /// The same, with pixels divided into columns: `uppx / parts` need not be a number of `f64`, and
    /// each edge of a pixel is the edge of a column.
    #[must_use]
    pub fn divided(self, parts: NonZeroU8) -> Self {
        Self {
            parts: parts.get().into(),
            width: Width::new(self.uppx, parts),
            ..self
        }
    }
}

impl Abscissa for Integers<'_> {
    type Key = i64;

    fn len(&self) -> usize {
        self.x.len()
    }
    #[inline(always)]
    fn at(&self, index: usize) -> i64 {
        self.x[index].wrapping_sub(self.origin)
    }
    #[inline(always)]
    fn count_below(&self, low: usize, edge: i64) -> usize {
        let x = &self.x[low..low + WINDOW];
        let count = x
            .iter()
            .map(|&x| u64::from(x.wrapping_sub(self.origin) < edge))
            .sum::<u64>();
        count as usize
    }
    #[inline(always)]
    fn fetch(&self, guess: usize) {
        fetch(self.x.as_ptr(), around(guess));
    }
    #[inline(always)]
    fn edge(&self, column: i64) -> i64 {
        self.width.edge(column)
    }
    fn distance(&self, index: usize) -> f64 {
        self.at(index) as f64 / self.uppx * self.parts
    }
    fn settle(&self, guess: i64, x: i64) -> Option<i64> {
        if self.edge(guess) <= x && x < self.edge(guess + 1) {
            return Some(guess);
        }
        Some(self.width.column(x))
    }
    fn left(&self, column: i64) -> f64 {
        self.origin as f64 + column as f64 * self.uppx / self.parts
    }
}

/// How many x around a guess are compared at once, without a branch.
pub(crate) const WINDOW: usize = 32;

/// The x that are compared around a guess.
#[inline(always)]
fn around(guess: usize) -> Range<isize> {
    let low = guess as isize - (WINDOW / 2) as isize;
    low..low + WINDOW as isize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_of_integers_are_rounded_up_and_saturate() {
        // The ceiling of -3 * 0.3, of 3 * 0.3, and of what saturates.
        let edges = |uppx| [-3, 0, 3].map(|column| Width::new(uppx, NonZeroU8::MIN).edge(column));
        assert_eq!(edges(0.3), [0, 0, 1]);
        assert_eq!(edges(5e-324), [0, 0, 1]);
        assert_eq!(edges(f64::MAX), [i64::MIN, 0, i64::MAX]);
        for parts in [1, 2, 3, 255].map(|parts| NonZeroU8::new(parts).unwrap()) {
            assert_eq!(Width::new(f64::MAX, parts).edge(1), i64::MAX);
            assert_eq!(Width::new(f64::MAX, parts).edge(-1), i64::MIN);
            assert_eq!(Width::new(f64::MAX, parts).column(i64::MIN), -1);
        }
    }
}
