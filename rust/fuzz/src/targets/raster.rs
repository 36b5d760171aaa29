//! Columns and rectangles painted into an image.

use piker_raster::{Image, Scale, Span, fill_rects, margin, spans};

use crate::source::Source;

/// A little less than a half: where in a pixel its middle is looked for, so that a pixel is covered from
/// half of it on.
const MIDDLE: f64 = 31.0 / 64.0;

/// Columns at a time; Miri is a few hundred times slower.
const MOST: usize = if cfg!(miri) { 20 } else { 80 };

/// How far from an image a row can be.
const FAR: f64 = 1e8;

/// An image of any size, and how wide it is.
fn image(source: &mut Source) -> (Box<[u32]>, usize) {
    let width = match source.below(3) {
        0 => source.pick(&[0, 1, 2, 15, 16, 17, 31, 32, 33, 48]),
        _ => source.below(70),
    };
    let height = match source.below(4) {
        0 => source.below(3),
        1 => source.below(150),
        _ => source.below(40),
    };
    let pixels = (0..width * height).map(|_| source.bits() as u32).collect();
    if height == 0 {
        // Rows that are not there can be of any width.
        return (pixels, source.bits() as usize);
    }
    (pixels, width)
}

/// A colour: opaque, of any alpha with channels below it, or any bits.
fn colour(source: &mut Source) -> u32 {
    let bits = source.bits() as u32;
    match source.below(4) {
        0 => bits,
        1 => {
            let alpha = bits >> 24;
            let channel = |shift: u32| ((bits >> shift & 255) * alpha / 255) << shift;
            alpha << 24 | channel(16) | channel(8) | channel(0)
        }
        _ => bits | 0xff00_0000,
    }
}

/// A colour over another, channel by channel.
fn over_twin(colour: u32, below: u32) -> u32 {
    let rest = 255 - (colour >> 24);
    let scaled = |shift: u32| {
        let product = (below >> shift & 255) * rest;
        // Qt's quotient by 255, which is not always the nearest.
        let quotient = (product + (product >> 8) + 128) >> 8;
        assert!((510 * quotient).abs_diff(2 * product) <= 257);
        quotient << shift
    };
    colour.wrapping_add(scaled(24) | scaled(16) | scaled(8) | scaled(0))
}

/// A row or a column near an image, or far from any.
fn near(source: &mut Source) -> i64 {
    match source.below(12) {
        0 => source.pick(&[i64::from(i32::MIN), i64::from(i32::MAX)]),
        1 => source.between(-100_000_000, 100_000_000),
        _ => source.between(-20, 160),
    }
}

/// The first column: near an image, or any.
fn left(source: &mut Source) -> i64 {
    if source.one_in(6) {
        source.integer()
    } else {
        source.between(-70, 75)
    }
}

/// Any spans at any place of any image.
///
/// # Panics
/// When a pixel is not as the twin's, which looks at each of them.
pub fn fill(source: &mut Source) {
    let (mut pixels, width) = image(source);
    let count = source.length(MOST);
    let style = source.below(3);
    let spans: Box<[Span]> = (0..count)
        .map(|_| {
            let (one, other) = (near(source), near(source));
            let (top, bottom) = match style {
                0 => (one, other),
                1 => (one.min(other), one.max(other)),
                // Tall ones, whose rows are much the same.
                _ => (source.between(-3, 5), source.between(60, 150)),
            };
            Span {
                top: top as i32,
                bottom: bottom as i32,
            }
        })
        .collect();
    let (left, colour) = (left(source), colour(source));
    let mut expected = pixels.clone();
    for (place, pixel) in expected.iter_mut().enumerate() {
        let (row, column) = ((place / width) as i32, (place % width) as i128);
        let number = usize::try_from(column - i128::from(left));
        let span = number.ok().and_then(|number| spans.get(number));
        if span.is_some_and(|span| (span.top..span.bottom).contains(&row)) {
            *pixel = over_twin(colour, *pixel);
        }
    }
    let mut image = Image {
        pixels: &mut pixels,
        width,
    };
    piker_raster::fill(&mut image, &spans, left, colour);
    assert!(pixels == expected);
}

/// Any rectangles, one after another.
///
/// # Panics
/// When a pixel is not as the twin's, which looks at each of them for each rectangle.
pub fn rects(source: &mut Source) {
    let (mut pixels, width) = image(source);
    let mut next = source.between(-20, 70);
    let style = source.below(4);
    let rects: Box<[[f64; 4]]> = (0..source.length(MOST / 2))
        .map(|_| {
            let (y, height) = (near(source) as f64, source.between(-3, 90) as f64);
            match style {
                0 => [(); 4].map(|()| source.float()),
                1 => {
                    let place = [(); 3].map(|()| source.between(-200, 2000) as f64 / 16.0);
                    [place[0], place[1], place[2], height]
                }
                // Columns beside each other as a chart has them, now and then one that is not.
                _ => {
                    let wide = source.pick(&[1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 2.0, -1.0, 30.0]);
                    let x = next as f64;
                    next += if source.one_in(9) {
                        source.between(-9, 9)
                    } else {
                        1
                    };
                    [x, y, wide, height]
                }
            }
        })
        .collect();
    let colour = colour(source);
    let mut expected = pixels.clone();
    for [x, y, wide, high] in &rects {
        if ![x, y, wide, high].iter().all(|value| value.is_finite()) {
            continue;
        }
        let (rows, columns) = (y.round()..(y + high).round(), x.round()..(x + wide).round());
        for (number, row) in expected.chunks_mut(width.max(1)).enumerate() {
            if !rows.contains(&(number as f64)) {
                continue;
            }
            for (number, pixel) in row.iter_mut().enumerate() {
                if columns.contains(&(number as f64)) {
                    *pixel = over_twin(colour, *pixel);
                }
            }
        }
    }
    let mut image = Image {
        pixels: &mut pixels,
        width,
    };
    fill_rects(&mut image, &rects, colour);
    assert!(pixels == expected);
}

