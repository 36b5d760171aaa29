//! Closed rows of shared rings, by the addresses of memory that is exactly as long as it has to be.

use std::hint::black_box;

use piker_series::ring::{Closed, Field, MOST_ROWS, ohlc_columns};
use piker_series::rows::SharedLevel;
use piker_series::{Extremes, Reducer};

use crate::source::Source;
use crate::targets::extremes::{bounds_twin, extremes_twin};
use crate::targets::pyramid::{positions_twin, sum_twin};

const POISON: f64 = 1e300;

/// A column twice in a row, and the levels of its pyramid.
struct Memory {
    column: Box<[f64]>,
    levels: Vec<Box<[[f64; 2]]>>,
    capacity: i64,
    reducer: Reducer,
}

impl Memory {
    /// Rows `[first, first + values.len())`, the last of them live. Whatever a reader must not look
    /// at is poison: rows that are not there, nodes that are not complete.
    fn new(values: &[f64], first: i64, capacity: i64, reducer: Reducer) -> Self {
        let mut column = vec![POISON; 2 * capacity as usize].into_boxed_slice();
        for (row, &value) in (first..).zip(values) {
            let place = row.rem_euclid(capacity) as usize;
            column[place] = value;
            column[place + capacity as usize] = value;
        }
        let closed_last = first + (values.len() as i64 - 1).max(0);
        let mut levels = Vec::new();
        let mut rows = 64;
        while rows <= capacity {
            let slots = capacity / rows + 1;
            let mut level = vec![[-POISON, POISON]; slots as usize].into_boxed_slice();
            for node in -(-first).div_euclid(rows)..closed_last.div_euclid(rows) {
                let from = (node * rows - first) as usize;
                let block = &values[from..from + rows as usize];
                level[node.rem_euclid(slots) as usize] = match reducer {
                    Reducer::MinMax => bounds_twin(block)
                        .map_or([f64::INFINITY, f64::NEG_INFINITY], |(min, max)| [min, max]),
                    Reducer::Sum => {
                        let value = |row: i64| values[(row - first) as usize];
                        let sum = sum_twin(&value, node * rows, (node + 1) * rows);
                        let count = block.iter().filter(|value| value.is_finite()).count();
                        [sum.unwrap_or(0.0), count as f64]
                    }
                };
            }
            levels.push(level);
            rows *= 8;
        }
        Self {
            column,
            levels,
            capacity,
            reducer,
        }
    }

    fn field(&self) -> Field {
        let level = |slots: &[[f64; 2]]| SharedLevel {
            address: slots.as_ptr() as usize,
            slots: slots.len() as i64,
        };
        Field {
            data: self.column.as_ptr() as usize,
            capacity: self.capacity,
            levels: self.levels.iter().map(|slots| level(slots)).collect(),
            reducer: self.reducer,
        }
    }

    fn closed(&self, first: i64, closed_last: i64) -> Closed {
        // SAFETY: the memory lives as long as `self`; callers drop the rows before that.
        unsafe { Closed::new(self.field(), first, closed_last) }.expect("a field that can be")
    }
}

fn ask_everything(closed: &Closed, windows: &[(i64, i64)]) {
    for &window in windows {
        black_box((closed.bounds(window), closed.positions(window)));
    }
    let each = || windows.iter().copied();
    let fields = std::array::from_fn(|_| closed.clone());
    black_box((
        closed.columns(each()),
        closed.sums(each(), None),
        closed.sums(each(), Some(0.1)),
        ohlc_columns(&fields, each()),
    ));
}

