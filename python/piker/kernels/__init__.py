"""The compiled kernels on arrays, and their queries of rings in shared memory.

NaN and infinities are gaps throughout: no result is made of one, and a stretch without any finite
value is NaN. Arguments may be any real sequence or array; those that are contiguous, aligned and of
the named type are borrowed without a copy and must not change meanwhile: the GIL is released. Those
beyond float64 are infinities. Wrong ones raise `piker.errors.InputError`, which names the argument.
"""

from piker.kernels.bars import BarLines, FlatBars, bar_lines, bar_segments, ohlc_flatten, ohlc_trace
from piker.kernels.formatters import (
    BarLinesFormatter,
    BarSegmentsFormatter,
    FlatBarsFormatter,
    StepFormatter,
    TraceFormatter,
)
from piker.kernels.m4 import M4, bounds, ds_m4, oversampling
from piker.kernels.points import weave_points
from piker.kernels.pyramid import Pyramid
from piker.kernels.raster import paint_columns, paint_rects, premultiplied
from piker.kernels.rings import (
    FieldView,
    ring_bounds,
    ring_columns,
    ring_ohlc_columns,
    ring_positions,
    ring_sums,
)
from piker.kernels.signals import (
    Rolling,
    RollingVwap,
    ema,
    rolling_max,
    rolling_min,
    rolling_std,
    rsi,
    sma,
    vwap,
    wma,
)
from piker.kernels.steps import Steps, to_step_format
from piker.kernels.triggers import Fired, Trigger, TriggerIndex

__all__ = [
    'M4',
    'BarLines',
    'BarLinesFormatter',
    'BarSegmentsFormatter',
    'FieldView',
    'Fired',
    'FlatBars',
    'FlatBarsFormatter',
    'Pyramid',
    'Rolling',
    'RollingVwap',
    'StepFormatter',
    'Steps',
    'TraceFormatter',
    'Trigger',
    'TriggerIndex',
    'bar_lines',
    'bar_segments',
    'bounds',
    'ds_m4',
    'ema',
    'ohlc_flatten',
    'ohlc_trace',
    'oversampling',
    'paint_columns',
    'paint_rects',
    'premultiplied',
    'ring_bounds',
    'ring_columns',
    'ring_ohlc_columns',
    'ring_positions',
    'ring_sums',
    'rolling_max',
    'rolling_min',
    'rolling_std',
    'rsi',
    'sma',
    'to_step_format',
    'vwap',
    'weave_points',
    'wma',
]
