//! Arrays of Python as slices, and results as arrays.

use numpy::{
    Element, IntoPyArray, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadwriteArray1,
    PyUntypedArrayMethods,
};
use pyo3::prelude::*;

use crate::door::input_error;

/// Values that are read.
pub type Values<'py> = PyReadonlyArray1<'py, f64>;
/// Values that are written.
pub type Target<'py> = PyReadwriteArray1<'py, f64>;
/// An array of shape (m, 4): first, min, max, last.
pub type FourColumns<'py> = Bound<'py, PyArray2<f64>>;

/// The values of an array.
pub fn slice<'a, T: Element>(array: &'a PyReadonlyArray1<'_, T>, name: &str) -> PyResult<&'a [T]> {
    array
        .as_slice()
        .map_err(|_| input_error(array.py(), &format!("invalid {name}: not contiguous")))
}

/// The place of results; its length must be right.
pub fn slice_mut<'a, T: Element>(
    array: &'a mut PyReadwriteArray1<'_, T>,
    name: &str,
    len: usize,
) -> PyResult<&'a mut [T]> {
    let py = array.py();
    if array.len() != len {
        let message = format!("invalid {name}: not of length {len}, was {}", array.len());
        return Err(input_error(py, &message));
    }
    array
        .as_slice_mut()
        .map_err(|_| input_error(py, &format!("invalid {name}: not contiguous")))
}

/// Refuses arrays that should be equally long and are not.
pub fn same_length(py: Python<'_>, names: &str, lengths: &[usize]) -> PyResult<()> {
    if lengths.iter().all(|&length| length == lengths[0]) {
        return Ok(());
    }
    let message = format!("invalid {names}: not equally long, were {lengths:?}");
    Err(input_error(py, &message))
}

/// Results as an array of shape (m, 4).
pub fn four_columns(py: Python<'_>, values: Vec<[f64; 4]>) -> PyResult<FourColumns<'_>> {
    let count = values.len();
    values.into_flattened().into_pyarray(py).reshape([count, 4])
}

/// Bounds, NaN twice where there are none.
pub fn or_nans(bounds: Option<(f64, f64)>) -> (f64, f64) {
    bounds.unwrap_or((f64::NAN, f64::NAN))
}

/// Results as an array of shape (m,).
pub fn one_column<T: Element>(py: Python<'_>, values: Vec<T>) -> Bound<'_, PyArray1<T>> {
    values.into_pyarray(py)
}
