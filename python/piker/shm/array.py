"""`ShmArray`: a ring of rows in shared memory, with one writer and many readers."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any, Self

from piker._cython.shmring import (
    HEADER_BYTES,
    IDENTITY_BYTES,
    Identity,
    Ring,
    read_identity,
)
from piker.core.errors import InputError, SegmentForeign
from piker.core.messages import ShmToken
from piker.core.processes import ProcessId, is_running, this_process
from piker.core.words import describe
from piker.shm.layout import make_layout, parse_layout
from piker.shm.segments import Segment, create_segment, open_segment, require_key, segment_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    import numpy as np

    from piker.shm.layout import Layout, Reducer
    from piker.shm.segments import Backend

__all__ = ['ShmArray', 'attach_shm_array', 'open_shm_array', 'require_identity']


class ShmArray(Ring):
    """A ring of rows in shared memory; made by `open_shm_array` and `attach_shm_array`.

    Its memory stays mapped as long as this object, or a view that it gave, is kept. One thread of
    one process writes; any number of processes read.

    Parameters
    ----------
    fd : int
        The segment.
    layout : Layout
        Where everything is in it.
    token : ShmToken
        What another process needs to attach it.
    identity : Identity, optional
        Makes this the writer's object: what its header says.
    segment : Segment, optional
        What the writer's object releases when it is closed.

    Attributes
    ----------
    layout : Layout
        As given.
    segment : Segment or None
        None for a reader, and once it is closed.
    """

    layout: Layout
    segment: Segment | None

    def __new__(
        cls,
        fd: int,
        layout: Layout,
        token: ShmToken,
        identity: Identity | None = None,
        segment: Segment | None = None,
    ) -> Self:
        """Map the segment."""
        ring = super().__new__(cls, fd, layout, token, identity)
        ring.layout = layout
        ring.segment = segment
        return ring

    @property
    def generation(self) -> int:
        """Which ring of this key it is, from 0."""
        return self.token.generation

    @property
    def is_orphaned(self) -> bool:
        """Whether no row will change any more: the writer has closed it, or has ended."""
        return self.is_closed or not is_running(ProcessId(self.token.pid, self.token.start_time))

    def open_generation(self, capacity: int | None = None) -> ShmArray:
        """Open a ring of the same rows that is to take this one's place.

        Readers stay with this one until `supersede`, so that it can be filled first.

        Parameters
        ----------
        capacity : int, optional
            Rows at least; as many as this one by default.

        Returns
        -------
        ShmArray
            Empty, of the next generation; whoever calls closes it.

        Raises
        ------
        InputError
            When this is not the writer's object, or there is no such capacity.
        ShmFull
            When there is no room.
        """
        self.require_writer()
        assert self.segment is not None, 'a writer that is not closed has its segment'
        rows = self.capacity if capacity is None else capacity
        layout = make_layout(rows, self.dtype, self.layout.reducers())
        return create(self.key, layout, self.generation + 1, self.segment.backend)

    def supersede(self, successor: ShmArray) -> None:
        """Tell readers that the next generation is ready.

        Parameters
        ----------
        successor : ShmArray
            What `open_generation` returned.

        Raises
        ------
        InputError
            When this is not the writer's object, or that is not the next generation of this ring.
        """
        if not isinstance(successor, ShmArray):
            raise InputError(
                f'the ring {self.key!r} cannot be superseded by {describe(successor)}: '
                'open its next generation by open_generation'
            )
        token = successor.token
        if (token.key, token.generation) != (self.key, self.generation + 1):
            raise InputError(
                f'generation {self.generation} of ring {self.key!r} cannot be superseded by '
                f'generation {token.generation} of {token.key!r}: open it by open_generation'
            )
        self.mark_superseded(token.fd, token.nonce)

    @property
    def successor_token(self) -> ShmToken | None:
        """Token of the next generation, or None as long as there is none."""
        found = self.successor()
        if found is None:
            return None
        fd, nonce = found
        token = self.token
        path = token.path and f'{token.path.rpartition("-")[0]}-{token.generation + 1}'
        return ShmToken(
            key=token.key,
            backend=token.backend,
            pid=token.pid,
            start_time=token.start_time,
            fd=fd,
            path=path,
            generation=token.generation + 1,
            schema=token.schema,
            nonce=nonce,
        )

    def close(self) -> None:
        """Give the segment up: it cannot be attached or changed any more.

        What is mapped, here and by readers, can still be read. Closing twice is no error. A process
        that was forked from the writer gives up its own descriptor only.
        """
        if self.segment is None:
            return
        segment, self.segment = self.segment, None
        if self.is_inherited:
            os.close(segment.fd)
            return
        self.mark_closed()
        segment.release()

    def __del__(self) -> None:
        """Leave no descriptor behind where `close` was forgotten."""
        if getattr(self, 'segment', None) is not None:
            self.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        role = 'writer' if self.is_writer else 'reader'
        return (
            f'<ShmArray {self.key!r} generation {self.generation} '
            f'rows [{self.first}, {self.last}) of {self.capacity}, {role}>'
        )


def open_shm_array(
    key: str,
    capacity: int,
    dtype: np.dtype[Any],
    *,
    reducers: Mapping[str, Reducer] | None = None,
    backend: Backend | None = None,
) -> ShmArray:
    """Open a new ring for writing.

    Parameters
    ----------
    key : str
        What to call it, in errors and in tokens: at most 1024 bytes, no slashes and NULs.
    capacity : int
        Rows at least; rounded up until every column is whole pages.
    dtype : numpy.dtype
        Structured; fields are native integers, or floats of 4 or 8 bytes.
    reducers : mapping, optional
        Which float64 fields have a pyramid: 'minmax' or 'sum' by name; None: 'sum' for volume,
        'minmax' for the others.
    backend : str, optional
        'memfd' or 'file'; None: memory files where there are any.

    Returns
    -------
    ShmArray
        Empty; whoever calls closes it.

    Raises
    ------
    InputError
        When an argument cannot be.
    ShmFull
        When there is no room.
    SegmentForeign
        When the name of a named segment is taken.
    """
    require_key(key)
    return create(key, make_layout(capacity, dtype, reducers), 0, backend)


def create(key: str, layout: Layout, generation: int, backend: Backend | None) -> ShmArray:
    """Create the segment of a ring, and its writer's object."""
    writer = this_process()
    pid, started = writer.pid, writer.start_time
    name = segment_name(key, pid, started, generation)
    segment = create_segment(name, layout.segment_bytes, backend)
    identity = Identity(
        is_ring=True,
        schema_hash=layout.schema_hash,
        nonce=secrets.randbits(63),
        capacity=layout.capacity,
        generation=generation,
        writer_pid=pid,
        writer_start=started,
        segment_bytes=layout.segment_bytes,
        schema_bytes=len(layout.schema),
    )
    token = ShmToken(
        key=key,
        backend=segment.backend,
        pid=pid,
        start_time=started,
        fd=-1 if segment.path else segment.fd,
        path=segment.path,
        generation=generation,
        schema=f'{layout.schema_hash:016x}',
        nonce=identity.nonce,
    )
    try:
        return ShmArray(segment.fd, layout, token, identity, segment)
    except BaseException:
        segment.release()
        raise


