"""The status bar: mode, what is being typed, messages, the feed's health, hints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piker.ui.model.formats import elided
from piker.ui.qt.qtlib import QPainter, QPaintEvent, QRect, QTimer, QWidget
from piker.ui.qt.text import Role, TextBook

if TYPE_CHECKING:
    from piker.ui.qt.palette import Palette

__all__ = ['StatusBar']

HEIGHT = 24
PAD = 12
MOMENT_MS = 3000
HINT = '?  keys'


class StatusBar(QWidget):
    """One line at the bottom of the window; it repaints itself only when a text changes.

    A message without room for all of it takes the place of the hint, then loses words in its
    middle; its tooltip has all of them.

    Parameters
    ----------
    palette : Palette
        Colours.

    Attributes
    ----------
    mode, typed, message, health : str
        What the feed is (REPLAY, LIVE), what is being typed, the latest message to the user, and
        the state of the feed.
    is_alarming : bool
        Whether the health asks for attention.
    shown : str
        What was painted of the message.
    """

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.tokens = palette
        self.mode = self.typed = self.message = self.health = self.shown = ''
        self.is_alarming = False
        self.paints = 0
        self.moment = QTimer(self)
        self.moment.setSingleShot(True)
        self.moment.timeout.connect(self.end_moment)
        self.book = TextBook(1.0)
        self.setFixedHeight(round(HEIGHT * self.book.em))

    def set_palette(self, palette: Palette) -> None:
        """Take the colours of another theme."""
        self.tokens = palette
        self.update()

    def show_mode(self, mode: str) -> None:
        """Show what the feed is."""
        if mode != self.mode:
            self.mode = mode
            self.update()

    def show_typed(self, typed: str) -> None:
        """Echo what is being typed; a new word takes the place of an old message."""
        if typed != self.typed:
            self.typed = typed
            if typed:
                self.show_message('')
            self.update()

    def show_message(self, message: str, *, is_brief: bool = False) -> None:
        """Say one sentence until the next one comes, or for a moment if it is brief."""
        if is_brief:
            self.moment.start(MOMENT_MS)
        else:
            self.moment.stop()
        if message != self.message:
            self.message = message
            self.setToolTip(message)
            self.update()

    def end_moment(self) -> None:
        """Take a brief message away."""
        self.show_message('')

    def show_health(self, health: str, *, is_alarming: bool = False) -> None:
        """Show the state of the feed."""
        if (health, is_alarming) != (self.health, self.is_alarming):
            self.health, self.is_alarming = health, is_alarming
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Paint the texts: mode at the left, then the message, the feed and hints at the right."""
        self.paints += 1
        ratio = self.devicePixelRatioF()
        if ratio != self.book.ratio:
            self.book = TextBook(ratio)
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.tokens.brush('panel'))
        painter.scale(1 / ratio, 1 / ratio)
        em = self.book.em
        width, middle = round(self.width() * ratio), round(self.height() * ratio / 2)
        line = max(1, round(ratio))
        painter.fillRect(QRect(0, 0, width, line), self.tokens.brush('line'))
        strong, plain = self.book.face(Role.AXIS_STRONG), self.book.face(Role.AXIS)
        colour = self.tokens.colour
        gap = 2 * PAD * em
        left = PAD * em
        strong.draw(painter, left, middle, self.mode, colour('accent'))
        left += strong.width(self.mode) + (gap if self.mode else 0)
        text = f'{self.typed}_' if self.typed else self.message
        width_of = plain.metrics.horizontalAdvance
        right = width - PAD * em
        asides = [(self.health, 'accent' if self.is_alarming else 'dim')] if self.health else []
        needed = sum(plain.width(aside) + gap for aside in (text, self.health, HINT) if aside)
        if left + needed - gap <= right:
            asides.insert(0, (HINT, 'dim'))
        for aside, token in asides:
            right -= plain.width(aside)
            plain.draw(painter, right, middle, aside, colour(token))
            right -= gap
        self.shown = elided(text, right - left, width_of)
        plain.draw(painter, left, middle, self.shown, colour('ink'))
        painter.end()
