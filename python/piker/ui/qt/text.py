"""Text in Roboto at exact device pixels: fonts, widths and laid-out strings kept for reuse."""

from __future__ import annotations

import math
from enum import Enum
from importlib.resources import files

from piker.errors import InstallationError
from piker.ui.qt.qtlib import (
    QApplication,
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QPainter,
    QPointF,
    QStaticText,
    Qt,
)

__all__ = ['FAMILY', 'Face', 'Role', 'TextBook', 'load_fonts']

FAMILY = 'Roboto'
FACES = ('Roboto-Regular.ttf', 'Roboto-Medium.ttf')
KEPT_TEXTS = 512
SMALLEST_AXIS_PX = 11
LEAST_BODY_PX = 13
DESIGN_BODY_PX = 16
USUAL_DPI, POINTS_AN_INCH = 96, 72


class Role(Enum):
    """What a text is for: its size as a part of the desktop's, and whether it is emphasised."""

    AXIS = (0.85, False)
    AXIS_STRONG = (0.85, True)
    TITLE = (0.9, False)
    BODY = (1.0, False)
    BODY_STRONG = (1.0, True)


def load_fonts() -> None:
    """Give the program's own fonts to Qt.

    Raises
    ------
    InstallationError
        The font files are not installed.
    """
    folder = files('font_roboto') / 'files'
    for face in FACES:
        path = folder / face
        if not path.is_file() or QFontDatabase.addApplicationFont(str(path)) < 0:
            raise InstallationError(
                f'the font {face} was not found in the package font-roboto: '
                f'install it again with pip install --force-reinstall font-roboto'
            )


class Face:
    """One font at one size in device pixels, with its laid-out texts.

    Attributes
    ----------
    digit_height : float
        Height of a figure in device pixels, by which texts are centred.
    """

    def __init__(self, pixels: int, *, is_strong: bool) -> None:
        self.pixels = pixels
        self.font = QFont(FAMILY)
        self.font.setPixelSize(pixels)
        self.font.setWeight(QFont.Weight.Medium if is_strong else QFont.Weight.Normal)
        self.font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
        self.metrics = QFontMetricsF(self.font)
        self.ascent = self.metrics.ascent()
        self.digit_height = self.metrics.capHeight()
        self.texts: dict[str, tuple[QStaticText, float]] = {}

    def laid_out(self, text: str) -> tuple[QStaticText, float]:
        """Return a text's layout and width, kept until many others have been asked for."""
        found = self.texts.get(text)
        if found is None:
            if len(self.texts) >= KEPT_TEXTS:
                self.texts.clear()
            static = QStaticText(text)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            static.prepare(font=self.font)
            found = self.texts[text] = (static, self.metrics.horizontalAdvance(text))
        return found

    def width(self, text: str) -> float:
        """Return the advance of a text in device pixels."""
        return self.laid_out(text)[1]

    def baseline(self, middle: float) -> int:
        """Return the device pixel below figures that are centred on `middle`."""
        return round(middle + self.digit_height / 2)

    def figures_at(self, middle: float) -> tuple[int, int]:
        """Return the half-open range of device pixels of figures that are centred on `middle`."""
        baseline = self.baseline(middle)
        return baseline - math.ceil(self.digit_height), baseline

    def draw(self, painter: QPainter, x: float, middle: float, text: str, colour: QColor) -> None:
        """Draw a text at device pixel `x`, its figures centred on `middle`."""
        baseline = self.baseline(middle)
        painter.setFont(self.font)
        painter.setPen(colour)
        painter.drawStaticText(QPointF(round(x), baseline - self.ascent), self.laid_out(text)[0])


class TextBook:
    """The faces of one device pixel ratio.

    Parameters
    ----------
    ratio : float
        Device pixels a logical pixel.

    Attributes
    ----------
    body_px : float
        Logical pixels of the body's size: the desktop's, at its DPI.
    em : float
        Device pixels of a pixel of the design: the room for texts grows with those that are larger
        than it was drawn for.
    """

    def __init__(self, ratio: float) -> None:
        self.ratio = ratio
        desktop = QApplication.font()
        points = desktop.pointSizeF()
        screen = QApplication.primaryScreen()
        # In quarters, as desktops scale text: an ordinary screen may say 100 dots an inch.
        scale = round(4 * screen.logicalDotsPerInch() / USUAL_DPI) / 4 if screen else 1.0
        pixels = desktop.pixelSize() if points <= 0 else points * scale * USUAL_DPI / POINTS_AN_INCH
        self.body_px = max(LEAST_BODY_PX, pixels)
        self.em = ratio * max(1.0, self.body_px / DESIGN_BODY_PX)
        self.faces: dict[Role, Face] = {}

    def face(self, role: Role) -> Face:
        """Return the face of a role."""
        found = self.faces.get(role)
        if found is None:
            share, is_strong = role.value
            logical = max(SMALLEST_AXIS_PX, self.body_px * share)
            found = self.faces[role] = Face(round(logical * self.ratio), is_strong=is_strong)
        return found
