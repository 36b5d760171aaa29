"""Readers that block until a ring changes: woken once, always in time, and never left waiting."""

from __future__ import annotations

import os
import random
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import trio

from piker._cython.shmring import WaiterSlot
from piker.core.rows import BAR
from piker.errors import InputError, SegmentForeign, SegmentGone, ShmFull
from piker.shm import SharedInt, attach_shm_array, open_shm_array
from piker.shm.segments import open_segment
from piker.shm.waiter import RingWaiter
from tests.shm.bars import bars
from tests.shm.children import WRITER, child, run_child, token_from, token_text
from tests.support import require, wait_until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from piker.shm import ShmArray
    from piker.shm.segments import Backend

pytestmark = pytest.mark.usefixtures('folder')

BACKENDS = pytest.mark.parametrize('backend', ['memfd', 'file'])
SLOTS = 64
DEADLINE_S = 10.0
ROW = (1, 2.0, 3.0, 4.0, 5.0, 6.0)

# Follows a ring by waiting alone, as a task or as a thread, and tells the newest row it saw.
FOLLOWER = """
import trio
from piker._cython.shmring import has_news
from piker.shm import SharedInt
from piker.shm.waiter import RingWaiter

ring = attach_shm_array(token())
seen = SharedInt.open('seen', 0)

def look():
    row = ring.live()
    if row is not None:
        seen.value = int(row['time'])
        seen.ring.notify()

async def follow(waiter):
    while True:
        await waiter.wait_changed()
        look()

waiter = RingWaiter(ring)
answer(msgspec.msgpack.encode(seen.token).hex())
if sys.argv[2] == 'task':
    trio.run(follow, waiter)
while True:
    waiter.wait_changed_blocking()
    look()
"""

# What a reader must not do: look, then ask to be woken, and not look again. It takes its time in
# between, for the writer to be there on every machine.
LOOKS_ONCE = FOLLOWER.replace(
    'ring = attach',
    """
import time

def look_once(self):
    if has_news(self.slots):
        return True
    if self.is_rung:
        self.take_bytes()
    time.sleep(0.001)
    for slot in self.slots:
        slot.arm()
    return False

RingWaiter.is_due = look_once
ring = attach""",
)


class Follower(NamedTuple):
    """A follower in another process, and what it saw last."""

    process: subprocess.Popen[str]
    seen: SharedInt


def follow(ring: ShmArray, *kinds: str, opened: ExitStack, code: str = FOLLOWER) -> list[Follower]:
    """Start followers of a ring, all at once, and return once they wait or are about to."""
    token = token_text(ring.token)
    processes = [opened.enter_context(child(code, token, kind)) for kind in kinds]
    followers = []
    for process in processes:
        assert process.stdout is not None
        seen = SharedInt.attach(token_from(process.stdout.readline()))
        followers.append(Follower(process, seen))
    return followers


def wait_asleep(follower: Follower) -> None:
    stat = Path(f'/proc/{follower.process.pid}/stat')
    wait_until(lambda: stat.read_text().rpartition(')')[2].split()[0] == 'S', 'a reader to block')


def descriptors() -> int:
    return len(list(Path('/proc/self/fd').iterdir()))


def follow_bursts(ring: ShmArray, followers: list[Follower], rounds: int, seconds: float) -> int:
    """Push at random moments; return after how many bursts one of the followers had not seen it.

    Each burst begins when the followers have seen the one before, so that they are about to block,
    blocking, or blocked.
    """
    chance = random.Random(7)
    index = 0
    with RingWaiter(*(follower.seen.ring for follower in followers)) as waiter:
        for done in range(rounds):
            for _ in range(chance.choice((1, 1, 2, 5))):
                pause = time.perf_counter() + chance.random() * 1e-4
                while time.perf_counter() < pause:
                    pass
                index += 1
                ring.push((index, *ROW[1:]))
                ring.notify()
            deadline = time.monotonic() + seconds
            while any(follower.seen.value < index for follower in followers):
                if not waiter.wait_changed_blocking(deadline - time.monotonic()):
                    return done
    return rounds


def test_no_wake_is_lost_whenever_the_writer_pushes() -> None:
    with ExitStack() as opened:
        ring = opened.enter_context(open_shm_array('ours', 512, BAR))
        followers = follow(ring, 'task', 'thread', 'task', 'thread', opened=opened)
        assert follow_bursts(ring, followers, 1000, DEADLINE_S) == 1000


