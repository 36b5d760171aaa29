//! Formats that give each row the same number of points: flat bars, traces, vertices, steps.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::__m128d;
use std::ops::Range;

use crate::bars::{Bar, Prices, Slots, fill_connect};

use crate::changes::Changes;
use crate::formatter::{Formatter, Layout, Memory, Work};
use crate::room::Room;
use crate::shapes::{Flat, Shape, Trace, fill};

#[cfg(target_arch = "x86_64")]
use crate::lanes::{TwoBars, first, second};

/// What becomes of a row.
#[derive(Clone, Copy, Debug)]
pub enum Format {
    /// Four points a bar.
    Flat(Flat),
    /// Two points a bar.
    Trace(Trace),
    /// Six vertices a bar, and what joins them.
    Vertices(Slots),
    /// Corners of an outline.
    Steps(Outline),
}

/// The outline of levels, from the baseline and back to it.
///
/// A row takes the two ends of its step; what lies between the ends of neighbours is a corner:
///
/// ```text
///   memory   B│0 0│1 1│2 2│B      B: the baseline, at the edge of the first and of the last step
///   corners  ╰──╯╰──╯╰──╯╰──╯
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Outline {
    /// Width of the last step.
    pub width: f64,
    /// Where the outline begins and ends.
    pub baseline: f64,
}

/// Both ends of a step as long as there is one behind it.
impl Shape<2> for Outline {
    fn offsets(self) -> [f64; 2] {
        [-0.0, 1.0]
    }

    fn y(self, bar: Bar) -> [f64; 2] {
        [bar.close; 2]
    }

    #[cfg(target_arch = "x86_64")]
    fn lanes(self, two: TwoBars) -> [__m128d; 2] {
        [first(two.close, two.close), second(two.close, two.close)]
    }
}

/// The points of the rows of a series; a row's x is its absolute index.
#[derive(Clone, Debug)]
pub struct Points {
    format: Format,
    rows: Range<i64>,
    room: Room,
    work: Work,
}

impl Points {
    /// No rows yet.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self {
            format,
            rows: 0..0,
            room: Room::default(),
            work: Work::default(),
        }
    }

    /// Write rows from `start` on, their x only where they have no place yet.
    fn write(&mut self, start: i64, prices: &Prices<'_>, memory: &mut Memory<'_>, is_new: bool) {
        self.work.written += prices.len() as u64;
        let rows = Rows {
            start,
            place: self.room.place(start),
            prices,
            is_new,
        };
        match self.format {
            Format::Flat(shape) => rows.fill(shape, memory.x, memory.y),
            Format::Trace(shape) => rows.fill(shape, memory.x, memory.y),
            Format::Steps(shape) => {
                let x = if is_new { &mut memory.x[1..] } else { &mut [] };
                rows.fill(shape, x, &mut memory.y[1..]);
            }
            Format::Vertices(shape) => {
                rows.fill(shape, memory.x, memory.y);
                let range = 6 * rows.place..6 * (rows.place + prices.len());
                fill_connect(&memory.y[range.clone()], &mut memory.connect[range]);
            }
        }
    }

    /// Let an outline begin and end at the baseline.
    fn close(&self, memory: &mut Memory<'_>) {
        let Format::Steps(outline) = self.format else {
            return;
        };
        if self.rows.is_empty() {
            return;
        }
        let begin = 2 * self.room.place(self.rows.start);
        let end = 2 * self.room.place(self.rows.end);
        memory.x[begin] = self.rows.start as f64;
        memory.y[begin] = outline.baseline;
        memory.x[end..end + 2].fill((self.rows.end - 1) as f64 + outline.width);
        memory.y[end + 1] = outline.baseline;
    }
}

/// Rows on their way into memory.
struct Rows<'a> {
    start: i64,
    place: usize,
    prices: &'a Prices<'a>,
    is_new: bool,
}

impl Rows<'_> {
    fn fill<const N: usize>(&self, shape: impl Shape<N>, to_x: &mut [f64], to_y: &mut [f64]) {
        let range = N * self.place..N * (self.place + self.prices.len());
        let x = |rows: Range<usize>| rows.map(|row| (self.start + row as i64) as f64);
        let to_x = if self.is_new {
            &mut to_x[range.clone()]
        } else {
            &mut []
        };
        fill(
            shape,
            self.prices,
            self.is_new.then_some(&x),
            to_x,
            &mut to_y[range],
        );
    }
}

impl Formatter for Points {
    fn layout(&self) -> Layout {
        let (points, connect, pad) = match self.format {
            Format::Flat(_) => (4, 0, 0),
            Format::Trace(_) => (2, 0, 0),
            Format::Vertices(_) => (6, 6, 0),
            Format::Steps(_) => (2, 0, 2),
        };
        Layout {
            x: points,
            y: points,
            connect,
            pad,
        }
    }

    fn rows(&self) -> Range<i64> {
        self.rows.clone()
    }

    fn numbers(&self) -> Range<i64> {
        self.rows.clone()
    }

    fn room(&self) -> Room {
        self.room
    }

    fn set_room(&mut self, room: Room) {
        self.room = room;
    }

    fn work(&self) -> Work {
        self.work
    }

    fn needed(&self, changes: &Changes) -> Range<i64> {
        changes.rows.clone()
    }

    fn window(&self, rows: Range<i64>) -> Range<usize> {
        self.room.place(rows.start)..self.room.place(rows.end)
    }

    fn keep(&mut self, rows: Range<i64>, memory: &mut Memory<'_>) {
        self.rows = rows;
        self.close(memory);
    }

    fn prepend(&mut self, prices: &Prices<'_>, memory: &mut Memory<'_>) {
        self.rows.start -= prices.len() as i64;
        self.write(self.rows.start, prices, memory, true);
        self.close(memory);
    }

    fn append(&mut self, prices: &Prices<'_>, memory: &mut Memory<'_>) {
        let start = self.rows.end;
        if let Format::Steps(_) = self.format {
            // The step before now ends where the first new one begins.
            memory.x[2 * self.room.place(start)] = start as f64;
        }
        self.write(start, prices, memory, true);
        self.rows.end += prices.len() as i64;
        self.close(memory);
    }

    fn revise(&mut self, start: i64, prices: &Prices<'_>, memory: &mut Memory<'_>) {
        self.write(start, prices, memory, false);
    }
}
