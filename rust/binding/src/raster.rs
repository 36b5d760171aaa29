//! M4 columns painted into an image.

use numpy::{PyReadonlyArray2, PyReadwriteArray2, PyUntypedArrayMethods};
use piker_raster::{Image, Scale, fill, margin, spans};
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
    let image_width = image.shape()[1];
    let Ok(pixels) = image.as_slice_mut() else {
        return refuse("invalid image: not contiguous".into());
    };
    let Ok(values) = columns.as_slice() else {
        return refuse("invalid columns: not contiguous".into());
    };
    let (columns, rest) = values.as_chunks::<4>();
    if !rest.is_empty() || columns.len() != values.len() / 4 {
        return refuse("invalid columns: not of four values".into());
    }
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
