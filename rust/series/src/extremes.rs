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
        let head = values.iter().position(|value| value.is_finite())?;
        let mut found = Self::of(values[head]);
        for &value in &values[head + 1..] {
            if value.is_finite() {
                found.min = if value < found.min { value } else { found.min };
                found.max = if value > found.max { value } else { found.max };
                found.last = value;
            }
        }
        Some(found)
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
    let mut least = f64::INFINITY;
    let mut greatest = f64::NEG_INFINITY;
    for &value in values {
        if value.is_finite() {
            least = if value < least { value } else { least };
            greatest = if value > greatest { value } else { greatest };
        }
    }
    (least <= greatest).then_some((least, greatest))
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
    fn zero_is_a_value_like_any_other() {
        assert_eq!(Extremes::scan(&[0.0]).unwrap().to_array(), [0.0; 4]);
        assert_eq!(bounds(&[0.0, 0.0]), Some((0.0, 0.0)));
    }
}
