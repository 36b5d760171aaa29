//! What a window of rows comes to, by whole pyramid nodes where there are any and by its rows elsewhere.

use std::ops::ControlFlow;

use crate::extremes::{Extremes, proper};
use crate::pyramid::{FANOUT, LEAF, MAX_LEVELS, empty_node, level_span, with_node, with_row};
use crate::rows::{Nodes, Reducer, Rows};

/// How many windows ahead the memory at an edge is asked for.
const AHEAD: usize = 4;

/// What each of several windows comes to, in their order.
///
/// A window between far edges reads little at each, at places that no processor foresees: the answer
/// to a view over many rows is mostly waiting for memory. So that is asked for some windows ahead, for
/// many edges at a time.
pub fn each<'a, R: Rows, N: Nodes, T>(
    rows: &'a R,
    nodes: &'a N,
    windows: impl Iterator<Item = (i64, i64)> + Clone + 'a,
    query: impl Fn(&R, &N, i64, i64) -> T + 'a,
) -> impl Iterator<Item = T> + 'a {
    let mut ahead = windows.clone().skip(AHEAD);
    windows.map(move |(start, stop)| {
        if let Some((start, stop)) = ahead.next() {
            fetch_edge(rows, nodes, stop, stop - start);
        }
        query(rows, nodes, start, stop)
    })
}

/// Ask for what windows of a length read on both sides of an edge that they share.
fn fetch_edge<R: Rows, N: Nodes>(rows: &R, nodes: &N, edge: i64, length: i64) {
    if length < LEAF {
        // So near to each other that the processor follows.
        return;
    }
    let mut node = edge.div_euclid(LEAF);
    rows.fetch(node * LEAF, (node + 1) * LEAF);
    for level in 0..MAX_LEVELS {
        if level_span(level) > length {
            break;
        }
        // The parent's number: dividing by a level's span would not be a shift.
        node = node.div_euclid(FANOUT);
        nodes.fetch(level, node * FANOUT, (node + 1) * FANOUT);
    }
}

/// A piece of a window: a single row, or a whole aligned block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Row(i64),
    Block { level: usize, number: i64 },
}

/// The largest aligned block that begins at `start` and ends by `stop`, else the single row.
fn piece_at(start: i64, stop: i64) -> (Piece, i64) {
    let mut found = (Piece::Row(start), start + 1);
    for level in 0..MAX_LEVELS {
        let span = level_span(level);
        if start.rem_euclid(span) != 0 || start + span > stop {
            break;
        }
        found = (
            Piece::Block {
                level,
                number: start.div_euclid(span),
            },
            start + span,
        );
    }
    found
}

/// Calls `visit` with the pieces of a window from left to right.
fn walk(start: i64, stop: i64, mut visit: impl FnMut(Piece)) {
    let mut at = start;
    while at < stop {
        let (piece, next) = piece_at(at, stop);
        visit(piece);
        at = next;
    }
}

/// The node of a block: the stored one, else made from its children.
pub fn block<R: Rows, N: Nodes + ?Sized>(
    rows: &R,
    nodes: &N,
    level: usize,
    number: i64,
    reducer: Reducer,
) -> [f64; 2] {
    nodes
        .node(level, number)
        .unwrap_or_else(|| made_block(rows, nodes, level, number, reducer))
}

/// The node of a block, made from its children.
pub fn made_block<R: Rows, N: Nodes + ?Sized>(
    rows: &R,
    nodes: &N,
    level: usize,
    number: i64,
    reducer: Reducer,
) -> [f64; 2] {
    if level == 0 {
        let start = number * LEAF;
        if reducer == Reducer::MinMax {
            return rows.bounds(start, start + LEAF);
        }
        return (start..start + LEAF).fold(empty_node(reducer), |node, index| {
            with_row(node, rows.value(index), reducer)
        });
    }
    (number * FANOUT..(number + 1) * FANOUT).fold(empty_node(reducer), |node, child| {
        with_node(node, block(rows, nodes, level - 1, child, reducer), reducer)
    })
}

/// The least and the greatest finite value of rows `[start, stop)`.
///
/// Extremes do not depend on the order in which they are met, so that each level is asked for two
/// runs of neighbours, left and right of what the level above covers.
pub fn bounds<R: Rows, N: Nodes + ?Sized>(
    rows: &R,
    nodes: &N,
    start: i64,
    stop: i64,
) -> Option<(f64, f64)> {
    let mut found = empty_node(Reducer::MinMax);
    let mut join = |node| found = with_node(found, node, Reducer::MinMax);
    let (mut from, mut to) = (ceil_div(start, LEAF), stop.div_euclid(LEAF));
    if from >= to {
        join(rows.bounds(start, stop));
    } else {
        join(rows.bounds(start, from * LEAF));
        join(rows.bounds(to * LEAF, stop));
        for level in 0..MAX_LEVELS {
            let (inner_from, inner_to) = (ceil_div(from, FANOUT), to.div_euclid(FANOUT));
            if inner_from >= inner_to || level + 1 == MAX_LEVELS {
                join(run_bounds(rows, nodes, level, from, to));
                break;
            }
            join(run_bounds(rows, nodes, level, from, inner_from * FANOUT));
            join(run_bounds(rows, nodes, level, inner_to * FANOUT, to));
            (from, to) = (inner_from, inner_to);
        }
    }
    proper(found[0], found[1])
}

