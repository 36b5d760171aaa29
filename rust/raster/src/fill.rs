//! Fills spans into an image of 32-bit pixels.

use crate::spans::Span;

/// Pixels by rows, as `0xAARRGGBB` with colours multiplied by alpha.
#[derive(Debug)]
pub struct Image<'a> {
    /// `width * height` pixels.
    pub pixels: &'a mut [u32],
    /// Pixels in a row.
    pub width: usize,
}

/// Pixels from which on a filled column is tall, on average: a column's pixels lie a row apart, each in
/// another line of the cache; beyond this height it costs less to ask each pixel of the rows.
const TALL: usize = 48;

/// Paint spans of neighbouring columns, the first of them at column `left`, with one colour over
/// what is there. What lies outside of the image is left out.
///
/// # Panics
/// When the image is not of whole rows.
pub fn fill(image: &mut Image<'_>, spans: &[Span], left: i64, colour: u32) {
    if image.width == 0 {
        return;
    }
    assert_eq!(image.pixels.len() % image.width, 0, "rows are whole");
    let height = i32::try_from(image.pixels.len() / image.width).unwrap_or(i32::MAX);
    let skipped = usize::try_from(-left).unwrap_or(0).min(spans.len());
    let place = usize::try_from(left).unwrap_or(0).min(image.width);
    let seen = spans.len() - skipped;
    let spans: Vec<Span> = spans[skipped..]
        .iter()
        .take(seen.min(image.width - place))
        .map(|span| Span {
            top: span.top.clamp(0, height),
            bottom: span.bottom.clamp(0, height),
        })
        .collect();
    let total: usize = spans
        .iter()
        .map(|span| usize::try_from(span.bottom - span.top).unwrap_or(0))
        .sum();
    let paint = Paint::new(colour);
    if total > TALL * spans.len() {
        fill_rows(image, &spans, place, paint);
    } else {
        fill_columns(image, &spans, place, paint);
    }
}

/// A colour, and what is left of the one below it.
#[derive(Clone, Copy)]
pub(crate) struct Paint {
    colour: u32,
    rest: u32,
}

impl Paint {
    pub(crate) fn new(colour: u32) -> Self {
        Self {
            colour,
            rest: 255 - (colour >> 24),
        }
    }

    pub(crate) fn over(self, below: u32) -> u32 {
        if self.rest == 0 {
            return self.colour;
        }
        // Two channels at a time, divided by 255 with rounding, as Qt does.
        let scaled = |pair: u32| {
            let product = (pair & 0x00ff_00ff) * self.rest;
            ((product + ((product >> 8) & 0x00ff_00ff) + 0x0080_0080) >> 8) & 0x00ff_00ff
        };
        self.colour
            .wrapping_add(scaled(below) | (scaled(below >> 8) << 8))
    }
}

fn fill_columns(image: &mut Image<'_>, spans: &[Span], left: usize, paint: Paint) {
    let width = image.width;
    for (place, span) in spans.iter().enumerate() {
        if span.is_empty() {
            continue;
        }
        let from = span.top as usize * width + left + place;
        let rows = (span.bottom - span.top) as usize;
        for pixel in image.pixels[from..].iter_mut().step_by(width).take(rows) {
            *pixel = paint.over(*pixel);
        }
    }
}

fn fill_rows(image: &mut Image<'_>, spans: &[Span], left: usize, paint: Paint) {
    let top = spans.iter().map(|span| span.top).min().unwrap_or(0) as usize;
    let bottom = spans.iter().map(|span| span.bottom).max().unwrap_or(0) as usize;
    let rows = image.pixels.chunks_exact_mut(image.width);
    for (row, pixels) in rows.enumerate().take(bottom).skip(top) {
        let row = row as i32;
        for (pixel, span) in pixels[left..].iter_mut().zip(spans) {
            let is_covered = (span.top..span.bottom).contains(&row);
            *pixel = if is_covered {
                paint.over(*pixel)
            } else {
                *pixel
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPANS: [Span; 4] = [
        Span { top: 1, bottom: 3 },
        Span::EMPTY,
        Span { top: -5, bottom: 2 },
        Span { top: 3, bottom: 99 },
    ];

    fn painted(left: i64, colour: u32, below: u32) -> Vec<u32> {
        let mut pixels = vec![below; 20];
        let mut image = Image {
            pixels: &mut pixels,
            width: 5,
        };
        fill(&mut image, &SPANS, left, colour);
        pixels
    }

    #[test]
    fn spans_are_filled_and_nothing_else() {
        #[rustfmt::skip]
        assert_eq!(painted(1, 0xff00_0001, 0), [
            0, 0, 0, 0xff00_0001, 0,
            0, 0xff00_0001, 0, 0xff00_0001, 0,
            0, 0xff00_0001, 0, 0, 0,
            0, 0, 0, 0, 0xff00_0001,
        ]);
    }

    #[test]
    fn what_lies_outside_is_left_out() {
        let is_clear = |pixels: Vec<u32>| pixels.iter().all(|&pixel| pixel == 0);
        for left in [5, 99, -4, -99, i64::MAX, i64::MIN + 1] {
            assert!(is_clear(painted(left, u32::MAX, 0)), "{left}");
        }
        assert_eq!(painted(-3, 7 | 0xff00_0000, 0)[15], 7 | 0xff00_0000);
        let mut nothing = Image {
            pixels: &mut [],
            width: 0,
        };
        fill(&mut nothing, &SPANS, 0, 1);
    }

    #[test]
    fn both_orders_paint_the_same() {
        for colour in [0xff12_3456, 0x8012_3456, 0] {
            let mut by_rows = vec![0xff99_aabb; 20];
            let mut by_columns = by_rows.clone();
            let spans = SPANS.map(|span| Span {
                top: span.top.clamp(0, 4),
                bottom: span.bottom.clamp(0, 4),
            });
            let width = 5;
            let mut image = Image {
                pixels: &mut by_rows,
                width,
            };
            fill_rows(&mut image, &spans, 1, Paint::new(colour));
            let mut image = Image {
                pixels: &mut by_columns,
                width,
            };
            fill_columns(&mut image, &spans, 1, Paint::new(colour));
            assert_eq!(by_rows, by_columns);
        }
    }

    #[test]
    fn half_a_colour_lets_half_through() {
        // Half of white over black, and over white.
        assert_eq!(Paint::new(0x8080_8080).over(0xff00_0000), 0xff80_8080);
        assert_eq!(Paint::new(0x8080_8080).over(0xffff_ffff), 0xffff_ffff);
        assert_eq!(Paint::new(0).over(0x1234_5678), 0x1234_5678);
    }
}
