//! The index of resting triggers.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use numpy::PyArray1;
use piker_trigger::{AddError, Edge, PriceGrid, Trigger};
use pyo3::prelude::*;

use crate::arrays::{Read, Values, one_column, same_length, slice};
use crate::door::{input_error, released};

/// Rows, ids, and how many prices were too great.
type Fired<'py> = (Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<u64>>, usize);

/// The resting triggers of one symbol. Threads may share it.
#[pyclass(frozen, module = "piker._rust")]
pub struct TriggerIndex {
    grid: PriceGrid,
    inner: Mutex<piker_trigger::TriggerIndex>,
}

impl TriggerIndex {
    fn state(&self) -> MutexGuard<'_, piker_trigger::TriggerIndex> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does short work on the state. Where another thread has it, which may be for as long as a run
    /// of ticks takes, this one waits without the GIL.
    fn with<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut piker_trigger::TriggerIndex) -> T + Send,
    ) -> T {
        match self.inner.try_lock() {
            Ok(mut state) => work(&mut state),
            Err(TryLockError::Poisoned(error)) => work(&mut error.into_inner()),
            Err(TryLockError::WouldBlock) => released(py, || work(&mut self.state())),
        }
    }
}

#[pymethods]
impl TriggerIndex {
    #[new]
    fn new(py: Python<'_>, price_tick: f64) -> PyResult<Self> {
        let grid = PriceGrid::new(price_tick).ok_or_else(|| {
            let message =
                format!("invalid price_tick: not positive and finite, was {price_tick:?}");
            input_error(py, &message)
        })?;
        Ok(Self {
            grid,
            inner: Mutex::default(),
        })
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.with(py, |state| state.len())
    }

    /// Add a trigger.
    fn add(&self, py: Python<'_>, oid: u64, kind: u8, is_above: bool, level: i64) -> PyResult<()> {
        let edge = if is_above { Edge::Above } else { Edge::Below };
        let trigger = Trigger {
            kind: usize::from(kind),
            edge,
            level,
        };
        let added = self.with(py, |state| state.add(oid, trigger));
        added.map_err(|error| {
            let message = match error {
                AddError::Taken => format!("invalid oid: not a new one, {oid} rests already"),
                AddError::UnknownKind => {
                    format!("invalid kind: not 1 (trade), 2 (bid) or 3 (ask), was {kind}")
                }
            };
            input_error(py, &message)
        })
    }

    /// Take a trigger out; whether it rested.
    fn remove(&self, py: Python<'_>, oid: u64) -> bool {
        self.with(py, |state| state.remove(oid)).is_some()
    }

    /// Where a trigger rests: kind, whether it fires above, level.
    fn get(&self, py: Python<'_>, oid: u64) -> Option<(usize, bool, i64)> {
        let trigger = self.with(py, |state| state.get(oid))?;
        Some((trigger.kind, trigger.edge == Edge::Above, trigger.level))
    }

    /// Take out what a price fires; the ids in order, `None` where the price is too great.
    fn cross(&self, py: Python<'_>, kind: u8, price: f64) -> Option<Vec<u64>> {
        let mut fired = Vec::new();
        match self.grid.span(price) {
            Some(span) => self.with(py, |state| {
                state.cross(usize::from(kind), span, |id| fired.push(id));
            }),
            None if price.is_finite() => return None,
            None => {}
        }
        Some(fired)
    }

    /// Take out what prices fire, one after another.
    fn feed<'py>(
        &self,
        py: Python<'py>,
        kinds: Read<'py, u8>,
        prices: Values<'py>,
    ) -> PyResult<Fired<'py>> {
        let (kinds, prices) = (slice(&kinds, "kinds")?, slice(&prices, "prices")?);
        same_length(py, "kinds and prices", &[kinds.len(), prices.len()])?;
        let (rows, ids, unknown) = released(py, || {
            let mut state = self.state();
            let (mut rows, mut ids, mut unknown) = (Vec::new(), Vec::new(), 0);
            for (row, (&kind, &price)) in kinds.iter().zip(prices).enumerate() {
                let Some(span) = self.grid.span(price) else {
                    unknown += usize::from(price.is_finite());
                    continue;
                };
                state.cross(usize::from(kind), span, |id| {
                    rows.push(row as i64);
                    ids.push(id);
                });
            }
            (rows, ids, unknown)
        });
        Ok((one_column(py, rows), one_column(py, ids), unknown))
    }
}
