"""Run the tracked ratios that have a bar, print them beside it, and fail where one is over.

Run as `make bench-check`; `python bench/check.py NAME…` runs those whose name contains NAME.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import NamedTuple


class Bar(NamedTuple):
    """The most that a tracked ratio may be."""

    module: str
    suite: str
    method: str
    limit: float
    meaning: str


BARS = (
    Bar(
        'startup',
        'Startup',
        'track_cold_over_import',
        3.0,
        'first painted candle with a cold tree, over the bare import',
    ),
    Bar(
        'startup',
        'Startup',
        'track_attached_over_import',
        1.3,
        'first painted candle beside a running pikerd, over the bare import',
    ),
    Bar(
        'chart',
        'Pan',
        'track_long_over_short',
        1.2,
        'pan frame over 1e7 rows, over the same frame over 1e4 rows',
    ),
    Bar(
        'ring',
        'Push',
        'track_push_over_call',
        5.0,
        'push of one row from Python, over a bare method call',
    ),
)


def measure(bar: Bar) -> float:
    """Run one tracked benchmark as asv would: setup, the method, teardown."""
    suite = getattr(importlib.import_module(f'benchmarks.{bar.module}'), bar.suite)()
    getattr(suite, 'setup', lambda: None)()
    try:
        return float(getattr(suite, bar.method)())
    finally:
        getattr(suite, 'teardown', lambda: None)()


def main(wanted: list[str]) -> int:
    """Measure, report, and return 1 where a bar was missed."""
    sys.path.insert(0, str(Path(__file__).parent))
    missed = 0
    for bar in BARS:
        name = f'{bar.module}.{bar.suite}.{bar.method}'
        if wanted and not any(part in name for part in wanted):
            continue
        ratio = measure(bar)
        missed += ratio > bar.limit
        verdict = 'ok  ' if ratio <= bar.limit else 'MISS'
        sys.stdout.write(f'{verdict}  {ratio:7.3f}  (bar {bar.limit:g})  {name}: {bar.meaning}\n')
        sys.stdout.flush()
    return int(missed > 0)


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
