//! `piker._rust`: the kernels as Python sees them.
//!
//! The only crate that knows pyo3. Arguments arrive checked and converted by `piker.kernels`; here
//! arrays are borrowed, the GIL is released in one place ([`quiet`]), and errors become `ValueError`s that
//! `piker.kernels` gives their names and words.

use numpy::ndarray::{Array1, Array2};
use numpy::{PyArray1, PyArray2, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use piker_path::{Ohlc, bars, flatten, steps};
use piker_series::extremes;
use piker_series::m4::{Columns, Floats, Integers, M4Error};
use piker_series::{Extremes, Pyramid};

mod shared;

/// The one door where the GIL is released.
pub(crate) fn quiet<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    py.detach(work)
}

/// Rows of `N` values as a Python array of shape (rows, N).
pub(crate) fn table<'py, const N: usize>(
    py: Python<'py>,
    rows: &[[f64; N]],
) -> Bound<'py, PyArray2<f64>> {
    let flat = rows.as_flattened().to_vec();
    let array =
        Array2::from_shape_vec((rows.len(), N), flat).expect("the flat rows have this shape");
    PyArray2::from_owned_array(py, array)
}

/// Columns with `None` as NaN.
pub(crate) fn columns_table<'py>(
    py: Python<'py>,
    columns: &[Option<Extremes>],
) -> Bound<'py, PyArray2<f64>> {
    let rows: Vec<_> = columns
        .iter()
        .map(|column| column.map_or([f64::NAN; 4], Extremes::to_array))
        .collect();
    table(py, &rows)
}

fn floats<'a>(array: &'a PyReadonlyArray1<'_, f64>) -> PyResult<&'a [f64]> {
    array
        .as_slice()
        .map_err(|_| PyValueError::new_err("array: not contiguous"))
}

fn ohlc<'a>(array: &'a PyReadonlyArray2<'_, f64>) -> PyResult<&'a [Ohlc]> {
    let flat = array
        .as_slice()
        .map_err(|_| PyValueError::new_err("bars: not contiguous"))?;
    if array.shape()[1] != 4 {
        return Err(PyValueError::new_err("bars: not of shape (n, 4)"));
    }
    Ok(flat.as_chunks::<4>().0)
}

fn same_length(left: usize, right: usize) -> PyResult<()> {
    if left == right {
        return Ok(());
    }
    Err(PyValueError::new_err(format!(
        "lengths differ: {left} and {right}"
    )))
}

type M4Result<'py> = (
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray2<f64>>,
    (f64, f64),
);

fn m4_result(py: Python<'_>, found: Result<Columns, M4Error>) -> PyResult<M4Result<'_>> {
    let found = found.map_err(|error| {
        PyValueError::new_err(match error {
            M4Error::NotFinite => "x: not finite at an end",
            M4Error::Descending => "x: not ascending",
            M4Error::TooManyColumns => "uppx: too small to tell columns of this x apart",
        })
    })?;
    let bounds = found.bounds().unwrap_or((f64::NAN, f64::NAN));
    Ok((
        PyArray1::from_vec(py, found.left),
        table(py, &found.values),
        bounds,
    ))
}

/// M4 over x in f64: left edges, (m, 4) first, min, max, last, and the bounds.
#[pyfunction]
fn m4_float<'py>(
    py: Python<'py>,
    x: PyReadonlyArray1<'py, f64>,
    y: PyReadonlyArray1<'py, f64>,
    uppx: f64,
    origin: f64,
) -> PyResult<M4Result<'py>> {
    let (x, y) = (floats(&x)?, floats(&y)?);
    same_length(x.len(), y.len())?;
    let found = quiet(py, || piker_series::m4(&Floats { x, origin, uppx }, y));
    m4_result(py, found)
}

/// M4 over x in i64, the origin subtracted exactly.
#[pyfunction]
fn m4_int<'py>(
    py: Python<'py>,
    x: PyReadonlyArray1<'py, i64>,
    y: PyReadonlyArray1<'py, f64>,
    uppx: f64,
    origin: i64,
) -> PyResult<M4Result<'py>> {
    let x = x
        .as_slice()
        .map_err(|_| PyValueError::new_err("x: not contiguous"))?;
    let y = floats(&y)?;
    same_length(x.len(), y.len())?;
    let found = quiet(py, || piker_series::m4(&Integers { x, origin, uppx }, y));
    m4_result(py, found)
}

/// Least and greatest finite value; NaN twice where there is none.
#[pyfunction]
fn bounds(py: Python<'_>, y: PyReadonlyArray1<'_, f64>) -> PyResult<(f64, f64)> {
    let y = floats(&y)?;
    Ok(quiet(py, || extremes::bounds(y)).unwrap_or((f64::NAN, f64::NAN)))
}

/// The x of the four points of each flattened bar, shape (n, 4).
#[pyfunction]
fn flatten_x<'py>(
    py: Python<'py>,
    x: PyReadonlyArray1<'py, f64>,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let x = floats(&x)?;
    let points = quiet(py, || flatten::positions(x));
    Ok(table(py, &points))
}

/// High and low of each bar by the shorter way, shape (n, 2).
#[pyfunction]
fn trace<'py>(
    py: Python<'py>,
    bars: PyReadonlyArray2<'py, f64>,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let bars = ohlc(&bars)?;
    let points = quiet(py, || flatten::trace(bars));
    Ok(table(py, &points))
}

