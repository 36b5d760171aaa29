"""Calls end when the connection ends that brought them, or that would bring their answer.

tractor leaves a caller waiting, and what a peer called running, where the connection breaks off.
What tractor itself calls to end actors and tasks is left alone: those calls have a short limit of
their own, and an error in place of an answer would keep it from tidying up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import trio

from piker.core.errors import PeerRefused
from piker.runtime import tractorlib

if TYPE_CHECKING:
    import tractor

__all__ = ['PeerLeft', 'end_calls', 'is_cut', 'process_messages', 'start_call']

PATIENT = frozenset({('self', tractorlib.CANCEL), ('self', tractorlib.CANCEL_TASK)})
"""Calls with a limit of their own, as namespace and name."""

CALLS = 'piker_calls'
"""Attribute of a stream under which its calls are kept."""


class PeerLeft(PeerRefused, tractorlib.TransportClosed, ConnectionError):
    """A peer ended the connection before it answered a call.

    Also what tractor takes for the end of a connection, of which it knows two: when it leaves a
    registry, and elsewhere.
    """


class LastMessage:
    """What a caller receives in place of an answer: looking into it raises.

    Parameters
    ----------
    error : PeerLeft
        What it raises.
    """

    def __init__(self, error: PeerLeft) -> None:
        self.error = error

    def get(self, key: str) -> NoReturn:
        """Raise instead of returning a part of a message."""
        raise self.error

    __getitem__ = __contains__ = get


class Calls:
    """The calls made over one connection.

    Attributes
    ----------
    ended : trio.Event
        Set once nothing is read from the connection any more.
    starting : set of trio.CancelScope
        Of each call that the peer has not taken up yet.
    patient : set of str
        Identities of those that are left alone.
    """

    def __init__(self) -> None:
        self.ended = trio.Event()
        self.starting: set[trio.CancelScope] = set()
        self.patient: set[str] = set()


def calls_over(stream: trio.SocketStream) -> Calls:
    """Return the calls over a connection."""
    calls: Calls = vars(stream).setdefault(CALLS, Calls())
    return calls


def peer_left(channel: Any) -> PeerLeft:
    """Return the error for a call that is not answered any more."""
    name = channel.uid[0] if channel.uid else 'a peer'
    return PeerLeft(
        f'{name} ended the connection before it answered: it refused what was asked of it, or it '
        'is gone; look at its log with --loglevel info'
    )


def is_cut(portal: tractor.Portal) -> bool:
    """Return whether the connection of a portal has ended.

    Parameters
    ----------
    portal : tractor.Portal
        To a peer.

    Returns
    -------
    bool
        Whether no call that is made through it can be answered.
    """
    return calls_over(portal.channel.msgstream.stream).ended.is_set()


def end_calls(actor: Any, stream: trio.SocketStream) -> None:
    """End what is under way over a connection: with `PeerLeft` for callers, else by cancelling.

    Parameters
    ----------
    actor : tractor.Actor
        That of this process.
    stream : trio.SocketStream
        Nothing is read from it any more. Answers that came before still arrive.
    """
    calls = calls_over(stream)
    if calls.ended.is_set():
        return
    calls.ended.set()
    for scope in (*calls.starting, *tractorlib.served_over(actor, stream)):
        scope.cancel()
    for ctx in tractorlib.contexts_over(actor, stream):
        if ctx.cid not in calls.patient and tractorlib.awaits_answer(ctx):
            tractorlib.answer(ctx, LastMessage(peer_left(ctx.chan)))


async def start_call(
    self: Any, channel: Any, namespace: str, name: str, *args: Any, **options: Any
) -> Any:
    """Make a call, and return its context once the peer has taken it up; in place of tractor's.

    Raises
    ------
    PeerLeft
        When the connection ends before.
    """
    calls = calls_over(channel.msgstream.stream)
    make_call = tractorlib.START_CALL.original
    if (namespace, name) in PATIENT:
        ctx = await make_call(self, channel, namespace, name, *args, **options)
        calls.patient.add(ctx.cid)
        return ctx
    if calls.ended.is_set():
        raise peer_left(channel)
    found: Any = None
    with trio.CancelScope() as scope:
        calls.starting.add(scope)
        try:
            found = await make_call(self, channel, namespace, name, *args, **options)
        finally:
            calls.starting.discard(scope)
    if found is None:
        raise peer_left(channel)
    if calls.ended.is_set():
        # Between the peer's taking the call up and our hearing of it.
        tractorlib.answer(found, LastMessage(peer_left(channel)))
    return found


async def process_messages(self: Any, channel: Any, *args: Any, **kwargs: Any) -> Any:
    """Read a connection until it ends; in place of tractor's.

    Calls over an accepted connection end with its handler, which may still read late answers.
    """
    try:
        return await tractorlib.PROCESS_MESSAGES.original(self, channel, *args, **kwargs)
    finally:
        transport = channel.msgstream
        if transport.frames.is_child_side:
            end_calls(self, transport.stream)
