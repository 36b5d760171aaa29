//! Points as a painter takes them: x and y of each beside each other.

/// Fill pairs of x and y; returns how many of them are no points, because a value is not finite.
///
/// # Panics
/// When `x`, `y` and `to` differ in length.
pub fn weave(x: &[f64], y: &[f64], to: &mut [[f64; 2]]) -> usize {
    assert_eq!((x.len(), x.len()), (y.len(), to.len()));
    let mut gaps = 0;
    for ((&x, &y), at) in x.iter().zip(y).zip(to) {
        *at = [x, y];
        // Zero times a finite number is zero, times any other NaN.
        gaps += usize::from(0.0 * x + 0.0 * y != 0.0);
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_pairs_and_gaps_are_counted() {
        let (x, y) = ([0.0, 1.0, f64::INFINITY, -3.0], [5.0, f64::NAN, -0.0, 2.0]);
        let mut to = [[9.0; 2]; 4];
        assert_eq!(weave(&x, &y, &mut to), 2);
        assert_eq!((to[0], to[3]), ([0.0, 5.0], [-3.0, 2.0]));
        assert!(to[1][1].is_nan() && to[2][1].is_sign_negative());
        assert_eq!(weave(&[], &[], &mut []), 0);
    }
}
