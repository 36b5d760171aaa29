"""Every public function and method of `piker.kernels`, and what it takes: one line each."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from piker import kernels
from piker.core.rows import TICK
from piker.kernels import Pyramid, Rolling, RollingVwap, TriggerIndex
from tests.kernels.oracle import FakeRing

if TYPE_CHECKING:
    from collections.abc import Callable

    from piker.kernels.formatter import Formatter

__all__ = ['CALLS', 'Call']


class Call(NamedTuple):
    """A function, and what it takes.

    Attributes
    ----------
    function : callable
        Given its arguments by name.
    arguments : dict of str to tuple of (str, object)
        Of each argument its kind, a key of `odd.WRONG`, and a value that is right.
    aliases : tuple of str
        What errors may name in place of an argument: what several of them make together.
    """

    function: Callable[..., Any]
    arguments: dict[str, tuple[str, Any]]
    aliases: tuple[str, ...] = ()


ROW = np.array([1.0, -2.0, 0.5])
PLACES = np.array([0, 2, 3])
PRICES = np.array([[1.0, 4.0, 0.0, 3.0], [-2.0, -1.0, -4.0, -3.0], [5.0, 5.0, 5.0, 5.0]])
RING = FakeRing(np.arange(3.0), 0, 64, 'minmax')
EDGE_ROWS = np.array([0, 1, 3])
LENGTH = ('length', 2)
WINDOW = {'start': ('place', 0), 'stop': ('place', 3)}
COUNTED = {**WINDOW, 'count': ('column count', 2)}
BARS = {'rows': ('bars', PRICES), 'x': ('row or none', PLACES), 'width': ('positive', 1.0)}
VWAP_ROWS = {'prices': ('row', ROW), 'volumes': ('row', ROW)}
COUNTERS = {'first': ('row number', 0), 'closed_last': ('row number', 2)}
ASKED = {'view': ('view', RING.view), **COUNTERS, 'start': ('whole', 0), 'stop': ('whole', 2)}
CUT = {**COUNTERS, 'edges': ('edges', EDGE_ROWS)}
VIEW_PARTS = ('capacity', 'address', 'slots', 'view')
LENGTHS = ('x and y',)


def signal(name: str) -> dict[str, Call]:
    """Return the calls of a signal's function and of the method that makes its state."""
    methods = {'rolling_min': 'least', 'rolling_max': 'greatest'}
    make = getattr(Rolling, methods.get(name, name))
    return {
        name: Call(getattr(kernels, name), {'y': ('row', ROW), 'length': LENGTH}),
        f'Rolling.{make.__name__}': Call(make, {'length': LENGTH}),
    }


def painted(function: Callable[..., None]) -> Callable[..., bytes]:
    """Return a function that gives what another one paints, and leaves the image empty."""

    def call(image: Any, **given: Any) -> bytes:
        function(image, **given)
        found = bytes(image.tobytes())
        image.fill(0)
        return found

    return call


def woven(x: Any, y: Any, out: Any) -> bytes:
    """Return the points that are written into an array, which is left empty."""
    kernels.weave_points(x, y, out)
    found = bytes(out.tobytes())
    out.fill(0)
    return found


