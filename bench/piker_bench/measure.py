"""One tracked benchmark, run in this process."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from piker_bench.goals import Goal

__all__ = ['Finding', 'measure', 'number']


class Finding(NamedTuple):
    """What was measured for a goal.

    Attributes
    ----------
    goal : Goal
        The bar.
    figure : float, or None
        None where this machine has not what it takes.
    k : float, or None
        What an absolute figure was divided by; None for ratios.
    floor : float, or None
        The least that the figure could be here, where the goal tells how to know.
    lack : str
        Why there is no figure.
    """

    goal: Goal
    figure: float | None
    k: float | None = None
    floor: float | None = None
    lack: str = ''

    @property
    def verdict(self) -> str:
        """One of 'met', 'missed', 'out of reach' and 'skipped'."""
        if self.figure is None:
            return 'skipped'
        if self.figure <= self.goal.limit:
            return 'met'
        is_reachable = self.floor is None or self.floor <= self.goal.limit
        return 'missed' if is_reachable else 'out of reach'

    @property
    def reason(self) -> str:
        """Why there is no figure, or why it is above the bar; empty where it is not."""
        if self.lack or self.verdict == 'met' or not self.goal.reason:
            return self.lack
        least = '' if self.floor is None else f'{number(self.floor, self.goal.unit)}: '
        return f'{least}{self.goal.reason}'


def measure(goal: Goal) -> Finding:
    """Run a benchmark as asv would: setup, the method, teardown.

    Parameters
    ----------
    goal : Goal
        Whose.

    Returns
    -------
    Finding
        Skipped where the benchmark needs more memory or cores than there are.
    """
    try:
        figure = run(goal.benchmark, goal.params)
    except NotImplementedError as error:
        return Finding(goal, None, lack=str(error))
    finding = Finding(goal, float(figure), getattr(figure, 'k', None))
    if goal.floor and finding.verdict == 'missed':
        return finding._replace(floor=float(run(goal.floor, goal.params)))
    return finding


def run(benchmark: str, params: tuple[int | str, ...]) -> float:
    """Return the figure of a benchmark."""
    module, suite_name, method = benchmark.split('.')
    suite = getattr(importlib.import_module(f'benchmarks.{module}'), suite_name)()
    getattr(suite, 'setup', lambda *_: None)(*params)
    try:
        figure: float = getattr(suite, method)(*params)
        return figure
    finally:
        getattr(suite, 'teardown', lambda *_: None)(*params)


def number(value: float, unit: str) -> str:
    """Return a figure as it is read: times with their unit, small ratios as fractions.

    Parameters
    ----------
    value : float
        The figure.
    unit : str
        Its unit, empty for ratios.

    Returns
    -------
    str
    """
    if unit:
        return f'{value:.3g} {unit}'
    return f'1/{1 / value:.3g}' if 0 < value <= 0.25 else f'{value:.3g}'
