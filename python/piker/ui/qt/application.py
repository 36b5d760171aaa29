"""The one Qt application of a process: scaling and fonts."""

from __future__ import annotations

from piker.ui.qt.qtlib import QApplication, Qt
from piker.ui.qt.text import load_fonts

__all__ = ['open_application']


def open_application() -> QApplication:
    """Return the process's application, made with the program's fonts if there is none yet.

    A screen's own scale is taken as a whole number, since an ordinary screen of 100 dots an inch
    would otherwise be drawn at 1.04; a scale asked for by QT_SCALE_FACTOR is taken as it is.

    Raises
    ------
    InstallationError
        The font files are not installed.
    """
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_EnableHighDpiScaling)
    QApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.RoundPreferFloor
    )
    app = QApplication(['piker'])
    app.setApplicationName('piker')
    load_fonts()
    return app
