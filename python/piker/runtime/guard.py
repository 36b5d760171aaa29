"""What tractor lets in, narrowed to this user's own tree and to functions that say they are remote.

tractor listens on loopback TCP, answers whoever connects, and calls whatever an enabled module
imports. Installed before the first connection, the guard changes these of its places:

- every accepted connection must prove itself (`piker.runtime.peers`) before a frame is read;
- every connection that we make proves the peer likewise;
- frames have a size limit, and are messages of the known forms or nothing;
- a connection that breaks, at whatever stage, ends that connection and not the actor;
- calls end with their connection, at both of its ends (`piker.runtime.calls`);
- a request may name a function marked `@remote`, or one of a fixed list of the actor's own;
- an actor listens on loopback only.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import tractor
import trio

from piker.core.errors import PeerRefused
from piker.core.log import get_logger
from piker.runtime import peers, tractorlib
from piker.runtime.calls import end_calls, process_messages, start_call
from piker.runtime.tractorlib import (
    BIRTH_KEY,
    CANCEL,
    CANCEL_TASK,
    ModuleNotExposed,
    TransportClosed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ['CHILD_MODULE', 'FRAME_LIMIT', 'OWN_FUNCTIONS', 'install', 'remote']

CHILD_MODULE = 'piker.runtime.child'
"""What a spawned process runs: tractor's own start with guard and watch before it."""

FRAME_LIMIT = 16 * 1024**2
"""Bytes of a message; market data goes through shared memory."""

OWN_FUNCTIONS = frozenset(
    {
        CANCEL,
        CANCEL_TASK,
        'find_actor',
        'get_registry',
        'register_actor',
        'unregister_actor',
        'wait_for_actor',
    }
)
"""What a peer may call of the actor itself: ending, and the registry."""

MARK = '__piker_remote__'

log = get_logger(__name__)
F = TypeVar('F', bound='Callable[..., Any]')


def remote(function: F) -> F:
    """Allow peers to call a function of an enabled module.

    Parameters
    ----------
    function : async callable
        With `@tractor.context`, this stands above it.

    Returns
    -------
    async callable
        The same function, marked.
    """
    setattr(function, MARK, True)
    return function


def install(token: bytes) -> None:
    """Guard this process, once and for good; before any actor of it listens or connects.

    Parameters
    ----------
    token : bytes
        The secret of the tree. Installing again changes the token.
    """
    tractorlib.spawn_children_by(CHILD_MODULE)
    tractorlib.STREAM_HANDLER.replace(guarded_handler(token))
    tractorlib.GET_FUNCTION.replace(get_marked_function)
    tractorlib.SERVE.replace(guarded_serve)
    tractorlib.CONNECT.replace(guarded_connect(token))
    tractorlib.TRANSPORT_INIT.replace(guarded_transport)
    tractorlib.PROCESS_MESSAGES.replace(process_messages)
    tractorlib.START_CALL.replace(start_call)


def guarded_handler(token: bytes) -> Callable[..., Any]:
    """Return the handler of accepted connections for a token."""

    async def handle(self: Any, stream: trio.SocketStream) -> None:
        try:
            peers.check_uid(stream)
            await peers.prove_as_server(stream, token)
        except PeerRefused as error:
            log.warning('%s: refused: %s', self.name, error)
            await trio.aclose_forcefully(stream)
            return
        try:
            await tractorlib.STREAM_HANDLER.original(self, stream)
        except (OSError, trio.BrokenResourceError, trio.ClosedResourceError, TransportClosed):
            # A peer that was killed must not take the actor with it, as tractor would have it.
            log.info('%s: a peer broke off', self.name)
            await trio.aclose_forcefully(stream)
        except tractor.RemoteActorError as error:
            # A daemon's last words; that it died, its holders learn from the end of its process.
            log.warning('%s: a peer crashed: %s', self.name, last_line(error))
            await trio.aclose_forcefully(stream)
        finally:
            end_calls(self, stream)

    return handle


def last_line(error: BaseException) -> str:
    """Return the end of an error's text, which of a remote traceback names the cause."""
    return str(error).strip().rpartition('\n')[2]


def guarded_connect(token: bytes) -> Callable[..., Any]:
    """Return the connecting side of a channel for a token."""

    async def connect(self: Any, destaddr: Any = None, **kwargs: Any) -> Any:
        if self.connected():
            raise RuntimeError('the channel is connected already')
        stream = await trio.open_tcp_stream(*(destaddr or tractorlib.destination(self)), **kwargs)
        try:
            await peers.prove_as_client(stream, token)
        except BaseException:
            await trio.aclose_forcefully(stream)
            raise
        transport = self.set_msg_transport(stream)
        transport.frames.is_child_side = True
        return transport

    return connect


