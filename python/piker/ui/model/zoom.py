"""The ladder of zoom levels: whole pixels a row when near, powers of 2^(1/4) rows a pixel when far.

Every level is one of a fixed set, so zooming out and in again restores the picture exactly,
bars are spaced evenly in whole device pixels, and columns computed once stay valid. The one rung
off the ladder is its end: the zoom at which all rows fill the width.
"""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ['STEPS', 'Zoom', 'fitting', 'level_of', 'nearest_step']

LEVELS_AN_OCTAVE = 4
RATIO = 2 ** (1 / LEVELS_AN_OCTAVE)
WIDEST_STEP = 640
FARTHEST_LEVEL = 160  # 2^40 rows a pixel: any history is one column
# Rows narrower than this may be spaced unevenly by a pixel to fill a width: whole pixels would
# leave up to half of it empty.
LEAST_WHOLE_STEP = 6


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
        0 is one row a device pixel; negative levels are nearer, positive ones farther. Off the
        ladder: the nearest rung that is farther.
    pixels, rows : int
        Off the ladder: so many device pixels hold so many rows; zeros on it.
    """

    level: int
    pixels: int = 0
    rows: int = 0

    @property
    def spacing(self) -> tuple[int, int]:
        """Device pixels and the rows they hold, where a row has a pixel at least; else zeros."""
        if self.rows:
            return (self.pixels, self.rows) if self.pixels >= self.rows else (0, 0)
        return (STEPS[-self.level], 1) if self.level <= 0 else (0, 0)

    @property
    def step(self) -> int:
        """Whole device pixels a row, or 0 where a pixel holds more than one row."""
        pixels, rows = self.spacing
        return pixels // rows if rows else 0

    @property
    def uppx(self) -> float:
        """Rows a device pixel."""
        if self.rows:
            return self.rows / self.pixels
        return 2.0 ** (self.level / LEVELS_AN_OCTAVE) if self.level > 0 else 1 / self.step

    def by(self, levels: int) -> Zoom:
        """Return the rung `levels` farther away, held within the ladder."""
        if levels == 0:
            return self
        return Zoom(max(1 - len(STEPS), min(FARTHEST_LEVEL, self.level + levels)))


def nearest_step(pixels: float) -> Zoom:
    """Return the widest rung whose row is at most `pixels` device pixels wide, at least one."""
    fitting = [index for index, step in enumerate(STEPS) if step <= pixels]
    return Zoom(-(fitting[-1] if fitting else 0))


def fitting(rows: int, room: int, widest: int) -> Zoom:
    """Return the zoom at which rows fill device pixels, each at most `widest` of them wide.

    Parameters
    ----------
    rows, room, widest : int
        How many rows, the pixels for all of them, and the most for one; each at least one.

    Returns
    -------
    Zoom
        All of the rows fit; the part of the room that is left is under a row for narrow ones and
        under a seventh for wider ones, unless they are as wide as they may be.
    """
    step = min(widest, room // rows)
    # Columns are anchored to absolute rows, not to the first one: a pixel is kept for that.
    pixels, held = (step, 1) if step >= min(LEAST_WHOLE_STEP, widest) else (max(1, room - 1), rows)
    rung = nearest_step(pixels / held) if pixels >= held else level_of(held / pixels)
    return rung if rung.step == pixels and held == 1 else Zoom(rung.level, pixels, held)


def level_of(uppx: float) -> Zoom:
    """Return the nearest rung, from one row a pixel on, that shows at least `uppx` of them."""
    if uppx <= 1:
        return Zoom(0)
    return Zoom(min(FARTHEST_LEVEL, math.ceil(round(math.log(uppx, RATIO), 6))))
