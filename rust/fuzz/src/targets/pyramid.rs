//! The pyramid over own values, and the vector that it grows in.

use std::collections::VecDeque;

use piker_series::span::Span;
use piker_series::{Extremes, Pyramid, Reducer};

use crate::source::Source;
use crate::targets::extremes::{bounds_twin, extremes_twin};

const LEAF: i64 = 64;
const FANOUT: i64 = 8;

/// Rows that are added at once; Miri is a few hundred times slower.
const MOST: usize = if cfg!(miri) { 150 } else { 800 };

/// Sum and count of an aligned block, in the order of the node layout.
fn node_sum(value: &dyn Fn(i64) -> f64, start: i64, rows: i64) -> [f64; 2] {
    if rows == 1 {
        let value = value(start);
        return if value.is_finite() {
            [value, 1.0]
        } else {
            [0.0, 0.0]
        };
    }
    let part = if rows == LEAF { 1 } else { rows / FANOUT };
    (start..start + rows)
        .step_by(part as usize)
        .fold([0.0, 0.0], |sum, child| {
            let added = node_sum(value, child, part);
            // A single gap adds nothing, an empty block adds zero.
            if part == 1 && added[1] == 0.0 {
                sum
            } else {
                [sum[0] + added[0], sum[1] + added[1]]
            }
        })
}

/// The canonical sum of rows, `None` where no value is finite.
#[must_use]
pub fn sum_twin(value: &dyn Fn(i64) -> f64, mut start: i64, stop: i64) -> Option<f64> {
    let mut found = [0.0, 0.0];
    while start < stop {
        let (mut rows, mut larger) = (1, LEAF);
        while start.rem_euclid(larger) == 0 && start + larger <= stop {
            (rows, larger) = (larger, larger * FANOUT);
        }
        let added = node_sum(value, start, rows);
        found = [found[0] + added[0], found[1] + added[1]];
        start += rows;
    }
    (found[1] > 0.0).then_some(found[0])
}

/// Where the least and the greatest finite value stand first.
#[must_use]
pub fn positions_twin(values: &[f64]) -> Option<(i64, i64)> {
    let (min, max) = bounds_twin(values)?;
    let place = |wanted: f64| values.iter().position(|&v| v == wanted);
    Some((place(min)? as i64, place(max)? as i64))
}

fn compare(pyramid: &Pyramid, values: &[f64], first: i64, source: &mut Source) {
    assert_eq!(pyramid.len(), values.len());
    for _ in 0..3 {
        let (start, stop) = source.window(values.len());
        let window = &values[start as usize..stop as usize];
        assert_eq!(pyramid.bounds(start, stop), bounds_twin(window));
        let moved = |(min, max)| (start + min, start + max);
        assert_eq!(
            pyramid.positions(start, stop),
            positions_twin(window).map(moved)
        );
        let ask = || std::iter::once((start, stop));
        let expected = extremes_twin(window);
        let found = pyramid.columns(ask())[0].map(Extremes::to_array);
        assert_eq!(found, expected);
        assert_eq!(pyramid.lasts(ask())[0], expected.map(|four| four[3]));
        let value = |row: i64| values[(row - first) as usize];
        let sum = sum_twin(&value, first + start, first + stop);
        let bits = |sum: Option<f64>| sum.map(f64::to_bits);
        assert!(
            bits(pyramid.sums(ask())[0]) == bits(sum) || sum.is_some_and(f64::is_nan),
            "{sum:?}"
        );
    }
}

/// Any mix of changes, and questions between them.
///
/// # Panics
/// When an answer is not that of a scan.
pub fn pyramid(source: &mut Source) {
    let reducer = source.pick(&[Reducer::MinMax, Reducer::Sum]);
    let begin = source.series(200);
    let mut pyramid = Pyramid::new(&begin, reducer);
    let (mut values, mut first) = (begin.to_vec(), 0);
    for _ in 0..source.below(8) {
        match source.below(4) {
            0 => {
                let added = source.series(MOST);
                pyramid.append(&added);
                values.extend_from_slice(&added);
            }
            1 => {
                let added = source.series(MOST);
                pyramid.prepend(&added);
                first -= added.len() as i64;
                values.splice(0..0, added.iter().copied());
            }
            2 => {
                let value = source.float();
                assert_eq!(pyramid.set_last(value), !values.is_empty());
                if let Some(last) = values.last_mut() {
                    *last = value;
                }
            }
            _ => {
                let changed = source.series(200);
                let start = source.below(values.len() + 9);
                let is_there = start + changed.len() <= values.len();
                assert_eq!(pyramid.revise(start, &changed), is_there);
                assert!(!pyramid.revise(usize::MAX, &[0.0]));
                if is_there {
                    values[start..start + changed.len()].copy_from_slice(&changed);
                }
            }
        }
        compare(&pyramid, &values, first, source);
    }
}

/// A vector that grows at both ends.
///
/// # Panics
/// When its values are not those that were added.
pub fn span(source: &mut Source) {
    let mut span = Span::new();
    let mut twin: VecDeque<u64> = VecDeque::new();
    for _ in 0..source.below(20) {
        let count = source.length(40);
        let added: Vec<u64> = (0..count).map(|_| source.bits()).collect();
        if source.one_in(2) {
            span.append(&added);
            twin.extend(&added);
        } else {
            span.prepend(&added);
            added.iter().rev().for_each(|&value| twin.push_front(value));
        }
        if let Some(last) = span.as_mut_slice().last_mut() {
            *last ^= 1;
            twin[span.len() - 1] ^= 1;
        }
        assert_eq!(span.len(), twin.len());
        assert_eq!(span.is_empty(), twin.is_empty());
        assert!(span.as_slice().iter().eq(&twin));
    }
}
