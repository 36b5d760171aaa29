"""How two processes of one tree prove themselves to each other over a loopback connection.

First by uid: the kernel's table of connections says who holds the other end, before a byte is read.
Then by token, both ways::

    client                                   server
      greeting, nonce C        ──────────▶
                               ◀──────────   nonce S, HMAC(token, "server" C S)
      HMAC(token, "client" C S) ─────────▶

Each side reads exactly what the other must send, within a time limit, and no message is decoded
before both have proved themselves. The connection itself is neither encrypted nor signed: it does
not leave the machine.
"""

from __future__ import annotations

import hmac
import os
import secrets
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import trio

from piker.core.errors import PeerRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ['check_uid', 'prove_as_client', 'prove_as_server', 'uid_of_peer']

GREETING = b'piker/1\n'
NONCE_BYTES = 32
PROOF_BYTES = 32
TIME_LIMIT_S = 5.0
ESTABLISHED = '01'
TABLES = ('/proc/net/tcp', '/proc/net/tcp6')


def table_address(host: str, port: int, *, is_v6: bool) -> str:
    """Return an address as the kernel's tables write it: words of 32 bits in host order."""
    packed = socket.inet_pton(socket.AF_INET6 if ':' in host else socket.AF_INET, host)
    if is_v6 and len(packed) == 4:
        packed = bytes(10) + b'\xff\xff' + packed
    words = (packed[start : start + 4][::-1] for start in range(0, len(packed), 4))
    return f'{b"".join(words).hex().upper()}:{port:04X}'


def connection_rows() -> Iterator[tuple[bool, list[str]]]:
    """Yield whether a row is of IPv6, and its fields, of all TCP connections."""
    for table in TABLES:
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except FileNotFoundError:
            continue
        for line in lines:
            yield table.endswith('6'), line.split()


def uid_of_peer(stream: trio.SocketStream) -> int | None:
    """Return who holds the other end of a connection within this machine.

    Parameters
    ----------
    stream : trio.SocketStream
        An accepted connection.

    Returns
    -------
    int or None
        The uid; None where the other end is not established any more: a client that sent and
        closed at once is shown with uid 0, so that only an established row counts.
    """
    peer, ours = stream.socket.getpeername()[:2], stream.socket.getsockname()[:2]
    for is_v6, fields in connection_rows():
        if not is_v6 and (':' in peer[0] or ':' in ours[0]):
            continue
        if (
            fields[3] == ESTABLISHED
            and fields[1] == table_address(*peer, is_v6=is_v6)
            and fields[2] == table_address(*ours, is_v6=is_v6)
        ):
            return int(fields[7])
    return None


def check_uid(stream: trio.SocketStream) -> None:
    """Make sure that our own user holds the other end.

    Parameters
    ----------
    stream : trio.SocketStream
        An accepted connection.

    Raises
    ------
    PeerRefused
        When somebody else does, or nobody any more.
    """
    try:
        found = uid_of_peer(stream)
    except OSError as error:
        raise PeerRefused(f'a peer left before it was looked at ({error.strerror})') from error
    if found != os.getuid():
        who = 'nobody' if found is None else f'uid {found}'
        raise PeerRefused(f'a peer must be of uid {os.getuid()}, and {who} holds its connection')


async def receive_exactly(stream: trio.SocketStream, count: int) -> bytes:
    """Receive so many bytes and not one more."""
    received = bytearray()
    while len(received) < count:
        try:
            part = await stream.receive_some(count - len(received))
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            part = b''
        if not part:
            raise PeerRefused('a peer left before it proved itself')
        received += part
    return bytes(received)


async def send(stream: trio.SocketStream, content: bytes) -> None:
    """Send bytes; a peer that left could not prove itself."""
    try:
        await stream.send_all(content)
    except (trio.BrokenResourceError, trio.ClosedResourceError):
        raise PeerRefused('a peer left before it proved itself') from None


def proof(token: bytes, side: bytes, nonces: bytes) -> bytes:
    """Return what only a holder of the token can say about two nonces."""
    return hmac.digest(token, side + nonces, 'sha256')


async def prove_as_server(stream: trio.SocketStream, token: bytes) -> None:
    """Prove to an accepted peer that we know the token, and make it prove the same.

    Parameters
    ----------
    stream : trio.SocketStream
        Nothing of it has been read.
    token : bytes
        The tree's secret.

    Raises
    ------
    PeerRefused
        When the peer does not know it, says something else, or takes too long.
    """
    with trio.move_on_after(TIME_LIMIT_S):
        hello = await receive_exactly(stream, len(GREETING) + NONCE_BYTES)
        if not hello.startswith(GREETING):
            raise PeerRefused('a peer spoke another protocol')
        nonces = hello[len(GREETING) :] + secrets.token_bytes(NONCE_BYTES)
        await send(stream, nonces[NONCE_BYTES:] + proof(token, b'server', nonces))
        said = await receive_exactly(stream, PROOF_BYTES)
        if not hmac.compare_digest(said, proof(token, b'client', nonces)):
            raise PeerRefused('a peer did not know the token of this tree')
        return
    raise PeerRefused(f'a peer did not prove itself within {TIME_LIMIT_S:g} s')


async def prove_as_client(stream: trio.SocketStream, token: bytes) -> None:
    """Make the peer that was connected to prove that it knows the token, then prove the same.

    Parameters
    ----------
    stream : trio.SocketStream
        Nothing has been sent on it.
    token : bytes
        The tree's secret.

    Raises
    ------
    PeerRefused
        When the peer does not know it, says something else, or takes too long.
    """
    with trio.move_on_after(TIME_LIMIT_S):
        nonce = secrets.token_bytes(NONCE_BYTES)
        await send(stream, GREETING + nonce)
        answer = await receive_exactly(stream, NONCE_BYTES + PROOF_BYTES)
        nonces = nonce + answer[:NONCE_BYTES]
        if not hmac.compare_digest(answer[NONCE_BYTES:], proof(token, b'server', nonces)):
            raise PeerRefused('what listens there did not know the token of this tree')
        await send(stream, proof(token, b'client', nonces))
        return
    raise PeerRefused(f'what listens there did not prove itself within {TIME_LIMIT_S:g} s')
