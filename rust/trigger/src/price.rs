//! Prices in whole ticks.
//!
//! Levels of triggers are whole ticks, so that they are compared exactly. A price comes as `f64`:
//! where it is a whole number of ticks but for the rounding of that type, it is that number; where
//! it lies between two, both are told, and each side is compared with the one that fires less.

/// How far from a whole number of ticks a price may lie to be taken for it, as a part of that number.
/// Price, tick and quotient are rounded by half of `EPSILON` each; the rest is for a price that was
/// computed by a step or two.
const TOLERANCE: f64 = 4.0 * f64::EPSILON;

/// The greatest number of ticks; the tolerance there is a thousandth of a tick.
const MOST_TICKS: f64 = 1_099_511_627_776.0;

/// The least step of prices.
#[derive(Clone, Copy, Debug)]
pub struct PriceGrid {
    tick: f64,
}

/// The whole ticks on both sides of a price; equal where it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The greatest that is not above it.
    pub floor: i64,
    /// The least that is not below it.
    pub ceil: i64,
}

impl PriceGrid {
    /// The grid of a tick, or `None` where that is not positive and finite.
    #[must_use]
    pub fn new(tick: f64) -> Option<Self> {
        (tick > 0.0 && tick.is_finite()).then_some(Self { tick })
    }

    /// The ticks around a price, or `None` where it is not finite or too great to tell ticks apart.
    #[must_use]
    pub fn span(self, price: f64) -> Option<Span> {
        let ticks = price / self.tick;
        if ticks.is_nan() || ticks.abs() > MOST_TICKS {
            return None;
        }
        let nearest = ticks.round();
        if (ticks - nearest).abs() <= TOLERANCE * nearest.abs().max(1.0) {
            let whole = nearest as i64;
            return Some(Span {
                floor: whole,
                ceil: whole,
            });
        }
        Some(Span {
            floor: ticks.floor() as i64,
            ceil: ticks.ceil() as i64,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printed_price_is_its_whole_number_of_ticks() {
        let step = if cfg!(miri) {
            99_999_999_977
        } else {
            999_999_937
        };
        for (tick, digits) in [(0.01, 2), (0.05, 2), (0.1, 1), (0.25, 2), (1e-8, 8)] {
            let grid = PriceGrid::new(tick).unwrap();
            for whole in (-1_000_000_000_000_i64..=1_000_000_000_000).step_by(step) {
                let text = format!("{:.digits$}", whole as f64 * tick);
                let span = grid.span(text.parse().unwrap()).unwrap();
                assert_eq!((span.floor, span.ceil), (whole, whole), "{text} of {tick}");
            }
        }
    }

    #[test]
    fn a_price_between_ticks_has_both() {
        let grid = PriceGrid::new(0.5).unwrap();
        let span = |price| grid.span(price).map(|span| (span.floor, span.ceil));
        assert_eq!(span(1.2), Some((2, 3)));
        assert_eq!(span(-1.2), Some((-3, -2)));
        assert_eq!(span(0.0), Some((0, 0)));
        assert_eq!(span(-0.0), Some((0, 0)));
    }

    #[test]
    fn a_price_just_beside_a_tick_has_both() {
        for (tick, at) in [(1.0, 100), (0.01, 123_456), (1.0, 1_000_000_000)] {
            let grid = PriceGrid::new(tick).unwrap();
            let price = f64::from(at) * tick;
            let span = |price| grid.span(price).map(|span| (span.floor, span.ceil));
            let at = i64::from(at);
            for part in [9e-4, 1e-5, 2e-6] {
                assert_eq!(span(price - part * tick), Some((at - 1, at)));
                assert_eq!(span(price + part * tick), Some((at, at + 1)));
            }
            assert_eq!(span(price.next_up()), Some((at, at)));
            assert_eq!(span(price.next_down()), Some((at, at)));
        }
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused() {
        let grid = PriceGrid::new(0.01).unwrap();
        for price in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 2e10, -1e300] {
            assert_eq!(grid.span(price), None);
        }
        for tick in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(PriceGrid::new(tick).is_none());
        }
    }
}
