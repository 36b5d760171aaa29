"""Leases of daemons by processes that joined a tree: asked of its root, held by a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import msgspec
import tractor
import trio

from piker.core.errors import PikerError, ServiceError
from piker.runtime.guard import remote
from piker.runtime.records import ActorRecord
from piker.runtime.tractorlib import has_started
from piker.runtime.wire import to_wire

if TYPE_CHECKING:
    from piker.runtime.services import Services

__all__ = ['SERVICES', 'LeaseRefused', 'Leased', 'follow_lease', 'lease_service', 'services_of']


class Leased(msgspec.Struct, frozen=True, tag='leased'):
    """What a peer gets that asked for a daemon.

    Attributes
    ----------
    record : ActorRecord
        Where it runs and listens.
    """

    record: ActorRecord


class LeaseRefused(msgspec.Struct, frozen=True, tag='refused'):
    """What a peer gets where the daemon cannot be had.

    Attributes
    ----------
    text : str
        Why.
    """

    text: str


# The services of this process's root actor, for requests of peers, which arrive without any other
# connection to the scope that owns them.
SERVICES: WeakKeyDictionary[Any, Services] = WeakKeyDictionary()


def services_of(actor: Any) -> Services:
    """Return the services of a root actor.

    Parameters
    ----------
    actor : tractor.Actor
        That of this process.

    Returns
    -------
    Services

    Raises
    ------
    ServiceError
        When it is no root of a tree.
    """
    found = SERVICES.get(actor)
    if found is None:
        raise ServiceError(f'{actor.name} has no daemons: ask the root of the tree')
    return found


@remote
@tractor.context  # type: ignore[untyped-decorator]  # tractor has no types
async def lease_service(ctx: tractor.Context, name: str) -> None:
    """Hold a daemon of this tree for a peer, until the peer leaves or the daemon dies.

    The first message is `Leased` or `LeaseRefused`; the stream that follows ends with the text
    'died' when the daemon does.

    Parameters
    ----------
    ctx : tractor.Context
        The connection with the peer.
    name : str
        Which daemon.
    """
    try:
        async with services_of(tractor.current_actor()).lease(name) as service:
            await ctx.started(to_wire(Leased(service.record)))
            async with ctx.open_stream() as stream, trio.open_nursery() as nursery:

                async def tell_death() -> None:
                    await service.is_dead.wait()
                    await stream.send('died')

                nursery.start_soon(tell_death)
                async for _ in stream:
                    pass
                nursery.cancel_scope.cancel()
    except PikerError as error:
        if has_started(ctx):
            raise
        await ctx.started(to_wire(LeaseRefused(str(error))))


async def follow_lease(stream: tractor.MsgStream, is_dead: trio.Event) -> None:
    """Set an event when the root tells that a daemon died, or is gone itself."""
    try:
        async for _ in stream:
            break
    except (trio.BrokenResourceError, trio.EndOfChannel, trio.ClosedResourceError):
        pass
    is_dead.set()
