//! Queries over the columns and pyramids of a shared ring, read in place.
//!
//! A ring is given by raw addresses, because its memory changes while it is read: no slice may exist
//! over it. Windows are clamped to the closed rows that the ring can hold; nothing outside of the
//! mapping is ever read, whatever the counters say. Whether rows were overwritten in the meantime is
//! for the caller to check.

use numpy::{PyArray1, PyReadonlyArray1};
use piker_series::rows::SharedLevel;
use piker_series::{Reducer, SharedNodes, SharedRows, query};
use pyo3::prelude::*;

use crate::arrays::{FourColumns, four_columns, one_column, or_nans, slice};
use crate::door::{input_error, released};
use crate::pyramid::or_nan;

/// Row indices stay below this, far from where they would overflow.
const MOST_ROWS: i64 = 1 << 52;

/// One field of a ring, as `piker.shm` describes it.
#[derive(FromPyObject)]
pub struct FieldView {
    data: usize,
    capacity: i64,
    levels: Vec<(usize, i64)>,
    reducer: String,
}

/// The closed rows of a field that may be read.
struct Closed {
    field: FieldView,
    first: i64,
    last: i64,
}

impl FieldView {
    /// Check all that can be checked without a look at the memory, and clamp the rows.
    fn closed(self, py: Python<'_>, first: i64, closed_last: i64) -> PyResult<Closed> {
        let refuse =
            |what: &str, was: i64| Err(input_error(py, &format!("invalid {what}, was {was}")));
        if !(1..=MOST_ROWS).contains(&self.capacity) {
            return refuse("capacity: not a number of rows", self.capacity);
        }
        for (what, index) in [("first", first), ("closed_last", closed_last)] {
            if index.abs() > MOST_ROWS {
                return refuse(&format!("{what}: not a row"), index);
            }
        }
        for address in std::iter::once(self.data).chain(self.levels.iter().map(|level| level.0)) {
            if address == 0 || address % align_of::<f64>() != 0 {
                return refuse("address: not one of float64", address as i64);
            }
        }
        if let Some(&(_, slots)) = self.levels.iter().find(|level| level.1 < 1) {
            return refuse("slots: not a positive number", slots);
        }
        // The writer may have gone on between the reads of the two counters.
        let first = first.max(closed_last - self.capacity);
        Ok(Closed {
            field: self,
            first,
            last: closed_last.max(first),
        })
    }
}

impl Closed {
    /// The part of a window that is there.
    fn clamp(&self, start: i64, stop: i64) -> (i64, i64) {
        let start = start.clamp(self.first, self.last);
        (start, stop.clamp(start, self.last))
    }

    fn rows(&self) -> SharedRows {
        // SAFETY: `piker.kernels` demands of its caller that the column is mapped twice in a row
        // during the call. All windows are clamped to at most `capacity` rows from `first` on.
        unsafe { SharedRows::new(self.field.data, self.field.capacity, self.first) }
    }

    /// The nodes of closed rows, none where they hold something else than is asked for.
    fn nodes(&self, reducer: Reducer) -> SharedNodes {
        let name = match reducer {
            Reducer::MinMax => "minmax",
            Reducer::Sum => "sum",
        };
        let found = if self.field.reducer == name {
            self.field.levels.as_slice()
        } else {
            &[]
        };
        let levels = found
            .iter()
            .map(|&(address, slots)| SharedLevel { address, slots })
            .collect();
        // SAFETY: as for `rows`; addresses are aligned and slots positive, as `closed` checked.
        unsafe { SharedNodes::new(levels, self.first, self.last) }
    }
}

/// The windows between ascending edges.
fn windows<'a>(
    py: Python<'_>,
    edges: &'a [i64],
) -> PyResult<impl Iterator<Item = (i64, i64)> + Clone + 'a> {
    if edges.is_empty() {
        return Err(input_error(
            py,
            "invalid edges: empty, at least one edge is needed",
        ));
    }
    if let Some(at) = edges.windows(2).position(|pair| pair[1] < pair[0]) {
        let message = format!(
            "invalid edges: not ascending at {}, was {}",
            at + 1,
            edges[at + 1]
        );
        return Err(input_error(py, &message));
    }
    Ok(edges.windows(2).map(|pair| (pair[0], pair[1])))
}

