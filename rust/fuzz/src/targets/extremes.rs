//! Bounds and extremes of a stretch.

use piker_series::{Extremes, extremes};

use crate::source::Source;

/// The least and the greatest finite value, from a list of these.
#[must_use]
pub fn bounds_twin(values: &[f64]) -> Option<(f64, f64)> {
    let mut finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    finite.sort_by(f64::total_cmp);
    Some((*finite.first()?, *finite.last()?))
}

/// First, least, greatest and last finite value, from a list of these.
#[must_use]
pub fn extremes_twin(values: &[f64]) -> Option<[f64; 4]> {
    let (min, max) = bounds_twin(values)?;
    let mut finite = values.iter().copied().filter(|v| v.is_finite());
    let first = finite.next()?;
    Some([first, min, max, finite.next_back().unwrap_or(first)])
}

/// Bounds and extremes of a series at any place of its memory.
///
/// # Panics
/// When they are not the twin's.
pub fn extremes(source: &mut Source) {
    let series = source.series(300);
    let (start, stop) = source.window(series.len());
    let values = &series[start as usize..stop as usize];
    assert_eq!(extremes::bounds(values), bounds_twin(values));
    let found = Extremes::scan(values).map(Extremes::to_array);
    assert_eq!(found, extremes_twin(values));
}
