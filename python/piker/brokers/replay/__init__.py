"""The replay provider: plays recordings, files of ticks or bars, and the packaged demo market."""

from __future__ import annotations

from piker.brokers.replay.feed import stream_quotes
from piker.brokers.replay.history import open_history_client
from piker.brokers.replay.symbols import ReplayMarket, open_market, search_symbols
from piker.data.provider import Capabilities, Provider

__all__ = ['PROVIDER']

__enable_modules__ = ('piker.brokers.replay', 'piker.data.bus')

PROVIDER: Provider[ReplayMarket] = Provider(
    name='replay',
    capabilities=Capabilities(playback=True),
    open_market=open_market,
    search_symbols=search_symbols,
    stream_quotes=stream_quotes,
    open_history_client=open_history_client,
)
"""What the bus of `brokerd.replay` works with."""
