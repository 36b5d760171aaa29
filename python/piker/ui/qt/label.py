"""`Label`: a boxed text on an axis or a plot, placed by measured widths in device pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piker.ui.qt.qtlib import QPainter, QPointF, QPolygonF, QRect, QRectF, Qt

if TYPE_CHECKING:
    from piker.ui.qt.palette import Palette
    from piker.ui.qt.text import Face

__all__ = ['Label', 'paint_box', 'paint_triangle']

CORNER = 2


class Label:
    """Lines of text in a filled box.

    Attributes
    ----------
    rect : QRect
        Where it stands, in device pixels; null while it shows nothing.
    lines : tuple of str
        Its texts from top to bottom.
    fill, ink : str
        Colour tokens of the box and of the text.
    """

    def __init__(self, fill: str, ink: str) -> None:
        self.fill = fill
        self.ink = ink
        self.lines: tuple[str, ...] = ()
        self.rect = QRect()

    @property
    def is_shown(self) -> bool:
        """Whether it has something to show."""
        return bool(self.lines)

    def set(self, rect: QRect, *lines: str) -> QRect:
        """Take a place and texts; return the device pixels that differ, a null rect if none."""
        if rect == self.rect and lines == self.lines:
            return QRect()
        before, self.rect, self.lines = self.rect, rect, lines
        return before.united(rect)

    def hide(self) -> QRect:
        """Show nothing; return the device pixels that differ."""
        return self.set(QRect())

    def draw(self, painter: QPainter, palette: Palette, face: Face, x: float, em: float) -> None:
        """Paint it, its lines beginning at device pixel `x`, or ending at `-x` if negative."""
        if not self.lines:
            return
        paint_box(painter, palette, self.rect, self.fill, em)
        height = self.rect.height() / len(self.lines)
        for index, text in enumerate(self.lines):
            middle = self.rect.top() + height * (index + 0.5)
            # Two lines draw a little together, which centres the pair in its box.
            if len(self.lines) == 2:
                middle += (0.5 - index) * 3 * em
            start = x if x >= 0 else -x - face.width(text)
            face.draw(painter, start, middle, text, palette.colour(self.ink))


def paint_box(painter: QPainter, palette: Palette, rect: QRect, fill: str, em: float) -> None:
    """Paint a filled box with the small corners that labels have."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.brush(fill))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.drawRoundedRect(QRectF(rect), CORNER * em, CORNER * em)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_triangle(
    painter: QPainter, palette: Palette, token: str, middle: QPointF, size: float, *, is_up: bool
) -> None:
    """Paint a small triangle around a point in device pixels."""
    half = size / 2
    tip = -half if is_up else half
    corners = QPolygonF(
        [
            QPointF(middle.x() - half, middle.y() - tip),
            QPointF(middle.x() + half, middle.y() - tip),
            QPointF(middle.x(), middle.y() + tip),
        ]
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.brush(token))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.drawPolygon(corners)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
