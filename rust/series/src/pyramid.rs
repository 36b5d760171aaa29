//! The min/max pyramid, and the one description of its node layout.
//!
//! # Node layout
//!
//! Level l has a node for every block of `S = 64 * 8^l` rows: node k covers the absolute rows
//! `[k * S, (k + 1) * S)`, negative ones too. A node is two `f64`:
//!
//! | reducer | first | second | no finite value |
//! |---|---|---|---|
//! | min/max | least finite value | greatest finite value | `(+inf, -inf)` |
//! | sum | sum of the finite values | count of the finite values | `(0, 0)` |
//!
//! A leaf is reduced from its 64 rows in ascending order, starting from `(+inf, -inf)` or 0; a higher
//! node from its 8 children likewise. A node is made once, when all its rows are there and closed; the
//! live row (the last) is in none. In a shared ring the levels lie beside the columns: level l has
//! `capacity / S + 1` slots, node k lies in slot `k mod slots`, and levels exist while `S <= capacity`.
//! The ring's writer (`cython/shmring.pyx`) folds the same layout.
//!
//! # Canonical sums
//!
//! Floating-point addition is not associative, so the order is part of the result: `[start, stop)`
//! is cut from left to right into the largest aligned blocks of 1, 64, 512, ... rows that fit, and
//! the block sums are added from left to right, starting from 0. A block's sum is that of its node, which can
//! be made from the rows at any time: with or without stored nodes, the sum is the same to the bit.

use crate::extremes::Extremes;
use crate::fetch::fetch;
use crate::query;
use crate::rows::{Nodes, OwnRows, Reducer};
use crate::span::Span;

/// Rows of a leaf.
pub const LEAF: i64 = 64;
/// Children of a higher node.
pub const FANOUT: i64 = 8;
/// More levels than rows that any machine can hold need.
pub const MAX_LEVELS: usize = 16;

/// How many rows a node of a level covers.
#[must_use]
pub const fn level_span(level: usize) -> i64 {
    LEAF << (3 * level)
}

/// The node of no rows.
#[must_use]
pub const fn empty_node(reducer: Reducer) -> [f64; 2] {
    match reducer {
        Reducer::MinMax => [f64::INFINITY, f64::NEG_INFINITY],
        Reducer::Sum => [0.0, 0.0],
    }
}

/// A node with one more row behind it.
#[must_use]
pub fn with_row(node: [f64; 2], value: f64, reducer: Reducer) -> [f64; 2] {
    if !value.is_finite() {
        return node;
    }
    match reducer {
        Reducer::MinMax => [
            if value < node[0] { value } else { node[0] },
            if value > node[1] { value } else { node[1] },
        ],
        Reducer::Sum => [node[0] + value, node[1] + 1.0],
    }
}

/// A node with another node behind it.
#[must_use]
pub fn with_node(node: [f64; 2], next: [f64; 2], reducer: Reducer) -> [f64; 2] {
    match reducer {
        Reducer::MinMax => [
            if next[0] < node[0] { next[0] } else { node[0] },
            if next[1] > node[1] { next[1] } else { node[1] },
        ],
        Reducer::Sum => [node[0] + next[0], node[1] + next[1]],
    }
}

/// One level of an owned pyramid: the complete nodes `[first, first + len)`.
#[derive(Clone, Debug, Default)]
struct Level {
    nodes: Span<[f64; 2]>,
    first: i64,
}

impl Level {
    fn stop(&self) -> i64 {
        self.first + self.nodes.len() as i64
    }
    fn get(&self, number: i64) -> Option<[f64; 2]> {
        let place = usize::try_from(number - self.first).ok()?;
        self.nodes.as_slice().get(place).copied()
    }
}

/// Values that grow at both ends, with a pyramid over all but the live (last) one.
///
/// Every query answers exactly, whatever the reducer; one that the nodes do not speak of scans rows.
#[derive(Clone, Debug)]
pub struct Pyramid {
    values: Span<f64>,
    /// Absolute index of the first value: prepended ones go negative.
    first: i64,
    reducer: Reducer,
    levels: Vec<Level>,
}

