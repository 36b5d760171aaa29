"""One tracked benchmark, run in this process."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from piker_bench.goals import Goal

__all__ = ['Finding', 'measure']


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
    reason : str
        Why there is no figure.
    """

    goal: Goal
    figure: float | None
    k: float | None = None
    reason: str = ''

    @property
    def verdict(self) -> str:
        """One of 'met', 'missed' and 'skipped'."""
        if self.figure is None:
            return 'skipped'
        return 'met' if self.figure <= self.goal.limit else 'missed'


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
    module, suite_name, method = goal.benchmark.split('.')
    suite = getattr(importlib.import_module(f'benchmarks.{module}'), suite_name)()
    try:
        getattr(suite, 'setup', lambda *_: None)(*goal.params)
        try:
            figure = getattr(suite, method)(*goal.params)
        finally:
            getattr(suite, 'teardown', lambda *_: None)(*goal.params)
    except NotImplementedError as error:
        return Finding(goal, None, reason=str(error))
    return Finding(goal, float(figure), getattr(figure, 'k', None))
