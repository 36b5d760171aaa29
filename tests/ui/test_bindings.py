"""Which binding of Qt is used where several are installed."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize('chosen', [None, 'PyQt6'])
def test_another_binding_beside_ours_is_left_alone(tmp_path: Path, chosen: str | None) -> None:
    """Neither one that is installed nor one that the environment asks for is imported."""
    (tmp_path / 'PyQt6').mkdir()
    (tmp_path / 'PyQt6' / '__init__.py').write_text('raise RuntimeError("it was taken")\n')
    env = os.environ | {'PYTHONPATH': str(tmp_path), 'QT_QPA_PLATFORM': 'offscreen'}
    if chosen:
        env['PYQTGRAPH_QT_LIB'] = chosen
    code = 'import piker.ui.qt.chart, pyqtgraph.Qt; print(pyqtgraph.Qt.QT_LIB)'
    done = subprocess.run([sys.executable, '-c', code], env=env, check=True, capture_output=True)
    assert done.stdout.strip() == b'PyQt5'
