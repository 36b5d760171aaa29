"""The key map, shown over the charts while `?` has called for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piker.ui.model.keys import HELP
from piker.ui.qt.qtlib import QPainter, QPaintEvent, QRect, QWidget
from piker.ui.qt.text import Role, TextBook

if TYPE_CHECKING:
    from piker.ui.qt.palette import Palette

__all__ = ['KeyMapOverlay']

ROW, LEAST_ROW = 24, 18
PAD = 24
GAP = 32


class KeyMapOverlay(QWidget):
    """A panel with one line a key.

    Parameters
    ----------
    parent : QWidget
        What it lies over.
    palette : Palette
        Colours.
    """

    def __init__(self, parent: QWidget, palette: Palette) -> None:
        super().__init__(parent)
        self.tokens = palette
        self.book = TextBook(1.0)
        self.row = ROW
        self.hide()

    def toggle(self) -> None:
        """Show it in the middle of its parent, or hide it."""
        if self.isVisible():
            self.hide()
            return
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        """Stand in the middle of the parent."""
        parent = self.parentWidget()
        if parent is None:
            return
        book = TextBook(1.0)
        keys, texts = self.columns(book)
        width = round(keys + texts + (2 * PAD + GAP) * book.em)
        lines = len(HELP) + 1
        # A low window draws the lines together.
        room = (parent.height() / book.em - 2 * PAD) / lines
        self.row = max(LEAST_ROW, min(ROW, int(room)))
        height = round((lines * self.row + 2 * PAD) * book.em)
        left = max(0, (parent.width() - width) // 8 * 4)
        top = max(0, (parent.height() - height) // 8 * 4)
        self.setGeometry(left, top, width, height)

    def columns(self, book: TextBook) -> tuple[float, float]:
        """Return the widths of the two columns in the book's device pixels."""
        strong, plain = book.face(Role.BODY_STRONG), book.face(Role.BODY)
        keys = max(strong.width(key) for key, _ in HELP)
        return keys, max(plain.width(text) for _, text in HELP)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the panel."""
        ratio = self.devicePixelRatioF()
        if ratio != self.book.ratio:
            self.book = TextBook(ratio)
        painter = QPainter(self)
        painter.scale(1 / ratio, 1 / ratio)
        rect = QRect(0, 0, round(self.width() * ratio), round(self.height() * ratio))
        line = max(1, round(ratio))
        painter.fillRect(rect, self.tokens.brush('line'))
        painter.fillRect(rect.adjusted(line, line, -line, -line), self.tokens.brush('panel'))
        strong, plain = self.book.face(Role.BODY_STRONG), self.book.face(Role.BODY)
        keys, _ = self.columns(self.book)
        colour, em = self.tokens.colour, self.book.em
        middle = (PAD + self.row / 2) * em
        strong.draw(painter, PAD * em, middle, 'Keys', colour('ink'))
        for key, text in HELP:
            middle += self.row * em
            strong.draw(painter, PAD * em, middle, key, colour('accent'))
            plain.draw(painter, (PAD + GAP) * em + keys, middle, text, colour('ink'))
        painter.end()
