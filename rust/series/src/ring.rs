//! A field of a shared ring by its addresses, and questions about its closed rows.
//!
//! The counters are read while the writer goes on, so that they may fit neither each other nor the
//! rows; windows are clamped to rows that lie within the mapping, whatever they say. Whether rows were
//! overwritten in the meantime is for the caller to check.

use crate::extremes::Extremes;
use crate::query;
use crate::rows::{Reducer, Rows, SharedLevel, SharedNodes, SharedRows};

/// Row indices and capacities stay below this, far from where they would overflow.
pub const MOST_ROWS: i64 = 1 << 52;

/// Where a column and its pyramid lie.
#[derive(Clone, Debug)]
pub struct Field {
    /// Address of the column, which is mapped twice in a row.
    pub data: usize,
    /// Rows of the column.
    pub capacity: i64,
    /// The levels of its pyramid, leaves first.
    pub levels: Vec<SharedLevel>,
    /// What the nodes say.
    pub reducer: Reducer,
}

/// Why a description cannot be that of a ring's field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldError {
    /// Not a number of rows.
    Capacity(i64),
    /// Null, or not aligned for `f64`.
    Address(usize),
    /// A level of this many slots.
    Slots(i64),
    /// Not the index of a first row.
    First(i64),
    /// Not the index behind a closed row.
    ClosedLast(i64),
}

/// The closed rows of a field that may be read.
#[derive(Clone, Debug)]
pub struct Closed {
    field: Field,
    first: i64,
    last: i64,
    /// Whether row `last` is the one behind the closed ones: not where the counters did not fit.
    is_followed: bool,
}

/// Closed rows, and the value of the one behind them.
#[derive(Clone, Copy, Debug)]
struct WithLive {
    closed: SharedRows,
    index: i64,
    value: f64,
}

impl Rows for WithLive {
    fn value(&self, index: i64) -> f64 {
        if index == self.index {
            self.value
        } else {
            self.closed.value(index)
        }
    }

    fn fetch(&self, start: i64, stop: i64) {
        self.closed.fetch(start, stop);
    }
}

impl Closed {
    /// The closed rows `[first, closed_last)`, as far as the column holds that many.
    ///
    /// # Errors
    /// When what can be checked without a look at the memory is wrong.
    ///
    /// # Safety
    /// The column and the levels are where the field says, the column mapped twice in a row, as long
    /// as this value lives.
    pub unsafe fn new(field: Field, first: i64, closed_last: i64) -> Result<Self, FieldError> {
        if !(1..=MOST_ROWS).contains(&field.capacity) {
            return Err(FieldError::Capacity(field.capacity));
        }
        if !(-MOST_ROWS..=MOST_ROWS).contains(&first) {
            return Err(FieldError::First(first));
        }
        if !(-MOST_ROWS..=MOST_ROWS).contains(&closed_last) {
            return Err(FieldError::ClosedLast(closed_last));
        }
        for address in
            std::iter::once(field.data).chain(field.levels.iter().map(|level| level.address))
        {
            if address == 0 || !address.is_multiple_of(align_of::<f64>()) {
                return Err(FieldError::Address(address));
            }
        }
        if let Some(level) = field.levels.iter().find(|level| level.slots < 1) {
            return Err(FieldError::Slots(level.slots));
        }
        // The writer may have gone on between the reads of the two counters.
        let first = first.max(closed_last - field.capacity);
        Ok(Self {
            field,
            first,
            last: closed_last.max(first),
            is_followed: first <= closed_last,
        })
    }

    fn rows(&self) -> SharedRows {
        // SAFETY: by `new`'s contract; all windows are clamped to at most `capacity` rows from `first`.
        unsafe { SharedRows::new(self.field.data, self.field.capacity, self.first) }
    }

    /// The part of a window that is there.
    fn clamp(&self, (start, stop): (i64, i64)) -> (i64, i64) {
        let start = start.clamp(self.first, self.last);
        (start, stop.clamp(start, self.last))
    }

    /// The nodes of closed rows, none where they say something else than is asked for.
    fn nodes(&self, reducer: Reducer) -> SharedNodes {
        let levels = if self.field.reducer == reducer {
            self.field.levels.clone()
        } else {
            Vec::new()
        };
        // SAFETY: as for `rows`; addresses are aligned and slots positive, as `new` checked.
        unsafe { SharedNodes::new(levels, self.first, self.last) }
    }

    /// The least and the greatest finite value of a window.
    #[must_use]
    pub fn bounds(&self, window: (i64, i64)) -> Option<(f64, f64)> {
        let (start, stop) = self.clamp(window);
        query::bounds(&self.rows(), &self.nodes(Reducer::MinMax), start, stop)
    }

    /// Where the least and the greatest finite value of a window stand first.
    #[must_use]
    pub fn positions(&self, window: (i64, i64)) -> Option<(i64, i64)> {
        let (start, stop) = self.clamp(window);
        query::positions(&self.rows(), &self.nodes(Reducer::MinMax), start, stop)
    }

    /// First, least, greatest and last finite value of each window.
    pub fn columns(
        &self,
        windows: impl Iterator<Item = (i64, i64)> + Clone,
    ) -> Vec<Option<Extremes>> {
        let (rows, nodes) = (self.rows(), self.nodes(Reducer::MinMax));
        let windows = windows.map(|window| self.clamp(window));
        query::each(&rows, &nodes, windows, query::extremes).collect()
    }

