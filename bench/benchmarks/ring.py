"""Pushing rows into a ring, against the least that a call and a copy can cost."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from piker.core.rows import BAR
from piker.shm import open_shm_array

from .ratio import race

if TYPE_CHECKING:
    from types import ModuleType

ROW = (1_700_000_000_000_000_000, 1.0, 2.0, 0.5, 1.5, 10.0)
CAPACITY = 1 << 16
CALLS = 20_000


def compiled_floor() -> ModuleType:
    """Compile `floor.pyx` beside this file in a temporary folder and load it."""
    source = Path(__file__).with_name('floor.pyx')
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, source.name)
        copy.write_bytes(source.read_bytes())
        subprocess.run(
            [sys.executable, '-m', 'Cython.Build.Cythonize', '--inplace', '--quiet', copy],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (binary,) = Path(folder).glob('floor*.so')
        spec = importlib.util.spec_from_file_location('floor', binary)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


class Push:
    """Rows of six fields pushed from Python, the pyramid of five of them included."""

    def setup(self) -> None:
        """Open a ring, fill it so that every push evicts, and check what it holds."""
        self.floor: Any = compiled_floor().Floor()
        self.ring = open_shm_array('bench', CAPACITY, BAR)
        self.rows = np.empty(CAPACITY, BAR)
        self.rows['time'] = np.arange(CAPACITY)
        walk = np.random.default_rng(1).standard_normal(CAPACITY).cumsum()
        for name in ('open', 'high', 'low', 'close', 'volume'):
            self.rows[name] = walk
        self.ring.push(self.rows)
        self.ring.push(ROW)
        if (self.ring.first, self.ring.last) != (1, CAPACITY + 1):
            raise RuntimeError(f'a full ring was expected: {self.ring}')
        if self.ring.rows(CAPACITY, CAPACITY + 1).tolist() != [ROW]:
            raise RuntimeError('the row that was pushed is not there')

    def teardown(self) -> None:
        """Close the ring."""
        self.ring.close()

    def track_push_over_call(self) -> float:
        """Return the cost of `push(row)` of a tuple over that of the floor.

        The floor is a method of the same signature of a small Cython class (`floor.pyx`), which
        takes the same tuple, converts its six values and keeps them in the object.
        """
        push, call = self.ring.push, self.floor.push

        def ours() -> None:
            for _ in range(CALLS):
                push(ROW)

        def peer() -> None:
            for _ in range(CALLS):
                call(ROW)

        return race(ours, peer, rounds=15)

    def track_batch_over_copy(self) -> float:
        """Return the cost of pushing 65536 rows at once over that of copying them in memory."""
        source = self.rows.view(np.uint8)
        target = np.empty_like(source)

        def copy() -> None:
            target[:] = source

        return race(lambda: self.ring.push(self.rows), copy, repeats=20, rounds=15)