def test_a_reader_that_does_not_look_again_loses_a_wake() -> None:
    with ExitStack() as opened:
        ring = opened.enter_context(open_shm_array('ours', 512, BAR))
        followers = follow(ring, 'thread', opened=opened, code=LOOKS_ONCE)
        assert follow_bursts(ring, followers, 1000, 1.0) < 1000


@BACKENDS
def test_a_blocked_reader_is_woken_once(backend: Backend) -> None:
    with ExitStack() as opened:
        ring = opened.enter_context(open_shm_array('ours', 512, BAR, backend=backend))
        assert ring.notify() == 0
        followers = follow(ring, 'task', 'thread', opened=opened)
        for follower in followers:
            wait_asleep(follower)
        ring.push(ROW)
        assert ring.notify() == 2
        wait_until(lambda: all(one.seen.value == 1 for one in followers), 'the row to be seen')


def test_a_slow_reader_is_written_to_once() -> None:
    with open_shm_array('ours', 512, BAR) as ring, RingWaiter(attach_shm_array(ring.token)) as slow:
        assert slow.wait_changed_blocking(0.0) == ()
        woken = []
        for _ in range(100_000):
            ring.push(ROW)
            woken.append(ring.notify())
        assert woken == [1] + [0] * 99_999
        assert len(slow.wait_changed_blocking(0.0)) == 1
        assert slow.wait_changed_blocking(0.0) == ()


@pytest.mark.parametrize('what', ['push', 'rows', 'prepend', 'set_last', 'revise', 'successor'])
async def test_every_change_wakes_and_is_told_once(what: str) -> None:
    with open_shm_array('ours', 512, BAR) as ring, ring.open_generation() as successor:
        ring.push(bars(0, 100))
        ring.notify()
        reader = attach_shm_array(ring.token)
        with RingWaiter(reader) as waiter:
            assert waiter.wait_changed_blocking(0.0) == ()
            match what:
                case 'push':
                    ring.push(ROW)
                case 'rows':
                    ring.push(bars(100, 900))
                case 'prepend':
                    ring.prepend(bars(-3, 0))
                case 'set_last':
                    ring.set_last(ROW)
                case 'revise':
                    ring.revise(5, bars(5, 6, 1))
                case 'successor':
                    ring.supersede(successor)
            assert ring.notify() == (what != 'successor'), 'a successor is told by itself'
            with trio.fail_after(DEADLINE_S):
                assert await waiter.wait_changed() == (reader,)
            assert waiter.wait_changed_blocking(0.0) == ()
            assert ring.notify() == 0, 'nothing changed since'


async def test_a_cancelled_wait_loses_no_change() -> None:
    with open_shm_array('ours', 512, BAR) as ring, RingWaiter(attach_shm_array(ring.token)) as one:
        for is_late in (False, True, False):
            with trio.CancelScope() as scope:
                if is_late:
                    ring.push(ROW)
                scope.cancel()
                await one.wait_changed()
            assert scope.cancelled_caught
            if not is_late:
                ring.push(ROW)
            ring.notify()
            with trio.fail_after(DEADLINE_S):
                assert len(await one.wait_changed()) == 1
            assert one.wait_changed_blocking(0.0) == ()


async def test_one_waiter_tells_which_of_several_rings_changed() -> None:
    with ExitStack() as opened:
        rings = [opened.enter_context(open_shm_array(f'{i}', 512, BAR)) for i in range(3)]
        readers = [attach_shm_array(ring.token) for ring in rings]
        waiter = opened.enter_context(RingWaiter(*readers))
        for chosen in ((0,), (2,), (0, 1, 2), (1,)):
            assert waiter.wait_changed_blocking(0.0) == ()
            for place in chosen:
                rings[place].push(ROW)
                assert rings[place].notify() == 1
            with trio.fail_after(DEADLINE_S):
                assert await waiter.wait_changed() == tuple(readers[place] for place in chosen)
        rings[1].push(ROW)
        rings[1].close()
        with trio.fail_after(DEADLINE_S):
            assert await waiter.wait_changed() == (readers[1],), 'its last change is told first'
            for _ in range(2):
                with pytest.raises(SegmentGone, match=r"ring '1' .* has closed it"):
                    await waiter.wait_changed()


