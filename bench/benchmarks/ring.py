"""Rows pushed into a ring and columns read from it, against the least that these can cost."""

from __future__ import annotations

import itertools

import numpy as np

from piker.core.rows import BAR
from piker.shm import open_shm_array

from .floors import open_floor
from .ratio import Scaled, race, scaled
from .series import walk
from .sizes import SIZES, need_memory

ROW = (1_700_000_000_000_000_000, 1.0, 2.0, 0.5, 1.5, 10.0)
CALLS = 20_000
BATCH = 1 << 13


class FullRing:
    """A ring of six fields, the pyramid of five of them included; every push evicts."""

    timeout = 1800.0
    param_names = ('rows',)
    params = (SIZES,)

    def setup(self, rows: int) -> None:
        """Open a ring, fill it, and check what it holds."""
        need_memory(130 * rows)
        self.ring = open_shm_array('bench', rows, BAR)
        self.batch = np.empty(BATCH, BAR)
        self.batch['time'] = np.arange(BATCH)
        for name in ('open', 'high', 'low', 'close', 'volume'):
            self.batch[name] = walk(BATCH)
        while self.ring.last <= self.ring.capacity:
            self.ring.push(self.batch)
        self.ring.push(ROW)
        last = self.ring.last
        if self.ring.first != last - self.ring.capacity:
            raise RuntimeError(f'a full ring was expected: {self.ring}')
        if self.ring.rows(last - 1, last).tolist() != [ROW]:
            raise RuntimeError('the row that was pushed is not there')
        rows_before = self.ring.rows(last - 1 - BATCH, last - 1)
        np.testing.assert_array_equal(rows_before, self.batch)
        self.floor = open_floor()

    def teardown(self, rows: int) -> None:
        """Close the ring."""
        self.ring.close()

    def track_push_over_call(self, rows: int) -> float:
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

        return race(ours, peer)

    def track_batch_over_copy(self, rows: int) -> float:
        """Return the cost of pushing 8192 rows at once over that of copying them in memory."""
        source = self.batch.view(np.uint8)
        target = np.empty_like(source)

        def copy() -> None:
            target[:] = source

        return race(lambda: self.ring.push(self.batch), copy)

    def track_row_inside_ns(self, rows: int) -> Scaled:
        """Return the nanoseconds of a row that is pushed with 8191 others, scaled."""
        return scaled(lambda: self.ring.push(self.batch), 1e-9, count=BATCH)

    def track_copy_inside_ns(self, rows: int) -> Scaled:
        """Return the nanoseconds of a row that is copied with 8191 others, scaled.

        From stretch to stretch of memory as large as the ring's: what lies there is no longer in
        the caches either.
        """
        source = self.batch.view(np.uint8)
        memory = np.full((max(1, rows // BATCH), len(source)), 1, np.uint8)
        stretches = itertools.cycle(memory)

        def copy() -> None:
            next(stretches)[:] = source

        return scaled(copy, 1e-9, count=BATCH)

    def track_column_over_call(self, rows: int) -> float:
        """Return the cost of a view of all rows of a field over that of the floor."""
        column, call = self.ring.column, self.floor.column
        first, last = self.ring.first, self.ring.last

        def ours() -> None:
            for _ in range(CALLS):
                column('close', first, last)

        def peer() -> None:
            for _ in range(CALLS):
                call('close', first, last)

        return race(ours, peer)

    def track_scan_over_max(self, rows: int) -> float:
        """Return the cost of `np.max` of a column across the wrap over that of a plain array."""
        first, last = self.ring.first, self.ring.last
        column = self.ring.column('close', first, last)
        return race(column.max, column.copy().max)

    def track_scan_over_strided(self, rows: int) -> float:
        """Return the cost of `np.max` of a column over that of a field of structured rows."""
        first, last = self.ring.first, self.ring.last
        column, table = self.ring.column('close', first, last), self.ring.rows(first, last)
        return race(column.max, table['close'].max)