/// A ring as its writer leaves it: of any fill, anywhere around the wrap and around row 0.
///
/// # Panics
/// When an answer is not that of a scan of the closed rows.
pub fn ring(source: &mut Source) {
    let capacity = source.pick(&[1, 7, 64, 100, 512, 640, 1024]);
    let values = source.series(capacity as usize);
    let first = match source.below(3) {
        0 => source.between(-1100, 1100),
        1 => source.pick(&[0, -64, 64, -512, 512]),
        _ => source.pick(&[1 << 40, -(1 << 40)]) + source.between(-70, 70),
    };
    let reducer = source.pick(&[Reducer::MinMax, Reducer::Sum]);
    let memory = Memory::new(&values, first, capacity, reducer);
    let closed_last = first + (values.len() as i64 - 1).max(0);
    let closed = memory.closed(first, closed_last);
    for _ in 0..4 {
        let asked = (
            first + source.between(-9, capacity + 9),
            first + source.between(-9, capacity + 9),
        );
        let start = asked.0.clamp(first, closed_last);
        let stop = asked.1.clamp(start, closed_last);
        let window = &values[(start - first) as usize..(stop - first) as usize];
        assert_eq!(closed.bounds(asked), bounds_twin(window));
        let moved = |(min, max)| (start + min, start + max);
        assert_eq!(closed.positions(asked), positions_twin(window).map(moved));
        let found = closed.columns(std::iter::once(asked))[0].map(Extremes::to_array);
        assert_eq!(found, extremes_twin(window));
        let sum = sum_twin(&|row| values[(row - first) as usize], start, stop);
        let bits = |sum: Option<f64>| sum.map(f64::to_bits);
        let sums = closed.sums(std::iter::once(asked), None);
        assert!(
            bits(sums[0]) == bits(sum) || sum.is_some_and(f64::is_nan),
            "{sum:?}"
        );
        // The live row counts as if it were closed, and its memory is not looked at.
        if let Some(&live) = values.last() {
            let start = asked.0.clamp(first, closed_last + 1);
            let stop = asked.1.clamp(start, closed_last + 1);
            let sum = sum_twin(&|row| values[(row - first) as usize], start, stop);
            let sums = closed.sums(std::iter::once(asked), Some(live));
            assert!(
                bits(sums[0]) == bits(sum) || sum.is_some_and(f64::is_nan),
                "{sum:?}"
            );
        }
        let fields = std::array::from_fn(|_| closed.clone());
        let expected = extremes_twin(window).map_or([None; 4], |four| {
            [four[0], four[2], four[1], four[3]].map(Some)
        });
        assert_eq!(ohlc_columns(&fields, std::iter::once(asked)), [expected]);
    }
}

/// A ring whose writer went on or died amid a change: any counters, rows and nodes that say anything.
/// Answers mean nothing then; what counts is that nothing outside of the memory is read.
pub fn torn(source: &mut Source) {
    let capacity = source.between(1, 1500);
    let reducer = source.pick(&[Reducer::MinMax, Reducer::Sum]);
    let mut memory = Memory::new(&[], 0, capacity, reducer);
    memory.column = source.values(2 * capacity as usize);
    for slot in memory.levels.iter_mut().flatten() {
        *slot = [source.float(), source.float()];
    }
    let mut row = || match source.below(3) {
        0 => source.integer().clamp(-MOST_ROWS, MOST_ROWS),
        1 => source.pick(&[MOST_ROWS, -MOST_ROWS]),
        _ => source.between(-3000, 3000),
    };
    let closed = memory.closed(row(), row());
    let windows: Vec<_> = (0..6)
        .map(|_| (source.integer(), source.integer()))
        .collect();
    ask_everything(&closed, &windows);
    ask_everything(&closed, &[(i64::MIN, i64::MAX), (-1500, 1500), (0, 64)]);
}

/// Descriptions that may be of no ring: refused, or as good as one.
///
/// # Panics
/// When one is taken whose parts cannot be.
pub fn refused(source: &mut Source) {
    let memory = Memory::new(&source.values(64), 0, 64, Reducer::MinMax);
    let mut field = memory.field();
    let (mut first, mut closed_last) = (0, 63);
    match source.below(5) {
        0 => field.capacity = source.integer().min(64),
        1 => field.data = source.pick(&[0, field.data + 1, field.data + 4, field.data]),
        2 => field.levels[0].slots = source.integer().min(2),
        3 => field.levels[0].address = source.pick(&[0, field.data + 3, field.data]),
        _ => (first, closed_last) = (source.integer(), source.integer()),
    }
    let can_be = field.capacity > 0
        && field.data == memory.column.as_ptr() as usize
        && field.levels[0].slots > 0
        && field.levels[0].address != 0
        && field.levels[0].address.is_multiple_of(8)
        && [first, closed_last]
            .iter()
            .all(|row| (-MOST_ROWS..=MOST_ROWS).contains(row));
    // SAFETY: what lies where it should lives longer than this function; the rest is to be refused.
    let found = unsafe { Closed::new(field, first, closed_last) };
    assert_eq!(found.is_ok(), can_be);
    if let Ok(closed) = found {
        ask_everything(&closed, &[(0, 64)]);
    }
}