def attach_shm_array(token: ShmToken) -> ShmArray:
    """Attach the ring of a process of the same user, for reading.

    Parameters
    ----------
    token : ShmToken
        The writer's `token`.

    Returns
    -------
    ShmArray
        It holds no descriptor; its memory is unmapped with the last view of it.

    Raises
    ------
    InputError
        When it is no token, or one of its fields cannot be.
    SegmentGone
        When the writer has ended or closed the ring.
    SegmentForeign
        When the segment is another user's, or not what the token says.
    """
    fd = open_segment(token)
    try:
        identity = require_identity(fd, token)
        schema = os.pread(fd, identity.schema_bytes, HEADER_BYTES)
        layout = parse_layout(schema, identity.capacity)
        if (layout.segment_bytes, layout.schema_hash) != (
            identity.segment_bytes,
            identity.schema_hash,
        ):
            raise SegmentForeign(
                f'the ring {token.key!r} was to be attached and its header does not fit its '
                'size: both processes must run the same piker'
            )
        return ShmArray(fd, layout, token)
    finally:
        os.close(fd)


def require_identity(fd: int, token: ShmToken) -> Identity:
    """Return what the head of a segment says, or refuse one that is not what a token says.

    Parameters
    ----------
    fd : int
        From `open_segment`.
    token : ShmToken
        By which it was opened.

    Returns
    -------
    Identity
        Of the ring that the token is of.

    Raises
    ------
    SegmentForeign
        When the descriptor or the name has come to mean another segment.
    """
    identity = read_identity(os.pread(fd, IDENTITY_BYTES, 0))
    is_same = (
        identity.is_ring
        and identity.nonce == token.nonce
        and identity.generation == token.generation
        and f'{identity.schema_hash:016x}' == token.schema
        and identity.segment_bytes == os.fstat(fd).st_size
    )
    if not is_same:
        raise SegmentForeign(
            f'the ring {token.key!r} was to be attached and another segment is in its place: '
            'open the feed again'
        )
    return identity
