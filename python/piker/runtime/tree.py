"""One tree of actors: joined where one is announced, else opened with this process as its root."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import tractor
import trio

from piker.core.errors import PeerRefused, PikerError, ServiceError, TreeError
from piker.core.log import get_logger
from piker.core.processes import ProcessId, is_running, this_process
from piker.runtime import guard, tractorlib
from piker.runtime.calls import is_cut
from piker.runtime.leases import SERVICES, Leased, LeaseRefused, follow_lease, lease_service
from piker.runtime.records import (
    ActorRecord,
    Announcement,
    RunFolder,
    announce,
    announced,
    only_announcer,
    sweep,
    withdraw,
)
from piker.runtime.services import TRACTOR_LOGLEVEL, Services, raise_daemon_died
from piker.runtime.wire import from_wire
from piker.shm.janitor import remove_dead_segments

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from piker.runtime.services import Recipe

__all__ = ['Tree', 'open_tree']

LOOPBACK = '127.0.0.1'
ROOT_MODULE = 'piker.runtime.leases'
PORT_TRIES = 5
JOIN_LIMIT_S = 6.0
DEATH_LIMIT_S = 1.0

log = get_logger(__name__)


class Tree:
    """A tree of actors that this process is the root of, or has joined.

    Parameters
    ----------
    folder : RunFolder
        Of the tree.
    services : Services or None
        The daemons below this process; None where another is the root.

    Attributes
    ----------
    is_owner : bool
        Whether this process is the root.
    """

    def __init__(self, folder: RunFolder, services: Services | None) -> None:
        self.folder = folder
        self.services = services

    @property
    def is_owner(self) -> bool:
        """Whether this process is the root."""
        return self.services is not None

    @property
    def run_id(self) -> str:
        """Which tree this is."""
        return self.folder.run_id

    @asynccontextmanager
    async def open_service(self, name: str) -> AsyncIterator[tractor.Portal]:
        """Hold a daemon, which is started if it does not run.

        Parameters
        ----------
        name : str
            For example 'brokerd.replay'.

        Yields
        ------
        tractor.Portal
            To the daemon. When it dies the body is cancelled, and the error raised.

        Raises
        ------
        ServiceError
            When there is no such daemon or it does not start.
        DaemonDied
            When it dies.
        """
        opened = self.own_service(name) if self.is_owner else self.joined_service(name)
        async with opened as (portal, is_dead):
            try:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self.raise_when_dead, name, is_dead)
                    yield portal
                    nursery.cancel_scope.cancel()
            except (PikerError, BaseExceptionGroup):
                # Whatever a holder ran into because its daemon died, the death is what to tell.
                if await has_died(portal, is_dead):
                    raise_daemon_died(name)
                raise

    async def raise_when_dead(self, name: str, is_dead: trio.Event) -> None:
        """Wait for a daemon's death."""
        await is_dead.wait()
        raise_daemon_died(name)

    @asynccontextmanager
    async def own_service(self, name: str) -> AsyncIterator[tuple[tractor.Portal, trio.Event]]:
        """Hold a daemon of this process."""
        assert self.services is not None
        async with self.services.lease(name) as service:
            yield service.portal, service.is_dead

    @asynccontextmanager
    async def joined_service(self, name: str) -> AsyncIterator[tuple[tractor.Portal, trio.Event]]:
        """Hold a daemon of the tree that was joined, through its root."""
        is_dead = trio.Event()
        async with (
            tractorlib.open_registry() as root,
            root.open_context(lease_service, name=name) as (ctx, first),
        ):
            answer = from_wire(first, Leased | LeaseRefused)
            if isinstance(answer, LeaseRefused):
                raise ServiceError(answer.text)
            async with (
                ctx.open_stream() as stream,
                tractorlib.connect(answer.record.host, answer.record.port) as portal,
                trio.open_nursery() as nursery,
            ):
                nursery.start_soon(follow_lease, stream, is_dead)
                yield portal, is_dead
                nursery.cancel_scope.cancel()
            await ctx.cancel()


async def has_died(portal: tractor.Portal, is_dead: trio.Event) -> bool:
    """Return whether a daemon died; where its connection ended, its process has a while to."""
    if is_cut(portal):
        with trio.move_on_after(DEATH_LIMIT_S, shield=True):
            await is_dead.wait()
    return is_dead.is_set()


async def raise_when_ended(root: ProcessId) -> None:
    """Wait until the root of a joined tree ends; its connections alone would not tell."""
    try:
        descriptor = os.pidfd_open(root.pid)
    except ProcessLookupError:
        pass
    else:
        try:
            if is_running(root):
                await trio.lowlevel.wait_readable(descriptor)
        finally:
            os.close(descriptor)
    raise TreeError(f'pikerd (pid {root.pid}) ended, and what it fed with it: start it again')


def free_port() -> int:
    """Return a port of the loopback interface on which nobody listens."""
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
    return port


def enter_run(folder: RunFolder) -> None:
    """Make this process, and the children it will have, part of a tree."""
    os.environ['PIKER_RUN_DIR'] = str(folder.path)
    os.environ['PIKER_RUN_ID'] = folder.run_id
    guard.install(folder.token())


