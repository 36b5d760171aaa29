//! M4 columns and rectangles painted into an image.

use numpy::{PyReadonlyArray2, PyReadwriteArray2, PyUntypedArrayMethods};
use piker_raster::{Image, Scale, fill, fill_rects, margin, spans};
use pyo3::prelude::*;

use crate::door::{input_error, released};

/// The widest pen.
const MOST_WIDTH: usize = 64;

/// Paint the line through columns of first, min, max and last over an image.
#[pyfunction]
pub fn raster(
    py: Python<'_>,
    mut image: PyReadwriteArray2<'_, u32>,
    columns: PyReadonlyArray2<'_, f64>,
    left: i64,
    scale: (f64, f64),
    colour: u32,
    width: usize,
) -> PyResult<()> {
    let refuse = |message: String| Err(input_error(py, &message));
    if !(1..=MOST_WIDTH).contains(&width) {
        return refuse(format!(
            "invalid width: not within 1 and {MOST_WIDTH}, was {width}"
        ));
    }
    let (pixels, image_width) = pixels(py, &mut image)?;
    let columns = fours(&columns, "columns")?;
    released(py, || {
        let (factor, offset) = scale;
        let spans = spans(columns, Scale { factor, offset }, width);
        let mut image = Image {
            pixels,
            width: image_width,
        };
        fill(
            &mut image,
            &spans,
            left.saturating_sub(margin(width) as i64),
            colour,
        );
    });
    Ok(())
}

/// Paint rectangles of x, y, width and height over an image.
#[pyfunction]
pub fn raster_rects(
    py: Python<'_>,
    mut image: PyReadwriteArray2<'_, u32>,
    rects: PyReadonlyArray2<'_, f64>,
    colour: u32,
) -> PyResult<()> {
    let (pixels, width) = pixels(py, &mut image)?;
    let rects = fours(&rects, "rects")?;
    released(py, || {
        fill_rects(&mut Image { pixels, width }, rects, colour);
    });
    Ok(())
}

/// Pixels of an image, and how many are a row.
fn pixels<'a>(
    py: Python<'_>,
    image: &'a mut PyReadwriteArray2<'_, u32>,
) -> PyResult<(&'a mut [u32], usize)> {
    let width = image.shape()[1];
    match image.as_slice_mut() {
        Ok(pixels) => Ok((pixels, width)),
        Err(_) => Err(input_error(py, "invalid image: not contiguous")),
    }
}

/// Rows of four values.
fn fours<'a>(array: &'a PyReadonlyArray2<'_, f64>, name: &str) -> PyResult<&'a [[f64; 4]]> {
    let refuse = |what| input_error(array.py(), &format!("invalid {name}: not {what}"));
    if array.shape()[1] != 4 {
        return Err(refuse("of four values"));
    }
    let values = array.as_slice().map_err(|_| refuse("contiguous"))?;
    Ok(values.as_chunks().0)
}
