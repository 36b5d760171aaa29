//! Bars, steps and points as what a painter draws.

use piker_path::steps::corners;
use piker_path::{Bars, Prices, Slots};

use crate::source::Source;

/// Whether two lists are of the same numbers, NaN being one.
fn same(found: &[f64], expected: &[f64]) -> bool {
    let pair = |(one, other): (&f64, &f64)| one == other || (one.is_nan() && other.is_nan());
    found.len() == expected.len() && found.iter().zip(expected).all(pair)
}

/// Memory for results that nothing was written to yet.
fn blank(count: usize) -> Box<[f64]> {
    vec![-7.0; count].into_boxed_slice()
}

/// Every form of bars.
///
/// # Panics
/// When a result is not the twin's.
pub fn bars(source: &mut Source) {
    let count = source.length(60);
    let columns: [Box<[f64]>; 5] = std::array::from_fn(|_| source.values(count));
    let [x, open, high, low, close] = &columns;
    let prices = Prices {
        open,
        high,
        low,
        close,
    };
    assert_eq!((prices.len(), prices.is_empty()), (count, count == 0));
    let bars = Bars { x, prices };
    let width = source.positive();
    let gap = source.below(8) as f64 / 16.0;
    let slots = Slots { width, gap };
    let [mut flat, mut trace, mut vertices, mut segments] = [const { Vec::new() }; 4];
    let mut joined = Vec::new();
    for k in 0..count {
        let bar = [open[k], high[k], low[k], close[k]];
        let is_whole = x[k].is_finite() && bar.iter().all(|price| price.is_finite());
        let or_gap = |value: f64| if is_whole { value } else { f64::NAN };
        flat.extend(bar.map(or_gap));
        let is_rising = close[k] >= open[k];
        trace.extend(
            if is_rising {
                [low[k], high[k]]
            } else {
                [high[k], low[k]]
            }
            .map(or_gap),
        );
        vertices.extend([0, 0, 2, 1, 3, 3].map(|price: usize| or_gap(bar[price])));
        joined.extend([1, 1, 1, 1, 1, 0].map(|link| i32::from(is_whole) * link));
        if is_whole {
            let left = x[k] + gap * width;
            let middle = x[k] + 0.5 * width;
            let right = x[k] + (1.0 - gap) * width;
            segments.extend([left, open[k], middle, open[k]]);
            segments.extend([middle, low[k], middle, high[k]]);
            segments.extend([middle, close[k], right, close[k]]);
        }
    }
    let (mut to_x, mut to_y) = (blank(4 * count), blank(4 * count));
    piker_path::flatten(&bars, width, &mut to_x, &mut to_y);
    assert!(same(&to_y, &flat));
    let (mut to_x, mut to_y) = (blank(2 * count), blank(2 * count));
    piker_path::trace(&bars, width, &mut to_x, &mut to_y);
    assert!(same(&to_y, &trace));
    let (mut to_x, mut to_y) = (blank(6 * count), blank(6 * count));
    let mut connect = vec![9; 6 * count].into_boxed_slice();
    piker_path::vertices(&bars, slots, &mut to_x, &mut to_y, &mut connect);
    assert!(same(&to_y, &vertices));
    assert_eq!(*connect, *joined);
    let mut to = blank(12 * count);
    let written = piker_path::segments(&bars, slots, &mut to);
    assert!(same(&to[..12 * written], &segments));
    assert!(to[12 * written..].iter().all(|&value| value == -7.0));
}

/// The outline of a histogram.
///
/// # Panics
/// When it is not the twin's.
pub fn steps(source: &mut Source) {
    let level = source.series(60);
    let x = source.values(level.len());
    let (width, baseline) = (source.positive(), source.price());
    let count = 2 * corners(level.len());
    let (mut to_x, mut to_y) = (blank(count), blank(count));
    piker_path::steps(&x, &level, width, baseline, &mut to_x, &mut to_y);
    let mut edges: Vec<f64> = x.iter().flat_map(|&x| [x, x]).collect();
    let levels = level
        .iter()
        .map(|&level| if level.is_finite() { level } else { f64::NAN });
    let mut corners: Vec<f64> = levels.flat_map(|level| [level, level]).collect();
    if let Some(&last) = x.last() {
        edges.extend([last + width; 2]);
        corners.insert(0, baseline);
        corners.push(baseline);
    }
    assert!(same(&to_x, &edges));
    assert!(same(&to_y, &corners));
}

/// Points of any x and y, at any place of their memory.
///
/// # Panics
/// When they are not the twin's, bit for bit, or not as many are gaps.
pub fn weave(source: &mut Source) {
    let all_x = source.series(200);
    let all_y = source.values(all_x.len());
    let (start, stop) = source.window(all_x.len());
    let rows = start as usize..stop as usize;
    let (x, y) = (&all_x[rows.clone()], &all_y[rows]);
    let mut to = vec![[-7.0; 2]; x.len()].into_boxed_slice();
    let gaps = piker_path::weave(x, y, &mut to);
    let is_point = |(x, y): (&f64, &f64)| x.is_finite() && y.is_finite();
    assert_eq!(
        gaps,
        x.iter().zip(y).filter(|pair| !is_point(*pair)).count()
    );
    for (pair, (x, y)) in to.iter().zip(x.iter().zip(y)) {
        assert_eq!(pair.map(f64::to_bits), [x.to_bits(), y.to_bits()]);
    }
}
