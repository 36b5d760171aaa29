"""Messages that cross processes: frozen structs, made of what msgpack can carry."""

from __future__ import annotations

from decimal import Decimal

import msgspec

__all__ = [
    'FeedControl',
    'FeedOpened',
    'FeedOptions',
    'FeedRefused',
    'FeedState',
    'ServiceRecord',
    'ShmToken',
    'SymbolInfo',
]


class ShmToken(msgspec.Struct, frozen=True):
    """What another process of the same user needs to attach a ring.

    Attributes
    ----------
    key : str
        What the writer calls it.
    backend : str
        'memfd': a memory file, opened through the writer's descriptors; 'file': a named segment.
    pid, start_time : int
        The writer, with the start of its process in clock ticks since boot, so that a reused
        pid is not taken for it.
    fd : int
        The writer's descriptor of a memory file, -1 for a named segment.
    path : str
        A named segment's path, empty for a memory file.
    generation : int
        Counts the rings that took each other's place under this key, from 0.
    schema : str
        Hash of field names, types and reducers.
    nonce : int
        Number that the writer drew for this segment: a descriptor or a name may come to mean
        another one.
    """

    key: str
    backend: str
    pid: int
    start_time: int
    fd: int
    path: str
    generation: int
    schema: str
    nonce: int


class SymbolInfo(msgspec.Struct, frozen=True):
    """A symbol on the wire; `piker.accounting.symbols.Symbol` is its value.

    Attributes
    ----------
    fqsn : str
        Fully qualified symbol name.
    price_tick, size_tick : Decimal
        The least step of a price and of a size.
    note : str
        What a reader of the chart must know, such as how the path inside a bar was made.
    name : str
        Its name for people.
    """

    fqsn: str
    price_tick: Decimal
    size_tick: Decimal
    note: str = ''
    name: str = ''


class FeedOptions(msgspec.Struct, frozen=True):
    """How a feed is asked for; two clients share a feed only where these are equal.

    Attributes
    ----------
    file : str or None
        Recording to play, for the replay provider.
    speed : float or None
        Multiple of recorded time; None: what suits the recording.
    start : str or None
        Where a replay goes live, ISO 8601 or epoch seconds; None: half of the recording.
    """

    file: str | None = None
    speed: float | None = None
    start: str | None = None


class FeedOpened(msgspec.Struct, frozen=True, tag='opened'):
    """What a client gets once history is in.

    Attributes
    ----------
    symbol : SymbolInfo
        What is fed.
    mode : str
        'LIVE' or 'REPLAY'.
    fast, slow, quote : ShmToken
        Rings of bars, and of the one row that is the newest quote.
    fast_period_ns, slow_period_ns : int
        Length of a bar of each.
    phase_ns : int
        Time since which both are counted.
    """

    symbol: SymbolInfo
    mode: str
    fast: ShmToken
    slow: ShmToken
    quote: ShmToken
    fast_period_ns: int
    slow_period_ns: int
    phase_ns: int = 0


class FeedRefused(msgspec.Struct, frozen=True, tag='refused'):
    """What a client gets where a feed cannot be had.

    Attributes
    ----------
    error : str
        Name of a class in `piker.core.errors`.
    text : str
        Its message.
    """

    error: str
    text: str


class FeedControl(msgspec.Struct, frozen=True):
    """What a client asks of a feed that is played from a recording; None: as it is.

    Attributes
    ----------
    is_paused : bool or None
        Whether its clock is to stand.
    speed : float or None
        Multiple of recorded time at which it is to run.
    """

    is_paused: bool | None = None
    speed: float | None = None


class FeedState(msgspec.Struct, frozen=True):
    """How a feed stands; sent when it is opened and whenever it changes.

    Attributes
    ----------
    is_paused, is_ended : bool
        Whether its clock stands; whether all of a recording was played.
    speed : float
        Multiple of recorded time; 1 for a live feed.
    refusal : str
        Why the last thing that was asked for could not be done, else ''.
    failure : str
        Why the feed broke off, else ''.
    """

    is_paused: bool = False
    is_ended: bool = False
    speed: float = 1.0
    refusal: str = ''
    failure: str = ''


class ServiceRecord(msgspec.Struct, frozen=True):
    """One running actor.

    Attributes
    ----------
    name : str
        For example 'brokerd.replay'.
    pid : int
        Its process.
    address : str
        host:port on which it listens.
    uptime_s : float
        Seconds since its process started.
    rss_bytes : int
        Resident memory.
    """

    name: str
    pid: int
    address: str
    uptime_s: float
    rss_bytes: int