/// The least and the greatest finite value of closed rows, NaN twice where there is none.
#[pyfunction]
pub fn ring_bounds(
    py: Python<'_>,
    view: FieldView,
    first: i64,
    closed_last: i64,
    start: i64,
    stop: i64,
) -> PyResult<(f64, f64)> {
    let closed = view.closed(py, first, closed_last)?;
    Ok(or_nans(released(py, || {
        let (start, stop) = closed.clamp(start, stop);
        query::bounds(&closed.rows(), &closed.nodes(Reducer::MinMax), start, stop)
    })))
}

/// Where the least and the greatest finite value of closed rows stand first.
#[pyfunction]
pub fn ring_positions(
    py: Python<'_>,
    view: FieldView,
    first: i64,
    closed_last: i64,
    start: i64,
    stop: i64,
) -> PyResult<Option<(i64, i64)>> {
    let closed = view.closed(py, first, closed_last)?;
    Ok(released(py, || {
        let (start, stop) = closed.clamp(start, stop);
        query::positions(&closed.rows(), &closed.nodes(Reducer::MinMax), start, stop)
    }))
}

/// First, min, max and last finite value of the closed rows between edges.
#[pyfunction]
pub fn ring_columns<'py>(
    py: Python<'py>,
    view: FieldView,
    first: i64,
    closed_last: i64,
    edges: PyReadonlyArray1<'py, i64>,
) -> PyResult<FourColumns<'py>> {
    let closed = view.closed(py, first, closed_last)?;
    let windows = windows(py, slice(&edges, "edges")?)?;
    let found = released(py, || {
        let (rows, nodes) = (closed.rows(), closed.nodes(Reducer::MinMax));
        let windows = windows.map(|(start, stop)| closed.clamp(start, stop));
        query::each(&rows, &nodes, windows, query::extremes)
            .map(or_nan)
            .collect()
    });
    four_columns(py, found)
}

/// Canonical sum of the finite values of the closed rows between edges.
#[pyfunction]
pub fn ring_sums<'py>(
    py: Python<'py>,
    view: FieldView,
    first: i64,
    closed_last: i64,
    edges: PyReadonlyArray1<'py, i64>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let closed = view.closed(py, first, closed_last)?;
    let windows = windows(py, slice(&edges, "edges")?)?;
    let found = released(py, || {
        let (rows, nodes) = (closed.rows(), closed.nodes(Reducer::Sum));
        let windows = windows.map(|(start, stop)| closed.clamp(start, stop));
        query::each(&rows, &nodes, windows, query::sum)
            .map(|sum| sum.unwrap_or(f64::NAN))
            .collect()
    });
    Ok(one_column(py, found))
}

/// First open, highest high, lowest low and last close of the closed rows between edges.
#[pyfunction]
pub fn ring_ohlc_columns<'py>(
    py: Python<'py>,
    views: (FieldView, FieldView, FieldView, FieldView),
    first: i64,
    closed_last: i64,
    edges: PyReadonlyArray1<'py, i64>,
) -> PyResult<FourColumns<'py>> {
    let open = views.0.closed(py, first, closed_last)?;
    let high = views.1.closed(py, first, closed_last)?;
    let low = views.2.closed(py, first, closed_last)?;
    let close = views.3.closed(py, first, closed_last)?;
    let windows = windows(py, slice(&edges, "edges")?)?;
    let found = released(py, || {
        let reach = |field: &Closed| (field.rows(), field.nodes(Reducer::MinMax));
        let (opens, highs) = (reach(&open), reach(&high));
        let (lows, closes) = (reach(&low), reach(&close));
        windows
            .map(|(start, stop)| {
                let (from, to) = open.clamp(start, stop);
                let first_open = query::first(&opens.0, &opens.1, from, to);
                let (from, to) = high.clamp(start, stop);
                let max_high = query::bounds(&highs.0, &highs.1, from, to).map(|bounds| bounds.1);
                let (from, to) = low.clamp(start, stop);
                let min_low = query::bounds(&lows.0, &lows.1, from, to).map(|bounds| bounds.0);
                let (from, to) = close.clamp(start, stop);
                let last_close = query::last(&closes.0, &closes.1, from, to);
                [first_open, max_high, min_low, last_close].map(|value| value.unwrap_or(f64::NAN))
            })
            .collect()
    });
    four_columns(py, found)
}
