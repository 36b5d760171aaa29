//! Signals as states that take one array of values after another.

use std::sync::{Mutex, MutexGuard, PoisonError};

use numpy::PyArray1;
use piker_signal::{Signal, Vwap};
use pyo3::prelude::*;

use crate::arrays::{Values, one_column, same_length, slice};
use crate::door::{input_error, released};

/// The longest window; its state takes up to 24 bytes a value.
const MOST_VALUES: i64 = 1 << 26;

/// A signal of one input. Threads may share it.
#[pyclass(frozen, module = "piker._rust")]
pub struct Rolling {
    inner: Mutex<Signal>,
}

fn state<T>(inner: &Mutex<T>) -> MutexGuard<'_, T> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A length that a window can have.
fn checked(py: Python<'_>, length: i64, least: i64) -> PyResult<usize> {
    if (least..=MOST_VALUES).contains(&length) {
        return Ok(length as usize);
    }
    let message = format!("invalid length: not within {least} and {MOST_VALUES}, was {length}");
    Err(input_error(py, &message))
}

fn rolling(py: Python<'_>, length: i64, make: fn(usize) -> Signal) -> PyResult<Rolling> {
    Ok(Rolling {
        inner: Mutex::new(make(checked(py, length, 1)?)),
    })
}

#[pymethods]
impl Rolling {
    /// Mean of the newest values.
    #[staticmethod]
    fn sma(py: Python<'_>, length: i64) -> PyResult<Self> {
        rolling(py, length, Signal::sma)
    }

    /// Mean of the newest values, the newest weighing most.
    #[staticmethod]
    fn wma(py: Python<'_>, length: i64) -> PyResult<Self> {
        rolling(py, length, Signal::wma)
    }

    /// Exponential moving average.
    #[staticmethod]
    fn ema(py: Python<'_>, length: i64) -> PyResult<Self> {
        rolling(py, length, Signal::ema)
    }

    /// Wilder's relative strength index.
    #[staticmethod]
    fn rsi(py: Python<'_>, length: i64) -> PyResult<Self> {
        rolling(py, length, Signal::rsi)
    }

    /// The least of the newest values.
    #[staticmethod]
    fn least(py: Python<'_>, length: i64) -> PyResult<Self> {
        rolling(py, length, Signal::least)
    }

    /// The greatest of the newest values.
    #[staticmethod]
    fn greatest(py: Python<'_>, length: i64) -> PyResult<Self> {
        rolling(py, length, Signal::greatest)
    }

    /// The standard deviation of the newest values.
    #[staticmethod]
    fn deviation(py: Python<'_>, length: i64, ddof: i64) -> PyResult<Self> {
        if !(0..MOST_VALUES).contains(&ddof) {
            let message = format!("invalid ddof: not within 0 and {MOST_VALUES}, was {ddof}");
            return Err(input_error(py, &message));
        }
        let length = checked(py, length, ddof + 1)?;
        Ok(Self {
            inner: Mutex::new(Signal::deviation(length, ddof as usize)),
        })
    }

    /// Add values; what each makes.
    fn push<'py>(
        &self,
        py: Python<'py>,
        values: Values<'py>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let values = slice(&values, "values")?;
        let made = released(py, || {
            let mut made = vec![0.0; values.len()];
            state(&self.inner).extend(values, &mut made);
            made
        });
        Ok(one_column(py, made))
    }

    /// What one more value would make.
    fn peek(&self, py: Python<'_>, value: f64) -> f64 {
        released(py, || state(&self.inner).peek(value))
    }

    /// Forget all values.
    fn clear(&self, py: Python<'_>) {
        released(py, || state(&self.inner).clear());
    }
}

/// The volume-weighted average price. Threads may share it.
#[pyclass(frozen, module = "piker._rust")]
pub struct RollingVwap {
    inner: Mutex<Vwap>,
}

#[pymethods]
impl RollingVwap {
    #[new]
    fn new() -> Self {
        Self {
            inner: Mutex::default(),
        }
    }

    /// Add rows; the average behind each.
    fn push<'py>(
        &self,
        py: Python<'py>,
        prices: Values<'py>,
        volumes: Values<'py>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let (prices, volumes) = (slice(&prices, "prices")?, slice(&volumes, "volumes")?);
        same_length(py, "prices and volumes", &[prices.len(), volumes.len()])?;
        let made = released(py, || {
            let mut vwap = state(&self.inner);
            let rows = prices.iter().zip(volumes);
            rows.map(|(&price, &volume)| vwap.push(price, volume))
                .collect()
        });
        Ok(one_column(py, made))
    }

    /// The average that one more row would make.
    fn peek(&self, py: Python<'_>, price: f64, volume: f64) -> f64 {
        released(py, || state(&self.inner).peek(price, volume))
    }

    /// Forget all rows.
    fn clear(&self, py: Python<'_>) {
        released(py, || state(&self.inner).clear());
    }
}
