//! Arrays of Python as slices, and results as arrays.

use numpy::{
    Element, IntoPyArray, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArray2,
    PyReadwriteArray1, PyReadwriteArray2, PyUntypedArrayMethods,
};
use pyo3::prelude::*;

use crate::door::input_error;

/// An array as an argument. Where it cannot be borrowed, the functions below say so: they know what it
/// is called. That it is used by another call is the one reason that a caller can give.
pub struct Lent<'py, B> {
    py: Python<'py>,
    borrowed: Option<B>,
}

/// An array that is read.
pub type Read<'py, T> = Lent<'py, PyReadonlyArray1<'py, T>>;
/// An array that is written.
pub type Write<'py, T> = Lent<'py, PyReadwriteArray1<'py, T>>;
/// A table that is read.
pub type Table<'py> = Lent<'py, PyReadonlyArray2<'py, f64>>;
/// A table that is written.
pub type TableTarget<'py, T> = Lent<'py, PyReadwriteArray2<'py, T>>;
/// Values that are read.
pub type Values<'py> = Read<'py, f64>;
/// Values that are written.
pub type Target<'py> = Write<'py, f64>;

impl<'a, 'py, B: FromPyObject<'a, 'py>> FromPyObject<'a, 'py> for Lent<'py, B> {
    type Error = PyErr;

    fn extract(array: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self {
            py: array.py(),
            borrowed: array.extract().ok(),
        })
    }
}

fn refused(py: Python<'_>, name: &str, what: &str) -> PyErr {
    input_error(py, &format!("invalid {name}: {what}"))
}

const IN_USE: &str = "it is being read or written by another call, wait for that";
const NOT_IN_A_ROW: &str = "not contiguous and aligned";

/// An array of shape (m, 4): first, min, max, last.
pub type FourColumns<'py> = Bound<'py, PyArray2<f64>>;

/// The values of an array.
pub fn slice<'a, T: Element>(array: &'a Read<'_, T>, name: &str) -> PyResult<&'a [T]> {
    let Some(borrowed) = &array.borrowed else {
        return Err(refused(array.py, name, IN_USE));
    };
    borrowed
        .as_slice()
        .map_err(|_| refused(array.py, name, NOT_IN_A_ROW))
}

/// The place of results; its length must be right.
pub fn slice_mut<'a, T: Element>(
    array: &'a mut Write<'_, T>,
    name: &str,
    len: usize,
) -> PyResult<&'a mut [T]> {
    let py = array.py;
    let Some(borrowed) = &mut array.borrowed else {
        return Err(refused(py, name, IN_USE));
    };
    if borrowed.len() != len {
        let message = format!(
            "invalid {name}: not of length {len}, was {}",
            borrowed.len()
        );
        return Err(input_error(py, &message));
    }
    borrowed
        .as_slice_mut()
        .map_err(|_| refused(py, name, NOT_IN_A_ROW))
}

/// The rows of a table, of so many values each.
pub fn rows<'a, const N: usize>(array: &'a Table<'_>, name: &str) -> PyResult<&'a [[f64; N]]> {
    let Some(borrowed) = &array.borrowed else {
        return Err(refused(array.py, name, IN_USE));
    };
    if borrowed.shape()[1] != N {
        return Err(refused(array.py, name, &format!("not {N} values a row")));
    }
    let values = borrowed
        .as_slice()
        .map_err(|_| refused(array.py, name, NOT_IN_A_ROW))?;
    Ok(values.as_chunks().0)
}

/// The values of a table that is written, and how many are a row.
pub fn table_mut<'a, T: Element>(
    array: &'a mut TableTarget<'_, T>,
    name: &str,
) -> PyResult<(&'a mut [T], usize)> {
    let py = array.py;
    let Some(borrowed) = &mut array.borrowed else {
        return Err(refused(py, name, IN_USE));
    };
    let width = borrowed.shape()[1];
    let values = borrowed
        .as_slice_mut()
        .map_err(|_| refused(py, name, NOT_IN_A_ROW))?;
    Ok((values, width))
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

/// A value, NaN where there is none.
pub fn or_gap(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NAN)
}
