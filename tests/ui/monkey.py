"""A user and a market without sense: whatever they do, the chart has to bear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.ui.stage import (
    HOUR,
    MINUTE,
    SMOOTHED,
    append,
    change_marks,
    difference,
    pixels_of,
    tick,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from tests.ui.stage import Stage

__all__ = ['anything', 'ghosts']


def anything(stage: Stage, random: np.random.Generator) -> None:
    """Let something happen to the rings, the views, the band, the cursor or the slow chart.

    Parameters
    ----------
    stage : Stage
        A window with a slow chart.
    random : numpy.random.Generator
        What chooses.
    """
    splits = stage.window.splits
    charts = splits.charts
    at = float(random.integers(0, 560)), float(random.integers(0, 200))
    pointer = charts[int(random.integers(len(charts)))], at
    is_in, pixel, notches = random.integers(2), int(at[0]), float(random.integers(-3, 4))
    deeds: list[Callable[[], object]] = [
        lambda: tick(stage.ring, float(random.normal(0, 0.03))),
        lambda: tick(stage.slow, float(random.normal(0, 0.1))),
        lambda: append(stage.ring, MINUTE),
        lambda: append(stage.slow, HOUR),
        lambda: splits.pan(pixel - 280),
        lambda: splits.slow.pan((pixel - 280) / 4),
        lambda: splits.zoom(notches),
        lambda: splits.slow.zoom(notches),
        lambda: splits.move_band(pixel),
        lambda: splits.call_band(pixel),
        lambda: setattr(splits, 'pointer', pointer if is_in else None),
        splits.toggle_overview,
        splits.cycle_style,
        lambda: change_marks(stage, random),
        lambda: change_marks(stage, random),
    ]
    deeds[int(random.integers(len(deeds)))]()
    stage.window.loop.request()


def ghosts(stage: Stage) -> int:
    """Return how many pixels on the (off) screen are not those of a clean render.

    Where a line is smoothed, a few shades are none.
    """
    is_smoothed = stage.window.splits.price_graphics.style.is_of_closes
    shades = difference(pixels_of(stage.screen_image()), stage.pixels())
    return int((shades > (SMOOTHED if is_smoothed else 0)).sum())
