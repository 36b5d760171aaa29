//! Formats of a series that are kept up with it, in arrays that Python sees without a copy.

use std::ops::Range;

use numpy::PyArray1;
use piker_path::{
    Bar, Changes, Flat, Format, Formatter as State, Growth, Memory, Outline, Points, Prices, Slots,
    Source, Strokes, Trace, apply, changes,
};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arrays::{Values, same_length, slice};
use crate::buffer::Buffer;
use crate::door::{input_error, released};

/// Rows beyond which other threads go on meanwhile.
const MANY_ROWS: u64 = 1 << 14;

/// A format of a series, kept up with it.
#[pyclass(module = "piker._rust")]
pub struct Formatter {
    state: Box<dyn State + Send + Sync>,
    x: Buffer<f64>,
    y: Buffer<f64>,
    connect: Buffer<i32>,
    bytes_allocated: u64,
}

impl Formatter {
    fn new(py: Python<'_>, state: impl State + Send + Sync + 'static) -> PyResult<Self> {
        Ok(Self {
            state: Box::new(state),
            x: Buffer::new(py, 0)?,
            y: Buffer::new(py, 0)?,
            connect: Buffer::new(py, 0)?,
            bytes_allocated: 0,
        })
    }

    /// See to it that there is memory for what changes.
    fn reserve(&mut self, py: Python<'_>, changes: &Changes) -> PyResult<()> {
        let Some(growth) = Growth::needed(self.state.as_ref(), changes) else {
            return Ok(());
        };
        // All or nothing: memory may run out.
        let x = self.x.moved(py, &growth.x)?;
        let y = self.y.moved(py, &growth.y)?;
        let connect = self.connect.moved(py, &growth.connect)?;
        (self.x, self.y, self.connect) = (x, y, connect);
        self.bytes_allocated += growth.bytes() as u64;
        self.state.set_room(growth.room);
        Ok(())
    }

    fn apply(&mut self, py: Python<'_>, changes: &Changes, source: &Source<'_>) -> PyResult<()> {
        self.reserve(py, changes)?;
        let (mut x, mut y) = (self.x.write(py)?, self.y.write(py)?);
        let mut connect = self.connect.write(py)?;
        let mut memory = Memory {
            x: x.as_slice_mut()?,
            y: y.as_slice_mut()?,
            connect: connect.as_slice_mut()?,
        };
        let state = self.state.as_mut();
        if changes.count() > MANY_ROWS {
            released(py, || apply(state, changes, source, &mut memory));
        } else {
            apply(state, changes, source, &mut memory);
        }
        Ok(())
    }

    fn set_live(&mut self, py: Python<'_>, bar: Bar) -> PyResult<()> {
        let rows = self.state.rows();
        if rows.is_empty() {
            let message = "there is no live row yet: format rows by update_xy first";
            return Err(input_error(py, message));
        }
        let prices = Prices {
            open: &[bar.open],
            high: &[bar.high],
            low: &[bar.low],
            close: &[bar.close],
        };
        let live = rows.end - 1;
        let changes = Changes {
            kept: rows.clone(),
            rows,
            revised: Vec::new(),
        };
        self.reserve(py, &changes)?;
        // Its x is there. Each borrow takes about as long as all the rest, so only what is needed.
        let has_connect = self.state.layout().connect > 0;
        let mut y = self.y.write(py)?;
        let mut connect = has_connect.then(|| self.connect.write(py)).transpose()?;
        let mut memory = Memory {
            x: &mut [],
            y: y.as_slice_mut()?,
            connect: match &mut connect {
                Some(connect) => connect.as_slice_mut()?,
                None => &mut [],
            },
        };
        self.state.revise(live, &prices, &mut memory);
        Ok(())
    }
}

