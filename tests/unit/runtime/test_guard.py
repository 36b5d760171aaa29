"""Which messages may go on to tractor, and which functions peers may call."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import trio
import trio.testing
from tractor import ModuleNotExposed
from tricycle import BufferedReceiveStream

from piker.core.errors import PeerRefused
from piker.runtime import guard
from piker.runtime.tractorlib import TransportClosed

ME = ['peer', 'a-uid']
DAEMON = 'tests.daemon'


class Pipe:
    """A receive stream over bytes in memory, with tractor's habits.

    Parameters
    ----------
    content : bytes
        What the peer sent before it left.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content

    async def receive_exactly(self, count: int) -> bytes:
        """Return so many bytes, b'' at the end, and ValueError within what was asked for."""
        if not self.content:
            return b''
        if len(self.content) < count:
            raise ValueError('unclean end')
        part, self.content = self.content[:count], self.content[count:]
        return part


def frames(content: bytes = b'') -> guard.Frames:
    """Return the guard of a transport."""
    return guard.Frames(Pipe(content), msgspec.msgpack.Decoder().decode)


def introduced() -> guard.Frames:
    """Return the guard of a transport whose peer has said its name."""
    guarded = frames()
    guarded.decode(msgspec.msgpack.encode(ME))
    return guarded


def request(namespace: object, function: object, **kwargs: Any) -> dict[str, Any]:
    """Return a request as tractor forms it."""
    return {'cmd': [namespace, function, kwargs, ME, 'call-1']}


@pytest.mark.parametrize(
    'message',
    [
        None,
        request(DAEMON, 'greet', name='x'),
        request('self', 'cancel'),
        request('self', 'find_actor', name='brokerd.replay'),
        {'cid': 'call-1', 'return': 1},
        {'cid': 'call-1', 'yield': [1, 2]},
        {'error': {'tb_str': 'trace', 'type_str': 'ValueError'}},
    ],
)
def test_messages_of_a_tree_are_known(message: object) -> None:
    assert guard.is_known(message)
    assert introduced().decode(msgspec.msgpack.encode(message)) == message


@pytest.mark.parametrize(
    'message',
    [
        ME,
        [],
        0,
        'text',
        {},
        {'return': 1},
        {'cid': 7},
        {'cmd': None},
        {'cmd': None, 'cid': 'call-1'},
        {'cmd': [DAEMON, 'greet']},
        {'cmd': [DAEMON, 'greet', [], ME, 'call-1']},
        {'cmd': [DAEMON, 'greet', {}, ME, None]},
        {'error': 'text'},
        request(7, 'greet'),
        request('self', 'load_modules'),
        request('self', '__init__'),
        request('self', '_get_rpc_func', ns='os', funcname='system'),
        {'_parent_main_data': {}, 'enable_modules': {'os': '/evil'}},
    ],
)
def test_anything_else_ends_the_connection(message: object) -> None:
    assert not guard.is_known(message)
    with pytest.raises(TransportClosed):
        introduced().decode(msgspec.msgpack.encode(message))


@pytest.mark.parametrize('first', [None, request('self', 'cancel'), ['a'], [1, 2], {'cid': 'x'}])
def test_the_first_message_is_the_peers_name(first: object) -> None:
    with pytest.raises(TransportClosed):
        frames().decode(msgspec.msgpack.encode(first))


def test_only_a_child_is_told_its_birth() -> None:
    birth: dict[str, object] = {'_parent_main_data': {}, 'enable_modules': {}}
    guarded = introduced()
    guarded.is_child_side = True
    assert guarded.decode(msgspec.msgpack.encode(birth)) == birth


def test_what_is_no_msgpack_ends_the_connection() -> None:
    with pytest.raises(TransportClosed):
        introduced().decode(b'\xc1')


async def test_a_frame_over_the_limit_is_not_even_asked_for() -> None:
    guarded = frames(bytes(8))
    with pytest.raises(TransportClosed, match='over the limit'):
        await guarded.receive_exactly(guard.FRAME_LIMIT + 1)
    assert len(guarded.inner.content) == 8


async def test_an_end_within_a_frame_is_the_end_of_the_connection() -> None:
    with pytest.raises(TransportClosed, match='within a frame'):
        await frames(b'abc').receive_exactly(4)
    assert await frames(b'').receive_exactly(4) == b''


def torrent() -> tuple[trio.testing.MemorySendStream, guard.Frames]:
    """Return the guard of a transport over tractor's own buffer, and the peer's end of it."""
    sending, receiving = trio.testing.memory_stream_one_way_pair()
    return sending, guard.Frames(BufferedReceiveStream(receiving), msgspec.msgpack.Decoder().decode)


async def give_up(guarded: guard.Frames, count: int) -> None:
    """Begin a read, and cancel it while it waits."""
    with trio.CancelScope() as scope:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(guarded.receive_exactly, count)
            await trio.testing.wait_all_tasks_blocked()
            scope.cancel()
    assert scope.cancelled_caught


@pytest.mark.parametrize('part', [b'', b'tex'])
async def test_after_a_read_given_up_within_a_frame_the_rest_is_not_misread(
    part: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Text taken for a length is a frame over the limit: a warning for nothing."""
    guard.log.addHandler(caplog.handler)
    try:
        sending, guarded = torrent()
        await sending.send_all((8).to_bytes(4, 'little') + part)
        assert await guarded.receive_exactly(4) == (8).to_bytes(4, 'little')
        await give_up(guarded, 8)
        await sending.send_all(b'text that goes on')
        for _ in range(2):
            with pytest.raises(TransportClosed, match='given up within a frame'):
                await guarded.receive_exactly(4)
    finally:
        guard.log.removeHandler(caplog.handler)
    assert caplog.records == []


@pytest.mark.parametrize('known', [0, 3])
async def test_a_length_given_up_is_read_again_from_its_beginning(known: int) -> None:
    """What is still on its way after a cancellation, such as an answer to it, arrives."""
    sending, guarded = torrent()
    header = (5).to_bytes(4, 'little')
    for _ in range(2):
        await sending.send_all(header[:known])
        await give_up(guarded, 4)
        await sending.send_all(header[known:] + b'whole')
        assert await guarded.receive_exactly(4) == header
        assert await guarded.receive_exactly(5) == b'whole'


def test_peers_may_call_what_is_marked_and_nothing_that_a_module_imports() -> None:
    async def greet() -> None:
        """Do nothing, remotely."""

    async def touch() -> None:
        """Do nothing."""

    module = SimpleNamespace(greet=guard.remote(greet), touch=touch, run_process=trio.run_process)
    actor = SimpleNamespace(_mods={DAEMON: module})
    assert guard.get_marked_function(actor, DAEMON, 'greet') is greet
    for name in ('touch', 'run_process'):
        with pytest.raises(ModuleNotExposed, match='not marked as remote'):
            guard.get_marked_function(actor, DAEMON, name)


@pytest.mark.parametrize('host', ['0.0.0.0', '::', '192.0.2.1'])
async def test_an_actor_refuses_to_listen_beyond_this_machine(host: str) -> None:
    with pytest.raises(PeerRefused, match='loopback only'):
        await guard.guarded_serve(None, None, accept_host=host)
