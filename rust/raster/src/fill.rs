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
    let skipped = usize::try_from(left.saturating_neg())
        .unwrap_or(0)
        .min(spans.len());
    let place = usize::try_from(left).unwrap_or(0).min(image.width);
    let seen = spans.len() - skipped;
    let seen = &spans[skipped..][..seen.min(image.width - place)];
    let edges = |edge: fn(&Span) -> i32| -> Vec<i32> {
        seen.iter()
            .map(|span| edge(span).clamp(0, height))
            .collect()
    };
    let (tops, bottoms) = (edges(|span| span.top), edges(|span| span.bottom));
    let filled = tops
        .iter()
        .zip(&bottoms)
        .map(|(top, bottom)| (bottom - top).max(0));
    let total: usize = filled.map(|rows| rows as usize).sum();
    let paint = Paint::new(colour);
    if total > TALL * seen.len() {
        fill_rows(image, &tops, &bottoms, place, paint);
    } else {
        fill_columns(image, &tops, &bottoms, place, paint);
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

/// Fill spans within the image column by column.
fn fill_columns(image: &mut Image<'_>, tops: &[i32], bottoms: &[i32], left: usize, paint: Paint) {
    let width = image.width;
    for (place, (&top, &bottom)) in tops.iter().zip(bottoms).enumerate() {
        if top < bottom {
            let from = top as usize * width + left + place;
            let rows = (bottom - top) as usize;
            for pixel in image.pixels[from..].iter_mut().step_by(width).take(rows) {
                *pixel = paint.over(*pixel);
            }
        }
    }
}

/// Fill spans within the image row by row.
fn fill_rows(image: &mut Image<'_>, tops: &[i32], bottoms: &[i32], left: usize, paint: Paint) {
    let whole = tops
        .iter()
        .zip(bottoms)
        .filter(|(top, bottom)| top < bottom);
    let (first, last) = whole.fold((i32::MAX, 0), |(first, last), (&top, &bottom)| {
        (first.min(top), last.max(bottom))
    });
    for row in first..last {
        let from = row as usize * image.width + left;
        let pixels = &mut image.pixels[from..from + tops.len()];
        let columns = pixels.iter_mut().zip(tops.iter().zip(bottoms));
        // Without branches within the loops, for them to take several pixels at a time.
        if paint.rest == 0 {
            for (pixel, (&top, &bottom)) in columns {
                let is_covered = top <= row && row < bottom;
                *pixel = if is_covered { paint.colour } else { *pixel };
            }
        } else {
            for (pixel, (&top, &bottom)) in columns {
                let is_covered = top <= row && row < bottom;
                *pixel = if is_covered {
                    paint.over(*pixel)
                } else {
                    *pixel
                };
            }
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
        for left in [5, 99, -4, -99, i64::MAX, i64::MIN] {
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
        let tops: Vec<_> = (0..53).map(|place| place * 7 % 40).collect();
        let bottoms: Vec<_> = tops.iter().map(|top| (top * 3 % 50).min(40)).collect();
        for colour in [0xff12_3456, 0x8012_3456, 0] {
            let [mut by_rows, mut by_columns] = [(); 2].map(|()| vec![0xff99_aabb; 40 * 60]);
            let width = 60;
            let mut image = Image {
                pixels: &mut by_rows,
                width,
            };
            fill_rows(&mut image, &tops, &bottoms, 4, Paint::new(colour));
            let mut image = Image {
                pixels: &mut by_columns,
                width,
            };
            fill_columns(&mut image, &tops, &bottoms, 4, Paint::new(colour));
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