async def guarded_serve(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Listen, on loopback only."""
    host = kwargs.get('accept_host', '127.0.0.1')
    if not ipaddress.ip_address(host).is_loopback:
        raise PeerRefused(f'an actor listens on loopback only, and {host} was asked for')
    return await tractorlib.SERVE.original(self, *args, **kwargs)


def get_marked_function(self: Any, namespace: str, name: str) -> Any:
    """Return a function that an enabled module marks as remote."""
    function = tractorlib.GET_FUNCTION.original(self, namespace, name)
    if getattr(function, MARK, False) is not True:
        raise ModuleNotExposed(f'{namespace}.{name} is not marked as remote')
    return function


class Frames:
    """The receiving side of a transport: limited reads, and messages of the known forms only.

    Whatever is wrong with what a peer sends, or with its leaving, is `TransportClosed`: the one
    error that tractor takes at every stage for the end of that connection.

    Parameters
    ----------
    inner : object
        tractor's own receive stream.
    decode : callable
        tractor's own decoder of a frame.

    Attributes
    ----------
    is_child_side : bool
        Whether we made the connection: then the peer may be the parent that tells us who we are.
    is_torn : bool
        Whether a read was given up between the length of a frame and its end, so that what comes
        next is no beginning of one.
    """

    def __init__(self, inner: Any, decode: Callable[[bytes], Any]) -> None:
        self.inner = inner
        self.decode_frame = decode
        self.is_child_side = False
        self.is_introduced = False
        self.is_within_frame = False
        self.is_torn = False

    async def receive_exactly(self, count: int) -> Any:
        """Receive so many bytes, if that is not more than a frame may have.

        Cancelling while a length is awaited loses nothing; within a frame it ends the connection
        for whoever reads on.

        Raises
        ------
        TransportClosed
            When it is more, the peer leaves before all of it came, or an earlier read was given up
            within a frame.
        """
        if self.is_torn:
            raise TransportClosed('an earlier read was given up within a frame')
        if count > FRAME_LIMIT:
            log.warning('a peer announced a frame of %s bytes: disconnected', count)
            raise TransportClosed(f'a frame of {count} bytes is over the limit of {FRAME_LIMIT}')
        self.is_torn = self.is_within_frame
        try:
            content = await self.inner.receive_exactly(count)
        except (ValueError, OSError, trio.BrokenResourceError, trio.ClosedResourceError) as error:
            raise TransportClosed('the peer left within a frame') from error
        self.is_torn = False
        # tractor reads by turns a frame's length and the rest; b'' is the end of the connection.
        self.is_within_frame = not self.is_within_frame and bool(content)
        return content

    def decode(self, frame: bytes) -> Any:
        """Return the message of a frame.

        Raises
        ------
        TransportClosed
            When it is none that belongs here.
        """
        try:
            message = self.decode_frame(frame)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise TransportClosed('the peer sent a frame that is no message') from error
        if not self.is_expected(message):
            log.warning('a peer sent what is no message of a tree: disconnected')
            raise TransportClosed('the peer sent what is no message of a tree')
        self.is_introduced = True
        return message

    def is_expected(self, message: object) -> bool:
        """Return whether a message may come now: first the peer's name, then what is known."""
        if not self.is_introduced:
            return is_introduction(message)
        return is_known(message) or (self.is_child_side and is_birth(message))


def guarded_transport(self: Any, *args: Any, **kwargs: Any) -> None:
    """Set a transport up to read frames of limited size and of known form."""
    tractorlib.TRANSPORT_INIT.original(self, *args, **kwargs)
    self.frames = self.recv_stream = Frames(self.recv_stream, self.decode)
    self.decode = self.frames.decode


def is_introduction(message: object) -> bool:
    """Return whether a decoded message is the handshake: an actor's name and its uuid."""
    return (
        isinstance(message, list)
        and len(message) == 2
        and all(isinstance(part, str) for part in message)
    )


def is_birth(message: object) -> bool:
    """Return whether a decoded message is what a parent tells its child first."""
    return isinstance(message, dict) and BIRTH_KEY in message


def is_known(message: object) -> bool:
    """Return whether a decoded message may go on to tractor.

    Parameters
    ----------
    message : object
        What msgpack made of a frame.

    Returns
    -------
    bool
        True for the sentinel None, the last words of a crash, and what belongs to a call; a request
        must have tractor's form, and may name of the actor itself only `OWN_FUNCTIONS`.
    """
    match message:
        case None:
            return True
        case {'cmd': [str(namespace), str(name), dict(), _, str()]}:
            return namespace != 'self' or name in OWN_FUNCTIONS
        case {'cmd': _}:
            return False
        case {'cid': str()}:
            return True
        case {'error': {'tb_str': str(), 'type_str': str()}}:
            return True
    return False
