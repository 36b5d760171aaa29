//! Bars and steps as points, vertices and strokes, written into arrays of the caller.

use piker_path::steps::corners;
use piker_path::{Bars, Prices, Slots};
use pyo3::prelude::*;

use crate::arrays::{TableTarget, Target, Values, Write, same_length, slice, slice_mut, table_mut};
use crate::door::{input_error, released};

/// Points up to which other threads need not go on meanwhile.
const FEW_POINTS: usize = 1 << 14;

/// x, open, high, low and close of bars.
type BarArrays<'py> = (
    Values<'py>,
    Values<'py>,
    Values<'py>,
    Values<'py>,
    Values<'py>,
);

fn borrow<'a>(py: Python<'_>, arrays: &'a BarArrays<'_>) -> PyResult<Bars<'a>> {
    let prices = Prices {
        open: slice(&arrays.1, "open")?,
        high: slice(&arrays.2, "high")?,
        low: slice(&arrays.3, "low")?,
        close: slice(&arrays.4, "close")?,
    };
    let x = slice(&arrays.0, "x")?;
    let columns = [x, prices.open, prices.high, prices.low, prices.close];
    same_length(
        py,
        "x, open, high, low and close",
        &columns.map(<[f64]>::len),
    )?;
    Ok(Bars { x, prices })
}

/// Four points a bar: open, high, low, close.
#[pyfunction]
pub fn flatten(
    py: Python<'_>,
    bars: BarArrays<'_>,
    width: f64,
    mut to_x: Target<'_>,
    mut to_y: Target<'_>,
) -> PyResult<()> {
    let bars = borrow(py, &bars)?;
    let to_x = slice_mut(&mut to_x, "out x", 4 * bars.x.len())?;
    let to_y = slice_mut(&mut to_y, "out y", 4 * bars.x.len())?;
    released(py, || piker_path::flatten(&bars, width, to_x, to_y));
    Ok(())
}

/// Two points a bar: its low and its high, in the order of its way.
#[pyfunction]
pub fn trace(
    py: Python<'_>,
    bars: BarArrays<'_>,
    width: f64,
    mut to_x: Target<'_>,
    mut to_y: Target<'_>,
) -> PyResult<()> {
    let bars = borrow(py, &bars)?;
    let to_x = slice_mut(&mut to_x, "out x", 2 * bars.x.len())?;
    let to_y = slice_mut(&mut to_y, "out y", 2 * bars.x.len())?;
    released(py, || piker_path::trace(&bars, width, to_x, to_y));
    Ok(())
}

/// Six vertices a bar, and which of them are joined to the next.
#[pyfunction]
pub fn vertices(
    py: Python<'_>,
    bars: BarArrays<'_>,
    slots: (f64, f64),
    mut to_x: Target<'_>,
    mut to_y: Target<'_>,
    mut connect: Write<'_, i32>,
) -> PyResult<()> {
    let bars = borrow(py, &bars)?;
    let slots = Slots {
        width: slots.0,
        gap: slots.1,
    };
    let to_x = slice_mut(&mut to_x, "out x", 6 * bars.x.len())?;
    let to_y = slice_mut(&mut to_y, "out y", 6 * bars.x.len())?;
    let connect = slice_mut(&mut connect, "out connect", 6 * bars.x.len())?;
    released(py, || {
        piker_path::vertices(&bars, slots, to_x, to_y, connect);
    });
    Ok(())
}

/// Three strokes a bar; returns how many bars were written.
#[pyfunction]
pub fn segments(
    py: Python<'_>,
    bars: BarArrays<'_>,
    slots: (f64, f64),
    mut to: Target<'_>,
) -> PyResult<usize> {
    let bars = borrow(py, &bars)?;
    let slots = Slots {
        width: slots.0,
        gap: slots.1,
    };
    let to = slice_mut(&mut to, "out", 12 * bars.x.len())?;
    Ok(released(py, || piker_path::segments(&bars, slots, to)))
}

/// The outline of a histogram.
#[pyfunction]
pub fn steps(
    py: Python<'_>,
    x: Values<'_>,
    level: Values<'_>,
    width: f64,
    baseline: f64,
    mut to_x: Target<'_>,
    mut to_y: Target<'_>,
) -> PyResult<()> {
    let (x, level) = (slice(&x, "x")?, slice(&level, "y")?);
    same_length(py, "x and y", &[x.len(), level.len()])?;
    let to_x = slice_mut(&mut to_x, "out x", 2 * corners(x.len()))?;
    let to_y = slice_mut(&mut to_y, "out y", 2 * corners(x.len()))?;
    released(py, || {
        piker_path::steps(x, level, width, baseline, to_x, to_y);
    });
    Ok(())
}

/// x and y of points beside each other; returns how many are gaps.
#[pyfunction]
pub fn weave(
    py: Python<'_>,
    x: Values<'_>,
    y: Values<'_>,
    mut to: TableTarget<'_, f64>,
) -> PyResult<usize> {
    let (x, y) = (slice(&x, "x")?, slice(&y, "y")?);
    let (to, width) = table_mut(&mut to, "out")?;
    if width != 2 {
        return Err(input_error(py, "invalid out: not of pairs"));
    }
    let pairs = to.as_chunks_mut().0;
    same_length(py, "x, y and out", &[x.len(), y.len(), pairs.len()])?;
    if pairs.len() < FEW_POINTS {
        return Ok(piker_path::weave(x, y, pairs));
    }
    Ok(released(py, || piker_path::weave(x, y, pairs)))
}
