"""The bars: what piker promises of its speed, one row each."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ['GOALS', 'Goal']


class Goal(NamedTuple):
    """The most that a tracked figure may be.

    Attributes
    ----------
    name : str
        What it is called: G1 and so on, or the part of piker that it is about.
    benchmark : str
        The one that tracks it, as asv calls it: module, class and method.
    params : tuple
        The parameters that it is held at.
    limit : float
        The bar.
    meaning : str
        What is measured, over what.
    unit : str
        Of absolute figures, which are scaled to the machine that the bars were set for; empty for
        ratios.
    floor : str
        The benchmark that tracks, at the same parameters, the least that the figure could be; empty
        where the bar is known to lie above it. Where it does not on a machine, the bar is out of
        reach there.
    reason : str
        What that least is, or what a miss of the bar is due to.
    """

    name: str
    benchmark: str
    params: tuple[int | str, ...]
    limit: float
    meaning: str
    unit: str = ''
    floor: str = ''
    reason: str = ''


GOALS = (
    Goal('G1', 'downsampling.M4.track_over_tsdownsample', (10**6,), 1 / 10,
         'M4 of 1e6 points, int64 x, 2000 px, over tsdownsample',
         floor='downsampling.M4.track_max_over_tsdownsample',
         reason='`np.max`, which reads each value once, over tsdownsample'),
    Goal('G1', 'downsampling.M4.track_over_max', (10**6,), 2.5,
         'the same over `np.max`'),
    Goal('G2', 'downsampling.M4.track_over_tsdownsample', (10**5,), 1 / 5,
         'M4 of 1e5 points, int64 x, 2000 px, over tsdownsample'),
    Goal('G3', 'downsampling.M4WithGaps.track_over_max', (10**8, 1), 1.15,
         'M4 of 1e8 points with NaN on one core, over `np.max`'),
    Goal('G3', 'downsampling.M4WithGaps.track_over_max', (10**8, 2), 0.70,
         'the same on two cores'),
    Goal('G4', 'pyramid.WholeView.track_whole_over_tsdownsample', (10**8,), 1 / 80,
         '1e8 rows in 1920 columns by the pyramid, over tsdownsample on two cores'),
    Goal('G4', 'pyramid.WholeView.track_bytes_over_values', (10**8,), 0.04,
         'memory of the pyramid over that of the values'),
    Goal('G4', 'pyramid.Growth.track_append_ns', (10**8,), 20.0,
         'a value appended to 1e8', unit='ns'),
    Goal('G5', 'pyramid.WholeView.track_pan_us', (10**8,), 5.0,
         'the new columns of a pan by 3 px over 1e8 rows', unit='µs'),
    Goal('G6', 'formats.Scratch.track_new_formatter_over_memcpy', (10**6,), 1.1,
         '1e6 bars as four points each, x too, in new memory, over a copy of the rows',
         floor='formats.Scratch.track_new_memory_over_memcpy',
         reason='as much new memory filled by NumPy, each page of which the system clears first'),
    Goal('G6', 'formats.Flatten.track_flat_over_memcpy', (10**6,), 1.1,
         'their points in memory that is there, over a copy of their four prices'),
    Goal('G6', 'formats.LiveRow.track_live_row_ns', (), 200.0,
         'the live row, called from Python', unit='ns',
         reason='half of it registers the memory as being written, for no kernel of another thread '
                'to read it meanwhile'),
    Goal('G7', 'carriers.Bars.track_rebuild_over_pyqtgraph', (), 1 / 20,
         '2000 OHLC bars rebuilt, over NumPy and `arrayToQPath` with connect'),
    Goal('G8', 'carriers.Line.track_refill_over_pyqtgraph', (), 1 / 5,
         '8000 points of a line refilled, over `arrayToQPath`'),
    Goal('G9', 'carriers.Columns.track_columns_over_path', ('walk 1',), 1 / 15,
         'M4 columns of a walk painted at 1080p, over `drawPath` with the same pen'),
    Goal('G9', 'carriers.Columns.track_columns_over_path', ('noise 1',), 1 / 15,
         'the same of noise'),
    Goal('append', 'carriers.Append.track_long_over_short', (), 1.5,
         'a row appended to 1e6 formatted and pathed ones, over one appended to 1e4'),
    Goal('views', 'pyramid.Views.track_slowest_over_fastest', (), 4.0,
         '1920 columns of random windows, 1e5 to 1e8 rows, slowest over fastest',
         floor='pyramid.Views.track_most_over_fewest_values',
         reason='values that a column is made of, most over fewest: smaller leaves than 64 rows '
                'would take more than 4 % of memory'),
    Goal('dark book', 'triggers.Quiet.track_tick_in_kernel_us', (10**5,), 1.0,
         'a tick that crosses none of 1e5 triggers, in the kernel', unit='µs'),
    Goal('dark book', 'triggers.Quiet.track_tick_from_python_us', (10**5,), 3.0,
         'the same, called from Python', unit='µs'),
    Goal('G10', 'frames.Pan.track_whole_over_pyqtgraph', (10**7,), 1 / 4,
         'pan frame of all of 1e7 points at 1080p, over pyqtgraph that downsamples'),
    Goal('G10', 'frames.PanOverMany.track_long_over_short', (), 1.1,
         'pan frame of all of 1e8 bars, over that of 1e6'),
    Goal('candles', 'frames.Candles.track_pan_over_finplot', (300,), 1 / 5,
         'pan frame of 300 of 1e6 candlesticks at 1080p, over finplot'),
    Goal('candles', 'frames.Candles.track_pan_over_finplot', (3000,), 1 / 10,
         'the same of 3000'),
    Goal('G11', 'frames.Tick.track_over_peer', ('pyqtgraph',), 1 / 50,
         'tick frame of 1e6 bars at 4K, over pyqtgraph and `setData`',
         floor='frames.Tick.track_bare_over_peer',
         reason='a bare Qt widget that fills 200 by 200 pixels'),
    Goal('G11', 'frames.Tick.track_over_peer', ('finplot',), 1 / 500,
         'the same over finplot and `update_data`',
         floor='frames.Tick.track_bare_over_peer',
         reason='a bare Qt widget that fills 200 by 200 pixels'),
    Goal('G12', 'ring.FullRing.track_push_over_call', (10**6,), 3.0,
         'a row pushed from Python, over a bare method call of the same signature'),
    Goal('G12', 'ring.FullRing.track_row_inside_ns', (10**6,), 10.0,
         'a row pushed with others, its pyramid included', unit='ns',
         floor='ring.FullRing.track_copy_inside_ns',
         reason='a copy of the row into as much memory, without columns and pyramid'),
    Goal('G13', 'wake.Wake.track_task_over_half_round_trip', (), 1 / 5,
         'a quote to a task that is blocked in another process, over half a round trip by TCP',
         floor='wake.Wake.track_bare_task_over_half_round_trip',
         reason='a time written to a pipe, read by a task of trio that does nothing else'),
    Goal('G13', 'wake.Wake.track_thread_over_half_round_trip', (), 1 / 5,
         'the same to a thread',
         floor='wake.Wake.track_bare_thread_over_half_round_trip',
         reason='a time written to a pipe, read by a thread that does nothing else'),
    Goal('pan', 'chart.Pan.track_long_over_short', (), 1.2,
         'pan frame over 1e7 rows, over the same frame over 1e4 rows'),
    Goal('pan', 'chart.PanBelowOverview.track_with_over_without', (), 1.2,
         'pan frame below a slow chart, over that of the same charts without one'),
    Goal('start', 'startup.Startup.track_cold_over_import', (), 3.0,
         'first painted candle with a cold tree, over the bare import of what it stands on'),
    Goal('start', 'startup.Startup.track_attached_over_import', (), 1.3,
         'the same beside a running `pikerd`'),
)  # fmt: skip
