//! First, least, greatest and last finite value of a stretch of rows.

use crate::simd::{Register, fold, greater, lesser};

/// The four values of M4 over rows of which at least one is finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extremes {
    /// The first finite value.
    pub first: f64,
    /// The least finite value.
    pub min: f64,
    /// The greatest finite value.
    pub max: f64,
    /// The last finite value.
    pub last: f64,
}

impl Extremes {
    /// The extremes of one finite value.
    #[must_use]
    pub fn of(value: f64) -> Self {
        Self {
            first: value,
            min: value,
            max: value,
            last: value,
        }
    }

    /// The extremes of a slice, or `None` where no value is finite.
    #[must_use]
    pub fn scan(values: &[f64]) -> Option<Self> {
        Self::between(values, bounds(values)?)
    }

    /// As `scan` by a kind of register, for callers of many runs that follow each other.
    ///
    /// # Safety
    /// The processor has what the register is made of.
    #[inline(always)]
    pub(crate) unsafe fn scan_by<R: Register>(values: &[f64]) -> Option<Self> {
        // SAFETY: the caller's.
        Self::between(values, unsafe { bounds_by::<R, true>(values)? })
    }

    /// The extremes of a slice whose bounds are known.
    #[inline(always)]
    fn between(values: &[f64], (min, max): (f64, f64)) -> Option<Self> {
        Some(Self {
            first: *values.iter().find(|value| value.is_finite())?,
            min,
            max,
            last: *values.iter().rfind(|value| value.is_finite())?,
        })
    }

    /// As an array, in the order of the name M4: first, min, max, last.
    #[must_use]
    pub fn to_array(self) -> [f64; 4] {
        [self.first, self.min, self.max, self.last]
    }
}

/// From how many values on a run is worth asking for its memory ahead: far more than a pyramid's leaf,
/// behind which something else lies.
const LONG: usize = 1 << 12;

/// The least and the greatest finite value of a slice, or `None` where no value is finite.
#[must_use]
pub fn bounds(values: &[f64]) -> Option<(f64, f64)> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has what the function was compiled for.
        return unsafe { bounds_avx2(values) };
    }
    // SAFETY: every processor has arrays.
    unsafe { bounds_by::<Portable, false>(values) }
}

/// The register of the portable path.
pub(crate) type Portable = [f64; 8];

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn bounds_avx2(values: &[f64]) -> Option<(f64, f64)> {
    // SAFETY: the processor has AVX2.
    unsafe {
        if values.len() < LONG {
            bounds_by::<std::arch::x86_64::__m256d, false>(values)
        } else {
            bounds_by::<std::arch::x86_64::__m256d, true>(values)
        }
    }
}

/// The bounds by a kind of register.
///
/// # Safety
/// The processor has what the register is made of.
#[inline(always)]
unsafe fn bounds_by<R: Register, const AHEAD: bool>(values: &[f64]) -> Option<(f64, f64)> {
    // SAFETY: the caller's.
    let (least, greatest) = unsafe { fold::<R, AHEAD>(values) };
    if least == f64::NEG_INFINITY || greatest == f64::INFINITY {
        return bounds_of_finite(values);
    }
    proper(least, greatest)
}

/// The bounds where there are infinities, which are rare: only then is each value asked.
#[cold]
fn bounds_of_finite(values: &[f64]) -> Option<(f64, f64)> {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    proper(
        finite().fold(f64::INFINITY, lesser),
        finite().fold(f64::NEG_INFINITY, greater),
    )
}

/// Bounds that were folded from `(+inf, -inf)`, or `None` where no value was finite.
///
/// A zero loses its sign: which of two equal zeros was met first depends on the order of folding.
#[must_use]
pub fn proper(least: f64, greatest: f64) -> Option<(f64, f64)> {
    (least <= greatest).then_some((least + 0.0, greatest + 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_never_an_extreme_or_an_end() {
        let values = [
            f64::NAN,
            f64::INFINITY,
            3.0,
            -1.0,
            f64::NEG_INFINITY,
            2.0,
            f64::NAN,
        ];
        let found = Extremes::scan(&values).unwrap();
        assert_eq!(found.to_array(), [3.0, -1.0, 3.0, 2.0]);
        assert_eq!(bounds(&values), Some((-1.0, 3.0)));
    }

    #[test]
    fn a_stretch_without_a_finite_value_has_no_extremes() {
        assert_eq!(Extremes::scan(&[]), None);
        assert_eq!(Extremes::scan(&[f64::NAN, f64::INFINITY]), None);
        assert_eq!(bounds(&[f64::NAN]), None);
    }

    #[test]
    fn an_extreme_is_found_in_every_place() {
        for count in (1..40).step_by(if cfg!(miri) { 9 } else { 1 }) {
            for place in 0..count {
                let mut values = vec![1.0; count];
                values[place] = -2.0;
                assert_eq!(bounds(&values).unwrap().0, -2.0);
                values[place] = 3.0;
                assert_eq!(bounds(&values).unwrap().1, 3.0);
                values[place] = f64::INFINITY;
                assert_eq!(bounds(&values).is_some(), count > 1);
            }
        }
    }

    fn bounds_portable(values: &[f64]) -> Option<(f64, f64)> {
        // SAFETY: every processor has arrays.
        unsafe { bounds_by::<Portable, true>(values) }
    }

    /// Reproducible values with gaps of every kind, in some of which there is nothing else.
    fn scattered(count: usize) -> Vec<f64> {
        let value = |k: usize| match (k * 7919 + count) % 11 {
            0 => f64::NAN,
            1 if count.is_multiple_of(3) => f64::INFINITY,
            2 if count.is_multiple_of(3) => f64::NEG_INFINITY,
            _ if count % 13 == 5 => f64::NAN,
            rest => rest as f64 - 5.0 + (k % 17) as f64,
        };
        (0..count).map(value).collect()
    }

    #[test]
    fn the_processor_at_hand_finds_what_the_portable_path_finds() {
        for count in 0..if cfg!(miri) { 40 } else { 300 } {
            let values = scattered(count);
            assert_eq!(bounds(&values), bounds_portable(&values));
            // SAFETY: every processor has arrays.
            let portable = unsafe { Extremes::scan_by::<Portable>(&values) };
            assert_eq!(Extremes::scan(&values), portable);
        }
    }

    #[test]
    fn every_path_finds_the_same_bounds() {
        let all = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        for count in (0..300_usize).step_by(if cfg!(miri) { 37 } else { 1 }) {
            for (gaps, period) in [(&all[..1], 1), (&all[..1], 7), (&all, 41), (&all, 1000)] {
                let value = |k: usize| match k % period {
                    0 => gaps[k / period % gaps.len()],
                    _ => ((k * 7919) % 613) as f64 - 300.0,
                };
                let values: Vec<f64> = (0..count).map(value).collect();
                let kept = || values.iter().copied().filter(|value| value.is_finite());
                let expected = kept().reduce(f64::min).zip(kept().reduce(f64::max));
                assert_eq!(bounds_portable(&values), expected);
                assert_eq!(bounds(&values), expected);
            }
        }
    }

    #[test]
    fn zero_is_a_value_like_any_other() {
        assert_eq!(Extremes::scan(&[0.0]).unwrap().to_array(), [0.0; 4]);
        assert_eq!(bounds(&[0.0, 0.0]), Some((0.0, 0.0)));
    }
}
