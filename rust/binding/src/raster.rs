//! M4 columns and rectangles painted into an image.

use piker_raster::{Image, Scale, fill, fill_rects, margin, spans};
use pyo3::prelude::*;

use crate::arrays::{Table, TableTarget, rows, table_mut};
use crate::door::{input_error, released};

/// The widest pen.
const MOST_WIDTH: usize = 64;

/// Paint the line through columns of first, min, max and last over an image.
#[pyfunction]
pub fn raster(
    py: Python<'_>,
    mut image: TableTarget<'_, u32>,
    columns: Table<'_>,
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
    let (pixels, image_width) = table_mut(&mut image, "image")?;
    let columns = rows(&columns, "columns")?;
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
    mut image: TableTarget<'_, u32>,
    rects: Table<'_>,
    colour: u32,
) -> PyResult<()> {
    let (pixels, width) = table_mut(&mut image, "image")?;
    let rects = rows(&rects, "rects")?;
    released(py, || {
        fill_rects(&mut Image { pixels, width }, rects, colour);
    });
    Ok(())
}
