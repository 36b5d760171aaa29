//! M4 over floats and integers.

use std::collections::BTreeMap;
use std::num::NonZeroU8;

use piker_series::m4::{Abscissa, Floats, Integers, M4Error, MAX_COLUMN, m4};

use crate::source::Source;
use crate::targets::extremes::{bounds_twin, extremes_twin};

/// The columns of ascending points, each put into its own.
fn twin<A: Abscissa>(
    points: &A,
    y: &[f64],
    column_of: impl Fn(usize) -> i64,
) -> Vec<(f64, [f64; 4])> {
    let mut columns: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for (index, &value) in y.iter().enumerate() {
        columns.entry(column_of(index)).or_default().push(value);
    }
    columns
        .into_iter()
        .filter_map(|(column, values)| Some((points.left(column), extremes_twin(&values)?)))
        .collect()
}

/// The column of a float, by comparison with both edges.
fn float_column(points: &Floats, index: usize) -> i64 {
    let x = points.at(index);
    let mut column = points.distance(index).floor() as i64;
    while points.edge(column) > x {
        column -= 1;
    }
    while points.edge(column + 1) <= x {
        column += 1;
    }
    column
}

/// The column of an integer: halves of the width and of the unit until both are whole, then a
/// division of integers.
fn integer_column(distance: i64, mut uppx: f64, parts: NonZeroU8) -> i64 {
    let mut units = i128::from(distance) * i128::from(parts.get());
    if distance == 0 {
        return 0;
    }
    while uppx.fract() != 0.0 {
        // Both are exact: a double of a float, and of an integer that is less than 2^53 columns.
        uppx *= 2.0;
        units *= 2;
    }
    // What is wider than any distance saturates.
    units.div_euclid(uppx as i128) as i64
}

fn compare<A: Abscissa + Sync>(points: &A, y: &[f64], column_of: impl Fn(usize) -> i64) {
    let is_ascending = (1..y.len()).all(|k| points.at(k - 1) <= points.at(k));
    let is_finite = (0..y.len()).all(|k| !points.distance(k).is_nan());
    match m4(points, y) {
        Ok(found) => {
            assert!(found.left.len() == found.values.len() && found.left.len() <= y.len());
            assert!(found.left.is_sorted(), "{:?}", found.left);
            if is_ascending && is_finite {
                let pairs: Vec<_> = found
                    .left
                    .iter()
                    .copied()
                    .zip(found.values.clone())
                    .collect();
                assert_eq!(pairs, twin(points, y, column_of));
                assert_eq!(found.bounds(), bounds_twin(y));
            }
        }
        Err(M4Error::NotFinite(index)) => assert!(points.distance(index).is_nan()),
        Err(M4Error::Descending | M4Error::Unsorted(_)) => assert!(!is_ascending),
        // Only where neighbouring edges are as good as one.
        Err(M4Error::TooFine(index)) => {
            let distance = points.distance(index).floor();
            let column = distance as i64;
            let mut near = column.saturating_sub(3)..column.saturating_add(3);
            assert!(
                distance.abs() >= MAX_COLUMN
                    || near.any(|column| points.edge(column) >= points.edge(column + 1)),
                "{distance}"
            );
        }
    }
}

/// Any x: ascending with gaps and ties, or not ascending, or of any bits.
///
/// # Panics
/// When the columns are not the twin's.
pub fn floats(source: &mut Source) {
    let y = source.series(400);
    let step = source.pick(&[0.1, 0.25, 1.0, 1.0 / 3.0, 1e-12, 1e9]);
    let mut at = if source.one_in(4) {
        0.0
    } else {
        source.price()
    };
    let style = source.below(8);
    let x: Box<[f64]> = (0..y.len())
        .map(|_| {
            at += source.between(0, 4) as f64 * step;
            match style {
                0 => source.float(),
                1 if source.one_in(9) => source.float(),
                _ => at,
            }
        })
        .collect();
    let origin = match source.below(3) {
        0 => x.first().copied().filter(|x| x.is_finite()).unwrap_or(0.0),
        1 => 0.0,
        _ => source.price(),
    };
    let uppx = match source.below(4) {
        0 => source.positive(),
        _ => step * source.between(1, 40) as f64,
    };
    let points = Floats {
        x: &x,
        origin,
        uppx,
    };
    compare(&points, &y, |index| float_column(&points, index));
}

/// Any x, as for `floats`, up to both ends of `i64`.
///
/// # Panics
/// When the columns are not the twin's.
pub fn integers(source: &mut Source) {
    let y = source.series(400);
    let mut at = source.integer();
    let style = source.below(8);
    let step = source.pick(&[1, 3, 60_000_000_000, 1 << 53]);
    let x: Box<[i64]> = (0..y.len())
        .map(|_| {
            at = at.saturating_add(source.between(0, 4) * step);
            match style {
                0 => source.integer(),
                1 if source.one_in(9) => source.integer(),
                _ => at,
            }
        })
        .collect();
    let origin = match source.below(3) {
        0 => x.first().copied().unwrap_or(0),
        1 => source.integer(),
        _ => x
            .first()
            .copied()
            .unwrap_or(0)
            .saturating_sub(source.between(-9, 9) * step),
    };
    let uppx = match source.below(4) {
        0 => source.positive(),
        _ => step as f64 * source.between(1, 40) as f64 / 4.0,
    };
    let parts = NonZeroU8::new(source.pick(&[1, 1, 2, 15])).expect("not 0");
    if let Some(points) = Integers::new(&x, origin, uppx) {
        let points = points.divided(parts);
        compare(&points, &y, |index| {
            integer_column(points.at(index), uppx, parts)
        });
    }
}
