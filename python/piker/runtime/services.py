"""The daemons of a tree: spawned when first asked for, shared, and ended by the last to leave."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import tractor
import trio

from piker.core.errors import DaemonDied, ServiceError
from piker.core.log import get_logger
from piker.core.processes import stat_process
from piker.runtime import tractorlib
from piker.runtime.guard import remote
from piker.runtime.keylocks import KeyLocks
from piker.runtime.records import ActorRecord
from piker.runtime.wire import from_wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from piker.runtime.records import RunFolder

__all__ = ['Recipe', 'Service', 'Services', 'raise_daemon_died']

log = get_logger(__name__)

SPAWN_LIMIT_S = 30.0
END_LIMIT_S = 3.0
TRACTOR_LOGLEVEL = 'critical'


class Recipe(msgspec.Struct, frozen=True):
    """How to start a daemon.

    Attributes
    ----------
    enable_modules : tuple of str
        Modules whose remote functions peers may call; the daemon imports them when it starts.
    """

    enable_modules: tuple[str, ...]


class Service:
    """A daemon that runs.

    Parameters
    ----------
    name : str
        Its actor's name.
    portal : tractor.Portal
        To it.
    record : ActorRecord
        Where it runs and listens.

    Attributes
    ----------
    leases : int
        How many hold it.
    turn : int
        How often it was left by all: who waits to end it sees whether it was taken up since.
    is_released : trio.Event
        Set when nobody does any more.
    is_dead : trio.Event
        Set when its process has ended by itself.
    is_ended : trio.Event
        Set when it is gone, in whatever way.
    """

    def __init__(self, name: str, portal: tractor.Portal, record: ActorRecord) -> None:
        self.name = name
        self.portal = portal
        self.record = record
        self.leases = 0
        self.turn = 0
        self.is_released = trio.Event()
        self.is_dead = trio.Event()
        self.is_ended = trio.Event()


class Services:
    """The daemons below one root actor.

    Parameters
    ----------
    recipes : mapping of str to Recipe
        How to start each daemon, by name.
    folder : RunFolder
        Where they are recorded.
    nursery : trio.Nursery
        In which each is supervised; cancelling it ends them all.
    linger_s : float
        How long a daemon that nobody holds is kept for the next one who asks.
    """

    def __init__(
        self,
        recipes: Mapping[str, Recipe],
        folder: RunFolder,
        nursery: trio.Nursery,
        linger_s: float = 0.0,
    ) -> None:
        self.linger_s = linger_s
        self.recipes = recipes
        self.folder = folder
        self.nursery = nursery
        self.running: dict[str, Service] = {}
        self.supervised: set[Service] = set()
        self.starting = KeyLocks[str]()

    @asynccontextmanager
    async def lease(self, name: str) -> AsyncIterator[Service]:
        """Hold a daemon, starting it if nobody else does.

        Parameters
        ----------
        name : str
            Which one.

        Yields
        ------
        Service
            It is ended when its last holder has left, after lingering.

        Raises
        ------
        ServiceError
            When there is no such daemon, or it does not start.
        """
        recipe = self.recipes.get(name)
        if recipe is None:
            known = ', '.join(sorted(self.recipes))
            raise ServiceError(f'there is no daemon {name}: known are {known}')
        async with self.starting.hold(name):
            service = self.running.get(name)
            if service is None or service.is_dead.is_set():
                service = await self.nursery.start(self.supervise, name, recipe)
            service.leases += 1
        try:
            yield service
        finally:
            service.leases -= 1
            if service.leases == 0:
                if self.linger_s:
                    self.nursery.start_soon(self.release_unless_leased, service)
                else:
                    self.release(service)

    def release(self, service: Service) -> None:
        """End a daemon that nobody holds."""
        self.forget(service)
        service.is_released.set()

    async def release_unless_leased(self, service: Service) -> None:
        """End a daemon if nobody takes it up for a while."""
        turn = service.turn = service.turn + 1
        await trio.sleep(self.linger_s)
        if service.leases == 0 and service.turn == turn:
            self.release(service)

    async def close(self) -> None:
        """End all daemons, and wait for those that end in time; the rest is killed afterwards."""
        with trio.move_on_after(END_LIMIT_S, shield=True):
            for service in list(self.running.values()):
                service.is_released.set()
            for service in list(self.supervised):
                await service.is_ended.wait()

    def forget(self, service: Service) -> None:
        """Let the next one who asks get a fresh daemon."""
        if self.running.get(service.name) is service:
            del self.running[service.name]

    async def supervise(
        self, name: str, recipe: Recipe, *, task_status: trio.TaskStatus[Service]
    ) -> None:
        """Run a daemon until it is released or dies; cancelling ends it.

        Parameters
        ----------
        name : str
            Its actor's name.
        recipe : Recipe
            How to start it.
        task_status : trio.TaskStatus
            Told the service once it listens.

        Raises
        ------
        ServiceError
            When it does not come up.
        """
        service: Service | None = None
        try:
            async with tractor.open_nursery() as actors:
                with trio.move_on_after(SPAWN_LIMIT_S) as limit:
                    portal, process, record = await self.spawn(actors, name, recipe)
                if limit.cancelled_caught:
                    raise ServiceError(
                        f'the daemon {name} did not come up within {SPAWN_LIMIT_S:g} s: '
                        'look at its log with --loglevel info'
                    )
                service = Service(name, portal, record)
                try:
                    await self.attend(service, process, task_status)
                finally:
                    with trio.CancelScope(shield=True):
                        await actors.cancel(hard_kill=service.is_dead.is_set())
        finally:
            if service is not None:
                self.supervised.discard(service)
                service.is_ended.set()

    async def attend(
        self, service: Service, process: trio.Process, task_status: trio.TaskStatus[Service]
    ) -> None:
        """Let a daemon be shared until it is released or dies."""
        self.running[service.name] = service
        self.supervised.add(service)
        self.folder.add(service.record)
        try:
            task_status.started(service)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self.notice_death, service, process)
                await service.is_released.wait()
                nursery.cancel_scope.cancel()
        finally:
            self.forget(service)
            self.folder.discard(service.record)

    async def spawn(
        self, actors: Any, name: str, recipe: Recipe
    ) -> tuple[tractor.Portal, trio.Process, ActorRecord]:
        """Start a daemon's process and wait until it is in the registry."""
        try:
            portal = await actors.start_actor(
                name, enable_modules=[__name__], loglevel=TRACTOR_LOGLEVEL
            )
        except RuntimeError as error:
            raise ServiceError(f'the daemon {name} did not start: {error}') from error
        process = tractorlib.process_of(actors, portal)
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(raise_at_end, name, process)
                answer = await portal.run(become, modules=recipe.enable_modules)
                nursery.cancel_scope.cancel()
        except tractor.RemoteActorError as error:
            cause = str(error).strip().rpartition('\n')[2]
            raise ServiceError(f'the daemon {name} cannot serve: {cause}') from error
        host, port = from_wire(answer, tuple[str, int])
        return portal, process, ActorRecord(name, stat_process(process.pid), host, port)

    async def notice_death(self, service: Service, process: trio.Process) -> None:
        """Tell the holders of a daemon when its process ends by itself."""
        code = await process.wait()
        # Whoever holds it gets an error of its own.
        level = logging.INFO if service.leases else logging.ERROR
        log.log(level, 'the daemon %s ended with code %s', service.name, code)
        service.is_dead.set()
        service.is_released.set()


async def raise_at_end(name: str, process: trio.Process) -> None:
    """Raise when a daemon ends before it serves: its connection alone would not tell."""
    code = await process.wait()
    raise ServiceError(f'the daemon {name} ended with code {code} while it started')


def raise_daemon_died(name: str) -> None:
    """Raise the error that holders of a dead daemon get.

    Parameters
    ----------
    name : str
        Its actor's name.

    Raises
    ------
    DaemonDied
        Always.
    """
    raise DaemonDied(
        f'the daemon {name} died: what it fed has stopped, open it again to restart it, with '
        '--loglevel info if it dies again'
    )


@remote
async def become(modules: list[str]) -> tuple[str, int]:
    """Make this process the daemon that it was spawned as.

    Its modules are loaded here and not through tractor, which would load them in the parent too.

    Parameters
    ----------
    modules : list of str
        Whose remote functions peers may call from now on.

    Returns
    -------
    tuple
        Host and port on which it listens: the registry may still name a dead one's.
    """
    for name in modules:
        tractorlib.enable_module(name)
    host, port = tractor.current_actor().accept_addr
    return str(host), int(port)
