"""What tractor lets in, narrowed to this user's own tree and to functions that say they are remote.

tractor listens on loopback TCP, answers whoever connects, and calls whatever an enabled module
imports. Installed before the first connection, the guard changes these of its places:

- every accepted connection must prove itself (`piker.runtime.peers`) before a frame is read;
- every connection that we make proves the peer likewise;
- frames have a size limit, and are messages of the known forms or nothing;
- a connection that breaks, at whatever stage, ends that connection and not the actor;
- a request may name a function marked `@remote`, or one of a fixed list of the actor's own;
- an actor listens on loopback only.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import tractor
import trio
from tractor import _actor, _ipc, _mp_fixup_main, _spawn
from tractor._exceptions import ModuleNotExposed, RemoteActorError, TransportClosed

from piker.core.errors import InstallationError, PeerRefused
from piker.core.log import get_logger
from piker.runtime import peers

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ['CHILD_MODULE', 'FRAME_LIMIT', 'OWN_FUNCTIONS', 'install', 'remote']

CHILD_MODULE = 'piker.runtime.child'
"""What a spawned process runs: tractor's own start with guard and watch before it."""

FRAME_LIMIT = 16 * 1024**2
"""Bytes of a message; market data goes through shared memory."""

OWN_FUNCTIONS = frozenset(
    {
        '_cancel_task',
        'cancel',
        'find_actor',
        'get_registry',
        'register_actor',
        'unregister_actor',
        'wait_for_actor',
    }
)
"""What a peer may call of the actor itself: ending, and the registry."""

MARK = '__piker_remote__'
PINNED = (
    (_actor.Actor, '_stream_handler'),
    (_actor.Actor, '_get_rpc_func'),
    (_actor.Actor, '_serve_forever'),
    (_ipc.Channel, 'connect'),
    (_ipc.MsgpackTCPStream, '__init__'),
    (_mp_fixup_main, '_mp_figure_out_main'),
    (_spawn, 'child_module'),
)

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

    Raises
    ------
    InstallationError
        When tractor is not the one whose insides are known here.
    """
    missing = [name for owner, name in PINNED if not hasattr(owner, name)]
    if missing:
        raise InstallationError(
            f'the actor runtime needs piker-tractor and found another tractor at '
            f'{tractor.__file__} (without {", ".join(missing)}): run `piker doctor`'
        )
    _spawn.child_module = CHILD_MODULE
    # Children are told their modules; the parent's script is none of their business.
    _mp_fixup_main._mp_figure_out_main = dict
    _actor.Actor._stream_handler = guarded_handler(token)
    _actor.Actor._get_rpc_func = get_marked_function
    _actor.Actor._serve_forever = guarded_serve
    _ipc.Channel.connect = guarded_connect(token)
    _ipc.MsgpackTCPStream.__init__ = guarded_transport


# What is replaced, kept under its own name so that installing twice does not wrap twice.
stream_handler = _actor.Actor._stream_handler
get_rpc_func = _actor.Actor._get_rpc_func
serve_forever = _actor.Actor._serve_forever
transport_init = _ipc.MsgpackTCPStream.__init__


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
            await stream_handler(self, stream)
        except (OSError, trio.BrokenResourceError, trio.ClosedResourceError, TransportClosed):
            # A peer that was killed must not take the actor with it, as tractor would have it.
            log.info('%s: a peer broke off', self.name)
            await trio.aclose_forcefully(stream)
        except RemoteActorError as error:
            # A daemon's last words; that it died, its holders learn from the end of its process.
            log.warning('%s: a peer crashed: %s', self.name, last_line(error))
            await trio.aclose_forcefully(stream)

    return handle


def last_line(error: BaseException) -> str:
    """Return the end of an error's text, which of a remote traceback names the cause."""
    return str(error).strip().rpartition('\n')[2]


def guarded_connect(token: bytes) -> Callable[..., Any]:
    """Return the connecting side of a channel for a token."""

    async def connect(self: Any, destaddr: Any = None, **kwargs: Any) -> Any:
        if self.connected():
            raise RuntimeError('the channel is connected already')
        stream = await trio.open_tcp_stream(*(destaddr or self._destaddr), **kwargs)
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
    return await serve_forever(self, *args, **kwargs)


def get_marked_function(self: Any, namespace: str, name: str) -> Any:
    """Return a function that an enabled module marks as remote."""
    function = get_rpc_func(self, namespace, name)
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
    """

    def __init__(self, inner: Any, decode: Callable[[bytes], Any]) -> None:
        self.inner = inner
        self.decode_frame = decode
        self.is_child_side = False
        self.is_introduced = False

    async def receive_exactly(self, count: int) -> Any:
        """Receive so many bytes, if that is not more than a frame may have.

        Raises
        ------
        TransportClosed
            When it is more, or the peer leaves before all of it came.
        """
        if count > FRAME_LIMIT:
            log.warning('a peer announced a frame of %s bytes: disconnected', count)
            raise TransportClosed(f'a frame of {count} bytes is over the limit of {FRAME_LIMIT}')
        try:
            return await self.inner.receive_exactly(count)
        except (ValueError, OSError, trio.BrokenResourceError, trio.ClosedResourceError) as error:
            raise TransportClosed('the peer left within a frame') from error

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
    transport_init(self, *args, **kwargs)
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
    return isinstance(message, dict) and '_parent_main_data' in message


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
