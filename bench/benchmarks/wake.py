"""A quote on its way to a reader that is blocked in another process, against a message by TCP.

Run as `python -m benchmarks.wake ROLE` it is that other process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import trio

from piker.core.messages import ShmToken
from piker.core.rows import QUOTE
from piker.shm import attach_shm_array, open_shm_array
from piker.shm.waiter import RingWaiter

from .ratio import best_of_turns

if TYPE_CHECKING:
    from piker.shm import ShmArray

QUOTES = 60
PAUSE_S = 0.0003


class Quote(msgspec.Struct, array_like=True):
    """The message by TCP: what a row of `QUOTE` holds."""

    time: int
    last: float
    size: float
    bid: float
    bid_size: float
    ask: float
    ask_size: float
    volume: float


encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Quote).decode
VALUES = (100.25, 3.0, 100.0, 7.0, 100.5, 9.0, 1e6)


class Child:
    """Another process, and the question whether it sleeps.

    Parameters
    ----------
    *arguments : str
        Its role, and what the role takes.
    """

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, '-m', f'benchmarks.{Path(__file__).stem}', *arguments],
            stdout=subprocess.PIPE,
            stdin=subprocess.PIPE,
            cwd=Path(__file__).parents[1],
        )
        self.stat = Path('/proc', str(self.process.pid), 'stat')

    def read(self, size: int) -> bytes:
        """Return what it tells."""
        assert self.process.stdout is not None
        found = self.process.stdout.read(size)
        if len(found) < size:
            raise RuntimeError(f'process {self.process.args!r} ended')
        return found

    def let_sleep(self) -> None:
        """Return once it has been blocked for a while."""
        since = time.perf_counter()
        while time.perf_counter() < since + PAUSE_S:
            if self.stat.read_text().rpartition(')')[2].split()[0] != 'S':
                since = time.perf_counter()

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()


class Sleeper(ABC):
    """Another process that sleeps until something reaches it, and tells how long that took.

    Parameters
    ----------
    *arguments : str
        As for `Child`.
    """

    def __init__(self, *arguments: str) -> None:
        self.child = Child(*arguments)
        self.child.read(8)

    @abstractmethod
    def wake(self) -> None:
        """Send it the time, in whatever way."""

    def least_s(self) -> float:
        """Return the least seconds from before it is sent something until it holds that."""
        taken = []
        for _ in range(QUOTES):
            self.child.let_sleep()
            self.wake()
            taken.append(int.from_bytes(self.child.read(8), 'little'))
        return min(taken) / 1e9

    def close(self) -> None:
        """End the process."""
        self.child.close()


class Reader(Sleeper):
    """One that waits for the changes of a ring of one quote.

    Parameters
    ----------
    role : str
        'task': a task of trio waits; 'thread': a plain thread does.
    """

    def __init__(self, role: str) -> None:
        self.ring = open_shm_array('bench', 1, QUOTE)
        self.ring.push((0, *VALUES))
        super().__init__(role, msgspec.msgpack.encode(self.ring.token).hex())

    def wake(self) -> None:
        """Write a quote."""
        self.ring.set_last((time.perf_counter_ns(), *VALUES))
        if self.ring.notify() != 1:
            raise RuntimeError('the reader was not blocked')

    def close(self) -> None:
        """End the process and give the ring up."""
        super().close()
        self.ring.close()


class Bare(Sleeper):
    """One that waits for its standard input, as 'bare-task' or 'bare-thread', and does no more."""

    def wake(self) -> None:
        """Write the time to it."""
        pipe = self.child.process.stdin
        assert pipe is not None
        os.write(pipe.fileno(), time.perf_counter_ns().to_bytes(8, 'little'))


class Echo:
    """Another process whose task of trio sends every message back."""

    def __init__(self) -> None:
        self.child = Child('echo')
        self.port = int.from_bytes(self.child.read(8), 'little')

    def least_s(self) -> float:
        """Return the least seconds of half a round trip of a quote as a message by TCP."""
        return trio.run(self.exchange)

    async def exchange(self) -> float:
        """Send quotes to the other process and get them back."""
        taken = []
        async with await trio.open_tcp_stream('127.0.0.1', self.port) as stream:
            for _ in range(QUOTES):
                self.child.let_sleep()
                quote = Quote(time.perf_counter_ns(), *VALUES)
                await stream.send_all(encode(quote))
                found = decode(await stream.receive_some(4096))
                taken.append(time.perf_counter_ns() - quote.time)
                if found != quote:
                    raise RuntimeError(f'{quote} was sent, {found} came back')
        return min(taken) / 2e9

    def close(self) -> None:
        """End the process."""
        self.child.close()


class Wake:
    """One quote at a time, each to a reader that sleeps in another process."""

    def setup(self) -> None:
        """Start the other processes; whether quotes arrive as sent is checked with each."""
        self.task, self.thread, self.echo = Reader('task'), Reader('thread'), Echo()
        self.bare_task, self.bare_thread = Bare('bare-task'), Bare('bare-thread')

    def teardown(self) -> None:
        """End them."""
        for other in (self.task, self.thread, self.echo, self.bare_task, self.bare_thread):
            other.close()

    def track_task_over_half_round_trip(self) -> float:
        """Return the way to a task of trio, over half a round trip by TCP between two."""
        ours, peer = best_of_turns((self.task.least_s, self.echo.least_s))
        return ours / peer

    def track_thread_over_half_round_trip(self) -> float:
        """Return the way to a thread without an event loop, over the same half round trip."""
        ours, peer = best_of_turns((self.thread.least_s, self.echo.least_s))
        return ours / peer

    def track_bare_task_over_half_round_trip(self) -> float:
        """Return the way of a time to a task of trio that only reads it, over the same."""
        ours, peer = best_of_turns((self.bare_task.least_s, self.echo.least_s))
        return ours / peer

    def track_bare_thread_over_half_round_trip(self) -> float:
        """Return the same to a plain thread."""
        ours, peer = best_of_turns((self.bare_thread.least_s, self.echo.least_s))
        return ours / peer


def tell(number: int) -> None:
    """Write a number for the process that measures."""
    os.write(1, number.to_bytes(8, 'little'))


def take(ring: ShmArray) -> None:
    """Read the quote, and tell how long it was on its way."""
    quote = ring.live()
    taken = time.perf_counter_ns() - int(quote['time']) if quote is not None else 0
    if quote is None or quote.item()[1:] != VALUES:
        raise RuntimeError(f'another quote was sent than {quote}')
    tell(taken)


async def wait_as_task(ring: ShmArray) -> None:
    """Take every quote, in a task."""
    with RingWaiter(ring) as waiter:
        tell(0)
        while True:
            await waiter.wait_changed()
            take(ring)


def wait_as_thread(ring: ShmArray) -> None:
    """Take every quote, in a plain thread."""
    with RingWaiter(ring) as waiter:
        tell(0)
        while True:
            waiter.wait_changed_blocking()
            take(ring)


def take_time() -> None:
    """Read a time, waiting for it, and tell how long it was on its way."""
    written = int.from_bytes(os.read(0, 8), 'little')
    tell(time.perf_counter_ns() - written)


async def wait_as_bare_task() -> None:
    """Take every time, in a task."""
    tell(0)
    while True:
        await trio.lowlevel.wait_readable(0)
        take_time()


def wait_as_bare_thread() -> None:
    """Take every time, in a plain thread."""
    tell(0)
    while True:
        take_time()


async def send_back(stream: trio.SocketStream) -> None:
    """Send every message back."""
    async for message in stream:
        await stream.send_all(encode(decode(message)))


async def serve_echo() -> None:
    """Listen on loopback, and tell where."""
    async with trio.open_nursery() as nursery:
        listen = partial(trio.serve_tcp, send_back, 0, host='127.0.0.1')
        listeners = await nursery.start(listen)
        tell(listeners[0].socket.getsockname()[1])


def main(role: str, *arguments: str) -> None:
    """Be the other process until it is killed."""
    if role == 'echo':
        trio.run(serve_echo)
        return
    if role == 'bare-task':
        trio.run(wait_as_bare_task)
        return
    if role == 'bare-thread':
        wait_as_bare_thread()
    (text,) = arguments
    ring = attach_shm_array(msgspec.msgpack.decode(bytes.fromhex(text), type=ShmToken))
    if role == 'task':
        trio.run(wait_as_task, ring)
    else:
        wait_as_thread(ring)


if __name__ == '__main__':
    main(*sys.argv[1:])
