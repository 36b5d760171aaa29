//! The pyramid over an array that grows.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use numpy::PyArray1;
use piker_series::{Extremes, Reducer};
use pyo3::prelude::*;

use crate::arrays::{FourColumns, Values, four_columns, one_column, or_gap, or_nans, slice};
use crate::door::{input_error, released};

/// More columns than any screen has, and few enough to allocate.
const MOST_COLUMNS: i64 = 1 << 20;

/// Values that grow at both ends, with a pyramid. Threads may share it.
#[pyclass(frozen, module = "piker._rust")]
pub struct Pyramid {
    inner: RwLock<piker_series::Pyramid>,
}

impl Pyramid {
    // A panic cannot leave values half changed for long: the next reader sees a valid pyramid.
    fn read(&self) -> RwLockReadGuard<'_, piker_series::Pyramid> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, piker_series::Pyramid> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Equal parts of a window, part k from row `start + k * rows / count` on, rounded down.
///
/// The edges are exact, and no product of rows and columns has to fit 64 bits: what the division
/// leaves is carried on from part to part.
#[derive(Clone)]
struct Parts {
    count: i64,
    whole: i64,
    rest: i64,
    edge: i64,
    carried: i64,
    left: i64,
}

impl Parts {
    fn new(start: i64, rows: i64, count: i64) -> Self {
        Self {
            count,
            whole: rows.checked_div(count).unwrap_or(0),
            rest: rows.checked_rem(count).unwrap_or(0),
            edge: start,
            carried: 0,
            left: count,
        }
    }
}

impl Iterator for Parts {
    type Item = (i64, i64);

    fn next(&mut self) -> Option<(i64, i64)> {
        self.left = self.left.checked_sub(1).filter(|&left| left >= 0)?;
        let start = self.edge;
        self.carried += self.rest;
        let is_over = self.carried >= self.count;
        self.carried -= if is_over { self.count } else { 0 };
        self.edge += self.whole + i64::from(is_over);
        Some((start, self.edge))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl Pyramid {
    /// What `query` finds for each of `count` equal parts of a window.
    fn parts<T: Send>(
        &self,
        py: Python<'_>,
        start: i64,
        stop: i64,
        count: i64,
        query: impl FnOnce(&piker_series::Pyramid, Parts) -> Vec<T> + Send,
    ) -> PyResult<Vec<T>> {
        if !(0..=MOST_COLUMNS).contains(&count) {
            let message = format!("invalid count: not within 0 and {MOST_COLUMNS}, was {count}");
            return Err(input_error(py, &message));
        }
        released(py, || {
            let pyramid = self.read();
            check_window(start, stop, pyramid.len())?;
            Ok(query(&pyramid, Parts::new(start, stop - start, count)))
        })
        .map_err(|message: String| input_error(py, &message))
    }
}

/// Whether a window lies within `len` rows, else what is wrong.
fn check_window(start: i64, stop: i64, len: usize) -> Result<(), String> {
    if 0 <= start && start <= stop && stop <= len as i64 {
        return Ok(());
    }
    Err(format!(
        "invalid window: not within 0 and {len}, was [{start}, {stop})"
    ))
}

#[pymethods]
impl Pyramid {
    #[new]
    fn new(py: Python<'_>, values: Values<'_>, sums: bool) -> PyResult<Self> {
        let values = slice(&values, "y")?;
        let reducer = if sums { Reducer::Sum } else { Reducer::MinMax };
        let inner = released(py, || piker_series::Pyramid::new(values, reducer));
        Ok(Self {
            inner: RwLock::new(inner),
        })
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        released(py, || self.read().len())
    }

    /// Bytes that the nodes take.
    #[getter]
    fn node_bytes(&self, py: Python<'_>) -> usize {
        released(py, || self.read().node_bytes())
    }

    /// Add values behind the last.
    fn append(&self, py: Python<'_>, values: Values<'_>) -> PyResult<()> {
        let values = slice(&values, "values")?;
        released(py, || self.write().append(values));
        Ok(())
    }

    /// Add values before the first.
    fn prepend(&self, py: Python<'_>, values: Values<'_>) -> PyResult<()> {
        let values = slice(&values, "values")?;
        released(py, || self.write().prepend(values));
        Ok(())
    }

    /// Change the last value.
    fn set_last(&self, py: Python<'_>, value: f64) -> PyResult<()> {
        if released(py, || self.write().set_last(value)) {
            return Ok(());
        }
        Err(input_error(
            py,
            "invalid set_last: there is no value yet, append one first",
        ))
    }

    /// Change values from `start` on.
    fn revise(&self, py: Python<'_>, start: i64, values: Values<'_>) -> PyResult<()> {
        let values = slice(&values, "values")?;
        let (is_there, len) = released(py, || {
            let mut pyramid = self.write();
            let is_there = usize::try_from(start).is_ok_and(|start| pyramid.revise(start, values));
            (is_there, pyramid.len())
        });
        if is_there {
            return Ok(());
        }
        let message = format!(
            "invalid start: {} values from {start} on are not within 0 and {len}",
            values.len()
        );
        Err(input_error(py, &message))
    }

    /// First, min, max and last of equal parts of rows.
    fn columns<'py>(
        &self,
        py: Python<'py>,
        start: i64,
        stop: i64,
        count: i64,
    ) -> PyResult<FourColumns<'py>> {
        let columns = self.parts(py, start, stop, count, piker_series::Pyramid::columns)?;
        four_columns(py, columns.into_iter().map(or_nan).collect())
    }

    /// Canonical sums of equal parts of rows, NaN where no value is finite.
    fn sums<'py>(
        &self,
        py: Python<'py>,
        start: i64,
        stop: i64,
        count: i64,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let found = self.parts(py, start, stop, count, piker_series::Pyramid::sums)?;
        Ok(one_column(py, found.into_iter().map(or_gap).collect()))
    }

    /// Last finite values of equal parts of rows, NaN where there is none.
    fn lasts<'py>(
        &self,
        py: Python<'py>,
        start: i64,
        stop: i64,
        count: i64,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let found = self.parts(py, start, stop, count, piker_series::Pyramid::lasts)?;
        Ok(one_column(py, found.into_iter().map(or_gap).collect()))
    }

    /// Where the least and the greatest finite value of rows stand first.
    fn positions(&self, py: Python<'_>, start: i64, stop: i64) -> PyResult<Option<(i64, i64)>> {
        released(py, || {
            let pyramid = self.read();
            check_window(start, stop, pyramid.len())?;
            Ok(pyramid.positions(start, stop))
        })
        .map_err(|message: String| input_error(py, &message))
    }

    /// The least and the greatest finite value of rows, NaN twice where there is none.
    fn bounds(&self, py: Python<'_>, start: i64, stop: i64) -> PyResult<(f64, f64)> {
        released(py, || {
            let pyramid = self.read();
            check_window(start, stop, pyramid.len())?;
            Ok(or_nans(pyramid.bounds(start, stop)))
        })
        .map_err(|message: String| input_error(py, &message))
    }
}

/// A column's values, NaN where it has none.
pub fn or_nan(column: Option<Extremes>) -> [f64; 4] {
    column.map_or([f64::NAN; 4], Extremes::to_array)
}
