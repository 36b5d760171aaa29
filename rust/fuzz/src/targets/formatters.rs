//! Formats that are kept up with a series, against those made in one go.

use std::ops::Range;

use piker_path::{
    Bar, Bars, Changes, Flat, Format, Formatter, Growth, Memory, Outline, Part, Points, Room,
    Slots, Strokes, Trace, apply, formatter,
};

use crate::source::Source;
use crate::targets::series::{Columns, Series, prices};

/// What memory holds before anything was written to it.
const POISON: f64 = -7.0;

/// A format that bars can have.
#[derive(Clone, Copy)]
enum Kind {
    Points(Format),
    Strokes(Slots),
}

impl Kind {
    fn draw(source: &mut Source) -> Self {
        let width = source.positive();
        let gap = source.below(8) as f64 / 16.0;
        let baseline = source.price();
        match source.below(5) {
            0 => Self::Points(Format::Flat(Flat { width })),
            1 => Self::Points(Format::Trace(Trace { width })),
            2 => Self::Points(Format::Vertices(Slots { width, gap })),
            3 => Self::Points(Format::Steps(Outline { width, baseline })),
            _ => Self::Strokes(Slots { width, gap }),
        }
    }

    fn formatter(self) -> Box<dyn Formatter> {
        match self {
            Self::Points(format) => Box::new(Points::new(format)),
            Self::Strokes(slots) => Box::new(Strokes::new(slots)),
        }
    }

    fn has_levels(self) -> bool {
        matches!(self, Self::Points(Format::Steps(_)))
    }
}

/// What is formatted: bits of x and y, and what is joined.
#[derive(Debug, PartialEq)]
struct Shown {
    x: Vec<u64>,
    y: Vec<u64>,
    connect: Vec<i32>,
}

impl Shown {
    fn new(x: &[f64], y: &[f64], connect: &[i32]) -> Self {
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect();
        Self {
            x: bits(x),
            y: bits(y),
            connect: connect.to_vec(),
        }
    }

    /// The format of bars by the function that makes it of places and prices.
    fn in_one_go(kind: Kind, series: &Series) -> Self {
        let (count, first) = (series.len(), series.first);
        let places: Vec<f64> = (0..count).map(|row| (first + row as i64) as f64).collect();
        let bars = Bars {
            x: &places,
            prices: prices(&series.columns),
        };
        let points = |each: usize| [vec![POISON; each * count], vec![POISON; each * count]];
        match kind {
            Kind::Points(Format::Flat(Flat { width })) => {
                let [mut x, mut y] = points(4);
                piker_path::flatten(&bars, width, &mut x, &mut y);
                Self::new(&x, &y, &[])
            }
            Kind::Points(Format::Trace(Trace { width })) => {
                let [mut x, mut y] = points(2);
                piker_path::trace(&bars, width, &mut x, &mut y);
                Self::new(&x, &y, &[])
            }
            Kind::Points(Format::Vertices(slots)) => {
                let [mut x, mut y] = points(6);
                let mut connect = vec![9; 6 * count];
                piker_path::vertices(&bars, slots, &mut x, &mut y, &mut connect);
                Self::new(&x, &y, &connect)
            }
            Kind::Points(Format::Steps(Outline { width, baseline })) => {
                let corners = 2 * piker_path::steps::corners(count);
                let [mut x, mut y] = [vec![POISON; corners], vec![POISON; corners]];
                piker_path::steps(&places, &series.columns[3], width, baseline, &mut x, &mut y);
                Self::new(&x, &y, &[])
            }
            Kind::Strokes(slots) => {
                let mut strokes = vec![POISON; 12 * count];
                let written = piker_path::segments(&bars, slots, &mut strokes);
                Self::new(&[], &strokes[..12 * written], &[])
            }
        }
    }
}

/// A formatter with its memory, as the binding keeps them.
struct Held {
    state: Box<dyn Formatter>,
    x: Box<[f64]>,
    y: Box<[f64]>,
    connect: Box<[i32]>,
    /// Whether there is never more room than is needed, at neither end.
    is_tight: bool,
}

impl Held {
    fn new(kind: Kind, is_tight: bool) -> Self {
        Self {
            is_tight,
            state: kind.formatter(),
            x: Box::default(),
            y: Box::default(),
            connect: Box::default(),
        }
    }

    fn reserve(&mut self, changes: &Changes) {
        fn moved<T: Copy>(before: &[T], poison: T, part: &Part) -> Box<[T]> {
            let mut made = vec![poison; part.len].into_boxed_slice();
            made[part.to..part.to + part.from.len()].copy_from_slice(&before[part.from.clone()]);
            made
        }
        let state = self.state.as_ref();
        let growth = if self.is_tight {
            let needed = state.needed(changes);
            let room = Room::exactly(needed.start, needed.end);
            Some(Growth::to(room, state, changes))
        } else {
            Growth::needed(state, changes)
        };
        if let Some(growth) = growth {
            self.x = moved(&self.x, POISON, &growth.x);
            self.y = moved(&self.y, POISON, &growth.y);
            self.connect = moved(&self.connect, 9, &growth.connect);
            self.state.set_room(growth.room);
        }
        let (layout, places) = (self.state.layout(), self.state.room().places());
        assert_eq!(self.connect.len(), places * layout.connect);
        if places > 0 {
            assert_eq!(self.x.len(), places * layout.x + layout.pad);
            assert_eq!(self.y.len(), places * layout.y + layout.pad);
        }
    }

