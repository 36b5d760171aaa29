//! Fills rectangles on whole pixels into an image.

use crate::fill::{Image, Paint, fill};
use crate::spans::Span;

/// Paint rectangles of x, y, width and height, one after another, with one colour over what is there.
/// What lies outside of the image is left out, and so is a rectangle with a value that is not finite.
///
/// # Panics
/// When the image is not of whole rows.
pub fn fill_rects(image: &mut Image<'_>, rects: &[[f64; 4]], colour: u32) {
    let mut spans: Vec<Span> = Vec::new();
    let mut left = 0;
    for &[x, y, width, height] in rects {
        // Zero times any number that is not finite is NaN; the sum of the numbers alone may be too large.
        if (x * 0.0 + y * 0.0) + (width * 0.0 + height * 0.0) != 0.0 {
            continue;
        }
        let (from, to) = (pixel(x), pixel(x + width));
        let span = Span {
            top: pixel(y),
            bottom: pixel(y + height),
        };
        let is_next = i64::from(from) == left + spans.len() as i64;
        if !(spans.is_empty() || is_next && to == from + 1) {
            fill(image, &spans, left, colour);
            spans.clear();
        }
        if to == from + 1 {
            if spans.is_empty() {
                left = i64::from(from);
            }
            spans.push(span);
        } else {
            fill_block(image, from, to, span, colour);
        }
    }
    fill(image, &spans, left, colour);
}

/// The pixel of a place; far places stay outside of any image.
fn pixel(place: f64) -> i32 {
    place.round().clamp(-1e8, 1e8) as i32
}

/// Fill a wide rectangle, row by row.
fn fill_block(image: &mut Image<'_>, left: i32, right: i32, span: Span, colour: u32) {
    let paint = Paint::new(colour);
    let inside = |place: i32, end: usize| usize::try_from(place).unwrap_or(0).min(end);
    let (from, to) = (inside(left, image.width), inside(right, image.width));
    if from >= to {
        return;
    }
    let rows = image.pixels.chunks_exact_mut(image.width);
    let (top, bottom) = (
        inside(span.top, usize::MAX),
        inside(span.bottom, usize::MAX),
    );
    for row in rows.take(bottom).skip(top) {
        for pixel in &mut row[from..to] {
            *pixel = paint.over(*pixel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pixel of every rectangle, one by one.
    fn twin(rects: &[[f64; 4]], colour: u32, below: u32) -> Vec<u32> {
        let mut pixels = vec![below; 60];
        let paint = Paint::new(colour);
        for &[x, y, width, height] in rects {
            for (place, pixel) in pixels.iter_mut().enumerate() {
                let (column, row) = ((place % 10) as f64, (place / 10) as f64);
                if x <= column && column < x + width && y <= row && row < y + height {
                    *pixel = paint.over(*pixel);
                }
            }
        }
        pixels
    }

    #[test]
    fn columns_and_blocks_in_any_order_are_filled_as_one_by_one() {
        let rects = [
            [1.0, 1.0, 1.0, 3.0],
            [2.0, -4.0, 1.0, 6.0],
            [3.0, 5.0, 1.0, 99.0],
            [3.0, 2.0, 1.0, 1.0],
            [-3.0, 2.0, 5.0, 2.0],
            [8.0, 0.0, 7.0, 2.0],
            [9.0, 3.0, 1.0, 0.0],
            [10.0, 0.0, 1.0, 6.0],
            [4.0, 3.0, 0.0, 2.0],
            [5.0, 3.0, -2.0, 2.0],
        ];
        for colour in [0xff12_3456, 0x8012_3456] {
            let mut pixels = vec![0xff99_aabb; 60];
            let mut image = Image {
                pixels: &mut pixels,
                width: 10,
            };
            fill_rects(&mut image, &rects, colour);
            assert_eq!(pixels, twin(&rects, colour, 0xff99_aabb));
        }
    }

    #[test]
    fn sides_whose_sum_is_no_number_cover_the_image() {
        let mut pixels = vec![0; 60];
        let mut image = Image {
            pixels: &mut pixels,
            width: 10,
        };
        fill_rects(&mut image, &[[-5.0, -5.0, f64::MAX, f64::MAX]], 7);
        assert_eq!(pixels, [7; 60]);
    }

    #[test]
    fn no_value_leaves_the_image() {
        let mut pixels = vec![0; 60];
        let mut image = Image {
            pixels: &mut pixels,
            width: 10,
        };
        let (nan, big) = (f64::NAN, f64::MAX);
        let rects = [
            [nan, 0.0, 1.0, 1.0],
            [big, big, big, big],
            [-big, -big, 1.0, 9.0],
        ];
        fill_rects(&mut image, &rects, u32::MAX);
        assert_eq!(pixels, [0; 60]);
        fill_rects(
            &mut Image {
                pixels: &mut [],
                width: 0,
            },
            &[[0.0, 0.0, 5.0, 5.0]],
            1,
        );
    }
}