/// A number, which may be NaN or infinite.
fn number(value: &Bound<'_, PyAny>, name: &str) -> PyResult<f64> {
    value.extract().map_err(|_| {
        let found = value
            .repr()
            .map_or_else(|_| "?".into(), |text| text.to_string());
        let message = format!("invalid {name}: not a number of float64, was {found}");
        input_error(value.py(), &message)
    })
}

/// The rows from `first` on that are compared with the formatted ones.
fn compare(
    py: Python<'_>,
    formatted: &Range<i64>,
    (first, last): (i64, i64),
    revised: &[(i64, i64)],
) -> PyResult<Changes> {
    Changes::new(formatted, first..last, revised).map_err(|message| input_error(py, &message))
}

/// Four prices, or one level, as arrays.
fn extract<'py>(columns: &Bound<'py, PyTuple>) -> PyResult<Vec<Values<'py>>> {
    if !matches!(columns.len(), 1 | 4) {
        let message = format!(
            "invalid rows: neither four columns nor one, were {}",
            columns.len()
        );
        return Err(input_error(columns.py(), &message));
    }
    columns.iter().map(|column| column.extract()).collect()
}

fn prices<'a>(py: Python<'_>, arrays: &'a [Values<'_>]) -> PyResult<Prices<'a>> {
    let [open, high, low, close] = arrays else {
        let level = slice(&arrays[0], "level")?;
        return Ok(Prices {
            open: level,
            high: level,
            low: level,
            close: level,
        });
    };
    let prices = Prices {
        open: slice(open, "open")?,
        high: slice(high, "high")?,
        low: slice(low, "low")?,
        close: slice(close, "close")?,
    };
    let columns = [prices.open, prices.high, prices.low, prices.close];
    same_length(py, "open, high, low and close", &columns.map(<[f64]>::len))?;
    Ok(prices)
}

#[pymethods]
impl Formatter {
    /// Four points a bar.
    #[staticmethod]
    fn flat(py: Python<'_>, width: f64) -> PyResult<Self> {
        Self::new(py, Points::new(Format::Flat(Flat { width })))
    }

    /// Two points a bar.
    #[staticmethod]
    fn trace(py: Python<'_>, width: f64) -> PyResult<Self> {
        Self::new(py, Points::new(Format::Trace(Trace { width })))
    }

    /// The outline of a histogram.
    #[staticmethod]
    fn steps(py: Python<'_>, width: f64, baseline: f64) -> PyResult<Self> {
        let outline = Outline { width, baseline };
        Self::new(py, Points::new(Format::Steps(outline)))
    }

    /// Six vertices a bar.
    #[staticmethod]
    fn vertices(py: Python<'_>, width: f64, gap: f64) -> PyResult<Self> {
        Self::new(py, Points::new(Format::Vertices(Slots { width, gap })))
    }

    /// Three strokes a bar that is no gap.
    #[staticmethod]
    fn segments(py: Python<'_>, width: f64, gap: f64) -> PyResult<Self> {
        Self::new(py, Strokes::new(Slots { width, gap }))
    }

    /// The first row that is formatted.
    #[getter]
    fn first(&self) -> i64 {
        self.state.rows().start
    }

    /// Behind the last row that is formatted.
    #[getter]
    fn last(&self) -> i64 {
        self.state.rows().end
    }

    /// Rows formatted since the beginning.
    #[getter]
    fn rows_written(&self) -> u64 {
        self.state.work().written
    }

    /// Rows moved since the beginning.
    #[getter]
    fn rows_moved(&self) -> u64 {
        self.state.work().moved
    }

    /// Bytes of memory taken since the beginning.
    #[getter]
    fn bytes_allocated(&self) -> u64 {
        self.bytes_allocated
    }

    /// Memory of x, with its room.
    #[getter]
    fn x(&self, py: Python<'_>) -> Py<PyArray1<f64>> {
        self.x.shown(py)
    }

    /// Memory of y or of strokes, with its room.
    #[getter]
    fn y(&self, py: Python<'_>) -> Py<PyArray1<f64>> {
        self.y.shown(py)
    }