    /// Canonical sum of the finite values of each window; `live` is the value of the row behind the
    /// closed ones, where there is one.
    ///
    /// The row takes its place among the others rather than being added behind their sum, so that a
    /// sum does not change when the row closes.
    pub fn sums(
        &self,
        windows: impl Iterator<Item = (i64, i64)> + Clone,
        live: Option<f64>,
    ) -> Vec<Option<f64>> {
        let (rows, nodes) = (self.rows(), self.nodes(Reducer::Sum));
        let Some(value) = live.filter(|_| self.is_followed) else {
            let windows = windows.map(|window| self.clamp(window));
            return query::each(&rows, &nodes, windows, query::sum).collect();
        };
        let rows = WithLive {
            closed: rows,
            index: self.last,
            value,
        };
        let windows = windows.map(|(start, stop)| {
            let start = start.clamp(self.first, self.last + 1);
            (start, stop.clamp(start, self.last + 1))
        });
        query::each(&rows, &nodes, windows, query::sum).collect()
    }
}

/// First open, highest high, lowest low and last close of each window; the fields in this order.
pub fn ohlc_columns(
    fields: &[Closed; 4],
    windows: impl Iterator<Item = (i64, i64)>,
) -> Vec<[Option<f64>; 4]> {
    let reach = fields
        .each_ref()
        .map(|field| (field, field.rows(), field.nodes(Reducer::MinMax)));
    let [opens, highs, lows, closes] = &reach;
    let greatest = |bounds: (f64, f64)| bounds.1;
    let least = |bounds: (f64, f64)| bounds.0;
    windows
        .map(|window| {
            let (start, stop) = opens.0.clamp(window);
            let open = query::first(&opens.1, &opens.2, start, stop);
            let (start, stop) = highs.0.clamp(window);
            let high = query::bounds(&highs.1, &highs.2, start, stop).map(greatest);
            let (start, stop) = lows.0.clamp(window);
            let low = query::bounds(&lows.1, &lows.2, start, stop).map(least);
            let (start, stop) = closes.0.clamp(window);
            let close = query::last(&closes.1, &closes.2, start, stop);
            [open, high, low, close]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELD: Field = Field {
        data: 8,
        capacity: 4,
        levels: Vec::new(),
        reducer: Reducer::MinMax,
    };

    fn refusal(field: Field, first: i64, closed_last: i64) -> Option<FieldError> {
        // SAFETY: nothing is read.
        unsafe { Closed::new(field, first, closed_last) }.err()
    }

    #[test]
    fn descriptions_that_cannot_be_are_refused() {
        assert_eq!(refusal(FIELD, 0, 4), None);
        for capacity in [0, -1, MOST_ROWS + 1, i64::MAX] {
            let wrong = Field { capacity, ..FIELD };
            assert_eq!(refusal(wrong, 0, 4), Some(FieldError::Capacity(capacity)));
        }
        for row in [i64::MIN, -MOST_ROWS - 1, MOST_ROWS + 1, i64::MAX] {
            assert_eq!(refusal(FIELD, row, 4), Some(FieldError::First(row)));
            assert_eq!(refusal(FIELD, 0, row), Some(FieldError::ClosedLast(row)));
        }
        for data in [0, 12] {
            let wrong = Field { data, ..FIELD };
            assert_eq!(refusal(wrong, 0, 4), Some(FieldError::Address(data)));
        }
        for (address, slots, error) in [
            (0, 1, FieldError::Address(0)),
            (9, 1, FieldError::Address(9)),
            (8, 0, FieldError::Slots(0)),
        ] {
            let levels = vec![SharedLevel { address, slots }];
            assert_eq!(refusal(Field { levels, ..FIELD }, 0, 4), Some(error));
        }
    }

    #[test]
    fn a_sum_with_the_live_row_is_that_of_the_row_closed() {
        let column: Vec<f64> = (0..2048).map(|k| 0.1 * f64::from(k % 2048 % 13)).collect();
        let field = Field {
            data: column.as_ptr() as usize,
            capacity: 1024,
            reducer: Reducer::Sum,
            ..FIELD
        };
        let ask = |first: i64, closed_last: i64, live: Option<f64>| {
            // SAFETY: `column` holds 1024 rows, which are not asked for across the wrap.
            let closed = unsafe { Closed::new(field.clone(), first, closed_last) }.unwrap();
            closed.sums([(0, 512), (500, 600), (512, 513)].into_iter(), live)
        };
        for last in [0, 1, 63, 64, 511, 512, 550, 599, 600] {
            let live = column[last as usize];
            assert_eq!(ask(0, last, Some(live)), ask(0, last + 1, None), "{last}");
        }
        assert_eq!(ask(0, 512, Some(f64::NAN)), ask(0, 512, None));
        // Whose row a value is where the counters do not fit is not known.
        assert_eq!(ask(513, 512, Some(1.0)), [None; 3]);
    }

    #[test]
    fn counters_of_any_kind_lead_to_rows_of_the_column_only() {
        let column = [1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0, 4.0];
        let field = Field {
            data: column.as_ptr() as usize,
            ..FIELD
        };
        for (first, closed_last, expected) in [
            (0, 4, Some((1.0, 4.0))),
            (0, 2, Some((1.0, 2.0))),
            (-MOST_ROWS, 6, Some((1.0, 4.0))),
            (5, 7, Some((2.0, 3.0))),
            (7, 5, None),
            (MOST_ROWS, -MOST_ROWS, None),
        ] {
            // SAFETY: `column` holds four rows twice and lives until the end of the test.
            let closed = unsafe { Closed::new(field.clone(), first, closed_last) }.unwrap();
            assert_eq!(closed.bounds((i64::MIN, i64::MAX)), expected);
            assert_eq!(closed.bounds((i64::MAX, i64::MIN)), None);
        }
    }
}
