//! Queries over the columns and pyramids of a shared ring, read in place.
//!
//! A ring is given by raw addresses, because its memory changes while it is read: no slice may exist
//! over it. What is asked of them is in `piker_series::ring`.

use numpy::PyArray1;
use piker_series::Reducer;
use piker_series::ring::{self, Closed, Field, FieldError};
use piker_series::rows::SharedLevel;
use pyo3::prelude::*;

use crate::arrays::{FourColumns, Read, four_columns, one_column, or_gap, or_nans, slice};
use crate::door::{input_error, released};
use crate::pyramid::or_nan;

/// One field of a ring, as `piker.shm` describes it.
pub struct FieldView(Field);

impl<'py> FromPyObject<'_, 'py> for FieldView {
    type Error = PyErr;

    fn extract(view: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let py = view.py();
        // Whatever an object raises when it is asked for what views have.
        let refuse = |error: PyErr| {
            input_error(
                py,
                &format!("invalid view: not one of a ring's field ({error})"),
            )
        };
        Self::read(&view).map_err(refuse)
    }
}

impl FieldView {
    fn read(view: &Bound<'_, PyAny>) -> PyResult<Self> {
        let levels: Vec<(usize, i64)> = view.getattr("levels")?.extract()?;
        let reducer: String = view.getattr("reducer")?.extract()?;
        let level = |(address, slots)| SharedLevel { address, slots };
        Ok(Self(Field {
            data: view.getattr("data")?.extract()?,
            capacity: view.getattr("capacity")?.extract()?,
            levels: levels.into_iter().map(level).collect(),
            reducer: match reducer.as_str() {
                "minmax" => Reducer::MinMax,
                "sum" => Reducer::Sum,
                _ => {
                    let message = format!("neither 'minmax' nor 'sum' is its reducer {reducer:?}");
                    return Err(input_error(view.py(), &message));
                }
            },
        }))
    }

    /// The closed rows, or what is wrong with the view or the counters.
    fn closed(self, py: Python<'_>, first: i64, closed_last: i64) -> PyResult<Closed> {
        // SAFETY: `piker.kernels` demands of its caller that the memory is mapped during the call.
        unsafe { Closed::new(self.0, first, closed_last) }.map_err(|error| {
            let message = match error {
                FieldError::Capacity(was) => {
                    format!("invalid capacity: not a number of rows, was {was}")
                }
                FieldError::Address(was) => {
                    format!("invalid address: not one of float64, was {was}")
                }
                FieldError::Slots(was) => {
                    format!("invalid slots: not a positive number, was {was}")
                }
                FieldError::First(was) => format!("invalid first: not a row, was {was}"),
                FieldError::ClosedLast(was) => {
                    format!("invalid closed_last: not a row, was {was}")
                }
            };
            input_error(py, &message)
        })
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
    Ok(or_nans(released(py, || closed.bounds((start, stop)))))
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
    Ok(released(py, || closed.positions((start, stop))))
}

/// First, min, max and last finite value of the closed rows between edges.
#[pyfunction]
pub fn ring_columns<'py>(
    py: Python<'py>,
    view: FieldView,
    first: i64,
    closed_last: i64,
    edges: Read<'py, i64>,
) -> PyResult<FourColumns<'py>> {
    let closed = view.closed(py, first, closed_last)?;
    let windows = windows(py, slice(&edges, "edges")?)?;
    let found = released(py, || closed.columns(windows));
    four_columns(py, found.into_iter().map(or_nan).collect())
}

/// Canonical sum of the finite values of the closed rows between edges, and of the row behind them.
#[pyfunction]
#[pyo3(signature = (view, first, closed_last, edges, live=None))]
pub fn ring_sums<'py>(
    py: Python<'py>,
    view: FieldView,
    first: i64,
    closed_last: i64,
    edges: Read<'py, i64>,
    live: Option<f64>,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let closed = view.closed(py, first, closed_last)?;
    let windows = windows(py, slice(&edges, "edges")?)?;
    let found = released(py, || closed.sums(windows, live));
    Ok(one_column(py, found.into_iter().map(or_gap).collect()))
}

/// First open, highest high, lowest low and last close of the closed rows between edges.
#[pyfunction]
pub fn ring_ohlc_columns<'py>(
    py: Python<'py>,
    views: (FieldView, FieldView, FieldView, FieldView),
    first: i64,
    closed_last: i64,
    edges: Read<'py, i64>,
) -> PyResult<FourColumns<'py>> {
    let fields = [
        views.0.closed(py, first, closed_last)?,
        views.1.closed(py, first, closed_last)?,
        views.2.closed(py, first, closed_last)?,
        views.3.closed(py, first, closed_last)?,
    ];
    let windows = windows(py, slice(&edges, "edges")?)?;
    let found = released(py, || ring::ohlc_columns(&fields, windows));
    four_columns(py, found.into_iter().map(|bar| bar.map(or_gap)).collect())
}
