"""Other processes for tests of rings: they run a line of Python and answer on stdout."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from piker.core.messages import ShmToken

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ['WRITER', 'child', 'run_child', 'token_from', 'token_text']

START = """
import os, sys
import msgspec
from piker.core.messages import ShmToken
from piker.core.rows import BAR
from piker.errors import PikerError
from piker.shm import attach_shm_array, open_shm_array

def answer(text):
    print(text, flush=True)

def token():
    return msgspec.convert(msgspec.msgpack.decode(bytes.fromhex(sys.argv[1])), ShmToken)
"""

# Opens a ring by the backend that is its first argument, tells the token, and waits.
WRITER = """
ring = open_shm_array('theirs', 512, BAR, backend=sys.argv[1])
ring.push((1, 2.0, 3.0, 4.0, 5.0, 6.0))
answer(msgspec.msgpack.encode(ring.token).hex())
sys.stdin.read()
"""


def token_text(token: ShmToken) -> str:
    """Return a token as an argument: through built-in types and msgpack, as on the wire."""
    return msgspec.msgpack.encode(msgspec.to_builtins(token)).hex()


def token_from(text: str) -> ShmToken:
    """Return the token of a child's answer."""
    return msgspec.convert(msgspec.msgpack.decode(bytes.fromhex(text)), ShmToken)


@contextmanager
def child(code: str, *arguments: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start a process; it is killed when the block is left and it has not ended yet."""
    environment = {**os.environ, 'PYTHONPATH': os.pathsep.join(sys.path)}
    environment.update(options.pop('env', {}))
    process = subprocess.Popen(
        [sys.executable, '-c', START + code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        **options,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def run_child(code: str, *arguments: str, **options: Any) -> str:
    """Return what a process answered before it ended well."""
    with child(code, *arguments, **options) as process:
        text, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        return text.strip()
