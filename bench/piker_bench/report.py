"""Findings as text: a line for the terminal, a table for RESULTS.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piker_bench.measure import Finding, number

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ['line', 'table']

HEAD = """\
# Results

Written by `make bench-results`; what the figures are and how they are measured says
[README.md](README.md). A bar is met where the figure is at most it, and out of reach where the
least that the figure could be on this machine, measured too, is more. Ratios are of times in the
same run; `1/80` reads "80 times faster". Times are divided by k, how many times longer `np.max` of
1e7 float64 took than on the machine that the bars were set for.
"""


def line(finding: Finding) -> str:
    """Return one line."""
    goal = finding.goal
    figure = 'none' if finding.figure is None else number(finding.figure, goal.unit)
    parts = [
        f'{finding.verdict:12}',
        f'{goal.name:9}',
        f'{figure:>9}',
        f'(bar {number(goal.limit, goal.unit)})',
        f'{goal.benchmark}{goal.params or ""}: {goal.meaning}',
        scale(finding),
        finding.reason,
    ]
    return '  '.join(part for part in parts if part)


def table(findings: Iterable[Finding], machine: dict[str, str]) -> str:
    """Return the page: on what was measured, and a row for each goal."""
    rows = [
        f'| {finding.goal.name} | {finding.goal.meaning} '
        f'| {number(finding.goal.limit, finding.goal.unit)} '
        f'| {"–" if finding.figure is None else number(finding.figure, finding.goal.unit)} '
        f'| {scale(finding).removeprefix("k = ")} '
        f'| {finding.verdict}{": " * bool(finding.reason)}{finding.reason} |'
        for finding in findings
    ]
    facts = [f'- {name}: {value}' for name, value in machine.items()]
    titles = ['| goal | what | bar | measured | k | verdict |', '|---|---|---|---|---|---|']
    return '\n'.join([HEAD, *facts, '', *titles, *rows, ''])


def scale(finding: Finding) -> str:
    """Return the k of an absolute figure, nothing for a ratio."""
    return '' if finding.k is None else f'k = {finding.k:.2f}'
