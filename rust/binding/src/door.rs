//! The one place where the GIL is released, and where errors become those of `piker.core.errors`.

use pyo3::prelude::*;

/// Does the work without the GIL. Waiting for a lock belongs into it too.
pub fn released<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    py.detach(work)
}

/// An `InputError` with this message.
pub fn input_error(py: Python<'_>, message: &str) -> PyErr {
    // Imported when it is needed: the module must load before the package around it is complete.
    let made = py
        .import("piker.core.errors")
        .and_then(|errors| errors.getattr("InputError"))
        .and_then(|kind| kind.call1((message,)));
    match made {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}
