//! What is formatted of a series, kept up with it row by row.
//!
//! A formatter says which rows stand where in memory of the caller and writes those that changed;
//! the rest stays as it is. After any changes its memory equals what the whole would give.

use std::ops::Range;

use crate::bars::Prices;
use crate::changes::Changes;
use crate::room::Room;

/// How many elements a place takes in each part of the memory, 0 where there is no such part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Of the points' x.
    pub x: usize,
    /// Of the points' y, or of strokes.
    pub y: usize,
    /// Of what joins vertices.
    pub connect: usize,
    /// More elements at the end of x and y.
    pub pad: usize,
}

/// The memory of a formatter, as long as its layout says for its room.
#[derive(Debug)]
pub struct Memory<'a> {
    /// The points' x.
    pub x: &'a mut [f64],
    /// The points' y, or strokes.
    pub y: &'a mut [f64],
    /// Which vertices are joined to the next.
    pub connect: &'a mut [i32],
}

/// What was done since the formatter was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Rows formatted.
    pub written: u64,
    /// Rows that were moved, because others before or behind them take another number of places.
    pub moved: u64,
}

/// Where rows come from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Bars, or levels as bars of four equal prices.
    pub prices: Prices<'a>,
    /// Whether there are only the rows that changed, in the order of `Changes::ranges`.
    pub is_packed: bool,
}

/// One format of one series.
///
/// Whoever calls sees to it that rows follow each other without a hole, that the room holds what
/// is `needed`, and that the memory fits the room.
pub trait Formatter {
    /// What its memory looks like.
    fn layout(&self) -> Layout;

    /// The rows that are formatted.
    fn rows(&self) -> Range<i64>;

    /// The numbers whose places they take.
    fn numbers(&self) -> Range<i64>;

    /// Where numbers have their places.
    fn room(&self) -> Room;

    /// Take other memory, into which the caller has copied the places in use.
    fn set_room(&mut self, room: Room);

    /// What it has done.
    fn work(&self) -> Work;

    /// The numbers that may have to have a place after such changes.
    fn needed(&self, changes: &Changes) -> Range<i64>;

    /// The places of a window of the formatted rows.
    fn window(&self, rows: Range<i64>) -> Range<usize>;

    /// Forget all rows but these; where they are none, begin at their start.
    fn keep(&mut self, rows: Range<i64>, memory: &mut Memory<'_>);

    /// Add rows before the first.
    fn prepend(&mut self, prices: &Prices<'_>, memory: &mut Memory<'_>);

    /// Add rows behind the last.
    fn append(&mut self, prices: &Prices<'_>, memory: &mut Memory<'_>);

    /// Format rows again, from `start` on.
    fn revise(&mut self, start: i64, prices: &Prices<'_>, memory: &mut Memory<'_>);
}

/// Format what changed.
///
/// # Panics
/// When the source has fewer rows than the changes.
pub fn apply(
    formatter: &mut dyn Formatter,
    changes: &Changes,
    source: &Source<'_>,
    memory: &mut Memory<'_>,
) {
    let mut read = 0;
    let mut take = |rows: &Range<i64>| {
        let count = (rows.end - rows.start) as usize;
        let start = if source.is_packed {
            read
        } else {
            (rows.start - changes.rows.start) as usize
        };
        read += count;
        source.prices.part(start..start + count)
    };
    if formatter.rows() != changes.kept {
        formatter.keep(changes.kept.clone(), memory);
    }
    let prepended = changes.prepended();
    let before = take(&prepended);
    if !prepended.is_empty() {
        formatter.prepend(&before, memory);
    }
    for rows in &changes.revised {
        formatter.revise(rows.start, &take(rows), memory);
    }
    let tail = take(&changes.tail());
    let known = (changes.kept.end - changes.tail().start) as usize;
    if known > 0 {
        formatter.revise(changes.tail().start, &tail.part(0..known), memory);
    }
    if tail.len() > known {
        formatter.append(&tail.part(known..tail.len()), memory);
    }
}
