"""Frames of the real window, drawn off screen over rings of this process."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from piker.ui.qt.application import open_application
from tests.ui.stage import Stage, walk

from .ratio import race
from .sizes import IS_QUICK

if TYPE_CHECKING:
    from piker.ui.qt.splits import LinkedSplits

SHORT, LONG = 10_000, 1_000_000 if IS_QUICK else 10_000_000
WINDOW = (1440, 900)
PAN_PIXELS = 3.0
OLDER = 2000


class Pan:
    """A pan by three pixels, painted, over many rows against few."""

    timeout = 600.0

    def setup(self) -> None:
        """Show a window over each ring."""
        app = open_application()
        self.stages = [
            Stage(app, walk(count), WINDOW, 'dark', has_quote=True) for count in (LONG, SHORT)
        ]
        for stage in self.stages:
            stage.settle()

    def teardown(self) -> None:
        """Close windows and rings."""
        for stage in self.stages:
            stage.close()

    def race_pans(self) -> float:
        """Return the long frame over the short one, of the views as they are."""
        return race(*(lambda stage=stage: pan(stage) for stage in self.stages), repeats=20)

    def track_long_over_short(self) -> float:
        """Return a pan frame at the same zoom over 1e7 rows, over that of 1e4 (bar: 1.2)."""
        return self.race_pans()

    def track_whole_long_over_short(self) -> float:
        """Return a pan frame of the whole of 1e7 rows, over that of the whole of 1e4 (bar: 1.2)."""
        for stage in self.stages:
            show_all(stage.window.splits, stage)
        return self.race_pans()


class PanBelowOverview:
    """A pan by three pixels below a slow chart, painted, against the same charts without it."""

    timeout = 600.0

    def setup(self) -> None:
        """Show a window with a slow chart, and one without that is lower by as much."""
        app = open_application()
        rows = walk(SHORT)
        below = Stage(app, rows, WINDOW, 'dark', has_quote=True, older=OLDER)
        below.settle()
        splits = below.window.splits
        lower = WINDOW[1] - splits.sizes()[0] - splits.handleWidth()
        alone = Stage(app, rows, (WINDOW[0], lower), 'dark', has_quote=True)
        alone.settle()
        self.stages = [below, alone]
        if splits.overview.band is None:
            raise RuntimeError('the slow chart has no band')
        if splits.sizes()[1:] != alone.window.splits.sizes()[1:]:
            raise RuntimeError('the charts are not of the same size')

    def teardown(self) -> None:
        """Close windows and rings."""
        for stage in self.stages:
            stage.close()

    def track_with_over_without(self) -> float:
        """Return a pan frame with a slow chart over that of the same charts without (bar: 1.2)."""
        return race(*(lambda stage=stage: pan(stage) for stage in self.stages), repeats=20)


def pan(stage: Stage) -> None:
    """Pan there and back by a few pixels and paint both frames."""
    for step in (PAN_PIXELS, -PAN_PIXELS):
        stage.window.splits.pan(step)
        if not stage.frame():
            raise RuntimeError('a pan drew no frame')


def show_all(splits: LinkedSplits, stage: Stage) -> None:
    """Zoom out until all rows are in view."""
    ring = stage.ring
    while splits.viewport.rows()[0] > ring.first:
        splits.zoom(1)
        stage.frame()
    if splits.viewport.rows()[1] < ring.last:
        raise RuntimeError('the last row left the view')