type StepResult<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray2<f64>>);

/// Step format: edges and levels, each of shape (n, 2).
#[pyfunction]
fn step_format<'py>(
    py: Python<'py>,
    x: PyReadonlyArray1<'py, f64>,
    y: PyReadonlyArray1<'py, f64>,
) -> PyResult<StepResult<'py>> {
    let (x, y) = (floats(&x)?, floats(&y)?);
    same_length(x.len(), y.len())?;
    let (edges, levels) = quiet(py, || (steps::edges(x), steps::levels(y)));
    Ok((table(py, &edges), table(py, &levels)))
}

type LinesResult<'py> = (
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray1<f64>>,
    Bound<'py, PyArray1<u8>>,
);

/// Bars as six joined vertices each: x, y and which vertex is joined to the next.
#[pyfunction]
fn bar_lines<'py>(
    py: Python<'py>,
    x: PyReadonlyArray1<'py, f64>,
    bars: PyReadonlyArray2<'py, f64>,
    half_width: f64,
) -> PyResult<LinesResult<'py>> {
    let (x, bars) = (floats(&x)?, ohlc(&bars)?);
    same_length(x.len(), bars.len())?;
    let (xs, ys, connect) = quiet(py, || {
        let (xs, ys) = bars::lines(x, bars, half_width);
        (xs, ys, bars::CONNECT.repeat(bars.len()))
    });
    Ok((
        PyArray1::from_vec(py, xs),
        PyArray1::from_vec(py, ys),
        PyArray1::from_vec(py, connect),
    ))
}

/// Bars as three segments each, shape (3 n, 4): x1, y1, x2, y2.
#[pyfunction]
fn bar_segments<'py>(
    py: Python<'py>,
    x: PyReadonlyArray1<'py, f64>,
    bars: PyReadonlyArray2<'py, f64>,
    half_width: f64,
) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let (x, bars) = (floats(&x)?, ohlc(&bars)?);
    same_length(x.len(), bars.len())?;
    let segments = quiet(py, || bars::segments(x, bars, half_width));
    Ok(table(py, segments.as_flattened()))
}

/// A growing series with a min/max pyramid; `piker.kernels.Pyramid` is its public face.
#[pyclass(name = "Pyramid", module = "piker._rust")]
struct PyPyramid {
    inner: Pyramid,
}

#[pymethods]
impl PyPyramid {
    #[new]
    fn new(py: Python<'_>, y: PyReadonlyArray1<'_, f64>) -> PyResult<Self> {
        let y = floats(&y)?;
        Ok(Self {
            inner: quiet(py, || Pyramid::new(y)),
        })
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    fn node_bytes(&self) -> usize {
        self.inner.node_bytes()
    }

    fn append(&mut self, py: Python<'_>, values: PyReadonlyArray1<'_, f64>) -> PyResult<()> {
        let values = floats(&values)?;
        quiet(py, || self.inner.append(values));
        Ok(())
    }

    fn prepend(&mut self, py: Python<'_>, values: PyReadonlyArray1<'_, f64>) -> PyResult<()> {
        let values = floats(&values)?;
        quiet(py, || self.inner.prepend(values));
        Ok(())
    }

    fn set_last(&mut self, value: f64) -> bool {
        self.inner.set_last(value)
    }

    fn columns<'py>(
        &self,
        py: Python<'py>,
        start: i64,
        stop: i64,
        count: i64,
    ) -> Bound<'py, PyArray2<f64>> {
        let length = i128::from(stop - start);
        // In 128 bits: k * length may not fit 64.
        let edge = |k: i64| start + (i128::from(k) * length / i128::from(count)) as i64;
        let found = quiet(py, || {
            self.inner
                .columns((0..count).map(|k| (edge(k), edge(k + 1))))
        });
        columns_table(py, &found)
    }

    fn bounds(&self, py: Python<'_>, start: i64, stop: i64) -> (f64, f64) {
        quiet(py, || self.inner.bounds(start, stop)).unwrap_or((f64::NAN, f64::NAN))
    }
}

/// An array of f64 from values of which some are absent.
pub(crate) fn optional_array<'py>(
    py: Python<'py>,
    values: &[Option<f64>],
) -> Bound<'py, PyArray1<f64>> {
    let values = values
        .iter()
        .map(|value| value.unwrap_or(f64::NAN))
        .collect::<Array1<_>>();
    PyArray1::from_owned_array(py, values)
}

/// The kernels, compiled.
#[pymodule]
fn _rust(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyPyramid>()?;
    module.add_function(wrap_pyfunction!(m4_float, module)?)?;
    module.add_function(wrap_pyfunction!(m4_int, module)?)?;
    module.add_function(wrap_pyfunction!(bounds, module)?)?;
    module.add_function(wrap_pyfunction!(flatten_x, module)?)?;
    module.add_function(wrap_pyfunction!(trace, module)?)?;
    module.add_function(wrap_pyfunction!(step_format, module)?)?;
    module.add_function(wrap_pyfunction!(bar_lines, module)?)?;
    module.add_function(wrap_pyfunction!(bar_segments, module)?)?;
    shared::register(module)
}
