"""How much is measured: sizes of series, rounds of a race, and whether memory allows it.

With `PIKER_BENCH_QUICK` set, series end at a million rows and a race at its first round: that shows
that benchmarks run and that their results are right, and measures nothing.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ['IS_QUICK', 'ROUNDS', 'SIZES', 'need_memory', 'up_to_limit']

IS_QUICK = bool(os.environ.get('PIKER_BENCH_QUICK'))
MOST_ROWS = 10**6 if IS_QUICK else 10**8
ROUNDS = 1 if IS_QUICK else 9
"""Interleaved rounds of a race."""


def up_to_limit(*sizes: int) -> tuple[int, ...]:
    """Return the sizes that are to be measured.

    Parameters
    ----------
    *sizes : int
        Numbers of rows.

    Returns
    -------
    tuple of int
        Those that are not above the limit of this run.
    """
    return tuple(size for size in sizes if size <= MOST_ROWS)


SIZES = up_to_limit(10**4, 10**6, 10**8)
"""Rows of a series, as asv's parameter."""


def need_memory(needed: int) -> None:
    """Leave a benchmark out where it would not fit.

    Parameters
    ----------
    needed : int
        Bytes that it holds at its fullest.

    Raises
    ------
    NotImplementedError
        When less is available; asv counts that as skipped.
    """
    lines = Path('/proc/meminfo').read_text(encoding='ascii').splitlines()
    (available,) = (int(line.split()[1]) * 1024 for line in lines if 'MemAvailable' in line)
    if needed > available:
        raise NotImplementedError(
            f'needs {needed / 2**30:.1f} GiB of memory, {available / 2**30:.1f} are available'
        )