fn ceil_div(index: i64, width: i64) -> i64 {
    -(-index).div_euclid(width)
}

/// The min/max node over blocks `[from, to)` of a level, stored or made.
fn run_bounds<R: Rows, N: Nodes + ?Sized>(
    rows: &R,
    nodes: &N,
    level: usize,
    from: i64,
    to: i64,
) -> [f64; 2] {
    if from >= to {
        return empty_node(Reducer::MinMax);
    }
    nodes.bounds(level, from, to).unwrap_or_else(|| {
        (from..to).fold(empty_node(Reducer::MinMax), |found, number| {
            let node = block(rows, nodes, level, number, Reducer::MinMax);
            with_node(found, node, Reducer::MinMax)
        })
    })
}

/// The canonical sum of rows `[start, stop)` (see [`crate::pyramid`]), or `None` where no value is finite.
///
/// Rows before the first and behind the last leaf are the pieces there, one by one: they are added
/// without asking for each of them whether a block begins there.
pub fn sum<R: Rows, N: Nodes + ?Sized>(rows: &R, nodes: &N, start: i64, stop: i64) -> Option<f64> {
    let mut found = empty_node(Reducer::Sum);
    let add_rows = |found: [f64; 2], from: i64, to: i64| {
        (from..to).fold(found, |found, index| {
            with_row(found, rows.value(index), Reducer::Sum)
        })
    };
    let (first, last) = (ceil_div(start, LEAF) * LEAF, stop.div_euclid(LEAF) * LEAF);
    if first >= last {
        found = add_rows(found, start, stop);
    } else {
        found = add_rows(found, start, first);
        walk(first, last, |piece| {
            if let Piece::Block { level, number } = piece {
                let next = block(rows, nodes, level, number, Reducer::Sum);
                found = with_node(found, next, Reducer::Sum);
            }
        });
        found = add_rows(found, last, stop);
    }
    (found[1] > 0.0).then_some(found[0])
}

/// The first finite value of rows `[start, stop)`.
pub fn first<R: Rows, N: Nodes + ?Sized>(
    rows: &R,
    nodes: &N,
    start: i64,
    stop: i64,
) -> Option<f64> {
    // The common case: the first row itself.
    if start < stop {
        let value = rows.value(start);
        if value.is_finite() {
            return Some(value);
        }
    }
    let mut at = start;
    while at < stop {
        let (piece, next) = piece_at(at, stop);
        let found = match piece {
            Piece::Row(index) => Some(rows.value(index)).filter(|value| value.is_finite()),
            Piece::Block { level, number } => end_of_block(rows, nodes, level, number, End::First),
        };
        if found.is_some() {
            return found;
        }
        at = next;
    }
    None
}

/// The last finite value of rows `[start, stop)`.
pub fn last<R: Rows, N: Nodes + ?Sized>(rows: &R, nodes: &N, start: i64, stop: i64) -> Option<f64> {
    // The common case: the last row itself. Otherwise take the pieces from the right.
    if start < stop {
        let value = rows.value(stop - 1);
        if value.is_finite() {
            return Some(value);
        }
    }
    let mut pieces = Vec::new();
    walk(start, stop, |piece| pieces.push(piece));
    let found = pieces.into_iter().rev().try_for_each(|piece| {
        let found = match piece {
            Piece::Row(index) => Some(rows.value(index)).filter(|value| value.is_finite()),
            Piece::Block { level, number } => end_of_block(rows, nodes, level, number, End::Last),
        };
        found.map_or(ControlFlow::Continue(()), ControlFlow::Break)
    });
    found.break_value()
}

/// Which end of a block is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    First,
    Last,
}

/// The first or last finite value of a block, without entering parts that have none.
fn end_of_block<R: Rows, N: Nodes + ?Sized>(
    rows: &R,
    nodes: &N,
    level: usize,
    number: i64,
    end: End,
) -> Option<f64> {
    // An empty min/max node: no row below it is finite.
    if nodes
        .node(level, number)
        .is_some_and(|node| node[0] > node[1])
    {
        return None;
    }
    let children = if level == 0 { LEAF } else { FANOUT };
    (0..children).find_map(|place| {
        let place = if end == End::First {
            place
        } else {
            children - 1 - place
        };
        let child = number * children + place;
        if level == 0 {
            Some(rows.value(child)).filter(|value| value.is_finite())
        } else {
            end_of_block(rows, nodes, level - 1, child, end)
        }
    })
}

