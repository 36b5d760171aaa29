//! The pyramid over an array that grows.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use piker_series::Extremes;
use pyo3::prelude::*;

use crate::arrays::{FourColumns, Values, four_columns, or_nans, slice};
use crate::door::{input_error, released};

/// More columns than any screen has, and few enough to allocate.
const MOST_COLUMNS: i64 = 1 << 24;

/// Values that grow at both ends, with a min/max pyramid. Threads may share it.
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
    fn new(py: Python<'_>, values: Values<'_>) -> PyResult<Self> {
        let values = slice(&values, "y")?;
        let inner = released(py, || piker_series::Pyramid::new(values));
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

    /// First, min, max and last of equal parts of rows.
    fn columns<'py>(
        &self,
        py: Python<'py>,
        start: i64,
        stop: i64,
        count: i64,
    ) -> PyResult<FourColumns<'py>> {
        if !(0..=MOST_COLUMNS).contains(&count) {
            let message = format!("invalid count: not within 0 and {MOST_COLUMNS}, was {count}");
            return Err(input_error(py, &message));
        }
        let found = released(py, || {
            let pyramid = self.read();
            check_window(start, stop, pyramid.len())?;
            // In 128 bits, because the product of rows and columns may not fit 64.
            let edge = |k: i64| {
                start + (i128::from(k) * i128::from(stop - start) / i128::from(count)) as i64
            };
            Ok(pyramid.columns((0..count).map(|k| (edge(k), edge(k + 1)))))
        });
        let columns = found.map_err(|message: String| input_error(py, &message))?;
        four_columns(py, columns.into_iter().map(or_nan).collect())
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