@BACKENDS
@pytest.mark.parametrize('signal', ['stop', 'kill'])
async def test_a_writer_that_ends_wakes_who_waits_for_it(backend: Backend, signal: str) -> None:
    code = WRITER.replace('sys.stdin.read()', 'sys.stdin.readline(); ring.close()')
    with child(code, backend) as writer:
        assert writer.stdout is not None
        assert writer.stdin is not None
        token = token_from(writer.stdout.readline())
        with RingWaiter(attach_shm_array(token)) as waiter, trio.fail_after(DEADLINE_S):
            async with trio.open_nursery() as nursery:

                async def wait() -> None:
                    with pytest.raises(SegmentGone, match=f'process {token.pid}, has '):
                        await waiter.wait_changed()

                nursery.start_soon(wait)
                await trio.testing.wait_all_tasks_blocked()
                if signal == 'kill':
                    writer.kill()
                else:
                    writer.stdin.write('\n')
                    writer.stdin.flush()
            with pytest.raises(SegmentGone):
                waiter.wait_changed_blocking()
        writer.wait()
    with pytest.raises(SegmentGone):
        attach_shm_array(token)


@BACKENDS
def test_who_waits_for_the_dead_is_told_so(backend: Backend) -> None:
    with child(WRITER, backend) as writer:
        assert writer.stdout is not None
        reader = attach_shm_array(token_from(writer.stdout.readline()))
        before = descriptors()
        writer.kill()
        writer.wait()
        with pytest.raises(SegmentGone, match=f'process {writer.pid}, has ended'):
            RingWaiter(reader)
        assert descriptors() == before


def test_a_reader_that_was_killed_leaves_nothing_that_hurts() -> None:
    with open_shm_array('ours', 512, BAR) as ring, ExitStack() as opened:
        before = descriptors()
        ring.push(ROW)
        with ExitStack() as killed:
            followers = follow(ring, *['thread'] * 3, opened=killed)
            for follower in followers:
                wait_asleep(follower)
            ring.set_last((2, *ROW[1:]))
            assert ring.notify() == 3
            wait_until(lambda: all(one.seen.value == 2 for one in followers), 'the row to be seen')
            for follower in followers:
                wait_asleep(follower)
        ring.push(ROW)
        assert ring.notify() == 0, 'they were killed while they were blocked'
        assert descriptors() == before, 'the end of a pipe without a reader is closed'
        reader = attach_shm_array(ring.token)
        for _ in range(SLOTS):
            opened.enter_context(RingWaiter(reader))
        with pytest.raises(ShmFull, match=f'{SLOTS} readers do so already'):
            RingWaiter(reader)
        assert attach_shm_array(ring.token).last == ring.last


def test_slots_of_all_who_wait_are_told_apart() -> None:
    with open_shm_array('ours', 512, BAR) as ring, ExitStack() as opened:
        reader = attach_shm_array(ring.token)
        waiters = [opened.enter_context(RingWaiter(reader)) for _ in range(SLOTS)]
        for waiter in waiters[::3]:
            assert waiter.wait_changed_blocking(0.0) == ()
        ring.push(ROW)
        assert ring.notify() == len(waiters[::3])
        assert [waiter.wait_changed_blocking(0.0) for waiter in waiters] == [(reader,)] * SLOTS
        waiters[5].close()
        assert [waiter.wait_changed_blocking(0.0) for waiter in waiters[6:]] == [()] * (SLOTS - 6)
        ring.push(ROW)
        assert ring.notify() == SLOTS - 6


@BACKENDS
def test_nothing_is_left_of_readers_that_went(backend: Backend, folder: Path) -> None:
    maps = Path('/proc/self/maps')
    with open_shm_array('ours', 512, BAR, backend=backend) as ring:
        files, before, mapped = set(folder.iterdir()), descriptors(), len(maps.read_text())
        for index in range(3 * SLOTS):
            with RingWaiter(attach_shm_array(ring.token)) as waiter:
                assert waiter.wait_changed_blocking(0.0) == ()
                ring.push((index, *ROW[1:]))
                assert ring.notify() == 1
            waiter.close()
            forgotten = RingWaiter(ring)
            del forgotten, waiter
        ring.push(ROW)
        assert ring.notify() == 0
        assert descriptors() == before
        assert abs(len(maps.read_text()) - mapped) < 1000
        assert set(folder.iterdir()) == files
    assert list(folder.iterdir()) == []


def test_a_writer_that_closes_keeps_no_descriptor() -> None:
    before = descriptors()
    ring = open_shm_array('ours', 512, BAR)
    with RingWaiter(ring) as waiter:
        assert waiter.wait_changed_blocking(0.0) == ()
        ring.push(ROW)
        assert ring.notify() == 1
        held = descriptors()
        ring.close()
        assert descriptors() == held - 2, 'its segment, and its end of the pipe'
    assert descriptors() == before


