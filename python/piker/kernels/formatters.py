"""What is drawn of a series, kept up with it: a formatter writes the rows that changed, no others.

Rows are keyed by their absolute index in the ring, which is also their x. Whatever was appended,
prepended, revised or dropped, the memory of a formatter equals bit for bit what the kernel of the
same name gives for all rows at once. Its arrays are shown without a copy; a view of them holds
what it shows until the next update.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from piker import _rust
from piker.core.errors import InputError
from piker.core.words import describe
from piker.kernels import arguments
from piker.kernels.bars import GAP, BarLines, FlatBars, slots
from piker.kernels.formatter import BAR_FIELDS, Formatter
from piker.kernels.steps import Steps

__all__ = [
    'BarLinesFormatter',
    'BarSegmentsFormatter',
    'FlatBarsFormatter',
    'StepFormatter',
    'TraceFormatter',
]

Floats: TypeAlias = NDArray[np.float64]


class BarFormatter(Formatter):
    """What formatters of bars share.

    Attributes
    ----------
    update_live : callable
        `update_live(open, high, low, close)` formats the live row, the last one; the bar is a gap
        where a price is not finite. Raises `InputError` where one is no number, or where no row is
        formatted yet. It is the compiled function itself: one of Python around it would take about
        as long as it does.
    """

    def __init__(self, compiled: _rust.Formatter) -> None:
        super().__init__(compiled, arguments.OHLC)
        self.update_live = compiled.update_live


class FlatBarsFormatter(BarFormatter):
    """Bars as a line of four points each, as `ohlc_flatten` gives.

    Parameters
    ----------
    width : float, optional
        Width of a bar, positive.

    Raises
    ------
    InputError
        When the width is not positive.
    """

    def __init__(self, width: float = 1.0) -> None:
        super().__init__(_rust.Formatter.flat(arguments.positive(width, 'width')))

    def format_xy(self, start: int, stop: int) -> FlatBars:
        """Return the points of some bars.

        Parameters
        ----------
        start, stop : int
            Absolute rows, half-open, within those that are formatted.

        Returns
        -------
        FlatBars
            Of shape (4 n,): read-only views.

        Raises
        ------
        InputError
            When some of these rows are not formatted.
        """
        return FlatBars(*self.points(start, stop, 4))


class TraceFormatter(BarFormatter):
    """Bars as a line from extreme to extreme, as `ohlc_trace` gives.

    Parameters
    ----------
    width : float, optional
        Width of a bar, positive.

    Raises
    ------
    InputError
        When the width is not positive.
    """

    def __init__(self, width: float = 1.0) -> None:
        super().__init__(_rust.Formatter.trace(arguments.positive(width, 'width')))

    def format_xy(self, start: int, stop: int) -> FlatBars:
        """Return the points of some bars.

        Parameters
        ----------
        start, stop : int
            Absolute rows, half-open, within those that are formatted.

        Returns
        -------
        FlatBars
            Of shape (2 n,): read-only views.

        Raises
        ------
        InputError
            When some of these rows are not formatted.
        """
        return FlatBars(*self.points(start, stop, 2))


class StepFormatter(Formatter):
    """Levels as an outline, as `to_step_format` gives.

    Parameters
    ----------
    field : str, optional
        What is outlined of rows that have several fields.
    width : float, optional
        Width of the last step, positive.
    baseline : float, optional
        Where the outline begins and ends.

    Raises
    ------
    InputError
        When the field is none of a bar, the width is not positive or the baseline not finite.

    Attributes
    ----------
    update_live : callable
        `update_live(level)` formats the live row, the last one; the line is broken where its level
        is not finite. Raises `InputError` where it is no number, or where no row is formatted yet.
    """

    def __init__(self, field: str = 'volume', *, width: float = 1.0, baseline: float = 0.0) -> None:
        if not isinstance(field, str) or field not in BAR_FIELDS[1:]:
            found = f'not one of {", ".join(BAR_FIELDS[1:])}, was {describe(field)}'
            raise InputError(f'invalid field: {found}')
        compiled = _rust.Formatter.steps(
            arguments.positive(width, 'width'), arguments.number(baseline, 'baseline')
        )
        super().__init__(compiled, (field,))
        self.update_live = compiled.update_level

    def format_xy(self, start: int, stop: int) -> Steps:
        """Return the corners at the edges of some steps.

        The first and the last corner reach to the baseline where there is no row before or behind,
        else to the neighbour's level.

        Parameters
        ----------
        start, stop : int
            Absolute rows, half-open, within those that are formatted.

        Returns
        -------
        Steps
            Of shape (n + 1, 2), or (0, 2) where there is no row: read-only views.

        Raises
        ------
        InputError
            When some of these rows are not formatted.
        """
        x, y = self.points(start, stop, 2, 2)
        return Steps(x.reshape(-1, 2), y.reshape(-1, 2))


class BarLinesFormatter(BarFormatter):
    """Bars as six joined vertices each, as `bar_lines` gives.

    Parameters
    ----------
    width : float, optional
        Width of a bar, positive.
    gap : float, optional
        The part of the width that is left free at each side, from 0 to less than a half.

    Raises
    ------
    InputError
        When width or gap is out of range.
    """

    def __init__(self, width: float = 1.0, gap: float = GAP) -> None:
        super().__init__(_rust.Formatter.vertices(*slots(width, gap)))

    def format_xy(self, start: int, stop: int) -> BarLines:
        """Return the vertices of some bars.

        Parameters
        ----------
        start, stop : int
            Absolute rows, half-open, within those that are formatted.

        Returns
        -------
        BarLines
            Of shape (6 n,): read-only views.

        Raises
        ------
        InputError
            When some of these rows are not formatted.
        """
        first, last = self.places(start, stop)
        return BarLines(*self.points(start, stop, 6), self.compiled.connect[6 * first : 6 * last])


class BarSegmentsFormatter(BarFormatter):
    """Bars as three separate segments each, as `bar_segments` gives: gaps take no memory.

    `y_data` holds the segments, `x_data` nothing. A revision that makes bars of gaps, or gaps of
    bars, moves those on the shorter side of it.

    Parameters
    ----------
    width : float, optional
        Width of a bar, positive.
    gap : float, optional
        The part of the width that is left free at each side, from 0 to less than a half.

    Raises
    ------
    InputError
        When width or gap is out of range.
    """

    def __init__(self, width: float = 1.0, gap: float = GAP) -> None:
        super().__init__(_rust.Formatter.segments(*slots(width, gap)))

    @property
    def rows_moved(self) -> int:
        """How many rows were moved by revisions since the beginning."""
        return self.compiled.rows_moved

    def format_xy(self, start: int, stop: int) -> Floats:
        """Return the segments of some bars.

        Parameters
        ----------
        start, stop : int
            Absolute rows, half-open, within those that are formatted.

        Returns
        -------
        ndarray of shape (m, 3, 4), float64
            x1, y1, x2, y2 of each segment of the m bars that are no gaps, the memory of `QLineF`:
            a read-only view.

        Raises
        ------
        InputError
            When some of these rows are not formatted.
        """
        first, last = self.places(start, stop)
        return self.compiled.y[12 * first : 12 * last].reshape(-1, 3, 4)
