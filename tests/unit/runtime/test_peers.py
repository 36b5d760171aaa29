"""Proofs between two ends of a connection, and the uid behind one."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import trio

from piker.core.errors import PeerRefused
from piker.runtime import peers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

TOKEN = b't' * 32
HELLO = peers.GREETING + bytes(peers.NONCE_BYTES)


@asynccontextmanager
async def connected(host: str) -> AsyncIterator[tuple[trio.SocketStream, trio.SocketStream]]:
    """Yield the two ends of a connection: the one that connected, the accepted one."""
    (listener,) = await trio.open_tcp_listeners(0, host=host)
    async with listener:
        port = listener.socket.getsockname()[1]
        client = await trio.open_tcp_stream(host, port)
        server = await listener.accept()
    async with client, server:
        yield client, server


def loopback() -> AbstractAsyncContextManager[tuple[trio.SocketStream, trio.SocketStream]]:
    """Return a connection over IPv4."""
    return connected('127.0.0.1')


@pytest.mark.parametrize('host', ['127.0.0.1', '::1'])
async def test_the_uid_of_a_living_peer_is_ours(host: str) -> None:
    async with connected(host) as (_, server):
        assert peers.uid_of_peer(server) == os.getuid()
        peers.check_uid(server)


async def test_a_peer_that_closed_has_no_uid() -> None:
    async with loopback() as (client, server):
        await client.send_all(b'bytes that still arrive')
        await client.aclose()
        assert peers.uid_of_peer(server) is None
        with pytest.raises(PeerRefused, match='nobody holds its connection'):
            peers.check_uid(server)


async def test_both_ends_that_know_the_token_are_content() -> None:
    async with loopback() as (client, server), trio.open_nursery() as nursery:
        nursery.start_soon(peers.prove_as_server, server, TOKEN)
        await peers.prove_as_client(client, TOKEN)


async def test_proofs_leave_what_follows_them_unread() -> None:
    async with loopback() as (client, server), trio.open_nursery() as nursery:
        nursery.start_soon(peers.prove_as_server, server, TOKEN)
        await peers.prove_as_client(client, TOKEN)
        await client.send_all(b'next')
        assert await server.receive_some(16) == b'next'


async def test_a_client_refuses_a_server_of_another_tree_and_proves_nothing_to_it() -> None:
    async with loopback() as (client, server):

        async def serve() -> None:
            with pytest.raises(PeerRefused, match='left before it proved itself'):
                await peers.prove_as_server(server, b'another')

        async with trio.open_nursery() as nursery:
            nursery.start_soon(serve)
            with pytest.raises(PeerRefused, match='what listens there did not know the token'):
                await peers.prove_as_client(client, TOKEN)
            await client.aclose()


async def test_a_server_refuses_a_client_without_the_token() -> None:
    async with loopback() as (client, server):
        await client.send_all(HELLO + bytes(peers.PROOF_BYTES))
        with pytest.raises(PeerRefused, match='did not know the token'):
            await peers.prove_as_server(server, TOKEN)


async def test_a_server_does_not_take_its_own_proof_back() -> None:
    """A client that mirrors what the server says proves nothing."""
    async with loopback() as (client, server):

        async def mirror() -> None:
            await client.send_all(HELLO)
            said = b''
            while len(said) < peers.NONCE_BYTES + peers.PROOF_BYTES:
                said += await client.receive_some(peers.NONCE_BYTES + peers.PROOF_BYTES - len(said))
            await client.send_all(said[peers.NONCE_BYTES :])

        async with trio.open_nursery() as nursery:
            nursery.start_soon(mirror)
            with pytest.raises(PeerRefused, match='did not know the token'):
                await peers.prove_as_server(server, TOKEN)


async def test_a_server_refuses_another_protocol() -> None:
    async with loopback() as (client, server):
        await client.send_all(b'GET / HTTP/1.1\r\n' + bytes(peers.NONCE_BYTES))
        with pytest.raises(PeerRefused, match='spoke another protocol'):
            await peers.prove_as_server(server, TOKEN)


async def test_a_silent_peer_is_refused_in_time(autojump_clock: trio.testing.MockClock) -> None:
    """Neither end waits longer than its limit; the clock is the test's."""
    del autojump_clock
    async with loopback() as (client, server):
        before = trio.current_time()
        with pytest.raises(PeerRefused, match='did not prove itself within'):
            await peers.prove_as_server(server, TOKEN)
        with pytest.raises(PeerRefused, match='did not prove itself within'):
            await peers.prove_as_client(client, TOKEN)
        assert trio.current_time() - before == pytest.approx(2 * peers.TIME_LIMIT_S)
