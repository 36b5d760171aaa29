"""The ladder of zoom levels: whole pixels a row when near, powers of 2^(1/4) rows a pixel when far.

Every level is one of a fixed set, so zooming out and in again restores the picture exactly,
bars are spaced evenly in whole device pixels, and columns computed once stay valid.
"""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ['STEPS', 'Zoom', 'level_of', 'nearest_step']

LEVELS_AN_OCTAVE = 4
RATIO = 2 ** (1 / LEVELS_AN_OCTAVE)
WIDEST_STEP = 640
FARTHEST_LEVEL = 160  # 2^40 rows a pixel: any history is one column


def bar_steps() -> tuple[int, ...]:
    """Return the widths of a row in device pixels, ascending, a ratio of about 2^(1/4) apart."""
    steps = [1]
    while steps[-1] < WIDEST_STEP:
        steps.append(max(steps[-1] + 1, round(steps[-1] * RATIO)))
    return tuple(steps)


STEPS = bar_steps()


class Zoom(NamedTuple):
    """One rung of the ladder.

    Attributes
    ----------
    level : int
        0 is one row a device pixel; negative levels are nearer, positive ones farther.
    """

    level: int

    @property
    def step(self) -> int:
        """Device pixels a row, or 0 where a pixel holds more than one row."""
        return STEPS[-self.level] if self.level <= 0 else 0

    @property
    def uppx(self) -> float:
        """Rows a device pixel."""
        return 2.0 ** (self.level / LEVELS_AN_OCTAVE) if self.level > 0 else 1 / self.step

    def by(self, levels: int) -> Zoom:
        """Return the rung `levels` farther away, held within the ladder."""
        return Zoom(max(1 - len(STEPS), min(FARTHEST_LEVEL, self.level + levels)))


def nearest_step(pixels: float) -> Zoom:
    """Return the widest rung whose row is at most `pixels` device pixels wide, at least one."""
    fitting = [index for index, step in enumerate(STEPS) if step <= pixels]
    return Zoom(-(fitting[-1] if fitting else 0))


def level_of(uppx: float) -> Zoom:
    """Return the nearest rung, from one row a pixel on, that shows at least `uppx` of them."""
    if uppx <= 1:
        return Zoom(0)
    return Zoom(min(FARTHEST_LEVEL, math.ceil(round(math.log(uppx, RATIO), 6))))
