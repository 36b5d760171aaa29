"""The chart as a picture on the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piker.ui.qt.qtlib import QEvent, QImage, QKeyEvent, Qt
from tests.ui.stage import MakeStage, Stage, pixels_of

if TYPE_CHECKING:
    from piker.ui.qt.qtlib import QApplication


def press_copy(stage: Stage) -> None:
    """Press Ctrl-Shift-c."""
    modifiers = Qt.KeyboardModifiers(Qt.KeyboardModifier.ControlModifier)
    modifiers |= Qt.KeyboardModifier.ShiftModifier
    stage.window.keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_C, modifiers))
    stage.settle()


def test_the_clipboard_gets_the_charts_as_they_are(
    app: QApplication, make_stage: MakeStage
) -> None:
    """All but the status bar, which says so; the charts themselves do not change."""
    stage = make_stage(400)
    stage.settle()
    before = stage.pixels()
    clipboard = app.clipboard()
    assert clipboard is not None
    clipboard.clear()
    press_copy(stage)
    copied = pixels_of(clipboard.image().convertToFormat(QImage.Format.Format_RGB32))
    height = stage.window.splits.height()
    assert height < stage.window.height()
    assert (copied == before[:height]).all()
    assert stage.window.status.message == f'copied the chart as a picture of 800 × {height}'
    assert stage.window.status.moment.isActive()
    assert (stage.pixels()[:height] == before[:height]).all()
    assert stage.window.isVisible()