/// Where the least and the greatest finite value of rows `[start, stop)` stand first; `nodes` are
/// min/max. `None` where no value is finite, or another process changed the rows in between.
pub fn positions<R: Rows, N: Nodes + ?Sized>(
    rows: &R,
    nodes: &N,
    start: i64,
    stop: i64,
) -> Option<(i64, i64)> {
    let (min, max) = bounds(rows, nodes, start, stop)?;
    Some((
        position(rows, nodes, start, stop, (0, min))?,
        position(rows, nodes, start, stop, (1, max))?,
    ))
}

/// The first row of a value that is the least (0) or the greatest (1) of a window.
fn position<R: Rows, N: Nodes + ?Sized>(
    rows: &R,
    nodes: &N,
    start: i64,
    stop: i64,
    extreme: (usize, f64),
) -> Option<i64> {
    let mut at = start;
    while at < stop {
        let (piece, next) = piece_at(at, stop);
        let found = match piece {
            Piece::Row(index) => is_value(rows.value(index), extreme.1).then_some(index),
            Piece::Block { level, number } => {
                position_in_block(rows, nodes, level, number, extreme)
            }
        };
        if found.is_some() {
            return found;
        }
        at = next;
    }
    None
}

/// The first row of a value in a block, without entering parts whose nodes rule it out.
fn position_in_block<R: Rows, N: Nodes + ?Sized>(
    rows: &R,
    nodes: &N,
    level: usize,
    number: i64,
    extreme: (usize, f64),
) -> Option<i64> {
    let (side, value) = extreme;
    if nodes
        .node(level, number)
        .is_some_and(|node| !is_value(node[side], value))
    {
        return None;
    }
    if level == 0 {
        return (number * LEAF..(number + 1) * LEAF)
            .find(|&index| is_value(rows.value(index), value));
    }
    (number * FANOUT..(number + 1) * FANOUT)
        .find_map(|child| position_in_block(rows, nodes, level - 1, child, extreme))
}

/// Whether two values are the same; a bound is never NaN.
#[allow(clippy::float_cmp)]
fn is_value(found: f64, wanted: f64) -> bool {
    found == wanted
}

/// First, least, greatest and last finite value of rows `[start, stop)`; `nodes` are min/max.
pub fn extremes<R: Rows, N: Nodes + ?Sized>(
    rows: &R,
    nodes: &N,
    start: i64,
    stop: i64,
) -> Option<Extremes> {
    let (min, max) = bounds(rows, nodes, start, stop)?;
    // Both exist where there are bounds, unless another process changed the rows in between: then
    // the caller reads again, and any finite value will do.
    let first = first(rows, nodes, start, stop).unwrap_or(min);
    let last = last(rows, nodes, start, stop).unwrap_or(min);
    Some(Extremes {
        first,
        min,
        max,
        last,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pyramid::Pyramid;
    use crate::rows::{NoNodes, OwnRows};

    #[test]
    fn pieces_are_the_largest_aligned_blocks_from_left_to_right() {
        let mut pieces = Vec::new();
        walk(-66, 513, |piece| pieces.push(piece));
        assert_eq!(pieces.len(), 2 + 1 + 1 + 1);
        assert_eq!(pieces[0], Piece::Row(-66));
        assert_eq!(
            pieces[2],
            Piece::Block {
                level: 0,
                number: -1
            }
        );
        assert_eq!(
            pieces[3],
            Piece::Block {
                level: 1,
                number: 0
            }
        );
        assert_eq!(pieces[4], Piece::Row(512));
    }

    #[test]
    fn a_canonical_sum_is_the_same_with_and_without_nodes() {
        let values: Vec<f64> = (0..3000).map(|k| 0.1 * f64::from(k % 7) + 1e9).collect();
        let rows = OwnRows {
            values: &values,
            first: -1000,
        };
        let direct = sum(&rows, &NoNodes, -999, 1990).unwrap();
        let mut expected = 0.0;
        walk(-999, 1990, |piece| {
            expected += match piece {
                Piece::Row(index) => rows.value(index),
                Piece::Block { level, number } => {
                    block(&rows, &NoNodes, level, number, Reducer::Sum)[0]
                }
            };
        });
        assert_eq!(direct.to_bits(), expected.to_bits());
    }

    #[test]
    fn ends_skip_gaps_of_any_length() {
        let mut values = vec![f64::NAN; 2000];
        values[1500] = 4.0;
        values[1600] = 5.0;
        let pyramid = Pyramid::new(&values, Reducer::MinMax);
        let rows = OwnRows {
            values: &values,
            first: 0,
        };
        assert_eq!(first(&rows, &pyramid, 3, 1999), Some(4.0));
        assert_eq!(last(&rows, &pyramid, 3, 1999), Some(5.0));
        assert_eq!(last(&rows, &pyramid, 3, 1500), None);
    }
}
