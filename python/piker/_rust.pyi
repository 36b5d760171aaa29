"""Types of the compiled Rust kernels; `piker.kernels` is their only importer and public face.

Arrays are contiguous. Bars are x, open, high, low and close, equally long.
"""

from collections.abc import Sequence
from typing import Protocol, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    'Formatter',
    'Pyramid',
    'Rolling',
    'RollingVwap',
    'TriggerIndex',
    'bounds',
    'flatten',
    'm4_floats',
    'm4_integers',
    'raster',
    'raster_rects',
    'ring_bounds',
    'ring_columns',
    'ring_ohlc_columns',
    'ring_positions',
    'ring_sums',
    'segments',
    'steps',
    'trace',
    'vertices',
    'weave',
]

_Floats: TypeAlias = NDArray[np.float64]
_Ints: TypeAlias = NDArray[np.int64]
_Bars: TypeAlias = tuple[_Floats, _Floats, _Floats, _Floats, _Floats]
_Bounds: TypeAlias = tuple[float, float]

class _View(Protocol):
    @property
    def data(self) -> int: ...
    @property
    def capacity(self) -> int: ...
    @property
    def levels(self) -> Sequence[tuple[int, int]]: ...
    @property
    def reducer(self) -> str: ...

@final
class Formatter:
    """A format of a series, kept up with it. One thread at a time may use it."""

    @staticmethod
    def flat(width: float) -> Formatter:
        """Four points a bar."""

    @staticmethod
    def trace(width: float) -> Formatter:
        """Two points a bar."""

    @staticmethod
    def steps(width: float, baseline: float) -> Formatter:
        """The outline of a histogram."""

    @staticmethod
    def vertices(width: float, gap: float) -> Formatter:
        """Six vertices a bar."""

    @staticmethod
    def segments(width: float, gap: float) -> Formatter:
        """Three strokes a bar that is no gap."""

    @property
    def first(self) -> int:
        """The first row that is formatted."""

    @property
    def last(self) -> int:
        """Behind the last row that is formatted."""

    @property
    def rows_written(self) -> int:
        """Rows formatted since the beginning."""

    @property
    def rows_moved(self) -> int:
        """Rows moved since the beginning."""

    @property
    def bytes_allocated(self) -> int:
        """Bytes of memory taken since the beginning."""

    @property
    def x(self) -> _Floats:
        """Memory of x, with its room."""

    @property
    def y(self) -> _Floats:
        """Memory of y or of strokes, with its room."""

    @property
    def connect(self) -> NDArray[np.int32]:
        """Memory of what joins vertices, with its room."""

    def allocate(self, first: int, last: int) -> None:
        """Get memory for rows beside those that are formatted."""

    def changes(
        self, first: int, last: int, revised: list[tuple[int, int]]
    ) -> list[tuple[int, int]]:
        """The rows to format, from each first to behind the last."""

    def update(
        self, columns: tuple[_Floats, ...], first: int, revised: list[tuple[int, int]]
    ) -> None:
        """Format what changed of the rows from `first` on, which are all there are."""

    def update_packed(
        self,
        columns: tuple[_Floats, ...],
        rows: tuple[int, int],
        revised: list[tuple[int, int]],
    ) -> None:
        """As `update`, where the columns have only the rows that `changes` tells, in its order."""

    def update_live(self, open: float, high: float, low: float, close: float) -> None:
        """Format the live row from its prices."""

    def update_level(self, level: float) -> None:
        """Format the live row from its level."""

    def window(self, start: int, stop: int) -> tuple[int, int]:
        """The places of rows from `start` to before `stop`."""

@final
class Rolling:
    """A signal of one input. Threads may share it."""

    @staticmethod
    def sma(length: int) -> Rolling:
        """Mean of the newest values."""

    @staticmethod
    def wma(length: int) -> Rolling:
        """Mean of the newest values, the newest weighing most."""

    @staticmethod
    def ema(length: int) -> Rolling:
        """Exponential moving average."""

    @staticmethod
    def rsi(length: int) -> Rolling:
        """Wilder's relative strength index."""

    @staticmethod
    def least(length: int) -> Rolling:
        """The least of the newest values."""

    @staticmethod
    def greatest(length: int) -> Rolling:
        """The greatest of the newest values."""

    @staticmethod
    def deviation(length: int, ddof: int) -> Rolling:
        """The standard deviation of the newest values."""

    def push(self, values: _Floats) -> _Floats:
        """Add values; what each makes."""

    def peek(self, value: float) -> float:
        """What one more value would make."""

    def clear(self) -> None:
        """Forget all values."""

@final
class RollingVwap:
    """The volume-weighted average price. Threads may share it."""

    def __new__(cls) -> RollingVwap: ...
    def push(self, prices: _Floats, volumes: _Floats) -> _Floats:
        """Add rows; the average behind each."""

    def peek(self, price: float, volume: float) -> float:
        """The average that one more row would make."""

    def clear(self) -> None:
        """Forget all rows."""

