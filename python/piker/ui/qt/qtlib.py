"""The one module that imports PyQt5 and sip: names for the rest of `ui`, arrays of rectangles."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt5 import sip
from PyQt5.QtCore import (
    QBuffer,
    QCoreApplication,
    QEvent,
    QEventLoop,
    QIODevice,
    QMessageLogContext,
    QObject,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    QtMsgType,
    pyqtSignal,
    qInstallMessageHandler,
)
from PyQt5.QtGui import (
    QBrush,
    QCloseEvent,
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QPolygonF,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QStaticText,
    QTransform,
    QWheelEvent,
)
from PyQt5.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QGraphicsView,
    QSplitter,
    QSplitterHandle,
    QStyleOptionGraphicsItem,
    QVBoxLayout,
    QWidget,
)

__all__ = [
    'QApplication',
    'QBrush',
    'QBuffer',
    'QCloseEvent',
    'QColor',
    'QCoreApplication',
    'QEvent',
    'QEventLoop',
    'QFont',
    'QFontDatabase',
    'QFontMetricsF',
    'QGraphicsItem',
    'QGraphicsView',
    'QHideEvent',
    'QIODevice',
    'QImage',
    'QKeyEvent',
    'QMessageLogContext',
    'QMouseEvent',
    'QObject',
    'QPaintEvent',
    'QPainter',
    'QPainterPath',
    'QPalette',
    'QPen',
    'QPixmap',
    'QPoint',
    'QPointF',
    'QPolygonF',
    'QRect',
    'QRectF',
    'QRegion',
    'QResizeEvent',
    'QShowEvent',
    'QSize',
    'QSplitter',
    'QSplitterHandle',
    'QStaticText',
    'QStyleOptionGraphicsItem',
    'QTimer',
    'QTransform',
    'QVBoxLayout',
    'QWheelEvent',
    'QWidget',
    'Qt',
    'QtMsgType',
    'RectArray',
    'pyqtSignal',
    'qInstallMessageHandler',
]

Floats = NDArray[np.float64]
RECT_BYTES = 32


class RectArray:
    """A kept array of `QRectF` that NumPy fills in place and Qt draws in one call.

    Its memory grows by halves and is reused from frame to frame.
    """

    def __init__(self) -> None:
        self.count = 0
        self.widest = 0.0
        self.allocations = 0
        self.allocate(64)

    def allocate(self, capacity: int) -> None:
        """Take new memory for `capacity` rectangles."""
        # sip's stubs know neither the arguments of an array nor that a voidptr is a buffer.
        self.array: Any = sip.array(QRectF, capacity)  # type: ignore[call-arg]
        memory: Any = sip.voidptr(self.array, capacity * RECT_BYTES)
        self.values: Floats = np.frombuffer(memory, np.float64).reshape(capacity, 4)
        self.allocations += 1

    def fill(self, rects: Floats) -> None:
        """Hold copies of the rectangles: `(n, 4)` float64 of x, y, width, height."""
        self.count = len(rects)
        if self.count > len(self.values):
            self.allocate(self.count + self.count // 2)
        self.values[: self.count] = rects
        self.widest = float(rects[:, 2].max()) if self.count else 0.0

    def draw(self, painter: QPainter, left: float, right: float) -> int:
        """Draw those between two device pixels with the painter's brush.

        The rectangles ascend in x.

        Returns
        -------
        int
            How many were drawn.
        """
        x = self.values[: self.count, 0]
        start = int(np.searchsorted(x, left - self.widest))
        stop = int(np.searchsorted(x, right))
        if stop > start:
            painter.drawRects(self.array[start:stop])
        return stop - start

    def bounds(self) -> QRect | None:
        """Return the smallest rectangle around all of them, or None without any."""
        if self.count == 0:
            return None
        values = self.values[: self.count]
        left, top = values[:, :2].min(axis=0)
        right, bottom = (values[:, :2] + values[:, 2:]).max(axis=0)
        return QRect(int(left), int(top), int(right - left) + 1, int(bottom - top) + 1)
