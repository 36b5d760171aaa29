"""Peers of our own that leave, break off or talk nonsense at every stage of a connection."""

from __future__ import annotations

import hmac
import json
import socket
import struct
from typing import TYPE_CHECKING

import msgspec
import pytest

from piker.runtime.guard import FRAME_LIMIT
from piker.runtime.peers import GREETING, NONCE_BYTES, PROOF_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Trees

TIMES = 5
TIMEOUT_S = 10.0
ME = ['peer', 'a-uid']


def frame(content: bytes) -> bytes:
    """Return a message as tractor sends it."""
    return struct.pack('<I', len(content)) + content


def encoded(message: object) -> bytes:
    """Return the frame of a message."""
    return frame(msgspec.msgpack.encode(message))


AFTER_PROOF = {
    'nothing': b'',
    'half a length': b'\x05\x00',
    'half a frame': encoded(ME)[:-3],
    'a handshake': encoded(ME),
    'a handshake of numbers': encoded([1, 2]),
    'a handshake of one name': encoded(['peer']),
    'a handshake of nested names': encoded([['peer'], {}]),
    'a handshake that is a request': encoded({'cmd': ['self', 'cancel', {}, ME, 'call-1']}),
    'an empty frame': frame(b''),
    'no msgpack': frame(b'\xc1' * 8) * 6,
    'too long a frame': struct.pack('<I', FRAME_LIMIT + 1),
    'no request': encoded(ME) + encoded({'cmd': 'self'}),
    'a request to nowhere': encoded(ME) + encoded({'cmd': ['self', 'load_modules', {}, ME, 'c']}),
    'half a request': encoded(ME) + encoded({'cmd': ['self', 'get_registry', {}, ME, 'c']})[:-2],
    'an answer to nothing': encoded(ME) + encoded({'return': 1, 'cid': 'never asked'}),
    'an answer without a call': encoded(ME) + encoded({'return': 1}),
    'a handshake and None': encoded(ME) + encoded(None),
    'a handshake and a list': encoded(ME) + encoded(ME),
}


def actors(runtime: Path) -> list[tuple[tuple[str, int], bytes]]:
    """Return where the actors of the tree listen, with the token of each."""
    found = []
    for path in (runtime / 'piker').glob('run-*/*-*.json'):
        record = json.loads(path.read_bytes())
        address = (record['host'], record['port'])
        found.append((address, path.with_name('token').read_bytes()))
    return found


def talk(address: tuple[str, int], token: bytes, stage: str, *, is_reset: bool) -> None:
    """Connect, go as far as a stage, and leave."""
    with socket.create_connection(address, timeout=TIMEOUT_S) as stream:
        if is_reset:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        if stage == 'connected':
            return
        nonce = bytes(NONCE_BYTES)
        stream.sendall(GREETING + nonce)
        if stage == 'greeted':
            return
        answer = stream.recv(NONCE_BYTES + PROOF_BYTES, socket.MSG_WAITALL)
        nonces = nonce + answer[:NONCE_BYTES]
        stream.sendall(hmac.digest(token, b'client' + nonces, 'sha256') + AFTER_PROOF[stage])


@pytest.mark.parametrize('is_reset', [False, True], ids=['close', 'reset'])
def test_a_peer_may_leave_at_any_stage_and_no_actor_minds(trees: Trees, *, is_reset: bool) -> None:
    root, _ = trees.hold('root')
    chart, _ = trees.hold()
    targets = actors(trees.runtime)
    assert len(targets) == 3
    for stage in ('connected', 'greeted', *AFTER_PROOF):
        for address, token in targets * TIMES:
            try:
                talk(address, token, stage, is_reset=is_reset)
            except ConnectionError as error:
                pytest.fail(f'{address} does not listen any more after {stage!r}: {error}')
        for name, process in {'root': root, 'chart': chart}.items():
            assert process.poll() is None, (
                f'{stage!r} ended the {name}: {process.communicate(timeout=10)[1]}'
            )
    _, again = trees.hold()
    assert again['said'] == 'hello holder'