@final
class TriggerIndex:
    """The resting triggers of one symbol. Threads may share it."""

    def __new__(cls, price_tick: float) -> TriggerIndex: ...
    def __len__(self) -> int: ...
    def add(self, oid: int, kind: int, is_above: bool, level: int) -> None:
        """Add a trigger."""

    def remove(self, oid: int) -> bool:
        """Take a trigger out; whether it rested."""

    def get(self, oid: int) -> tuple[int, bool, int] | None:
        """Where a trigger rests: kind, whether it fires above, level."""

    def cross(self, kind: int, price: float) -> list[int] | None:
        """Take out what a price fires; the ids in order, `None` where the price is too great."""

    def feed(
        self, kinds: NDArray[np.uint8], prices: _Floats
    ) -> tuple[_Ints, NDArray[np.uint64], int]:
        """Take out what prices fire, one after another."""

@final
class Pyramid:
    """Values that grow at both ends, with a pyramid. Threads may share it."""

    def __new__(cls, values: _Floats, sums: bool) -> Pyramid: ...
    def __len__(self) -> int: ...
    @property
    def node_bytes(self) -> int:
        """Bytes that the nodes take."""

    def append(self, values: _Floats) -> None:
        """Add values behind the last."""

    def prepend(self, values: _Floats) -> None:
        """Add values before the first."""

    def set_last(self, value: float) -> None:
        """Change the last value."""

    def revise(self, start: int, values: _Floats) -> None:
        """Change values from `start` on."""

    def sums(self, start: int, stop: int, count: int) -> _Floats:
        """Canonical sums of equal parts of rows, NaN where no value is finite."""

    def lasts(self, start: int, stop: int, count: int) -> _Floats:
        """Last finite values of equal parts of rows, NaN where there is none."""

    def positions(self, start: int, stop: int) -> tuple[int, int] | None:
        """Where the least and the greatest finite value of rows stand first."""

    def columns(self, start: int, stop: int, count: int) -> _Floats:
        """First, min, max and last of equal parts of rows, of shape (count, 4)."""

    def bounds(self, start: int, stop: int) -> _Bounds:
        """The least and the greatest finite value of rows, NaN twice where there is none."""

def bounds(y: _Floats) -> _Bounds:
    """The least and the greatest finite value of `y`, NaN twice where there is none."""

def m4_floats(
    x: _Floats, y: _Floats, uppx: float, origin: float
) -> tuple[_Floats, _Floats, _Bounds]:
    """M4 over float64 x: left edges (m,), values (m, 4) and their bounds."""

def m4_integers(
    x: _Ints, y: _Floats, uppx: float, origin: int, parts: int
) -> tuple[_Floats, _Floats, _Bounds]:
    """M4 over int64 x, compared with the edges exactly; each pixel divided into columns."""

def flatten(bars: _Bars, width: float, to_x: _Floats, to_y: _Floats) -> None:
    """Four points a bar: open, high, low, close."""

def trace(bars: _Bars, width: float, to_x: _Floats, to_y: _Floats) -> None:
    """Two points a bar: its low and its high, in the order of its way."""

def vertices(
    bars: _Bars, slots: tuple[float, float], to_x: _Floats, to_y: _Floats, connect: NDArray[np.int32]
) -> None:
    """Six vertices a bar, and which of them are joined to the next."""

def segments(bars: _Bars, slots: tuple[float, float], to: _Floats) -> int:
    """Three strokes a bar; returns how many bars were written."""

def steps(
    x: _Floats, level: _Floats, width: float, baseline: float, to_x: _Floats, to_y: _Floats
) -> None:
    """The outline of a histogram."""

def raster(
    image: NDArray[np.uint32],
    columns: _Floats,
    left: int,
    scale: tuple[float, float],
    colour: int,
    width: int,
) -> None:
    """Paint the line through columns of first, min, max and last over an image."""

def raster_rects(image: NDArray[np.uint32], rects: _Floats, colour: int) -> None:
    """Paint rectangles of x, y, width and height over an image."""

def weave(x: _Floats, y: _Floats, to: _Floats) -> int:
    """x and y of points beside each other; returns how many are gaps."""

def ring_bounds(
    view: _View, first: int, closed_last: int, start: int, stop: int
) -> _Bounds:
    """The least and the greatest finite value of closed rows, NaN twice where there is none."""

def ring_positions(
    view: _View, first: int, closed_last: int, start: int, stop: int
) -> tuple[int, int] | None:
    """Where the least and the greatest finite value of closed rows stand first."""

def ring_columns(view: _View, first: int, closed_last: int, edges: _Ints) -> _Floats:
    """First, min, max and last finite value of the closed rows between edges, of shape (m, 4)."""

def ring_sums(
    view: _View, first: int, closed_last: int, edges: _Ints, live: float | None = None
) -> _Floats:
    """Canonical sum of the finite values of the closed rows between edges, of shape (m,).

    `live` is the value of the row behind the closed ones, which counts as they do.
    """

def ring_ohlc_columns(
    views: tuple[_View, _View, _View, _View], first: int, closed_last: int, edges: _Ints
) -> _Floats:
    """First open, highest high, lowest low and last close of the closed rows between edges."""