def test_another_user_cannot_wait() -> None:
    require(os.geteuid() == 0, 'only root can start a process of another user')
    code = """
from piker.shm.waiter import RingWaiter
ring = attach_shm_array(token())
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    RingWaiter(ring)
except PikerError as error:
    answer(type(error).__name__)
"""
    with open_shm_array('ours', 512, BAR) as ring:
        assert run_child(code, token_text(ring.token)) == 'SegmentForeign'


def test_what_a_slot_says_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / 'precious'
    with open_shm_array('ours', 512, BAR) as ring:
        segment = open_segment(ring.token, is_writable=True)
        fd = os.open(path, os.O_RDWR | os.O_CREAT)
        slot = WaiterSlot(ring, segment, fd)
        slot.arm()
        ring.push(ROW)
        assert ring.notify() == 0, 'a plain file is no pipe'
        inlet, outlet = os.pipe2(os.O_NONBLOCK)
        os.dup2(outlet, fd)
        slot.arm()
        ring.push(ROW)
        assert ring.notify() == 0, 'the descriptor has come to mean another pipe'
        with pytest.raises(BlockingIOError):
            os.read(inlet, 1)
        for opened in (segment, fd, inlet, outlet):
            os.close(opened)
    assert path.read_bytes() == b''


def test_a_writer_without_descriptors_says_so_and_wakes_later() -> None:
    code = """
import resource
from piker.shm.waiter import RingWaiter
ring = open_shm_array('ours', 512, BAR)
waiter = RingWaiter(ring)
assert waiter.wait_changed_blocking(0.0) == ()
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
ring.push((1, 2.0, 3.0, 4.0, 5.0, 6.0))
try:
    ring.notify()
except PikerError as error:
    answer(f'{type(error).__name__}: {error}')
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
answer((ring.notify(), len(waiter.wait_changed_blocking())))
"""
    refusal, later = run_child(code).splitlines()
    assert refusal.startswith('ShmFull: ')
    assert 'raise its limit of open files' in refusal
    assert later == '(1, 1)'


def test_a_fork_neither_wakes_nor_waits_nor_takes_the_slot_away() -> None:
    code = """
from piker.shm.waiter import RingWaiter
ring = open_shm_array('ours', 512, BAR)
waiter = RingWaiter(ring)
assert waiter.wait_changed_blocking(0.0) == ()
pid = os.fork()
if not pid:
    refused = []
    for act in (ring.notify, lambda: waiter.wait_changed_blocking(0.0)):
        try:
            act()
        except PikerError as error:
            refused.append('was forked' in str(error))
    waiter.close()
    os._exit(0 if refused == [True, True] else 1)
status = os.waitpid(pid, 0)[1]
ring.push((1, 2.0, 3.0, 4.0, 5.0, 6.0))
answer((status, ring.notify(), len(waiter.wait_changed_blocking())))
"""
    assert run_child(code) == '(0, 1, 1)'


def test_misuse_is_answered_with_one_sentence() -> None:
    with open_shm_array('ours', 512, BAR) as ring:
        before = descriptors()
        with pytest.raises(InputError, match='give at least one'):
            RingWaiter()
        with pytest.raises(InputError, match="'ours' were to be waited for: give rings"):
            RingWaiter('ours')  # type: ignore[arg-type]
        with pytest.raises(InputError, match='attached for reading'):
            attach_shm_array(ring.token).notify()
        waiter = RingWaiter(ring)
        waiter.close()
        with pytest.raises(InputError, match='by what was closed'):
            waiter.wait_changed_blocking(0.0)
        assert descriptors() == before
    with pytest.raises(InputError, match='was closed'):
        ring.notify()
    with pytest.raises((SegmentGone, SegmentForeign)):
        RingWaiter(ring)


@pytest.fixture(name='mixed')
def ring_with_rows() -> Iterator[ShmArray]:
    with open_shm_array('ours', 512, BAR) as ring:
        ring.push(bars(0, 300))
        yield ring


def test_the_number_of_changes_never_comes_back(mixed: ShmArray) -> None:
    chance = random.Random(3)
    seen = [mixed.changes]
    for step in range(2000):
        match chance.randrange(5):
            case 0:
                mixed.push(ROW)
            case 1:
                mixed.push(bars(0, chance.randrange(1, 1500)))
            case 2:
                if not mixed.prepend(bars(-3, 0)):
                    continue
            case 3:
                mixed.set_last((step, *ROW[1:]))
            case 4:
                mixed.revise(mixed.first, ROW)
        seen.append(mixed.changes)
    assert seen == sorted(set(seen))
