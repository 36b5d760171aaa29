"""The y range of one chart and its map from prices to device pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ['YRange']

LARGEST = 1e300


class YRange:
    """Values at the bottom and top of a plot.

    Attributes
    ----------
    low, high : float
        Values at the bottom and top edges, `low < high`.
    height : int
        Height of the plot in device pixels.
    is_static : bool
        The user has set the range; data no longer changes it.
    """

    def __init__(self) -> None:
        self.low = 0.0
        self.high = 1.0
        self.height = 1
        self.is_static = False

    @property
    def signature(self) -> tuple[float, float, int]:
        """What the y map depends on."""
        return self.low, self.high, self.height

    @property
    def scale(self) -> float:
        """Device pixels a unit of value."""
        return self.height / (self.high - self.low)

    def fit(self, low: float, high: float, top: int, bottom: int) -> None:
        """Show the values `[low, high]` with margins of `top` and `bottom` device pixels.

        A range of one value is opened around it. Does nothing while the user's range is set.
        """
        if self.is_static:
            return
        low, high = max(-LARGEST, low), min(LARGEST, high)
        if not high - low > abs(high) * 1e-12:
            pad = abs(high) * 1e-4 or 1.0
            low, high = low - pad, high + pad
        room = max(1, self.height - top - bottom)
        unit = (high - low) / room
        self.low, self.high = low - unit * bottom, high + unit * top

    def set(self, low: float, high: float) -> None:
        """Take a range the user chose; too small or infinite ones are refused silently."""
        if low > -LARGEST and high < LARGEST and high - low > abs(high) * 1e-13:
            self.low, self.high = low, high
            self.is_static = True

    def zoom_by(self, factor: float, pixel: float) -> None:
        """Scale the range by `factor` about the value at a device pixel."""
        focus = self.value_at(pixel)
        self.set(focus - (focus - self.low) * factor, focus + (self.high - focus) * factor)

    def pan(self, pixels: float) -> None:
        """Move the picture down by device pixels."""
        move = pixels / self.scale
        self.set(self.low + move, self.high + move)

    def value_at(self, pixel: float) -> float:
        """Return the value at a device pixel, counted from the plot's top."""
        return self.high - pixel / self.scale

    def pixel_of(self, value: float) -> int:
        """Return the device pixel of a value, counted from the plot's top, within +-1e6."""
        return round(max(-1e6, min(1e6, (self.high - value) * self.scale)))

    def pixels_of(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the whole device pixels of values, as a new array of the same shape; NaN stays."""
        pixels = (self.high - values) * self.scale
        np.clip(pixels, -1e6, 1e6, out=pixels)
        return np.rint(pixels, out=pixels)
