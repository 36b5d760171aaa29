"""Screens of another scale: everything on whole device pixels, lines round(ratio) of them wide."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.support import ROOT


@pytest.mark.parametrize('scale', [1.0, 1.25, 1.5, 2.0])
def test_marks_are_crisp_at_every_scale(scale: float) -> None:
    """The plot holds the pure colours of its tokens only: nothing is smoothed over two pixels."""
    run = subprocess.run(
        [sys.executable, '-m', 'tests.ui.scale_probe'],
        cwd=ROOT,
        env=os.environ | {'QT_SCALE_FACTOR': str(scale), 'QT_QPA_PLATFORM': 'offscreen'},
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
    )
    found = json.loads(run.stdout)
    assert found['ratio'] == scale
    assert found['width'] == round(640 * scale)
    assert found['line'] == max(1, round(scale))
    assert found['stray_colours'] == []
    assert found['wicks'] == [found['line']]
    assert all((body - found['line']) % 2 == 0 for body in found['bodies'])
    assert found['gap'] <= 0
    line, width = found['line'], found['band_width']
    assert found['edges'] == [*range(line), *range(width - line, width)]
    assert len(found['plots']) == 1
