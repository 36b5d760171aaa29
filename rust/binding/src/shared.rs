//! Queries of a ring in shared memory, by the addresses that its owner vouches for.
//!
//! A view is what `piker.shm` calls `FieldView`: the address of a column that is mapped twice in a
//! row, its capacity, and address and slots of each pyramid level. What is read may be changing; the
//! caller checks the ring's counters afterwards (`piker.data.columns`).

use numpy::{PyArray1, PyArray2, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use piker_series::rows::SharedLevel;
use piker_series::{SharedNodes, SharedRows, query};

use crate::{columns_table, optional_array, quiet};

/// A column and its pyramid, as `FieldView` has them.
#[derive(FromPyObject)]
struct View {
    data: usize,
    capacity: i64,
    levels: Vec<(usize, i64)>,
}

/// The closed rows of a view that a query may touch.
struct Window {
    rows: SharedRows,
    nodes: SharedNodes,
    first: i64,
    closed_last: i64,
}

impl View {
    fn window(&self, first: i64, closed_last: i64) -> PyResult<Window> {
        if self.data == 0 || self.data % 8 != 0 || self.capacity <= 0 {
            return Err(PyValueError::new_err("view: not a column of a ring"));
        }
        if self
            .levels
            .iter()
            .any(|&(address, slots)| address == 0 || address % 8 != 0 || slots <= 0)
        {
            return Err(PyValueError::new_err("view: not a pyramid of a ring"));
        }
        // A row more than the capacity may be asked for only by a caller whose counters are stale:
        // what lies beyond is left out, so that no address leaves the two mappings.
        let closed_last = closed_last
            .min(first.saturating_add(self.capacity))
            .max(first);
        let levels = self
            .levels
            .iter()
            .map(|&(address, slots)| SharedLevel { address, slots })
            .collect();
        // SAFETY: `FieldView` is made by the ring alone, which keeps column and levels mapped while
        // it lives; the caller holds the ring during the call.
        let (rows, nodes) = unsafe {
            (
                SharedRows::new(self.data, self.capacity, first),
                SharedNodes::new(levels, first, closed_last),
            )
        };
        Ok(Window {
            rows,
            nodes,
            first,
            closed_last,
        })
    }
}

impl Window {
    /// The part of `[start, stop)` that exists.
    fn clamp(&self, start: i64, stop: i64) -> (i64, i64) {
        let start = start.clamp(self.first, self.closed_last);
        (start, stop.clamp(start, self.closed_last))
    }
}

/// Adjoining pairs of ascending edges.
fn pairs(edges: &[i64]) -> PyResult<Vec<(i64, i64)>> {
    if !edges.is_sorted() {
        return Err(PyValueError::new_err("edges: not ascending"));
    }
    Ok(edges.windows(2).map(|pair| (pair[0], pair[1])).collect())
}

fn contiguous<'a>(edges: &'a PyReadonlyArray1<'_, i64>) -> PyResult<&'a [i64]> {
    edges
        .as_slice()
        .map_err(|_| PyValueError::new_err("edges: not contiguous"))
}

/// Least and greatest finite value of closed rows [start, stop); NaN twice where there is none.
#[pyfunction]
fn ring_bounds(
    py: Python<'_>,
    view: View,
    first: i64,
    closed_last: i64,
    start: i64,
    stop: i64,
) -> PyResult<(f64, f64)> {
    let window = view.window(first, closed_last)?;
    let (start, stop) = window.clamp(start, stop);
    let rows = &window;
    let found = quiet_shared(py, rows, |window| {
        query::bounds(&window.rows, &window.nodes, start, stop)
    });
    Ok(found.unwrap_or((f64::NAN, f64::NAN)))
}

/// First, min, max, last of closed rows [edges[k], edges[k + 1]), shape (m, 4); NaN where empty.
#[pyfunction]
fn ring_columns<'py>(
    py: Python<'py>,
    view: View,
    first: i64,
    closed_last: i64,
    edges: PyReadonlyArray1<'py, i64>,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let window = view.window(first, closed_last)?;
    let pairs = pairs(contiguous(&edges)?)?;
    let found = quiet_shared(py, &window, |window| {
        pairs
            .iter()
            .map(|&(start, stop)| {
                let (start, stop) = window.clamp(start, stop);
                query::extremes(&window.rows, &window.nodes, start, stop)
            })
            .collect::<Vec<_>>()
    });
    Ok(columns_table(py, &found))
}

/// Canonical sum of closed rows [edges[k], edges[k + 1]), shape (m,); NaN where none is finite.
#[pyfunction]
fn ring_sums<'py>(
    py: Python<'py>,
    view: View,
    first: i64,
    closed_last: i64,
    edges: PyReadonlyArray1<'py, i64>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let window = view.window(first, closed_last)?;
    let pairs = pairs(contiguous(&edges)?)?;
    let found = quiet_shared(py, &window, |window| {
        pairs
            .iter()
            .map(|&(start, stop)| {
                let (start, stop) = window.clamp(start, stop);
                query::sum(&window.rows, &window.nodes, start, stop)
            })
            .collect::<Vec<_>>()
    });
    Ok(optional_array(py, &found))
}

/// First open, highest high, lowest low, last close of closed rows [edges[k], edges[k + 1]).
#[pyfunction]
fn ring_ohlc_columns<'py>(
    py: Python<'py>,
    views: [View; 4],
    first: i64,
    closed_last: i64,
    edges: PyReadonlyArray1<'py, i64>,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let [open, high, low, close] = views;
    let windows = [
        open.window(first, closed_last)?,
        high.window(first, closed_last)?,
        low.window(first, closed_last)?,
        close.window(first, closed_last)?,
    ];
    let pairs = pairs(contiguous(&edges)?)?;
    let found = quiet_shared(py, &windows, |[open, high, low, close]| {
        pairs
            .iter()
            .map(|&(start, stop)| {
                let (start, stop) = open.clamp(start, stop);
                let bounds =
                    |window: &Window| query::bounds(&window.rows, &window.nodes, start, stop);
                Some([
                    query::first(&open.rows, &open.nodes, start, stop)?,
                    bounds(high)?.1,
                    bounds(low)?.0,
                    query::last(&close.rows, &close.nodes, start, stop)?,
                ])
            })
            .map(|column| column.unwrap_or([f64::NAN; 4]))
            .collect::<Vec<_>>()
    });
    Ok(crate::table(py, &found))
}

/// Raw addresses do not cross threads by themselves; here the same thread goes on without the GIL.
struct Carried<T>(T);

// SAFETY: `quiet` runs its work on the calling thread; nothing is sent anywhere.
unsafe impl<T> Send for Carried<T> {}

fn quiet_shared<W, T: Send>(py: Python<'_>, windows: &W, work: impl FnOnce(&W) -> T) -> T {
    let carried = Carried((windows, work));
    quiet(py, move || {
        let whole = carried;
        let Carried((windows, work)) = whole;
        work(windows)
    })
}

/// Add the functions of this module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(ring_bounds, module)?)?;
    module.add_function(wrap_pyfunction!(ring_columns, module)?)?;
    module.add_function(wrap_pyfunction!(ring_sums, module)?)?;
    module.add_function(wrap_pyfunction!(ring_ohlc_columns, module)?)
}
