//! First, least, greatest and last finite value of a stretch of rows.

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

    /// As `scan`, compiled into its caller for the processor that this is compiled for.
    #[inline(always)]
    pub(crate) fn scan_inline(values: &[f64]) -> Option<Self> {
        Self::between(values, bounds_portable(values)?)
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

/// The least and the greatest finite value of a slice, or `None` where no value is finite.
#[must_use]
pub fn bounds(values: &[f64]) -> Option<(f64, f64)> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has what the function was compiled for.
        return unsafe { bounds_avx2(values) };
    }
    bounds_portable(values)
}

/// The portable path once more, compiled for processors with AVX2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn bounds_avx2(values: &[f64]) -> Option<(f64, f64)> {
    bounds_portable(values)
}

#[inline(always)]
fn bounds_portable(values: &[f64]) -> Option<(f64, f64)> {
    let (least, greatest) = fold(values, |value| value);
    if least == f64::NEG_INFINITY || greatest == f64::INFINITY {
        // Infinities are rare: only where there are some is each value asked.
        let (least, greatest) = fold(
            values,
            |value| {
                if value.is_finite() { value } else { f64::NAN }
            },
        );
        return proper(least, greatest);
    }
    proper(least, greatest)
}

/// Lanes for stretches of many values: eight registers of four, enough to hide how long a comparison
/// takes.
const LANES: usize = 32;

/// The least and the greatest of what `clean` makes of the values; comparisons pass over NaN.
///
/// Independent lanes without a branch, so that the loop waits for memory and not for itself. What is
/// left behind the last whole stretch is covered by one that overlaps it: no value counts twice for
/// being met twice. Few values take as many lanes as they fill: then two steps are enough for any
/// number of them, and no branch depends on it.
#[inline(always)]
fn fold(values: &[f64], clean: impl Fn(f64) -> f64) -> (f64, f64) {
    match values.len() {
        LANES.. => fold_lanes::<LANES>(values, clean),
        16.. => fold_lanes::<16>(values, clean),
        8.. => fold_lanes::<8>(values, clean),
        4.. => fold_lanes::<4>(values, clean),
        _ => fold_lanes::<1>(values, clean),
    }
}

#[inline(always)]
fn fold_lanes<const LANES: usize>(values: &[f64], clean: impl Fn(f64) -> f64) -> (f64, f64) {
    let mut least = [f64::INFINITY; LANES];
    let mut greatest = [f64::NEG_INFINITY; LANES];
    let mut take = |stretch: &[f64; LANES]| {
        for lane in 0..LANES {
            let value = clean(stretch[lane]);
            least[lane] = lesser(least[lane], value);
            greatest[lane] = greater(greatest[lane], value);
        }
    };
    let (stretches, rest) = values.as_chunks::<LANES>();
    for stretch in stretches {
        take(stretch);
    }
    if let (false, Some(overlapping)) = (rest.is_empty(), values.last_chunk::<LANES>()) {
        take(overlapping);
    }
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for lane in 0..width {
            least[lane] = lesser(least[lane], least[lane + width]);
            greatest[lane] = greater(greatest[lane], greatest[lane + width]);
        }
    }
    (least[0], greatest[0])
}

/// Bounds that were folded from `(+inf, -inf)`, or `None` where no value was finite.
///
/// A zero loses its sign: which of two equal zeros was met first depends on the order of folding.
#[must_use]
pub fn proper(least: f64, greatest: f64) -> Option<(f64, f64)> {
    (least <= greatest).then_some((least + 0.0, greatest + 0.0))
}

// `f64::min` does more for NaN on the left, which does not come here.
#[inline(always)]
pub(crate) fn lesser(one: f64, other: f64) -> f64 {
    if other < one { other } else { one }
}

#[inline(always)]
pub(crate) fn greater(one: f64, other: f64) -> f64 {
    if other > one { other } else { one }
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
        for count in 1..40 {
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
            assert_eq!(Extremes::scan(&values), Extremes::scan_inline(&values));
        }
    }

    #[test]
    fn every_path_finds_the_same_bounds() {
        let all = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        for count in 0..300_usize {
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
