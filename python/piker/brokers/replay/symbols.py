"""Symbols of the replay provider: the demo market, and whatever files are asked for."""

from __future__ import annotations

import math
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import trio

from piker.accounting.symbols import parse_fqsn
from piker.brokers.replay.demo import DEMO_SYMBOLS
from piker.brokers.replay.playback import RecordedClock
from piker.core.errors import FeedError, SymbolError
from piker.core.paths import resolve_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import numpy as np
    from numpy.typing import NDArray

    from piker.accounting.symbols import Symbol
    from piker.brokers.replay.recordings import Recording
    from piker.core.messages import FeedOptions

__all__ = ['ReplayMarket', 'open_market', 'parse_start', 'search_symbols']

SECOND = 1_000_000_000


class ReplayMarket:
    """A recording that is being played.

    Live data begin at the opening of the slow bar in which the start falls, so that no bar is
    half history: ticks between there and the start are handed on at once.

    Parameters
    ----------
    recording : Recording
        What is played.
    position_ns : int
        Recorded time at which the clock starts.
    speed : float
        Recorded seconds a second.
    """

    mode = 'REPLAY'

    def __init__(self, recording: Recording, position_ns: int, speed: float) -> None:
        self.recording = recording
        self.playback = RecordedClock(position_ns, speed)
        venue_ns = recording.venue_time(position_ns)
        since_ns = venue_ns - recording.phase_ns
        self.start_ns = venue_ns - since_ns % recording.slow_period_ns

    @property
    def symbol(self) -> Symbol:
        """What it is of."""
        return self.recording.symbol

    @property
    def fast_period_ns(self) -> int:
        """Period of the fast bars."""
        return self.recording.fast_period_ns

    @property
    def slow_period_ns(self) -> int:
        """Period of the slow bars."""
        return self.recording.slow_period_ns

    @property
    def phase_ns(self) -> int:
        """Time since which periods are counted."""
        return self.recording.phase_ns

    @property
    def kind(self) -> int:
        """Which ticks make bars."""
        return self.recording.kind

    @property
    def sessions(self) -> NDArray[np.int64] | None:
        """When the market was open."""
        return self.recording.sessions

    @property
    def opens(self) -> NDArray[np.int64] | None:
        """When uneven bars open."""
        return self.recording.opens


@asynccontextmanager
async def open_market(fqsn: str, options: FeedOptions) -> AsyncIterator[ReplayMarket]:
    """Load a recording, in a thread, and set its clock.

    Parameters
    ----------
    fqsn : str
        Which symbol; with a file '' means the one that it holds.
    options : FeedOptions
        File, speed and start.

    Yields
    ------
    ReplayMarket
        Ready to be played.

    Raises
    ------
    SymbolError
        When there is no such symbol.
    DataFileError
        When the file cannot be used.
    FeedError
        When speed or start are out of range.
    """
    recording = await trio.to_thread.run_sync(load_recording, fqsn, options.file)
    position_ns = parse_start(options.start, recording.first_ns, recording.last_ns)
    speed = recording.speed if options.speed is None else options.speed
    yield ReplayMarket(recording, position_ns, speed)


def load_recording(fqsn: str, file: str | None) -> Recording:
    """Load a file, or a symbol of the demo market where no file is named.

    Parameters
    ----------
    fqsn : str
        Which symbol; with a file '' means the one that it holds.
    file : str or None
        Path of the file.

    Returns
    -------
    Recording
        Ready to be played.

    Raises
    ------
    SymbolError
        When there is no such symbol.
    DataFileError
        When the file cannot be used.
    """
    # Loading polars takes longer than starting the rest of a brokerd, so it waits until needed.
    if file is not None:
        from piker.brokers.replay.files import load_file  # noqa: PLC0415

        return load_file(resolve_file(file), fqsn)
    name = demo_name(fqsn)
    from piker.brokers.replay.demo.market import load_demo  # noqa: PLC0415

    return load_demo(name)


def demo_name(fqsn: str) -> str:
    """Return the demo market's symbol that an fqsn means.

    Parameters
    ----------
    fqsn : str
        For example 'eurusd.demo.replay', or 'eurusd.replay'.

    Returns
    -------
    str
        A key of `DEMO_SYMBOLS`.

    Raises
    ------
    SymbolError
        When there is no such symbol.
    """
    parts = parse_fqsn(fqsn)
    is_demo = parts.venue in (None, 'demo') and parts.suffix is None
    if parts.symbol not in DEMO_SYMBOLS or not is_demo:
        listed = ', '.join(symbol.fqsn for symbol in DEMO_SYMBOLS.values())
        raise SymbolError(
            f'there is no symbol {fqsn!r} in the demo market, which has {listed}: ask for one of '
            'these, or play a file with --replay'
        )
    return parts.symbol


def parse_start(text: str | None, first_ns: int, last_ns: int) -> int:
    """Return where a replay goes live.

    Parameters
    ----------
    text : str or None
        ISO 8601 (UTC where no offset is given) or epoch seconds; None: halfway by time.
    first_ns, last_ns : int
        Recorded span of what is played.

    Returns
    -------
    int
        Recorded time, nanoseconds UTC.

    Raises
    ------
    FeedError
        When the text is no time, or outside of the span.
    """
    if text is None:
        return first_ns + (last_ns - first_ns) // 2
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise FeedError(
                f'{text!r} is not a time to start at: write ISO 8601 or epoch seconds'
            ) from None
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = zoned.timestamp()
    if not math.isfinite(seconds):
        raise FeedError(f'{text!r} is not a time to start at: write ISO 8601 or epoch seconds')
    start_ns = round(seconds * SECOND)
    if not first_ns <= start_ns <= last_ns:
        raise FeedError(
            f'the recording cannot start at {text}: it runs from {iso(first_ns)} to '
            f'{iso(last_ns)}, choose a time between'
        )
    return start_ns


def iso(time_ns: int) -> str:
    """Return a time as ISO 8601 text in whole seconds."""
    return datetime.fromtimestamp(time_ns // SECOND, UTC).strftime('%Y-%m-%dT%H:%M:%SZ')


async def search_symbols(pattern: str) -> list[Symbol]:
    """Return the symbols of the demo market that hold a pattern in their name or fqsn.

    Parameters
    ----------
    pattern : str
        Any part, compared without case; '' finds all.

    Returns
    -------
    list of Symbol
        Those whose fqsn begins with the pattern first.
    """
    wanted = pattern.strip().lower()
    found = [
        symbol
        for symbol in DEMO_SYMBOLS.values()
        if wanted in symbol.fqsn or wanted in symbol.name.lower()
    ]
    return sorted(found, key=lambda symbol: not symbol.fqsn.startswith(wanted))