    fn apply(&mut self, changes: &Changes, columns: &Columns, is_packed: bool) {
        self.reserve(changes);
        let packed: Columns = columns.each_ref().map(|column| {
            let part = |rows: Range<i64>| {
                let start = (rows.start - changes.rows.start) as usize;
                &column[start..start + (rows.end - rows.start) as usize]
            };
            changes.ranges().flat_map(part).copied().collect()
        });
        let rows = formatter::Source {
            prices: prices(if is_packed { &packed } else { columns }),
            is_packed,
        };
        let mut memory = Memory {
            x: &mut self.x,
            y: &mut self.y,
            connect: &mut self.connect,
        };
        apply(self.state.as_mut(), changes, &rows, &mut memory);
    }

    /// Format the newest row, whose x is there.
    fn set_live(&mut self, columns: &Columns) {
        let rows = self.state.rows();
        let live = rows.end - 1;
        self.reserve(&Changes {
            kept: rows.clone(),
            rows,
            revised: Vec::new(),
        });
        let mut memory = Memory {
            x: &mut [],
            y: &mut self.y,
            connect: &mut self.connect,
        };
        self.state.revise(live, &prices(columns), &mut memory);
    }

    fn shown(&self) -> Shown {
        let rows = self.state.rows();
        if rows.is_empty() {
            return Shown::new(&[], &[], &[]);
        }
        let layout = self.state.layout();
        let places = self.state.window(rows);
        let part = |each: usize| places.start * each..places.end * each;
        let padded = |each: usize| part(each).start..part(each).end + layout.pad;
        Shown::new(
            &self.x[padded(layout.x)],
            &self.y[padded(layout.y)],
            &self.connect[part(layout.connect)],
        )
    }
}

/// Any mix of changes, formatted after some of them.
///
/// # Panics
/// When what is shown is not what the whole gives.
pub fn formatters(source: &mut Source) {
    let kind = Kind::draw(source);
    let mut series = Series::draw(source, kind.has_levels());
    let mut held = Held::new(kind, source.one_in(3));
    let updates = if series.is_long() { 1 } else { 8 };
    for _ in 0..=source.below(updates) {
        for _ in 0..source.below(4) {
            series.change(source);
        }
        let formatted = held.state.rows();
        let before = held.state.work();
        if source.one_in(3) {
            series.add_idle_range(source);
        }
        let Ok(changes) = Changes::new(&formatted, series.rows(), &series.revised) else {
            assert!(series.rows().start < -(1 << 52) || series.rows().end > 1 << 52);
            return;
        };
        if source.one_in(8) {
            // Memory ahead of time, for rows that may come.
            let mut more = changes.clone();
            more.rows.start -= source.between(0, 300);
            more.rows.end += source.between(0, 300);
            held.reserve(&more);
        }
        let columns = series.columns.clone().map(Vec::into_boxed_slice);
        held.apply(&changes, &columns, source.one_in(2));
        let work = held.state.work();
        assert_eq!(work.written - before.written, changes.count());
        assert_eq!(changes.count(), series.count_changed(&formatted));
        let most_moved = changes.revised.len() * series.len() / 2;
        assert!(work.moved - before.moved <= most_moved as u64);
        series.revised.clear();
        compare(kind, &held, &series, source);
        for _ in 0..source.below(3) {
            let bars = series.bars(source, 1);
            if !series.is_empty() {
                held.set_live(&bars);
                series.put(series.len() - 1, 1, &bars);
                compare(kind, &held, &series, source);
            }
        }
    }
}

fn compare(kind: Kind, held: &Held, series: &Series, source: &mut Source) {
    assert_eq!(held.state.rows(), series.rows());
    assert!(held.shown() == Shown::in_one_go(kind, series));
    if !series.is_empty() {
        let numbers = held.state.numbers();
        assert!(held.state.room().holds(numbers.start, numbers.end));
        let (start, stop) = source.window(series.len());
        compare_window(held, series, start as usize..stop as usize);
    }
}

/// A window of rows has the places of those that have some.
fn compare_window(held: &Held, series: &Series, rows: Range<usize>) {
    let asked = series.first + rows.start as i64..series.first + rows.end as i64;
    let places = held.state.window(asked);
    let all = held.state.window(series.rows());
    let count = |rows: Range<usize>| {
        let is_placed = |bar: &Bar| held.state.layout().x > 0 || bar.is_whole();
        let bars = prices(&series.columns).part(rows).iter();
        bars.filter(is_placed).count()
    };
    assert_eq!(places.start - all.start, count(0..rows.start));
    assert_eq!(places.len(), count(rows));
}
