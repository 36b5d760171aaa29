"""A theme as Qt colours and brushes, made once a theme."""

from __future__ import annotations

from piker.ui.model.theme import Theme, mix
from piker.ui.qt.qtlib import QBrush, QColor

__all__ = ['VOLUME_SHARE', 'Palette']

VOLUME_SHARE = 0.45
INTERIOR_SHARE = 0.30
AREA_SHARE = 0.16


class Palette:
    """Colours and brushes of one theme by the name of their token.

    Attributes
    ----------
    theme : Theme
        The tokens.
    """

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.colours: dict[str, QColor] = {}
        self.brushes: dict[str, QBrush] = {}

    def hex(self, token: str) -> str:
        """Return the colour of a token, or of one of the mixtures derived from tokens."""
        theme = self.theme
        match token:
            case 'volume_up':
                return mix(theme.up, theme.canvas, VOLUME_SHARE)
            case 'volume_down':
                return mix(theme.down, theme.canvas, VOLUME_SHARE)
            case 'volume_curve':
                return mix(theme.curve, theme.canvas, VOLUME_SHARE)
            case 'area':
                return mix(theme.curve, theme.canvas, AREA_SHARE)
            case 'up_interior':
                return mix(theme.up, theme.canvas, INTERIOR_SHARE)
        return str(getattr(theme, token))

    def colour(self, token: str) -> QColor:
        """Return the colour of a token."""
        found = self.colours.get(token)
        if found is None:
            found = self.colours[token] = QColor(self.hex(token))
        return found

    def tint(self, token: str, share: float) -> QBrush:
        """Return the brush that lays a share (0 to 1) of a token's colour over what is there."""
        name = f'{token} {share}'
        found = self.brushes.get(name)
        if found is None:
            colour = QColor(self.hex(token))
            colour.setAlphaF(share)
            found = self.brushes[name] = QBrush(colour)
        return found

    def brush(self, token: str) -> QBrush:
        """Return the solid brush of a token."""
        found = self.brushes.get(token)
        if found is None:
            found = self.brushes[token] = QBrush(self.colour(token))
        return found
