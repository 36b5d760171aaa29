"""Measure what has a bar, print it beside the bar, and fail where one is missed.

Run as `python -m piker_bench.check [--write FILE] [NAME…]`: all goals, or those whose name or
benchmark contains a NAME.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from piker_bench.goals import GOALS
from piker_bench.machine import describe
from piker_bench.measure import measure
from piker_bench.report import line, table

__all__ = ['main']


def main(arguments: list[str]) -> int:
    """Measure, report, and return 1 where a bar was missed."""
    parser = argparse.ArgumentParser(prog='piker_bench.check', description=__doc__)
    parser.add_argument('--write', type=Path, metavar='FILE', help='write the table there')
    parser.add_argument('names', nargs='*', metavar='NAME')
    options = parser.parse_args(arguments)
    machine = describe()
    findings = []
    for goal in GOALS:
        if options.names and not any(
            name == goal.name or name in goal.benchmark for name in options.names
        ):
            continue
        findings.append(measure(goal))
        sys.stdout.write(f'{line(findings[-1])}\n')
        sys.stdout.flush()
    if options.write:
        options.write.write_text(table(findings, machine), encoding='utf-8')
    return int(any(finding.verdict == 'missed' for finding in findings))


if __name__ == '__main__':
    raise SystemExit(main(sys.argv[1:]))
