//! Points of bars written two values at a time, past the caches where they are many.
//!
//! Scalar code that makes the same points stands beside it for other processors, and as the twin
//! that tests compare with.

use std::arch::x86_64::{
    __m128d, _mm_add_pd, _mm_and_pd, _mm_andnot_pd, _mm_cmpeq_pd, _mm_cmpge_pd, _mm_loadu_pd,
    _mm_mul_pd, _mm_or_pd, _mm_set1_pd, _mm_setzero_pd, _mm_sfence, _mm_storeu_pd, _mm_stream_pd,
    _mm_unpackhi_pd, _mm_unpacklo_pd,
};

use crate::bars::Prices;
use crate::shapes::Shape;

/// The prices of two neighbouring bars.
#[derive(Clone, Copy, Debug)]
pub struct TwoBars {
    /// Opening prices.
    pub open: __m128d,
    /// Highest prices.
    pub high: __m128d,
    /// Lowest prices.
    pub low: __m128d,
    /// Closing prices.
    pub close: __m128d,
}

/// The values of the first bar, from one vector each.
pub(crate) fn first(a: __m128d, b: __m128d) -> __m128d {
    // SAFETY: SSE2 is part of x86-64.
    unsafe { _mm_unpacklo_pd(a, b) }
}

/// The values of the second bar, from one vector each.
pub(crate) fn second(a: __m128d, b: __m128d) -> __m128d {
    // SAFETY: SSE2 is part of x86-64.
    unsafe { _mm_unpackhi_pd(a, b) }
}

/// `a` where a mask is set, else `b`.
pub(crate) fn either(mask: __m128d, a: __m128d, b: __m128d) -> __m128d {
    // SAFETY: SSE2 is part of x86-64.
    unsafe { _mm_or_pd(_mm_and_pd(mask, a), _mm_andnot_pd(mask, b)) }
}

impl TwoBars {
    /// The bars of a chunk.
    fn load(open: &[f64; 2], high: &[f64; 2], low: &[f64; 2], close: &[f64; 2]) -> Self {
        // SAFETY: each has two values; SSE2 is part of x86-64.
        unsafe {
            Self {
                open: _mm_loadu_pd(open.as_ptr()),
                high: _mm_loadu_pd(high.as_ptr()),
                low: _mm_loadu_pd(low.as_ptr()),
                close: _mm_loadu_pd(close.as_ptr()),
            }
        }
    }

    /// A mask of the bars that closed at or above their open.
    pub(crate) fn risen(self) -> __m128d {
        // SAFETY: SSE2 is part of x86-64.
        unsafe { _mm_cmpge_pd(self.close, self.open) }
    }

    /// A mask of the bars whose prices are all finite: zero times any other is NaN.
    fn whole(self) -> __m128d {
        // SAFETY: SSE2 is part of x86-64.
        unsafe {
            let zero = _mm_setzero_pd();
            let outer = _mm_add_pd(_mm_mul_pd(self.open, zero), _mm_mul_pd(self.close, zero));
            let inner = _mm_add_pd(_mm_mul_pd(self.high, zero), _mm_mul_pd(self.low, zero));
            _mm_cmpeq_pd(_mm_add_pd(outer, inner), zero)
        }
    }
}

/// Write a pair past the caches or through them.
///
/// # Safety
/// Two values can be written at `at`, which is aligned to 16 bytes where `STREAMED`.
unsafe fn put<const STREAMED: bool>(at: *mut f64, pair: __m128d) {
    // SAFETY: as above; SSE2 is part of x86-64.
    unsafe {
        if STREAMED {
            _mm_stream_pd(at, pair);
        } else {
            _mm_storeu_pd(at, pair);
        }
    }
}

/// Fill the x of points of rows.
pub(crate) fn fill_x<const N: usize, const STREAMED: bool>(
    offsets: &[f64; N],
    x: impl Iterator<Item = f64>,
    to: &mut [[f64; N]],
) {
    assert!(!STREAMED || is_aligned(to.as_flattened()));
    for (x, to) in x.zip(to) {
        // SAFETY: `N` is even, so that pairs end where a row does, and rows of an aligned target
        // are aligned. SSE2 is part of x86-64.
        unsafe {
            let x = _mm_set1_pd(x);
            for pair in 0..N / 2 {
                let offset = _mm_loadu_pd(offsets.as_ptr().add(2 * pair));
                put::<STREAMED>(to.as_mut_ptr().add(2 * pair), _mm_add_pd(x, offset));
            }
        }
    }
}

/// Fill the y of points of as many bars as there are pairs of; returns how many those are.
pub(crate) fn fill_y<const N: usize, const STREAMED: bool>(
    shape: impl Shape<N>,
    prices: &Prices<'_>,
    to: &mut [[f64; N]],
) -> usize {
    let (open, high) = (prices.open.as_chunks().0, prices.high.as_chunks().0);
    let (low, close) = (prices.low.as_chunks().0, prices.close.as_chunks().0);
    let bars = open.iter().zip(high).zip(low.iter().zip(close));
    assert!(!STREAMED || is_aligned(to.as_flattened()));
    let targets = to.as_chunks_mut::<2>().0;
    for (((open, high), (low, close)), to) in bars.zip(targets) {
        let two = TwoBars::load(open, high, low, close);
        let points = shape.lanes(two);
        let whole = two.whole();
        let masks = [first(whole, whole), second(whole, whole)];
        // SAFETY: `N` pairs are two rows of `N` values; two rows of an aligned target are aligned.
        // SSE2 is part of x86-64.
        unsafe {
            let gap = _mm_set1_pd(f64::NAN);
            for (pair, &values) in points.iter().enumerate() {
                let kept = either(masks[pair / (N / 2)], values, gap);
                put::<STREAMED>(to.as_mut_ptr().cast::<f64>().add(2 * pair), kept);
            }
        }
    }
    prices.len() / 2 * 2
}

/// Order what was streamed before all stores that follow.
pub(crate) fn fence() {
    // SAFETY: a fence touches no memory; SSE is part of x86-64.
    unsafe { _mm_sfence() };
}

/// Whether pairs can be streamed to a target.
pub(crate) fn is_aligned(to: &[f64]) -> bool {
    to.as_ptr().addr().is_multiple_of(16)
}
