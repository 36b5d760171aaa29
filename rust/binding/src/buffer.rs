//! Memory that Rust writes and Python sees without a copy.

use numpy::{Element, PyArray1, PyArrayMethods, PyReadwriteArray1};
use piker_path::Part;
use pyo3::prelude::*;
use pyo3::types::PySlice;

use crate::door::{input_error, released};

/// Bytes at a multiple of which arrays begin.
const LINE: usize = 64;

/// Memory that is written here and only read in Python.
pub struct Buffer<T: Element> {
    own: Py<PyArray1<T>>,
    shown: Py<PyArray1<T>>,
}

impl<T: Element + Copy> Buffer<T> {
    /// Zeros.
    pub fn new(py: Python<'_>, len: usize) -> PyResult<Self> {
        let spare = LINE / size_of::<T>();
        let numpy = py.import("numpy")?;
        let zeros = numpy.call_method1("zeros", (len + spare, T::get_dtype(py)))?;
        let zeros = zeros.cast_into::<PyArray1<T>>()?;
        let start = (zeros.data().addr().wrapping_neg() % LINE / size_of::<T>()) as isize;
        let part = PySlice::new(py, start, start + len as isize, 1);
        let own = zeros.get_item(&part)?;
        let shown = own.call_method0("view")?;
        shown.getattr("flags")?.setattr("writeable", false)?;
        Ok(Self {
            own: own.cast_into::<PyArray1<T>>()?.unbind(),
            shown: shown.cast_into::<PyArray1<T>>()?.unbind(),
        })
    }

    /// A view for Python, which cannot be written.
    pub fn shown(&self, py: Python<'_>) -> Py<PyArray1<T>> {
        self.shown.clone_ref(py)
    }

    /// The memory, unless a kernel reads it meanwhile.
    pub fn write<'py>(&self, py: Python<'py>) -> PyResult<PyReadwriteArray1<'py, T>> {
        self.own.bind(py).try_readwrite().map_err(|_| {
            input_error(
                py,
                "the formatter's arrays are read by a kernel meanwhile: wait for it",
            )
        })
    }

    /// Other memory with the elements of this that are in use.
    pub fn moved(&self, py: Python<'_>, part: &Part) -> PyResult<Self> {
        let made = Self::new(py, part.len)?;
        let (source, mut target) = (self.write(py)?, made.write(py)?);
        let (source, target) = (source.as_slice()?, target.as_slice_mut()?);
        released(py, || {
            let from = &source[part.from.clone()];
            target[part.to..part.to + from.len()].copy_from_slice(from);
        });
        Ok(made)
    }
}
