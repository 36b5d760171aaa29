"""What readers notice of a writer: its next generation, its end amid a change, and its forks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from piker.core.rows import BAR
from piker.errors import InputError, SegmentGone
from piker.shm import SharedInt, ShmArray, attach_shm_array, open_shm_array
from tests.shm.bars import bars
from tests.shm.children import WRITER, child, run_child, token_from, token_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from piker.shm.segments import Backend

pytestmark = pytest.mark.usefixtures('folder')

BACKENDS = pytest.mark.parametrize('backend', ['memfd', 'file'])


@BACKENDS
def test_next_generation_takes_the_place_when_it_is_filled(backend: Backend) -> None:
    with open_shm_array('ours', 512, BAR, backend=backend, reducers={'low': 'minmax'}) as ring:
        ring.push(bars(0, 600))
        reader = attach_shm_array(ring.token)
        with ring.open_generation(2000) as successor:
            successor.push(bars(0, 700))
            states = [(reader.superseded, reader.successor_token)]
            ring.supersede(successor)
            token = successor.token
            states.append((reader.superseded, reader.successor_token))
            assert states == [(False, None), (True, token)]
            assert run_child('answer(attach_shm_array(token()).last)', token_text(token)) == '700'
            following = attach_shm_array(token)
            assert (following.generation, following.capacity) == (1, 2048)
            assert following.field_view('low').levels
            assert following.field_view('high').levels == ()
            assert reader.last == 600
            with pytest.raises(InputError, match='cannot be superseded'):
                ring.supersede(ring)
            with pytest.raises(InputError, match='attached for reading'):
                reader.open_generation()


def test_reader_waits_for_a_change_and_notices_a_death_amid_it() -> None:
    code = WRITER.replace(
        'sys.stdin.read()',
        """
import ctypes
base = ring.field_view('open').data - ring.layout.header_bytes - 2 * 8 * ring.capacity
counter = ctypes.c_int64.from_address(base + 3 * 64 + int(sys.argv[2]))
counter.value += 1
answer('odd')
sys.stdin.readline()
counter.value += 1
answer('even')
sys.stdin.read()
""",
    )
    counters: dict[str, Callable[[ShmArray], object]] = {
        '16': lambda ring: ring.live(),
        '24': lambda ring: ring.rows(0, 1),
    }
    for place, read in counters.items():
        with child(code, 'memfd', place) as writer:
            assert writer.stdout is not None
            assert writer.stdin is not None
            ring = attach_shm_array(token_from(writer.stdout.readline()))
            assert writer.stdout.readline() == 'odd\n'
            with pytest.raises(SegmentGone, match='has stopped amid the change'):
                read(ring)
            writer.stdin.write('\n')
            writer.stdin.flush()
            assert writer.stdout.readline() == 'even\n'
            assert read(ring) is not None
        with child(code, 'memfd', place) as writer:
            assert writer.stdout is not None
            ring = attach_shm_array(token_from(writer.stdout.readline()))
            assert writer.stdout.readline() == 'odd\n'
            writer.kill()
            writer.wait()
            with pytest.raises(SegmentGone, match='has ended amid the change'):
                read(ring)


@BACKENDS
def test_fork_of_the_writer_can_only_read(backend: Backend) -> None:
    code = """
row = (1, 2.0, 3.0, 4.0, 5.0, 6.0)
ring = open_shm_array('ours', 512, BAR, backend=sys.argv[1])
ring.push(row)
pid = os.fork()
if not pid:
    refused = []
    for change in (ring.push, ring.set_last, ring.prepend, lambda row: ring.revise(0, row)):
        try:
            change(row)
        except PikerError as error:
            refused.append('was forked' in str(error))
    ring.close()
    os._exit(0 if refused == [True] * 4 and ring.rows(0, 1).tolist() == [row] else 1)
status = os.waitpid(pid, 0)[1]
ring.push(row)
answer((status, ring.is_closed, attach_shm_array(ring.token).last))
"""
    assert run_child(code, backend) == '(0, False, 2)'


def test_shared_int_is_read_by_another_process() -> None:
    with SharedInt.open('count', -3) as shared, SharedInt.attach(shared.token) as reader:
        assert reader.value == -3
        shared.value = (1 << 63) - 1
        assert reader.value == (1 << 63) - 1
        with pytest.raises(InputError):
            reader.value = 0
        with pytest.raises(InputError):
            shared.value = 1 << 63
        code = "answer(attach_shm_array(token()).live()['value'])"
        assert run_child(code, token_text(shared.token)) == str((1 << 63) - 1)
