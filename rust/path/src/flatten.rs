//! Bars as one line, for when a bar is narrower than a pixel.

use crate::{Ohlc, is_whole};

/// Where the four points of a flattened bar lie, from its x in widths of a bar.
pub const OFFSETS: [f64; 4] = [-0.375, -0.125, 0.125, 0.375];

/// The x of the four points of each bar, ascending.
#[must_use]
pub fn positions(x: &[f64]) -> Vec<[f64; 4]> {
    x.iter()
        .map(|&x| OFFSETS.map(|offset| x + offset))
        .collect()
}

/// High and low of each bar, in the order that needs the shorter way from the bar before.
///
/// Both extremes of every bar are on the line; a gap gives two NaN and the next bar begins with its low.
#[must_use]
pub fn trace(bars: &[Ohlc]) -> Vec<[f64; 2]> {
    let mut before = f64::NAN;
    bars.iter()
        .map(|bar| {
            if !is_whole(bar) {
                before = f64::NAN;
                return [f64::NAN; 2];
            }
            let [_, high, low, _] = *bar;
            let high_first = (high - before).abs() < (low - before).abs();
            let points = if high_first { [high, low] } else { [low, high] };
            before = points[1];
            points
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trace_visits_both_extremes_by_the_shorter_way() {
        let bars = [
            [1.0, 2.0, 0.0, 1.0],
            [3.0, 4.0, 2.5, 3.0],
            [1.0, 3.5, 0.5, 1.0],
        ];
        assert_eq!(trace(&bars), [[0.0, 2.0], [2.5, 4.0], [3.5, 0.5]]);
    }

    #[test]
    fn a_gap_breaks_the_trace() {
        let found = trace(&[[1.0, 2.0, 0.0, 1.0], [f64::NAN; 4], [1.0, 2.0, 0.0, 1.0]]);
        assert!(found[1].iter().all(|value| value.is_nan()));
        assert_eq!(found[2], [0.0, 2.0]);
    }

    #[test]
    fn positions_of_neighbouring_bars_ascend() {
        let flat: Vec<f64> = positions(&[0.0, 1.0]).into_iter().flatten().collect();
        assert!(flat.is_sorted());
    }
}
