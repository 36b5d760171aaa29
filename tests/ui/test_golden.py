"""A few whole pictures, compared with ones that were looked at by eye.

`PIKER_REDRAW=1 pytest tests/ui/test_golden.py` draws them anew; look at each before committing it.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from piker.ui.model.prices import PriceStyle
from piker.ui.qt.qtlib import QImage
from tests.ui.stage import MakeStage, Stage, pixels_of

FOLDER = Path(__file__).parent / 'golden'
TOLERATED_SHARE = 0.002
TOLERATED_DIFFERENCE = 24


def candles(stage: Stage) -> None:
    """Show the default view with a crosshair."""
    stage.window.splits.pointer = (stage.window.splits.price, (300.0, 140.0))


def bars(stage: Stage) -> None:
    """Show OHLC bars, nearer."""
    stage.window.splits.price_graphics.style = PriceStyle.BARS
    stage.window.splits.zoom(-4)


def hollow(stage: Stage) -> None:
    """Show hollow candles, nearer."""
    stage.window.splits.price_graphics.style = PriceStyle.HOLLOW
    stage.window.splits.zoom(-6)


def smoothed(stage: Stage) -> None:
    """Show Heikin-Ashi bars."""
    stage.window.splits.price_graphics.style = PriceStyle.HEIKIN_ASHI


def area(stage: Stage) -> None:
    """Show the line of closes and the area below it."""
    stage.window.splits.price_graphics.style = PriceStyle.AREA


def far_area(stage: Stage) -> None:
    """Show the same from afar."""
    area(stage)
    stage.window.splits.zoom(12)


def far(stage: Stage) -> None:
    """Show the flattened line, with the crosshair in the volume."""
    stage.window.splits.zoom(16)
    stage.window.splits.pointer = (stage.window.splits.volume, (200.0, 40.0))


def keys(stage: Stage) -> None:
    """Show the key map and a typed timeframe."""
    stage.window.help.toggle()
    stage.window.status.show_typed('15')


def overview(stage: Stage) -> None:
    """Show the band where it was dragged to, with the crosshair on the slow chart."""
    splits = stage.window.splits
    splits.call_band(430)
    splits.pointer = (splits.overview, (150.0, 60.0))


def strip(stage: Stage) -> None:
    """Show the slow chart of a low window, farther."""
    stage.window.splits.slow.zoom(12)


SCENES = {
    'candles-dark': (candles, 'dark'),
    'bars-light': (bars, 'light'),
    'hollow-dark': (hollow, 'dark'),
    'heikin-ashi-light': (smoothed, 'light'),
    'area-light': (area, 'light'),
    'far-area-dark': (far_area, 'dark'),
    'far-dark': (far, 'dark'),
    'keys-light': (keys, 'light'),
    'overview-dark': (overview, 'dark'),
    'strip-light': (strip, 'light'),
}
SIZE = 640, 480
WITH_OVERVIEW = {'overview-dark': (640, 820), 'strip-light': SIZE}
OLDER = 1000


@pytest.mark.parametrize('name', SCENES)
def test_picture_is_the_golden_one(make_stage: MakeStage, name: str) -> None:
    """At most 0.2 % of the pixels differ by more than a shade of text smoothing."""
    arrange, theme = SCENES[name]
    older = OLDER if name in WITH_OVERVIEW else None
    stage = make_stage(3000, WITH_OVERVIEW.get(name, SIZE), theme, older=older)
    stage.settle()
    arrange(stage)
    stage.window.loop.request()
    stage.settle()
    path = FOLDER / f'{name}.png'
    if os.environ.get('PIKER_REDRAW'):
        assert stage.image().save(str(path))
        pytest.skip(f'drew {path.name} anew: look at it before committing it')
    golden = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    drawn, wanted = stage.pixels(), pixels_of(golden)
    assert drawn.shape == wanted.shape
    shades = (drawn.view(np.uint8).astype(int) - wanted.view(np.uint8)).reshape(*drawn.shape, 4)
    share = float((np.abs(shades).max(axis=2) > TOLERATED_DIFFERENCE).mean())
    assert share <= TOLERATED_SHARE, f'{share:.2%} of the pixels of {name} differ'
