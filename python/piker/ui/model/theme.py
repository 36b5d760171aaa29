"""Colour tokens of the two themes: the one file that names a colour."""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = ['DARK', 'LIGHT', 'THEMES', 'Theme', 'ThemeName', 'contrast', 'mix']

ThemeName = Literal['dark', 'light']


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """One colour per role, each `#rrggbb`.

    Attributes
    ----------
    canvas, panel : str
        Background of the charts; of panes, status bar and overlays.
    line, grid : str
        Separators and axis lines; the grid behind the data.
    ink, dim : str
        Values and labels that matter; axis ticks, titles, hints.
    up, down : str
        Bars and fills by direction.
    curve : str
        Flattened price and plain curves.
    accent : str
        Focus, cursor, measure.
    bid, ask : str
        Level 1 and depth.
    live, alert : str
        Live orders; alerts.
    band, band_edge : str
        The time that the fast chart shows, upon the slow one; the lines at its ends.
    on_fill : str
        Text upon a filled label.
    cycle : tuple of str
        Indicator curves, in order of their appearance.
    """

    name: ThemeName
    canvas: str
    panel: str
    line: str
    grid: str
    ink: str
    dim: str
    up: str
    down: str
    curve: str
    accent: str
    bid: str
    ask: str
    live: str
    alert: str
    band: str
    band_edge: str
    on_fill: str
    cycle: tuple[str, ...]


DARK = Theme(
    name='dark',
    canvas='#0d1117',
    panel='#11161d',
    line='#2a3441',
    grid='#1c242e',
    ink='#c9d1d9',
    dim='#7d8590',
    up='#3fb68b',
    down='#e5534b',
    curve='#9fb3c8',
    accent='#f2cc60',
    bid='#3fb7f8',
    ask='#db8f5e',
    live='#e6edf3',
    alert='#a261da',
    band='#182534',
    band_edge='#5d7a97',
    on_fill='#0d1117',
    cycle=('#8bbde6', '#d4e23e', '#4cdeb7', '#c16c11', '#ba295d', '#6344ed'),
)

LIGHT = Theme(
    name='light',
    canvas='#fbfbf9',
    panel='#f2f2ee',
    line='#cfd2cc',
    grid='#e8e9e4',
    ink='#24292f',
    dim='#5c656e',
    up='#0b7a53',
    down='#c02f27',
    curve='#3d5166',
    accent='#8a5c00',
    bid='#0b62c4',
    ask='#a04e17',
    live='#000000',
    alert='#7a4fd0',
    band='#e4ecf3',
    band_edge='#6f869c',
    on_fill='#ffffff',
    cycle=('#2f6ea5', '#6f7a00', '#0a7f60', '#a85a08', '#ba295d', '#6344ed'),
)

THEMES: dict[str, Theme] = {'dark': DARK, 'light': LIGHT}


def channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of `#rrggbb`, each 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` as WCAG 2.1 defines it, 0 to 1."""

    def linear(channel: int) -> float:
        part = channel / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = channels(colour)
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(one: str, other: str) -> float:
    """Return the WCAG 2.1 contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, ground: str, share: float) -> str:
    """Return `share` (0 to 1) of `colour` laid over the opaque `ground`, as `#rrggbb`."""
    parts = zip(channels(colour), channels(ground), strict=True)
    return '#' + ''.join(f'{round(top * share + low * (1 - share)):02x}' for top, low in parts)