    /// Memory of what joins vertices, with its room.
    #[getter]
    fn connect(&self, py: Python<'_>) -> Py<PyArray1<i32>> {
        self.connect.shown(py)
    }

    /// Get memory for rows beside those that are formatted.
    fn allocate(&mut self, py: Python<'_>, first: i64, last: i64) -> PyResult<()> {
        changes::require_rows(&(first..last)).map_err(|message| input_error(py, &message))?;
        let rows = self.state.rows();
        let all = if rows.is_empty() {
            first..last
        } else {
            first.min(rows.start)..last.max(rows.end)
        };
        let changes = compare(py, &rows, (all.start, all.end), &[])?;
        self.reserve(py, &changes)
    }

    /// The rows to format, from each first to behind the last.
    fn changes(
        &self,
        py: Python<'_>,
        first: i64,
        last: i64,
        revised: Vec<(i64, i64)>,
    ) -> PyResult<Vec<(i64, i64)>> {
        let changes = compare(py, &self.state.rows(), (first, last), &revised)?;
        Ok(changes
            .ranges()
            .map(|rows| (rows.start, rows.end))
            .collect())
    }

    /// Format what changed of the rows from `first` on, which are all there are.
    fn update(
        &mut self,
        py: Python<'_>,
        columns: Bound<'_, PyTuple>,
        first: i64,
        revised: Vec<(i64, i64)>,
    ) -> PyResult<()> {
        let arrays = extract(&columns)?;
        let prices = prices(py, &arrays)?;
        let last = first.saturating_add(prices.len() as i64);
        let changes = compare(py, &self.state.rows(), (first, last), &revised)?;
        let is_packed = false;
        self.apply(py, &changes, &Source { prices, is_packed })
    }

    /// As `update`, where the columns have only the rows that `changes` tells, in its order.
    fn update_packed(
        &mut self,
        py: Python<'_>,
        columns: Bound<'_, PyTuple>,
        rows: (i64, i64),
        revised: Vec<(i64, i64)>,
    ) -> PyResult<()> {
        let arrays = extract(&columns)?;
        let prices = prices(py, &arrays)?;
        let changes = compare(py, &self.state.rows(), rows, &revised)?;
        if prices.len() as u64 != changes.count() {
            let (found, count) = (prices.len(), changes.count());
            let message = format!("invalid columns: not of {count} rows, were {found}");
            return Err(input_error(py, &message));
        }
        let is_packed = true;
        self.apply(py, &changes, &Source { prices, is_packed })
    }

    /// Format the live row from its prices.
    fn update_live(
        &mut self,
        py: Python<'_>,
        open: &Bound<'_, PyAny>,
        high: &Bound<'_, PyAny>,
        low: &Bound<'_, PyAny>,
        close: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let bar = Bar {
            open: number(open, "open")?,
            high: number(high, "high")?,
            low: number(low, "low")?,
            close: number(close, "close")?,
        };
        self.set_live(py, bar)
    }

    /// Format the live row from its level.
    fn update_level(&mut self, py: Python<'_>, level: &Bound<'_, PyAny>) -> PyResult<()> {
        let level = number(level, "level")?;
        let bar = Bar {
            open: level,
            high: level,
            low: level,
            close: level,
        };
        self.set_live(py, bar)
    }

    /// The places of rows from `start` to before `stop`.
    fn window(&self, py: Python<'_>, start: i64, stop: i64) -> PyResult<(usize, usize)> {
        let rows = self.state.rows();
        if rows.is_empty() && start == rows.start && stop == start {
            // There may be no memory yet.
            return Ok((0, 0));
        }
        if rows.start <= start && start <= stop && stop <= rows.end {
            let places = self.state.window(start..stop);
            return Ok((places.start, places.end));
        }
        let message = format!(
            "invalid window: not within the formatted rows {} to {}, was [{start}, {stop})",
            rows.start, rows.end
        );
        Err(input_error(py, &message))
    }
}
