"""The packaged demo market: real bars of EUR/USD and of GOOG with interpolated minutes inside."""

from __future__ import annotations

from decimal import Decimal

from piker.accounting.symbols import Symbol

__all__ = ['DEMO_SYMBOLS']

NOTE = 'real {bars}; the path and the quotes inside each are interpolated, not recorded'

DEMO_SYMBOLS = {
    'eurusd': Symbol(
        fqsn='eurusd.demo.replay',
        name='EUR/USD',
        provider='replay',
        venue='demo',
        suffix='',
        price_tick=Decimal('0.00001'),
        size_tick=Decimal(1),
        note=NOTE.format(bars='hourly bars of 2017-04 to 2018-02'),
    ),
    'goog': Symbol(
        fqsn='goog.demo.replay',
        name='Alphabet Inc (GOOG)',
        provider='replay',
        venue='demo',
        suffix='',
        price_tick=Decimal('0.01'),
        size_tick=Decimal(1),
        note=NOTE.format(bars='daily bars of 2004-08 to 2013-03'),
    ),
}
"""By the first part of their fqsn."""