impl Nodes for Pyramid {
    fn node(&self, level: usize, number: i64) -> Option<[f64; 2]> {
        self.levels.get(level)?.get(number)
    }
}

/// As many nodes as a level is asked for on either side, at most.
const SIBLINGS: usize = FANOUT as usize - 1;

/// The nodes of a pyramid that speaks of what is asked, else none.
struct Told<'a>(Option<&'a Pyramid>);

impl Nodes for Told<'_> {
    fn node(&self, level: usize, number: i64) -> Option<[f64; 2]> {
        self.0?.node(level, number)
    }

    fn fetch(&self, level: usize, from: i64, to: i64) {
        if let Some(known) = self.0.and_then(|pyramid| pyramid.levels.get(level)) {
            let places = (from - known.first) as isize..(to - known.first) as isize;
            fetch(known.nodes.as_slice().as_ptr(), places);
        }
    }

    fn bounds(&self, level: usize, from: i64, to: i64) -> Option<[f64; 2]> {
        let known = self.0?.levels.get(level)?;
        let from = usize::try_from(from - known.first).ok()?;
        let to = usize::try_from(to - known.first).ok()?;
        let nodes = known.nodes.as_slice().get(from..to)?;
        let join = |found, node| with_node(found, node, Reducer::MinMax);
        if nodes.is_empty() || nodes.len() > SIBLINGS {
            return Some(
                nodes
                    .iter()
                    .copied()
                    .fold(empty_node(Reducer::MinMax), join),
            );
        }
        // Always in as many steps: a branch that depends on how many there are is foreseen badly, and
        // no extreme changes by a node that is met again.
        let last = nodes.len() - 1;
        let steps = (0..SIBLINGS).map(|step| nodes[step.min(last)]);
        Some(steps.fold(empty_node(Reducer::MinMax), join))
    }
}

impl Pyramid {
    /// A pyramid over values, the first of which gets index 0.
    #[must_use]
    pub fn new(values: &[f64], reducer: Reducer) -> Self {
        let mut pyramid = Self {
            values: Span::new(),
            first: 0,
            reducer,
            levels: Vec::new(),
        };
        pyramid.append(values);
        pyramid
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Bytes that the nodes take.
    #[must_use]
    pub fn node_bytes(&self) -> usize {
        self.levels
            .iter()
            .map(|level| level.nodes.len() * size_of::<[f64; 2]>())
            .sum()
    }

    /// Add values behind the last. The live value before them is closed.
    pub fn append(&mut self, values: &[f64]) {
        self.values.append(values);
        self.complete();
    }

    /// Add values before the first.
    pub fn prepend(&mut self, values: &[f64]) {
        self.values.prepend(values);
        self.first -= values.len() as i64;
        self.complete();
    }

    /// Change the live value. Returns whether there is one.
    pub fn set_last(&mut self, value: f64) -> bool {
        self.values
            .as_mut_slice()
            .last_mut()
            .map(|last| *last = value)
            .is_some()
    }

    /// Change values from one on, counted from the first, and what nodes say of them. Returns whether
    /// all of them exist.
    pub fn revise(&mut self, start: usize, values: &[f64]) -> bool {
        let Some(stop) = start.checked_add(values.len()) else {
            return false;
        };
        let Some(rows) = self.values.as_mut_slice().get_mut(start..stop) else {
            return false;
        };
        rows.copy_from_slice(values);
        if values.is_empty() {
            return true;
        }
        let (start, stop) = (self.first + start as i64, self.first + stop as i64);
        for level in 0..self.levels.len() {
            let span = level_span(level);
            let (from, to) = (start.div_euclid(span), (stop - 1).div_euclid(span) + 1);
            let known = self.levels[level].first..self.levels[level].stop();
            for number in from.max(known.start)..to.min(known.end) {
                let node = self.reduce(level, number);
                let place = (number - known.start) as usize;
                self.levels[level].nodes.as_mut_slice()[place] = node;
            }
        }
        true
    }

    /// Absolute index behind the last closed row.
    fn closed_stop(&self) -> i64 {
        self.first + (self.len() as i64 - 1).max(0)
    }

    /// Make the nodes that became complete, from the leaves up.
    fn complete(&mut self) {
        let (first, stop) = (self.first, self.closed_stop());
        for level in 0..MAX_LEVELS {
            let span = level_span(level);
            let (low, high) = (-(-first).div_euclid(span), stop.div_euclid(span));
            if low >= high {
                break;
            }
            if level == self.levels.len() {
                self.levels.push(Level {
                    nodes: Span::new(),
                    first: low,
                });
            }
            let known = self.levels[level].first..self.levels[level].stop();
            let before: Vec<_> = (low..known.start.max(low))
                .map(|k| self.reduce(level, k))
                .collect();
            let behind: Vec<_> = (known.end.max(low)..high)
                .map(|k| self.reduce(level, k))
                .collect();
            let target = &mut self.levels[level];
            target.nodes.prepend(&before);
            target.nodes.append(&behind);
            target.first = low;
        }
    }

    /// The values as rows.
    fn rows(&self) -> OwnRows<'_> {
        OwnRows {
            values: self.values.as_slice(),
            first: self.first,
        }
    }