@asynccontextmanager
async def open_tree(
    name: str,
    recipes: Mapping[str, Recipe],
    *,
    announced_as_root: bool = False,
    linger_s: float = 0.0,
) -> AsyncIterator[Tree]:
    """Join the announced tree, or open one with this process as its root.

    Parameters
    ----------
    name : str
        What this process is called among actors.
    recipes : mapping of str to Recipe
        How to start each daemon, should this process be the root.
    announced_as_root : bool
        Never join: be the root, and let others join. Refused while another is announced.
    linger_s : float
        How long a daemon of an own tree that nobody holds is kept for the next one who asks.

    Yields
    ------
    Tree
        An own tree is taken down when the context is left, by whatever way.

    Raises
    ------
    TreeError
        When another tree is announced already, or the announced one cannot be joined.
    """
    tidy_up()
    with only_announcer() if announced_as_root else nullcontext():
        found = None if announced_as_root else announced()
        opened = (
            join(name, found)
            if found is not None
            else grow(name, recipes, announced_as_root=announced_as_root, linger_s=linger_s)
        )
        async with opened as tree:
            yield tree


def tidy_up() -> None:
    """Remove what trees and writers that were killed have left."""
    for run_id in sweep():
        log.info('removed what the dead tree %s had left', run_id)
    for segment in remove_dead_segments().removed:
        log.info('removed the segment %s, whose writer is gone', segment)


@asynccontextmanager
async def join(name: str, found: Announcement) -> AsyncIterator[Tree]:
    """Become an actor of a running tree."""
    folder = RunFolder(found.run_id)
    address = (found.root.host, found.root.port)
    async with AsyncExitStack() as opened:
        try:
            enter_run(folder)
            actor = await open_peer(name, found, opened)
        except (OSError, PeerRefused) as error:
            raise TreeError(
                f'pikerd is recorded as pid {found.root.process.pid} at {address[0]}:{address[1]} '
                f'and cannot be joined ({error}): restart it'
            ) from error
        record = ActorRecord(name, this_process(), *actor.accept_addr)
        folder.add(record)
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(raise_when_ended, found.root.process)
                yield Tree(folder, None)
                nursery.cancel_scope.cancel()
        finally:
            folder.discard(record)


@asynccontextmanager
async def grow(
    name: str, recipes: Mapping[str, Recipe], *, announced_as_root: bool, linger_s: float
) -> AsyncIterator[Tree]:
    """Open a tree with this process as its root."""
    folder = RunFolder.create()
    try:
        enter_run(folder)
        async with AsyncExitStack() as opened:
            actor = await open_root(name, opened)
            record = ActorRecord(name, this_process(), *actor.accept_addr)
            folder.add(record)
            nursery = await opened.enter_async_context(trio.open_nursery())
            SERVICES[actor] = services = Services(recipes, folder, nursery, linger_s)
            if announced_as_root:
                announce(Announcement(folder.run_id, record))
            try:
                yield Tree(folder, services)
            finally:
                withdraw(folder.run_id)
                await services.close()
                nursery.cancel_scope.cancel()
    finally:
        folder.remove()


async def open_root(name: str, opened: AsyncExitStack) -> Any:
    """Open a root actor on a free port, another one where somebody took it meanwhile.

    Raises
    ------
    TreeError
        When somebody did each time.
    """
    found: Exception | None = None
    for _ in range(PORT_TRIES):
        try:
            return await opened.enter_async_context(open_actor(name, (LOOPBACK, free_port())))
        except (OSError, PeerRefused) as error:
            # Somebody sat down on the port between our looking and our listening.
            found = error
    raise TreeError(
        f'{name} needs a port of {LOOPBACK} to listen on, and {PORT_TRIES} that were free could '
        f'not be had ({found}): see what listens there with `ss -ltnp`'
    ) from found


async def open_peer(name: str, found: Announcement, opened: AsyncExitStack) -> Any:
    """Open an actor of a running tree, with patience for a root that is busy.

    Raises
    ------
    OSError, PeerRefused
        When what listens there does not answer in time, is not of this tree, or nothing does.
    """
    address = (found.root.host, found.root.port)
    deadline = trio.current_time() + JOIN_LIMIT_S
    while True:
        try:
            actor = await opened.enter_async_context(open_actor(name, address))
        except OSError as error:
            # After a second without an answer tractor wants to be the registry there itself.
            is_busy = error.errno == errno.EADDRINUSE and is_running(found.root.process)
            if not is_busy:
                raise
            if trio.current_time() > deadline:
                raise PeerRefused(f'it did not answer within {JOIN_LIMIT_S:g} s') from error
            log.warning('pikerd (pid %s) does not answer yet', found.root.process.pid)
        else:
            if actor.is_arbiter:
                # Nobody listened, so that tractor made this process the registry.
                raise PeerRefused('nothing listens there')
            return actor


@asynccontextmanager
async def open_actor(name: str, registry: tuple[str, int]) -> AsyncIterator[Any]:
    """Start this process's actor: the registry itself where none answers, else one of its peers."""
    async with tractor.open_root_actor(
        arbiter_addr=registry,
        name=name,
        loglevel=TRACTOR_LOGLEVEL,
        enable_modules=[ROOT_MODULE],
    ) as actor:
        yield actor
