"""Draws a chart at the scale of QT_SCALE_FACTOR and prints what its plot is made of, as JSON."""

from __future__ import annotations

import json
import sys

import numpy as np

from piker.ui.qt.application import open_application
from tests.ui.stage import Stage, pixels_of, walk

OLDER = 500
TOKENS = ('canvas', 'grid', 'up', 'down', 'up_interior')


def probe() -> dict[str, object]:
    """Return colours and widths of the marks in the plot's part without text."""
    stage = Stage(open_application(), walk(600), (640, 480), 'dark', has_quote=True)
    splits = stage.window.splits
    splits.last_line.setVisible(False)
    pixels = pixels_of(stage.image())
    top = splits.price.legend.device_rect().height()
    right = min(box.left() for *_, box in splits.l1.boxes()) - 1
    bottom = splits.price.view.rect.height()
    plot = pixels[top:bottom, :right]
    tokens = {int(splits.price.tokens.hex(name)[1:], 16) for name in TOKENS}
    stray = [f'{colour:06x}' for colour in np.unique(plot).tolist() if colour not in tokens]
    report: dict[str, object] = {
        'ratio': splits.price.ratio,
        'line': splits.price.line,
        'stray_colours': stray,
        'wicks': sorted(set(splits.price_graphics.current.closed['wick_up'].rects.values[:20, 2])),
        'bodies': sorted(set(splits.price_graphics.current.closed['body_up'].rects.values[:20, 2])),
        'width': int(pixels.shape[1]),
        'gap': splits.viewport.right_of(stage.ring.last - 1) - right,
    }
    stage.close()
    return report


def probe_band() -> dict[str, object]:
    """Return how the slow chart's band is drawn, and what its place differs by from the others."""
    stage = Stage(open_application(), walk(600), (640, 480), 'dark', has_quote=True, older=OLDER)
    stage.settle()
    splits = stage.window.splits
    chart = splits.overview
    plot = pixels_of(stage.image())[: chart.view.rect.height(), : chart.view.rect.width()]
    edge = int(chart.tokens.hex('band_edge')[1:], 16)
    columns = np.flatnonzero((plot == edge).mean(axis=0) > 0.5).tolist()
    assert chart.band is not None
    report: dict[str, object] = {
        'edges': [column - chart.band.left for column in columns],
        'band_width': chart.band.right - chart.band.left,
        'plots': sorted({(one.plot_at.x(), one.view.rect.width()) for one in splits.charts}),
    }
    stage.close()
    return report


if __name__ == '__main__':
    json.dump(probe() | probe_band(), sys.stdout)