/// Columns, and a scale that brings most of them near an image.
fn columns(source: &mut Source) -> (Box<[[f64; 4]]>, Scale) {
    let scale = match source.below(4) {
        0 => Scale {
            factor: finite(source),
            offset: finite(source),
        },
        1 => Scale {
            factor: 1.0,
            offset: 0.0,
        },
        _ => Scale {
            factor: -source.between(1, 64) as f64 / 16.0,
            offset: source.between(-640, 6400) as f64 / 64.0,
        },
    };
    let style = source.below(5);
    let mut at = source.between(-640, 6400);
    let columns = (0..source.length(MOST))
        .map(|_| {
            let mut four = match style {
                0 => [(); 4].map(|()| source.float()),
                // In pixels: places between rows and amid them.
                1 => [(); 4].map(|()| {
                    let row = source.between(-640, 6400) as f64 / 64.0;
                    (row - scale.offset) / scale.factor
                }),
                _ => {
                    let first = at + source.between(-64, 64);
                    let [min, max] = [
                        first - source.between(0, 500),
                        first + source.between(0, 500),
                    ];
                    at = source.between(min, max);
                    [first, min, max, at].map(|value| value as f64 / 64.0)
                }
            };
            if source.one_in(12) {
                four[source.below(4)] = source.pick(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY]);
            }
            four
        })
        .collect();
    (columns, scale)
}

/// A finite number.
fn finite(source: &mut Source) -> f64 {
    let value = source.float();
    if value.is_finite() { value } else { 1.5 }
}

/// Where the values of columns lie, `None` for a gap.
fn pixels_twin(columns: &[[f64; 4]], scale: Scale) -> Vec<Option<[f64; 4]>> {
    let pixel = |value: f64| (value * scale.factor + scale.offset).clamp(-FAR, FAR);
    columns
        .iter()
        .map(|four| {
            four.iter()
                .all(|value| value.is_finite())
                .then(|| four.map(pixel))
        })
        .collect()
}

/// The row of a place; halves and a little more go up.
fn row_twin(pixel: f64) -> i64 {
    let below = pixel + (MIDDLE - 0.5 + 1.0 / 1_073_741_824.0);
    let row = below.round_ties_even();
    assert!((row - pixel).abs() <= 0.5 + 1.0 / 64.0);
    row as i64
}

/// A thin pen: its spans are the twin's.
///
/// # Panics
/// When they are not.
pub fn thin(source: &mut Source) {
    let (columns, scale) = columns(source);
    let rows: Vec<Option<[i64; 4]>> = pixels_twin(&columns, scale)
        .into_iter()
        .map(|four| four.map(|four| four.map(row_twin)))
        .collect();
    let found = spans(&columns, scale, 1);
    assert_eq!((found.len(), margin(1)), (columns.len(), 0));
    for (place, span) in found.iter().enumerate() {
        let Some(four) = rows[place] else {
            assert!(span.is_empty());
            continue;
        };
        let mut covered = four.to_vec();
        // The way from a neighbour: the steps of the first half are its own, those behind are ours.
        if let Some(Some([.., from])) = place.checked_sub(1).map(|before| rows[before]) {
            let way = four[0] - from;
            if way != 0 {
                covered.push(from + (way.abs() / 2 + 1) * way.signum());
            }
        }
        if let Some(Some([to, ..])) = rows.get(place + 1) {
            let way = to - four[3];
            covered.push(four[3] + way.abs() / 2 * way.signum());
        }
        let ends = (covered.iter().min(), covered.iter().max());
        let (top, bottom) = (i64::from(span.top), i64::from(span.bottom) - 1);
        assert_eq!(ends, (Some(&top), Some(&bottom)));
    }
}

/// A wide pen covers each column between its extremes, and nothing farther from the line than its
/// square ends reach.
///
/// # Panics
/// When it does not.
pub fn wide(source: &mut Source) {
    let (columns, scale) = columns(source);
    let widest = source.pick(&[2, 3, 64]);
    let width = source.between(2, widest) as usize;
    let pixels = pixels_twin(&columns, scale);
    let found = spans(&columns, scale, width);
    let margin = margin(width);
    assert_eq!(found.len(), columns.len() + 2 * margin);
    let reach = width as f64 * std::f64::consts::FRAC_1_SQRT_2 + 1.0;
    for (place, span) in found.iter().enumerate() {
        let (top, bottom) = (f64::from(span.top), f64::from(span.bottom));
        let column = place.checked_sub(margin);
        if let Some(Some(four)) = column.and_then(|column| pixels.get(column)) {
            let (low, high) = ends(four);
            let inside = ((low - MIDDLE).ceil(), (high - MIDDLE).floor());
            assert!(inside.0 > inside.1 || top <= inside.0 && inside.1 < bottom);
        }
        if span.is_empty() {
            continue;
        }
        // The columns at most so far away.
        let from = (place.saturating_sub(margin + reach as usize)).min(pixels.len());
        let to = (place + reach as usize + 1)
            .saturating_sub(margin)
            .min(pixels.len());
        let near: Vec<f64> = pixels[from..to]
            .iter()
            .copied()
            .flatten()
            .flatten()
            .collect();
        let (low, high) = ends(&near);
        assert!(low - reach <= top && bottom - 1.0 <= high + reach);
    }
}

/// The least and the greatest of numbers.
fn ends(numbers: &[f64]) -> (f64, f64) {
    let fold = |(low, high): (f64, f64), &number: &f64| (low.min(number), high.max(number));
    numbers
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), fold)
}
