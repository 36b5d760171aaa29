"""Run every benchmark once, at up to a million rows: that it runs, and that its result is right.

Run as `python -m piker_bench.quick [NAME…]`, or `make bench-quick`. A benchmark's setup compares
results with an oracle; here it is held to it, whatever the time.
"""

from __future__ import annotations

import math
import os
import sys
import time
from typing import Any

from asv_runner.discovery import disc_benchmarks

__all__ = ['main']


def main(names: list[str]) -> int:
    """Run benchmarks whose name contains one of `names`, all without; an error ends the run."""
    os.environ['PIKER_BENCH_QUICK'] = '1'
    count = 0
    for benchmark in disc_benchmarks('benchmarks'):
        if names and not any(name in benchmark.name for name in names):
            continue
        start = time.perf_counter()
        for place in range(math.prod(len(values) for values in benchmark.params)):
            if benchmark.params:
                benchmark.set_param_idx(place)
            run(benchmark)
            count += 1
        sys.stdout.write(f'{time.perf_counter() - start:6.1f} s  {benchmark.name}\n')
        sys.stdout.flush()
    sys.stdout.write(f'{count} runs\n')
    return int(count == 0)


def run(benchmark: Any) -> None:
    """Run a benchmark with its present parameters, and see that its figure is one."""
    if benchmark.do_setup():
        raise RuntimeError(f'{benchmark.name} was skipped: it asks for more than there is')
    try:
        figure = benchmark.do_run()
    finally:
        benchmark.do_teardown()
    # NaN says that there is no such contestant.
    if not (math.isnan(figure) or 0 < figure < math.inf):
        raise RuntimeError(f'{benchmark.name} tracked {figure}')


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