def formatter(name: str, **given: tuple[str, Any]) -> dict[str, Call]:
    """Return the calls of a formatter and of its methods."""
    make = getattr(kernels, name)

    def method(attribute: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            made: Formatter = make()
            made.update_xy(COLUMNS, 0)
            return getattr(made, attribute)(**arguments)

        return call

    window = Call(method('places'), WINDOW, ('window',))
    return {
        name: Call(make, given),
        f'{name}.format_xy': window._replace(function=method('format_xy')),
        f'{name}.places': window,
        f'{name}.update_xy': Call(
            method('update_xy'),
            {'rows': ('columns', COLUMNS), 'first': ('whole', 0), 'revised': ('ranges', [(0, 1)])},
            ('open', 'high', 'low', 'close', 'volume', 'level'),
        ),
    }


PAINTED = {'image': ('image', np.zeros((5, 6), np.uint32)), 'colour': ('colour', 0xFF123456)}
WIDTH = {'width': ('positive', 1.0)}
COLUMNS = tuple(np.arange(3.0) for _ in range(6))

CALLS: dict[str, Call] = {
    'ds_m4': Call(
        kernels.ds_m4,
        {
            'x': ('row', PLACES),
            'y': ('row', ROW),
            'uppx': ('positive', 2.0),
            'origin': ('finite or none', None),
            'is_oversampled': ('flag', False),
        },
        LENGTHS,
    ),
    'bounds': Call(kernels.bounds, {'y': ('row', ROW)}),
    'oversampling': Call(kernels.oversampling, {'rows': ('count of rows', 64)}),
    'Pyramid': Call(Pyramid, {'y': ('row', ROW), 'reducer': ('reducer', 'm4')}),
    'Pyramid.append': Call(lambda values: Pyramid(ROW).append(values), {'values': ('row', ROW)}),
    'Pyramid.prepend': Call(lambda values: Pyramid(ROW).prepend(values), {'values': ('row', ROW)}),
    'Pyramid.set_last': Call(lambda value: Pyramid(ROW).set_last(value), {'value': ('real', 1.0)}),
    'Pyramid.revise': Call(
        lambda start, values: Pyramid(ROW).revise(start, values),
        {'start': ('place', 0), 'values': ('row', ROW)},
    ),
    'Pyramid.columns': Call(lambda **given: Pyramid(ROW).columns(**given), COUNTED, ('window',)),
    'Pyramid.sums': Call(lambda **given: Pyramid(ROW).sums(**given), COUNTED, ('window',)),
    'Pyramid.lasts': Call(lambda **given: Pyramid(ROW).lasts(**given), COUNTED, ('window',)),
    'Pyramid.reduced': Call(lambda **given: Pyramid(ROW).reduced(**given), COUNTED, ('window',)),
    'Pyramid.bounds': Call(lambda **given: Pyramid(ROW).bounds(**given), WINDOW, ('window',)),
    'Pyramid.positions': Call(lambda **given: Pyramid(ROW).positions(**given), WINDOW, ('window',)),
    'ring_bounds': Call(kernels.ring_bounds, ASKED, VIEW_PARTS),
    'ring_positions': Call(kernels.ring_positions, ASKED, VIEW_PARTS),
    'ring_columns': Call(kernels.ring_columns, {'view': ('view', RING.view), **CUT}, VIEW_PARTS),
    'ring_sums': Call(
        kernels.ring_sums,
        {'view': ('view', RING.view), **CUT, 'live': ('real or none', 1.0)},
        VIEW_PARTS,
    ),
    'ring_ohlc_columns': Call(
        kernels.ring_ohlc_columns, {'views': ('views', [RING.view] * 4), **CUT}, VIEW_PARTS
    ),
    'ohlc_flatten': Call(kernels.ohlc_flatten, {**BARS, 'out': ('outs', None)}),
    'ohlc_trace': Call(kernels.ohlc_trace, {**BARS, 'out': ('outs', None)}),
    'bar_lines': Call(kernels.bar_lines, {**BARS, 'gap': ('gap', 0.25)}),
    'bar_segments': Call(
        kernels.bar_segments, {**BARS, 'gap': ('gap', 0.25), 'out': ('out', None)}
    ),
    'to_step_format': Call(
        kernels.to_step_format,
        {
            'y': ('row', ROW),
            'x': ('row or none', PLACES),
            'width': ('positive', 1.0),
            'baseline': ('finite', 0.0),
        },
    ),
    **signal('sma'),
    **signal('wma'),
    **signal('ema'),
    **signal('rsi'),
    **signal('rolling_min'),
    **signal('rolling_max'),
    'rolling_std': Call(
        kernels.rolling_std,
        {'y': ('row', ROW), 'length': LENGTH, 'ddof': ('ddof', 0)},
    ),
    'Rolling.deviation': Call(Rolling.deviation, {'length': LENGTH, 'ddof': ('ddof', 0)}),
    'Rolling': Call(Rolling, {'state': ('state', Rolling.sma(2).state)}),
    'Rolling.push': Call(lambda values: Rolling.sma(2).push(values), {'values': ('row', ROW)}),
    'Rolling.peek': Call(lambda value: Rolling.sma(2).peek(value), {'value': ('real', 1.0)}),
    'vwap': Call(kernels.vwap, VWAP_ROWS, ('prices and volumes',)),
    'RollingVwap.push': Call(
        lambda **given: RollingVwap().push(**given), VWAP_ROWS, ('prices and volumes',)
    ),
    'RollingVwap.peek': Call(
        lambda **given: RollingVwap().peek(**given),
        {'price': ('real', 1.0), 'volume': ('real', 1.0)},
    ),
    'paint_columns': Call(
        painted(kernels.paint_columns),
        {
            **PAINTED,
            'columns': ('table', PRICES),
            'factor': ('finite', 1.0),
            'offset': ('finite', 2.0),
            'left': ('whole', 1),
            'width': ('pen', 2),
        },
    ),
    'paint_rects': Call(
        painted(kernels.paint_rects), {**PAINTED, 'rects': ('table', np.abs(PRICES))}
    ),
    'premultiplied': Call(
        kernels.premultiplied,
        dict.fromkeys(('red', 'green', 'blue', 'alpha'), ('channel', 99)),
        ('channel',),
    ),
    'weave_points': Call(
        woven,
        {'x': ('row', PLACES), 'y': ('row', ROW), 'out': ('pairs', np.zeros((3, 2)))},
        ('x, y and out',),
    ),
    **formatter('FlatBarsFormatter', **WIDTH),
    **formatter('TraceFormatter', **WIDTH),
    **formatter('BarLinesFormatter', **WIDTH, gap=('gap', 0.25)),
    **formatter('BarSegmentsFormatter', **WIDTH, gap=('gap', 0.25)),
    **formatter('StepFormatter', field=('field', 'volume'), **WIDTH, baseline=('finite', 0.0)),
    'TriggerIndex': Call(TriggerIndex, {'price_tick': ('positive', Decimal('0.05'))}),
    'TriggerIndex.add': Call(
        lambda **given: TriggerIndex(1).add(**given),
        {
            'oid': ('oid', 1),
            'kind': ('kind', 1),
            'is_above': ('flag', True),
            'level': ('whole', 5),
        },
    ),
    'TriggerIndex.remove': Call(lambda oid: TriggerIndex(1).remove(oid), {'oid': ('oid', 1)}),
    'TriggerIndex.get': Call(lambda oid: TriggerIndex(1).get(oid), {'oid': ('oid', 1)}),
    'TriggerIndex.__contains__': Call(lambda oid: oid in TriggerIndex(1), {'oid': ('oid', 1)}),
    'TriggerIndex.cross': Call(
        lambda **given: TriggerIndex(1).cross(**given),
        {'kind': ('any kind', 1), 'price': ('price', 5.0)},
    ),
    'TriggerIndex.feed': Call(
        lambda ticks: TriggerIndex(1).feed(ticks), {'ticks': ('ticks', np.zeros(3, TICK))}
    ),
}
