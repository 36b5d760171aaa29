"""The one Qt application of a process: scaling and fonts."""

from __future__ import annotations

import logging

from piker.core.log import get_logger
from piker.ui.qt.qtlib import (
    QApplication,
    QMessageLogContext,
    Qt,
    QtMsgType,
    qInstallMessageHandler,
)
from piker.ui.qt.text import load_fonts

__all__ = ['open_application']


def log_message(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
    """Hand what Qt has to say to the log; it would write to stderr of its own accord."""
    is_grave = kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
    get_logger(__name__).log(logging.ERROR if is_grave else logging.DEBUG, '%s', text)


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
    qInstallMessageHandler(log_message)
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_EnableHighDpiScaling)
    QApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.RoundPreferFloor
    )
    app = QApplication(['piker'])
    app.setApplicationName('piker')
    load_fonts()
    return app
