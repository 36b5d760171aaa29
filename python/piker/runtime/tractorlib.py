"""Everything of tractor that is not public and that piker relies on: here, and nowhere else.

tractor is pinned to the one version whose insides are known; with any other, importing this module
raises `InstallationError`. Its names stay behind this module's, so that a new version is one file's
work.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import runpy
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import tractor
import trio

from piker.core.errors import InstallationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from types import ModuleType

__all__ = [
    'BIRTH_KEY',
    'CANCEL',
    'CANCEL_TASK',
    'CONNECT',
    'GET_FUNCTION',
    'PROCESS_MESSAGES',
    'SERVE',
    'START_CALL',
    'STREAM_HANDLER',
    'TRANSPORT_INIT',
    'VERSION',
    'ModuleNotExposed',
    'Place',
    'TransportClosed',
    'answer',
    'awaits_answer',
    'become_child',
    'check_version',
    'connect',
    'contexts_over',
    'destination',
    'enable_module',
    'has_started',
    'open_registry',
    'process_of',
    'served_over',
    'spawn_children_by',
]

DISTRIBUTION = 'piker-tractor'
VERSION = '0.1.0a5.post1'
"""Of the distribution `piker-tractor`; the same as in the project's dependencies."""

BIRTH_KEY = '_parent_main_data'
"""Key of what a parent tells its child first."""

CANCEL = 'cancel'
CANCEL_TASK = '_cancel_task'
"""Functions of the actor's own that end it, or one of its calls."""


def check_version() -> None:
    """Make sure that the corrected tractor of the pinned version is installed.

    Raises
    ------
    InstallationError
        When another version is, or none.
    """
    try:
        found = importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        found = 'none'
    if found != VERSION:
        raise InstallationError(
            f'the actor runtime needs {DISTRIBUTION} {VERSION} and found {found}: '
            f'run `pip install {DISTRIBUTION}=={VERSION}`, then `piker doctor`'
        )


def load(name: str) -> ModuleType:
    """Return a private module of tractor.

    Raises
    ------
    InstallationError
        When the package that is imported as tractor has none of that name.
    """
    try:
        return importlib.import_module(f'tractor.{name}')
    except ImportError as error:
        raise other_tractor(name) from error


def other_tractor(name: str) -> InstallationError:
    """Return the error for a tractor without a name that the corrected one has."""
    return InstallationError(
        f'the actor runtime needs {DISTRIBUTION} and found another tractor at '
        f'{tractor.__file__} (without {name}): run `piker doctor`'
    )


class Place:
    """A function of tractor's that can be replaced.

    Parameters
    ----------
    owner : class or module
        Whose attribute it is.
    name : str
        The attribute.

    Attributes
    ----------
    original : callable
        tractor's own, also after it was replaced.
    """

    def __init__(self, owner: Any, name: str) -> None:
        if not hasattr(owner, name):
            raise other_tractor(name)
        self.owner = owner
        self.name = name
        self.original: Any = getattr(owner, name)

    def replace(self, function: Callable[..., Any] | str) -> None:
        """Put something else in its place."""
        setattr(self.owner, self.name, function)


check_version()
actor_module, ipc, portal_module = load('_actor'), load('_ipc'), load('_portal')
exceptions = load('_exceptions')

ModuleNotExposed: type[ModuleNotFoundError] = exceptions.ModuleNotExposed
if TYPE_CHECKING:

    class TransportClosed(trio.ClosedResourceError):
        """A connection ended."""
else:
    TransportClosed = exceptions.TransportClosed

