//! Points as a painter takes them: x and y of each beside each other.

/// Fill pairs of x and y; returns how many of them are no points, because a value is not finite.
///
/// # Panics
/// When `x`, `y` and `to` differ in length.
pub fn weave(x: &[f64], y: &[f64], to: &mut [[f64; 2]]) -> usize {
    assert_eq!((x.len(), x.len()), (y.len(), to.len()));
    let (x, last_x) = x.as_chunks();
    let (y, last_y) = y.as_chunks();
    let (to, last_to) = to.as_chunks_mut();
    let mut gaps = 0;
    for ((x, y), to) in x.iter().zip(y).zip(to) {
        gaps += weave_two(x, y, to);
    }
    if let ([x], [y], [to]) = (last_x, last_y, last_to) {
        gaps += weave_one(*x, *y, to);
    }
    gaps
}

fn weave_one(x: f64, y: f64, to: &mut [f64; 2]) -> usize {
    *to = [x, y];
    // Zero times a finite number is zero, times any other NaN.
    usize::from(0.0 * x + 0.0 * y != 0.0)
}

#[cfg(not(target_arch = "x86_64"))]
fn weave_two(x: &[f64; 2], y: &[f64; 2], to: &mut [[f64; 2]; 2]) -> usize {
    weave_one(x[0], y[0], &mut to[0]) + weave_one(x[1], y[1], &mut to[1])
}

/// The same for two pairs, which a compiler does not see in the loop: 8000 points take 4 instead of 6 µs.
#[cfg(target_arch = "x86_64")]
fn weave_two(x: &[f64; 2], y: &[f64; 2], to: &mut [[f64; 2]; 2]) -> usize {
    use std::arch::x86_64::{
        _mm_add_pd, _mm_cmpneq_pd, _mm_loadu_pd, _mm_movemask_pd, _mm_mul_pd, _mm_setzero_pd,
        _mm_storeu_pd, _mm_unpackhi_pd, _mm_unpacklo_pd,
    };
    // SAFETY: two values are read of each and two are written to each pair; SSE2 is part of x86-64.
    unsafe {
        let (x, y) = (_mm_loadu_pd(x.as_ptr()), _mm_loadu_pd(y.as_ptr()));
        _mm_storeu_pd(to[0].as_mut_ptr(), _mm_unpacklo_pd(x, y));
        _mm_storeu_pd(to[1].as_mut_ptr(), _mm_unpackhi_pd(x, y));
        let zero = _mm_setzero_pd();
        let sum = _mm_add_pd(_mm_mul_pd(x, zero), _mm_mul_pd(y, zero));
        _mm_movemask_pd(_mm_cmpneq_pd(sum, zero)).count_ones() as usize
    }
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
        let mut odd = [[9.0; 2]; 3];
        assert_eq!(weave(&x[1..], &y[1..], &mut odd), 2);
        assert_eq!(odd[2], [-3.0, 2.0]);
    }
}
