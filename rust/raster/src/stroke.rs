//! Which pixels a wide pen covers: the line's segments, its joints and its ends as polygons.
//!
//! ```text
//!      ┌──┐   a segment is a rectangle as wide as the pen,
//!      │  │╲  a joint the triangle between the outer corners of two of them (bevelled),
//!      │  ├─╲ an end half a width more (square): what a pen of Qt has unless told otherwise.
//! ```
//!
//! A pixel is covered where its middle lies within a polygon, and each column keeps one span: pieces
//! of a joined line hang together in every column, as far as a pen is wide.

use crate::spans::{ROUNDING, Scale, Span};

/// A place in device pixels.
type Point = (f64, f64);

/// How far a pen reaches over the first and the last column of a line, in columns.
#[must_use]
pub fn margin(width: usize) -> usize {
    if width == 1 { 0 } else { width }
}

/// The spans of a line through columns, drawn with a pen of `width`; the first of them lies `margin`
/// columns before the first given.
pub(crate) fn wide_spans(columns: &[[f64; 4]], scale: Scale, width: usize) -> Vec<Span> {
    let margin = margin(width);
    let mut stroke = Stroke {
        half: width as f64 / 2.0,
        spans: vec![Span::EMPTY; columns.len() + 2 * margin],
        before: None,
        heading: None,
    };
    for (place, column) in columns.iter().enumerate() {
        if column.iter().all(|value| value.is_finite()) {
            let middle = (place + margin) as f64 + 0.5;
            for value in column {
                stroke.line_to((middle, scale.pixel(*value)));
            }
        } else {
            stroke.end();
        }
    }
    stroke.end();
    stroke.spans
}

/// A line on its way.
struct Stroke {
    half: f64,
    spans: Vec<Span>,
    before: Option<Point>,
    /// The unit vector of the segment before, where there is one.
    heading: Option<Point>,
}

impl Stroke {
    fn line_to(&mut self, to: Point) {
        let Some(from) = self.before else {
            self.before = Some(to);
            return;
        };
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        if length == 0.0 {
            return;
        }
        let heading = (dx / length, dy / length);
        match self.heading {
            None => self.segment(self.ahead(from, heading, -1.0), from, heading),
            Some(before) => self.join(from, before, heading),
        }
        self.segment(from, to, heading);
        self.before = Some(to);
        self.heading = Some(heading);
    }

    /// Finish a line; the next one begins anew.
    fn end(&mut self) {
        if let (Some(at), Some(heading)) = (self.before, self.heading) {
            self.segment(at, self.ahead(at, heading, 1.0), heading);
        } else if let Some(at) = self.before {
            // A point of its own is a square.
            let heading = (0.0, 1.0);
            let (top, bottom) = (self.ahead(at, heading, -1.0), self.ahead(at, heading, 1.0));
            self.segment(top, bottom, heading);
        }
        self.before = None;
        self.heading = None;
    }

    /// Half a width along a direction.
    fn ahead(&self, from: Point, heading: Point, sign: f64) -> Point {
        let reach = sign * self.half;
        (from.0 + reach * heading.0, from.1 + reach * heading.1)
    }

    fn segment(&mut self, from: Point, to: Point, heading: Point) {
        let (x, y) = (-heading.1 * self.half, heading.0 * self.half);
        self.cover(&[
            (from.0 + x, from.1 + y),
            (to.0 + x, to.1 + y),
            (to.0 - x, to.1 - y),
            (from.0 - x, from.1 - y),
        ]);
    }

    fn join(&mut self, at: Point, before: Point, heading: Point) {
        let turn = before.0 * heading.1 - before.1 * heading.0;
        if turn == 0.0 {
            return;
        }
        // The outer side is at the left of a turn to the right.
        let side = if turn > 0.0 { self.half } else { -self.half };
        self.cover(&[
            at,
            (at.0 + before.1 * side, at.1 - before.0 * side),
            (at.0 + heading.1 * side, at.1 - heading.0 * side),
        ]);
    }

    /// Take in a convex polygon.
    fn cover(&mut self, polygon: &[Point]) {
        let xs = polygon.iter().map(|point| point.0);
        let (left, right) = xs.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
            (low.min(x), high.max(x))
        });
        let last = self.spans.len() as f64;
        let first = (left - ROUNDING).ceil().clamp(0.0, last) as usize;
        let stop = ((right - ROUNDING).floor() + 1.0).clamp(0.0, last) as usize;
        for (place, span) in self.spans.iter_mut().enumerate().take(stop).skip(first) {
            let (low, high) = crossed(polygon, place as f64 + ROUNDING);
            let (top, bottom) = ((low - ROUNDING).ceil(), (high - ROUNDING).floor());
            if top <= bottom {
                span.cover(top as i32, bottom as i32);
            }
        }
    }
}

/// Where a vertical line enters a convex polygon and where it leaves it.
fn crossed(polygon: &[Point], x: f64) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut from = polygon[polygon.len() - 1];
    for &to in polygon {
        let (start, stop) = if from.0 <= to.0 {
            (from, to)
        } else {
            (to, from)
        };
        if start.0 <= x && x <= stop.0 {
            let run = stop.0 - start.0;
            if run > 0.0 {
                let y = start.1 + (x - start.0) / run * (stop.1 - start.1);
                low = low.min(y);
                high = high.max(y);
            } else {
                low = low.min(start.1.min(stop.1));
                high = high.max(start.1.max(stop.1));
            }
        }
        from = to;
    }
    (low, high)
}