STREAM_HANDLER = Place(actor_module.Actor, '_stream_handler')
"""Async function of (actor, stream): serves an accepted connection until it ends."""
GET_FUNCTION = Place(actor_module.Actor, '_get_rpc_func')
"""Function of (actor, namespace, name): what a request names."""
SERVE = Place(actor_module.Actor, '_serve_forever')
"""Async function of (actor, ...): listens."""
PROCESS_MESSAGES = Place(actor_module.Actor, '_process_messages')
"""Async function of (actor, channel, ...): reads a connection until it ends."""
START_CALL = Place(actor_module.Actor, 'start_remote_task')
"""Async function of (actor, channel, namespace, name, kwargs, ...): makes a call, and returns its
context once the peer has taken it up."""
CONNECT = Place(ipc.Channel, 'connect')
"""Async function of (channel, address): makes a connection."""
TRANSPORT_INIT = Place(ipc.MsgpackTCPStream, '__init__')
"""Sets a transport up over a stream."""
FIGURE_OUT_MAIN = Place(load('_mp_fixup_main'), '_mp_figure_out_main')
CHILD_MODULE = Place(load('_spawn'), 'child_module')


def spawn_children_by(module: str) -> None:
    """Let every process that is spawned from now on run a module instead of tractor's start.

    Parameters
    ----------
    module : str
        It ends in `become_child`.
    """
    CHILD_MODULE.replace(module)
    # Children are told their modules; the parent's script is none of their business.
    FIGURE_OUT_MAIN.replace(dict)


def become_child() -> None:
    """Become the actor that this spawned process's arguments name, until it ends."""
    runpy.run_module('tractor._child', run_name='__main__', alter_sys=True)


@asynccontextmanager
async def connect(host: str, port: int) -> AsyncIterator[tractor.Portal]:
    """Connect to an actor, and disconnect when the context is left.

    Parameters
    ----------
    host, port : str, int
        Where it listens.

    Yields
    ------
    tractor.Portal
        To it.
    """
    async with (
        ipc._connect_chan(host, port) as channel,
        portal_module.open_portal(channel) as portal,
    ):
        yield portal


@asynccontextmanager
async def open_registry() -> AsyncIterator[tractor.Portal]:
    """Connect to the registry of this process's actor, which is the root of its tree."""
    async with tractor.get_arbiter(*tractor.current_actor()._arb_addr) as portal:
        yield portal


def destination(channel: Any) -> tuple[str, int]:
    """Return where a channel is to connect to."""
    host, port = channel._destaddr
    return host, port


def enable_module(name: str) -> None:
    """Load a module here, and let peers call its remote functions."""
    tractor.current_actor()._mods[name] = importlib.import_module(name)


def process_of(actors: Any, portal: tractor.Portal) -> trio.Process:
    """Return the process of an actor that was started in an actor nursery."""
    process: trio.Process = actors._children[portal.channel.uid][1]
    return process


def has_started(ctx: tractor.Context) -> bool:
    """Return whether the first message of a context has gone to, or come from, its peer."""
    return bool(ctx._started_called)


def contexts_over(actor: Any, stream: trio.SocketStream) -> Iterator[tractor.Context]:
    """Yield the contexts of an actor's calls, made or served, over a connection."""
    for ctx in list(actor._contexts.values()):
        if ctx.chan.msgstream is not None and ctx.chan.msgstream.stream is stream:
            yield ctx


def served_over(actor: Any, stream: trio.SocketStream) -> Iterator[trio.CancelScope]:
    """Yield the scopes of the functions that peers called over a connection and that still run."""
    for (channel, _), (scope, _, _) in list(actor._rpc_tasks.items()):
        if channel.msgstream is not None and channel.msgstream.stream is stream:
            yield scope


def awaits_answer(ctx: tractor.Context) -> bool:
    """Return whether a context is of a call that we made and that was taken up, not answered.

    A call of a plain function counts also after its answer; nobody reads what comes later.
    """
    kind = ctx._remote_func_type
    return kind == 'asyncfunc' or (kind == 'context' and not has_started(ctx))


def answer(ctx: tractor.Context, message: object) -> None:
    """Let a context's caller, if it is still there, receive a message after those before."""
    with suppress(trio.BrokenResourceError):
        ctx._send_chan.send_nowait(message)