    /// A node made from its children.
    fn reduce(&self, level: usize, number: i64) -> [f64; 2] {
        query::made_block(&self.rows(), self, level, number, self.reducer)
    }

    /// The nodes for a question, none where they speak of another.
    fn nodes(&self, reducer: Reducer) -> Told<'_> {
        Told((reducer == self.reducer).then_some(self))
    }

    /// First, min, max and last finite value of each column of rows `[edges[k], edges[k + 1])`,
    /// counted from the first value; `None` where a column has none.
    #[must_use]
    pub fn columns(
        &self,
        edges: impl Iterator<Item = (i64, i64)> + Clone,
    ) -> Vec<Option<Extremes>> {
        let (first, rows, nodes) = (self.first, self.rows(), self.nodes(Reducer::MinMax));
        let windows = edges.map(|(start, stop)| (first + start, first + stop));
        query::each(&rows, &nodes, windows, query::extremes).collect()
    }

    /// Canonical sum of the finite values of each column, `None` where a column has none.
    #[must_use]
    pub fn sums(&self, edges: impl Iterator<Item = (i64, i64)> + Clone) -> Vec<Option<f64>> {
        let (first, rows, nodes) = (self.first, self.rows(), self.nodes(Reducer::Sum));
        let windows = edges.map(|(start, stop)| (first + start, first + stop));
        query::each(&rows, &nodes, windows, query::sum).collect()
    }

    /// Last finite value of each column, `None` where a column has none.
    #[must_use]
    pub fn lasts(&self, edges: impl Iterator<Item = (i64, i64)> + Clone) -> Vec<Option<f64>> {
        let (first, rows, nodes) = (self.first, self.rows(), self.nodes(Reducer::MinMax));
        let windows = edges.map(|(start, stop)| (first + start, first + stop));
        query::each(&rows, &nodes, windows, query::last).collect()
    }

    /// The least and the greatest finite value of rows `[start, stop)`, counted from the first
    /// value; `None` where no value is finite.
    #[must_use]
    pub fn bounds(&self, start: i64, stop: i64) -> Option<(f64, f64)> {
        let (first, nodes) = (self.first, self.nodes(Reducer::MinMax));
        query::bounds(&self.rows(), &nodes, first + start, first + stop)
    }

    /// Where the least and the greatest finite value of rows `[start, stop)` stand first, all counted
    /// from the first value; `None` where no value is finite.
    #[must_use]
    pub fn positions(&self, start: i64, stop: i64) -> Option<(i64, i64)> {
        let (first, nodes) = (self.first, self.nodes(Reducer::MinMax));
        let found = query::positions(&self.rows(), &nodes, first + start, first + stop)?;
        Some((found.0 - first, found.1 - first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(count: usize) -> Vec<f64> {
        (0..count)
            .map(|k| {
                if k % 97 == 5 {
                    f64::NAN
                } else {
                    ((k * k) % 1009) as f64 - 500.0
                }
            })
            .collect()
    }

    #[test]
    #[cfg_attr(miri, ignore = "minutes: `rust/fuzz` asks the same of fewer rows")]
    fn any_window_equals_a_scan_after_append_and_prepend() {
        let all = wave(5000);
        let mut pyramid = Pyramid::new(&all[2000..2100], Reducer::MinMax);
        for cut in (2100..5000).step_by(300) {
            pyramid.append(&all[cut..(cut + 300).min(5000)]);
        }
        for cut in (0..2000).rev().step_by(400).map(|k| k + 1) {
            pyramid.prepend(&all[cut - 400..cut]);
        }
        assert_eq!(pyramid.len(), all.len());
        for (start, stop) in [
            (0, 5000),
            (1, 4999),
            (63, 64),
            (64, 128),
            (500, 500),
            (7, 3333),
        ] {
            let window = &all[start..stop];
            let expected = Extremes::scan(window);
            let found = pyramid.columns(std::iter::once((start as i64, stop as i64)));
            assert_eq!(found, [expected], "{start}..{stop}");
        }
    }

    #[test]
    fn the_live_row_is_in_no_node() {
        let mut pyramid = Pyramid::new(&[1.0; 64], Reducer::MinMax);
        assert_eq!(pyramid.node(0, 0), None);
        assert!(pyramid.set_last(9.0));
        assert_eq!(pyramid.bounds(0, 64), Some((1.0, 9.0)));
        pyramid.append(&[2.0]);
        assert_eq!(pyramid.node(0, 0), Some([1.0, 9.0]));
    }

    #[test]
    #[cfg_attr(miri, ignore = "minutes: `rust/fuzz` asks the same of fewer rows")]
    fn revised_rows_are_in_every_node_above_them() {
        for reducer in [Reducer::MinMax, Reducer::Sum] {
            let mut all = wave(5000);
            let mut pyramid = Pyramid::new(&all[1000..], reducer);
            pyramid.prepend(&all[..1000]);
            for (start, count) in [(0, 1), (63, 2), (900, 700), (4999, 1), (0, 5000), (70, 0)] {
                let values: Vec<f64> = (0..count).map(|k| f64::from(k) - 3.5).collect();
                all[start..start + values.len()].copy_from_slice(&values);
                assert!(pyramid.revise(start, &values));
                let mut fresh = Pyramid::new(&all[1000..], reducer);
                fresh.prepend(&all[..1000]);
                for level in 0..3 {
                    for number in -20..80 {
                        assert_eq!(pyramid.node(level, number), fresh.node(level, number));
                    }
                }
            }
            assert!(!pyramid.revise(4999, &[0.0, 0.0]));
            assert!(!pyramid.revise(usize::MAX, &[0.0]));
        }
    }

    #[test]
    fn extremes_stand_where_they_are_met_first() {
        let mut all = wave(3000);
        (all[700], all[2100], all[2900]) = (9e9, -9e9, -9e9);
        let pyramid = Pyramid::new(&all, Reducer::MinMax);
        assert_eq!(pyramid.positions(0, 3000), Some((2100, 700)));
        assert_eq!(pyramid.positions(2101, 3000).unwrap().0, 2900);
        assert_eq!(pyramid.positions(5, 6), None);
        let sums = Pyramid::new(&all, Reducer::Sum);
        assert_eq!(sums.positions(0, 3000), Some((2100, 700)));
    }

    #[test]
    fn nodes_take_less_than_four_percent_of_the_values() {
        let count = if cfg!(miri) { 10_000 } else { 1_000_000 };
        let pyramid = Pyramid::new(&wave(count), Reducer::MinMax);
        assert!(pyramid.node_bytes() * 25 < count * size_of::<f64>());
    }
}
