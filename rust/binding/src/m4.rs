//! M4 and bounds over arrays.

use std::num::NonZeroU8;

use numpy::PyArray1;
use piker_series::m4::{Abscissa, Columns, Floats, Integers, M4Error, m4};
use pyo3::prelude::*;

use crate::arrays::{
    FourColumns, Read, Values, four_columns, one_column, or_nans, same_length, slice,
};
use crate::door::{input_error, released};

/// Left edges, values and bounds of the non-empty columns.
type Downsampled<'py> = (Bound<'py, PyArray1<f64>>, FourColumns<'py>, (f64, f64));

/// The least and the greatest finite value of `y`, NaN twice where there is none.
#[pyfunction]
pub fn bounds(py: Python<'_>, y: Values<'_>) -> PyResult<(f64, f64)> {
    let y = slice(&y, "y")?;
    Ok(or_nans(released(py, || piker_series::extremes::bounds(y))))
}

/// M4 over float64 x.
#[pyfunction]
pub fn m4_floats<'py>(
    py: Python<'py>,
    x: Values<'py>,
    y: Values<'py>,
    uppx: f64,
    origin: f64,
) -> PyResult<Downsampled<'py>> {
    let (x, y) = (slice(&x, "x")?, slice(&y, "y")?);
    columns(py, &Floats { x, origin, uppx }, y, uppx)
}

/// M4 over int64 x, each pixel divided into columns.
#[pyfunction]
pub fn m4_integers<'py>(
    py: Python<'py>,
    x: Read<'py, i64>,
    y: Values<'py>,
    uppx: f64,
    origin: i64,
    parts: NonZeroU8,
) -> PyResult<Downsampled<'py>> {
    let (x, y) = (slice(&x, "x")?, slice(&y, "y")?);
    let points = Integers::new(x, origin, uppx).ok_or_else(|| {
        let message = format!("invalid origin: 2**63 - 1 or further from an x, was {origin}");
        input_error(py, &message)
    })?;
    columns(py, &points.divided(parts), y, uppx)
}

fn columns<'py, A: Abscissa + Sync>(
    py: Python<'py>,
    points: &A,
    y: &[f64],
    uppx: f64,
) -> PyResult<Downsampled<'py>> {
    same_length(py, "x and y", &[points.len(), y.len()])?;
    // Negated, so that NaN is refused too.
    if !(uppx > 0.0 && uppx.is_finite()) {
        let message = format!("invalid uppx: not a positive finite number, was {uppx:?}");
        return Err(input_error(py, &message));
    }
    let found = released(py, || {
        m4(points, y).map(|columns| {
            let bounds = columns.bounds();
            (columns, bounds)
        })
    });
    let (Columns { left, values }, bounds) =
        found.map_err(|error| input_error(py, &describe(error, uppx)))?;
    Ok((
        one_column(py, left),
        four_columns(py, values)?,
        or_nans(bounds),
    ))
}

fn describe(error: M4Error, uppx: f64) -> String {
    match error {
        M4Error::NotFinite(index) => format!("invalid x: x[{index}] is not finite"),
        M4Error::Descending => "invalid x: not ascending, its last is less than its first".into(),
        M4Error::Unsorted(index) => {
            format!("invalid x: not ascending, x[{index}] is left of the column before it")
        }
        M4Error::TooFine(index) => format!(
            "invalid uppx: at x[{index}] float64 cannot tell columns of {uppx:?} apart, take a \
             wider one or an origin nearer to x"
        ),
    }
}
