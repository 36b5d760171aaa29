//! Fills spans into an image of 32-bit pixels.

use std::ops::Range;

use crate::spans::Span;

/// Pixels by rows, as `0xAARRGGBB` with colours multiplied by alpha.
#[derive(Debug)]
pub struct Image<'a> {
    /// `width * height` pixels.
    pub pixels: &'a mut [u32],
    /// Pixels in a row.
    pub width: usize,
}

/// Pixels from which on a filled column is tall, on average: then rows are filled across the whole
/// image, in the order of its memory.
const TALL: usize = 48;

/// Neighbouring columns that are looked at together: their pixels of a row lie in a line of the cache or two.
const BLOCK: usize = 16;

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
    let paint = Paint::new(colour);
    let blocks: Vec<Block> = seen
        .chunks(BLOCK)
        .map(|spans| Block::new(spans, height))
        .collect();
    let total: usize = blocks.iter().map(|block| block.pixels).sum();
    if total > TALL * seen.len() {
        fill_rows(image, &blocks, place, paint);
        return;
    }
    for (number, block) in blocks.iter().enumerate() {
        let left = place + number * BLOCK;
        block.fill_columns(image, left, paint);
    }
}

/// Fill all blocks row by row.
fn fill_rows(image: &mut Image<'_>, blocks: &[Block], left: usize, paint: Paint) {
    let outer = |block: &Block| block.outer();
    let first = blocks.iter().map(outer).map(|rows| rows.start).min();
    let last = blocks.iter().map(outer).map(|rows| rows.end).max();
    for row in first.unwrap_or(0)..last.unwrap_or(0) {
        for (number, block) in blocks.iter().enumerate() {
            block.fill_row(image, row, left + number * BLOCK, paint);
        }
    }
}

/// The spans of a few neighbouring columns, within the image.
struct Block {
    tops: [i32; BLOCK],
    bottoms: [i32; BLOCK],
    /// How many there are, the rest is empty.
    width: usize,
    /// How many pixels they cover.
    pixels: usize,
    /// The rows in which one of them lies, and those in which all of them do.
    outer: (i32, i32),
    inner: (i32, i32),
}

impl Block {
    fn new(spans: &[Span], height: i32) -> Self {
        let mut block = Self {
            tops: [0; BLOCK],
            bottoms: [0; BLOCK],
            width: spans.len(),
            pixels: 0,
            outer: (height, 0),
            inner: (0, height),
        };
        for (place, span) in spans.iter().enumerate() {
            let (mut top, mut bottom) = (span.top.clamp(0, height), span.bottom.clamp(0, height));
            if bottom <= top {
                (top, bottom) = (height, 0);
            }
            (block.tops[place], block.bottoms[place]) = (top, bottom);
            block.pixels += (bottom - top).max(0) as usize;
            block.outer = (block.outer.0.min(top), block.outer.1.max(bottom));
            block.inner = (block.inner.0.max(top), block.inner.1.min(bottom));
        }
        block
    }

    fn outer(&self) -> Range<usize> {
        if self.outer.0 < self.outer.1 {
            self.outer.0 as usize..self.outer.1 as usize
        } else {
            0..0
        }
    }

    /// Fill its pixels of a row; its first column is column `left` of the image.
    #[inline]
    fn fill_row(&self, image: &mut Image<'_>, row: usize, left: usize, paint: Paint) {
        let pixels = &mut image.pixels[row * image.width + left..][..self.width];
        let row = row as i32;
        if row < self.outer.0 || self.outer.1 <= row {
            return;
        }
        // As many pixels as the compiler knows of, without a branch: several are taken at a time.
        if let Some(pixels) = pixels.first_chunk_mut::<BLOCK>() {
            let is_whole = self.inner.0 <= row && row < self.inner.1;
            match (is_whole, paint.rest == 0) {
                (true, true) => *pixels = [paint.colour; BLOCK],
                (true, false) => *pixels = pixels.map(|pixel| paint.over(pixel)),
                (false, true) => self.put(pixels, row, |_| paint.colour),
                (false, false) => self.put(pixels, row, |pixel| paint.over(pixel)),
            }
        } else {
            for (place, pixel) in pixels.iter_mut().enumerate() {
                if self.tops[place] <= row && row < self.bottoms[place] {
                    *pixel = paint.over(*pixel);
                }
            }
        }
    }

    #[inline]
    fn put(&self, pixels: &mut [u32; BLOCK], row: i32, painted: impl Fn(u32) -> u32) {
        let spans = self.tops.iter().zip(&self.bottoms);
        for (pixel, (&top, &bottom)) in pixels.iter_mut().zip(spans) {
            let is_covered = top <= row && row < bottom;
            *pixel = if is_covered { painted(*pixel) } else { *pixel };
        }
    }

    /// Fill it column by column.
    fn fill_columns(&self, image: &mut Image<'_>, left: usize, paint: Paint) {
        let width = image.width;
        for (place, (&top, &bottom)) in self.tops.iter().zip(&self.bottoms).enumerate() {
            if top < bottom {
                let from = top as usize * width + left + place;
                let rows = (bottom - top) as usize;
                for pixel in image.pixels[from..].iter_mut().step_by(width).take(rows) {
                    *pixel = paint.over(*pixel);
                }
            }
        }
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

    fn sixty_wide(pixels: &mut [u32]) -> Image<'_> {
        Image { pixels, width: 60 }
    }

    #[test]
    fn both_orders_paint_the_same() {
        let spans: Vec<_> = (0..53)
            .map(|place| {
                let top = place * 7 % 40;
                Span {
                    top,
                    bottom: top * 3 % 50,
                }
            })
            .collect();
        for colour in [0xff12_3456, 0x8012_3456, 0] {
            let [mut by_rows, mut by_columns] = [(); 2].map(|()| vec![0xff99_aabb; 40 * 60]);
            let blocks: Vec<_> = spans
                .chunks(BLOCK)
                .map(|spans| Block::new(spans, 40))
                .collect();
            let paint = Paint::new(colour);
            fill_rows(&mut sixty_wide(&mut by_rows), &blocks, 4, paint);
            for (number, block) in blocks.iter().enumerate() {
                block.fill_columns(&mut sixty_wide(&mut by_columns), 4 + number * BLOCK, paint);
            }
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
