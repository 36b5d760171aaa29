//! Bars as separate strokes: gaps take no place, so that a painter can be handed the memory.

use std::collections::VecDeque;
use std::ops::Range;

use crate::bars::{Bar, Prices, Slots};
use crate::changes::Changes;
use crate::formatter::{Formatter, Layout, Memory, Work};
use crate::room::Room;

/// The strokes of the bars of a series; a bar's x is its absolute index.
///
/// Bars that are no gaps are numbered. `before` holds one number a row, that of the first such bar
/// at or behind it, and at last the one behind all.
#[derive(Clone, Debug)]
pub struct Strokes {
    slots: Slots,
    rows: Range<i64>,
    before: VecDeque<i64>,
    room: Room,
    work: Work,
}

impl Strokes {
    /// No rows yet.
    #[must_use]
    pub fn new(slots: Slots) -> Self {
        Self {
            slots,
            rows: 0..0,
            before: VecDeque::from([0]),
            room: Room::default(),
            work: Work::default(),
        }
    }

    /// The number of the first bar at or behind a row.
    fn number(&self, row: i64) -> i64 {
        self.before[(row - self.rows.start) as usize]
    }

    fn write(&self, number: i64, row: i64, bar: Bar, memory: &mut Memory<'_>) {
        let at = 12 * self.room.place(number);
        memory.y[at..at + 12].copy_from_slice(&self.slots.strokes(row as f64, bar));
    }

    /// Make room for `more` numbers behind those before `row`: move those of the shorter side, the
    /// ones before it down or the ones from `stop` on up.
    fn shift(&mut self, rows: &Range<i64>, more: i64, memory: &mut Memory<'_>) {
        let (moved, numbers, by) = if self.rows.end - rows.end <= rows.start - self.rows.start {
            let moved = rows.end..self.rows.end;
            (moved, self.number(rows.end)..self.numbers().end, more)
        } else {
            let moved = self.rows.start..rows.start;
            (moved, self.numbers().start..self.number(rows.start), -more)
        };
        let from = 12 * self.room.place(numbers.start)..12 * self.room.place(numbers.end);
        let to = 12 * self.room.place(numbers.start + by);
        memory.y.copy_within(from, to);
        let first = self.rows.start;
        let places = (moved.start - first) as usize..=(moved.end - first) as usize;
        for number in self.before.range_mut(places) {
            *number += by;
        }
        self.work.moved += (moved.end - moved.start) as u64;
    }
}

impl Formatter for Strokes {
    fn layout(&self) -> Layout {
        Layout {
            x: 0,
            y: 12,
            connect: 0,
            pad: 0,
        }
    }

    fn rows(&self) -> Range<i64> {
        self.rows.clone()
    }

    fn numbers(&self) -> Range<i64> {
        self.before[0]..self.before[self.before.len() - 1]
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
        if changes.kept.is_empty() {
            return changes.rows.clone();
        }
        let revised = changes.revised.iter();
        let revised: i64 = revised.map(|rows| rows.end - rows.start).sum();
        let (prepended, tail) = (changes.prepended(), changes.tail());
        let before = revised + prepended.end - prepended.start;
        let behind = revised + tail.end - tail.start;
        self.number(changes.kept.start) - before..self.numbers().end + behind
    }

    fn window(&self, rows: Range<i64>) -> Range<usize> {
        let place = |row| self.room.place(self.number(row));
        place(rows.start)..place(rows.end)
    }

    fn keep(&mut self, rows: Range<i64>, _: &mut Memory<'_>) {
        if rows.is_empty() {
            self.before = VecDeque::from([rows.start]);
        } else {
            let dropped = rows.start - self.rows.start;
            self.before.drain(..dropped as usize);
        }
        self.rows = rows;
    }

    fn prepend(&mut self, prices: &Prices<'_>, memory: &mut Memory<'_>) {
        self.work.written += prices.len() as u64;
        let mut number = self.before[0];
        for bar in prices.iter().rev() {
            self.rows.start -= 1;
            if bar.is_whole() {
                number -= 1;
                self.write(number, self.rows.start, bar, memory);
            }
            self.before.push_front(number);
        }
    }

    fn append(&mut self, prices: &Prices<'_>, memory: &mut Memory<'_>) {
        self.work.written += prices.len() as u64;
        let mut number = self.numbers().end;
        for bar in prices.iter() {
            if bar.is_whole() {
                self.write(number, self.rows.end, bar, memory);
                number += 1;
            }
            self.rows.end += 1;
            self.before.push_back(number);
        }
    }

    fn revise(&mut self, start: i64, prices: &Prices<'_>, memory: &mut Memory<'_>) {
        self.work.written += prices.len() as u64;
        let rows = start..start + prices.len() as i64;
        let whole = prices.iter().filter(|bar| bar.is_whole()).count() as i64;
        let more = whole - (self.number(rows.end) - self.number(rows.start));
        if more != 0 {
            self.shift(&rows, more, memory);
        }
        let mut number = self.number(rows.start);
        for (row, bar) in rows.zip(prices.iter()) {
            self.before[(row - self.rows.start) as usize] = number;
            if bar.is_whole() {
                self.write(number, row, bar, memory);
                number += 1;
            }
        }
    }
}
