//! Step format: a level from the left to the right edge of each row, as one continuous line.

/// The edges of each row's level: half a row to either side of its x.
#[must_use]
pub fn edges(x: &[f64]) -> Vec<[f64; 2]> {
    x.iter().map(|&x| [x - 0.5, x + 0.5]).collect()
}

/// The level of each row at both of its edges; NaN where it is not finite.
#[must_use]
pub fn levels(y: &[f64]) -> Vec<[f64; 2]> {
    y.iter()
        .map(|&y| [if y.is_finite() { y } else { f64::NAN }; 2])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_meet_at_the_edges_and_the_last_closes_to_its_own() {
        assert_eq!(edges(&[0.0, 1.0]), [[-0.5, 0.5], [0.5, 1.5]]);
        assert_eq!(levels(&[0.0, 3.0]), [[0.0, 0.0], [3.0, 3.0]]);
        assert!(levels(&[f64::INFINITY])[0][1].is_nan());
    }
}
