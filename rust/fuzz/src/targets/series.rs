//! Series of bars that change as rings do.

use std::ops::Range;

use piker_path::Prices;

use crate::source::Source;

/// Bars that are added at once; Miri is a few hundred times slower.
const MOST: usize = if cfg!(miri) { 40 } else { 100 };

/// Bars from which on the flat ones are written past the caches.
const MANY: usize = 140_000;

/// Four columns of prices, each in memory that is exactly as long.
pub type Columns = [Box<[f64]>; 4];

/// Columns as the bars that they are.
pub fn prices<C: AsRef<[f64]>>(columns: &[C; 4]) -> Prices<'_> {
    let [open, high, low, close] = columns.each_ref().map(C::as_ref);
    Prices {
        open,
        high,
        low,
        close,
    }
}

/// A series as its owner has it, and which rows were revised since it was formatted.
pub struct Series {
    /// The index of its first row.
    pub first: i64,
    /// Open, high, low and close of its rows.
    pub columns: [Vec<f64>; 4],
    /// The ranges of rows that were revised.
    pub revised: Vec<(i64, i64)>,
    /// Whether the four prices of a row are one.
    has_levels: bool,
    /// How bars are: any values, or prices with no, some, many or almost only gaps.
    style: usize,
}

impl Series {
    /// A series with some rows.
    pub fn draw(source: &mut Source, has_levels: bool) -> Self {
        let mut series = Self {
            first: match source.below(8) {
                0 => source.pick(&[-(1 << 52), (1 << 52) - 400]) + source.between(0, 200),
                1 => 0,
                _ => source.between(-2000, 2000),
            },
            columns: [const { Vec::new() }; 4],
            revised: Vec::new(),
            has_levels,
            style: source.below(5),
        };
        let is_long = !cfg!(miri) && source.one_in(400);
        let count = if is_long { MANY } else { source.length(MOST) };
        let bars = series.bars(source, count);
        series.put(0, 0, &bars);
        series
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.columns[0].len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it has so many that few changes of it are enough.
    pub fn is_long(&self) -> bool {
        self.len() >= MANY
    }

    /// The indices of its rows.
    pub fn rows(&self) -> Range<i64> {
        self.first..self.first + self.len() as i64
    }

    /// New bars.
    pub fn bars(&self, source: &mut Source, count: usize) -> Columns {
        let mut columns = [(); 4].map(|()| Vec::with_capacity(count));
        for _ in 0..count {
            let mut bar = if self.style == 0 {
                [(); 4].map(|()| source.float())
            } else {
                [(); 4].map(|()| source.price())
            };
            let is_gap = match self.style {
                0 | 1 => false,
                2 => source.one_in(9),
                3 => source.one_in(2),
                _ => !source.one_in(20),
            };
            if is_gap {
                bar[source.below(4)] = source.pick(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY]);
            }
            if self.has_levels {
                bar = [bar[0]; 4];
            }
            for (column, price) in columns.iter_mut().zip(bar) {
                column.push(price);
            }
        }
        columns.map(Vec::into_boxed_slice)
    }

    /// Put bars in place of some from `start` on.
    pub fn put(&mut self, start: usize, replaced: usize, bars: &Columns) {
        for (column, added) in self.columns.iter_mut().zip(bars) {
            column.splice(start..start + replaced, added.iter().copied());
        }
    }

    /// Change it in one of the ways that a ring knows.
    pub fn change(&mut self, source: &mut Source) {
        match source.below(8) {
            0..3 => {
                let count = source.length(MOST);
                let bars = self.bars(source, count);
                self.put(self.len(), 0, &bars);
            }
            3 => {
                let count = source.length(MOST);
                let bars = self.bars(source, count);
                self.put(0, 0, &bars);
                let before = self.first;
                self.first -= count as i64;
                // They may be others than those that were there and went.
                self.revised.push((self.first, before));
            }
            4 => {
                let count = if source.one_in(5) {
                    self.len()
                } else {
                    source.length(self.len())
                };
                for column in &mut self.columns {
                    column.drain(..count);
                }
                self.first += count as i64;
                if self.is_empty() && source.one_in(2) {
                    // Rows that nobody saw.
                    self.first += source.between(0, 300);
                }
            }
            _ => {
                let (start, stop) = source.window(self.len());
                let bars = self.bars(source, (stop - start) as usize);
                self.put(start as usize, bars[0].len(), &bars);
                self.revised.push((self.first + start, self.first + stop));
            }
        }
    }

    /// A range that tells nothing new: rows that are as they were, or that are none.
    pub fn add_idle_range(&mut self, source: &mut Source) {
        let (one, other) = (source.integer(), source.integer());
        let near = source.between(-9, self.len() as i64 + 9);
        let range = match source.below(3) {
            0 => (one.min(other), one.max(other)),
            1 => (self.first + near, self.first + near),
            _ => (self.first + near, self.first + near + source.between(0, 40)),
        };
        self.revised.push(range);
    }

    /// How many rows have to be formatted, counted one by one.
    pub fn count_changed(&self, formatted: &Range<i64>) -> u64 {
        let is_closed_before = |row: i64| formatted.contains(&row) && row < formatted.end - 1;
        let is_revised = |row: i64| {
            let ranges = &mut self.revised.iter();
            ranges.any(|&(start, stop)| (start..stop).contains(&row))
        };
        let rows = self.rows();
        rows.filter(|&row| !is_closed_before(row) || is_revised(row))
            .count() as u64
    }
}
