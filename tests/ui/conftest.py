"""Fixtures of the chart's tests: one application off screen, and windows that are closed again."""

from __future__ import annotations

import os

os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')

from typing import TYPE_CHECKING

import pytest

from piker.ui.qt.application import open_application
from tests.ui.stage import SYMBOL, MakeStage, Stage, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from piker.accounting.symbols import Symbol
    from piker.ui.model.theme import ThemeName
    from piker.ui.qt.qtlib import QApplication


@pytest.fixture(scope='session')
def app() -> QApplication:
    """Return the one application of the test process, with the program's fonts."""
    return open_application()


@pytest.fixture
def make_stage(app: QApplication) -> Iterator[MakeStage]:
    """Return a function that shows a window; all are closed at the end.

    With `older` hours before the bars it has a slow chart.
    """
    stages: list[Stage] = []

    def make(
        rows: NDArray[np.void] | int = 400,
        size: tuple[int, int] = (800, 600),
        theme: ThemeName = 'dark',
        symbol: Symbol = SYMBOL,
        *,
        has_quote: bool = True,
        older: int | None = None,
    ) -> Stage:
        bars = walk(rows) if isinstance(rows, int) else rows
        has_quote = has_quote and len(bars) > 0
        stage = Stage(app, bars, size, theme, symbol, has_quote=has_quote, older=older)
        stages.append(stage)
        return stage

    yield make
    for stage in stages:
        stage.close()
