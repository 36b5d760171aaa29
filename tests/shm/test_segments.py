"""Where rings live: who may attach them, what is left of them, and what happens without room."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from piker.core.processes import this_process
from piker.core.rows import BAR
from piker.errors import InputError, SegmentForeign, SegmentGone, ShmFull
from piker.shm import attach_shm_array, open_shm_array
from piker.shm.janitor import remove_dead_segments
from piker.shm.segments import parse_name, segment_name
from tests.shm.bars import bars, same_bytes
from tests.shm.children import WRITER, child, run_child, token_from, token_text
from tests.support import require

if TYPE_CHECKING:
    from collections.abc import Iterator

    from piker.core.messages import ShmToken
    from piker.shm.segments import Backend

pytestmark = pytest.mark.usefixtures('folder')

BACKENDS = pytest.mark.parametrize('backend', ['memfd', 'file'])
NOBODY = 65534

ATTACH = """
try:
    ring = attach_shm_array(token())
except PikerError as error:
    answer(type(error).__name__)
else:
    answer(ring.rows(ring.first, ring.last).tolist())
"""


def descriptors() -> set[Path]:
    return set(Path('/proc/self/fd').iterdir())


def rights_at(address: int) -> str:
    """Return how memory is mapped (proc(5), maps)."""
    for line in Path('/proc/self/maps').read_text().splitlines():
        span, rights, *_ = line.split()
        start, stop = (int(end, 16) for end in span.split('-'))
        if start <= address < stop:
            return rights
    raise AssertionError(f'nothing is mapped at {address:#x}')


@BACKENDS
def test_token_reaches_another_process(backend: Backend) -> None:
    with open_shm_array('ours', 512, BAR, backend=backend) as ring:
        ring.push((1, 2.0, 3.0, 4.0, 5.0, 6.0))
        assert run_child(ATTACH, token_text(ring.token)) == '[(1, 2.0, 3.0, 4.0, 5.0, 6.0)]'


@BACKENDS
def test_writer_may_be_another_process(backend: Backend) -> None:
    with child(WRITER, backend) as writer:
        assert writer.stdout is not None
        token = token_from(writer.stdout.readline())
        with attach_shm_array(token) as ring:
            assert ring.dtype == BAR
            assert ring.rows(0, 1).tolist() == [(1, 2.0, 3.0, 4.0, 5.0, 6.0)]
            states = [ring.is_orphaned]
            writer.kill()
            writer.wait()
            states.append(ring.is_orphaned)
            assert states == [False, True]
            assert ring.rows(0, 1).tolist() == [(1, 2.0, 3.0, 4.0, 5.0, 6.0)]
        with pytest.raises(SegmentGone, match=f'process {token.pid}, has ended'):
            attach_shm_array(token)


@BACKENDS
def test_closed_ring_cannot_be_attached(backend: Backend, folder: Path) -> None:
    with open_shm_array('ours', 512, BAR, backend=backend) as ring:
        token = ring.token
    with pytest.raises((SegmentGone, SegmentForeign)):
        attach_shm_array(token)
    assert list(folder.iterdir()) == []


def test_descriptor_that_means_another_ring_is_noticed() -> None:
    with open_shm_array('ours', 512, BAR) as ring:
        token = ring.token
    with open_shm_array('ours', 512, BAR) as ring:
        assert ring.token.fd == token.fd, 'the lowest free descriptor is used again'
        with pytest.raises(SegmentForeign, match='another segment is in its place'):
            attach_shm_array(token)


def test_descriptor_that_means_a_plain_file_is_noticed(tmp_path: Path) -> None:
    with open_shm_array('ours', 512, BAR) as ring:
        token = ring.token
    with Path(tmp_path, 'plain').open('wb') as file:
        assert file.fileno() == token.fd
        with pytest.raises(SegmentForeign, match='not a segment of ours'):
            attach_shm_array(token)


@BACKENDS
def test_other_user_cannot_attach(backend: Backend, folder: Path) -> None:
    require(os.geteuid() == 0, 'only root can start a process of another user')
    for part in (folder, *folder.parents):
        # The folder may be entered: it is the segment that must refuse.
        if not part.stat().st_mode & stat.S_IXOTH:
            part.chmod(part.stat().st_mode | stat.S_IXOTH)
    code = 'os.setgroups([]); os.setgid(65534); os.setuid(65534)\n' + ATTACH
    with open_shm_array('ours', 512, BAR, backend=backend) as ring:
        assert run_child(code, token_text(ring.token)) == 'SegmentForeign'
        assert run_child(ATTACH, token_text(ring.token)) == '[]'


def test_memory_file_cannot_be_resized() -> None:
    with open_shm_array('ours', 512, BAR) as ring:
        for size in (0, 1 << 20):
            with pytest.raises(PermissionError):
                os.ftruncate(ring.token.fd, size)


@BACKENDS
def test_reader_cannot_map_for_writing(backend: Backend) -> None:
    with open_shm_array('ours', 512, BAR, backend=backend) as ring:
        ring.push(bars(0, 100))
        before = descriptors()
        with attach_shm_array(ring.token) as reader:
            assert descriptors() == before, 'a reader holds no descriptor'
            assert rights_at(reader.field_view('close').data) == 'r--s'
            assert rights_at(ring.field_view('close').data) == 'rw-s'


@BACKENDS
def test_no_descriptor_mapping_or_name_is_left(backend: Backend, folder: Path) -> None:
    before, maps = descriptors(), Path('/proc/self/maps').read_text().count('piker-test-')
    for _ in range(50):
        with open_shm_array('ours', 512, BAR, backend=backend) as ring:
            attach_shm_array(ring.token)
            with pytest.raises(InputError):
                open_shm_array('other', 0, BAR, backend=backend)
        forgotten = open_shm_array('forgotten', 512, BAR, backend=backend)
        del forgotten, ring
    assert descriptors() == before
    assert Path('/proc/self/maps').read_text().count('piker-test-') == maps
    assert list(folder.iterdir()) == []


def test_named_segment_is_ours_alone(folder: Path) -> None:
    with open_shm_array('ours', 512, BAR, backend='file') as ring:
        (path,) = folder.iterdir()
        assert str(path) == ring.token.path
        assert path.stat().st_mode & 0o777 == 0o600
        name = parse_name(path.name)
        assert name is not None
        assert name[:3] == ('test', os.getpid(), this_process().start_time)
        with pytest.raises(SegmentForeign, match='same key in this process'):
            open_shm_array('ours', 512, BAR, backend='file')
        assert attach_shm_array(ring.token).capacity == 512


def test_environment_chooses_the_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PIKER_SHM_BACKEND', 'file')
    with open_shm_array('ours', 512, BAR) as ring:
        assert ring.token.backend == 'file'
    monkeypatch.setenv('PIKER_SHM_BACKEND', 'disk')
    with pytest.raises(InputError, match="'disk' was asked for"):
        open_shm_array('ours', 512, BAR)
    monkeypatch.setenv('PIKER_SHM_BACKEND', 'file')
    monkeypatch.setenv('PIKER_RUN_ID', '../x')
    with pytest.raises(InputError, match='PIKER_RUN_ID'):
        open_shm_array('ours', 512, BAR)


def test_named_segments_serve_where_memory_files_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, flags: int) -> int:
        raise PermissionError(1, 'a sandbox forbids it')

    monkeypatch.setattr(os, 'memfd_create', refuse)
    with open_shm_array('ours', 512, BAR) as ring:
        assert ring.token.backend == 'file'
        ring.push(bars(0, 600))
        reader = attach_shm_array(ring.token)
        assert same_bytes(reader.rows(88, 600), bars(88, 600))


@pytest.mark.parametrize('what', ['file', 'symlink', 'folder'])
def test_what_squats_a_name_is_never_touched(folder: Path, what: str) -> None:
    path = folder / segment_name('ours', os.getpid(), this_process().start_time, 0)
    other = folder / 'other'
    other.write_bytes(b'precious')
    match what:
        case 'file':
            path.write_bytes(b'precious')
        case 'symlink':
            path.symlink_to(other)
        case 'folder':
            path.mkdir()
    with pytest.raises(SegmentForeign, match='something of that name is there'):
        open_shm_array('ours', 512, BAR, backend='file')
    with pytest.raises(SegmentForeign):
        attach_shm_array(named_token(path))
    assert path.name in remove_dead_segments().foreign
    assert other.read_bytes() == b'precious'
    assert path.is_dir() if what == 'folder' else path.read_bytes() == b'precious'


def named_token(path: Path) -> ShmToken:
    """Return a token of this process for whatever lies at a path."""
    with open_shm_array('token', 512, BAR, backend='file') as ring:
        token = ring.token
    return type(token)(
        **{**{name: getattr(token, name) for name in token.__struct_fields__}, 'path': str(path)}
    )


@pytest.fixture(name='tiny')
def tiny_tmpfs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    require(os.geteuid() == 0, 'only root can mount a small tmpfs')
    folder = tmp_path / 'tiny'
    folder.mkdir()
    mounted = subprocess.run(
        ['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], check=False
    )
    require(mounted.returncode == 0, 'a small tmpfs cannot be mounted here')
    monkeypatch.setenv('PIKER_SHM_DIR', str(folder))
    yield folder
    subprocess.run(['umount', folder], check=True)


def test_full_folder_is_an_error_and_not_a_fault(tiny: Path) -> None:
    before = descriptors()
    wanted = (
        rf'needs \d{{7}} bytes of shared memory, 1048576 are free in {tiny}: .* mount it larger'
    )
    with pytest.raises(ShmFull, match=wanted):
        open_shm_array('ours', 1 << 16, BAR, backend='file')
    assert list(tiny.iterdir()) == []
    with open_shm_array('ours', 512, BAR, backend='file') as ring:
        ring.push(bars(0, 10_000))
        with pytest.raises(ShmFull):
            ring.open_generation(1 << 16)
        assert len(list(tiny.iterdir())) == 1
    assert descriptors() == before


def test_more_than_the_free_memory_is_an_error_beforehand() -> None:
    before = descriptors()
    wanted = r'needs \d+ bytes of shared memory, \d+ are free: end programs'
    with pytest.raises(ShmFull, match=wanted):
        open_shm_array('ours', 1 << 36, BAR, backend='memfd')
    assert descriptors() == before


def test_folder_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('PIKER_SHM_DIR', '/nowhere')
    with pytest.raises(ShmFull, match='PIKER_SHM_DIR'):
        open_shm_array('ours', 512, BAR, backend='file')
    assert remove_dead_segments() == ((), (), ())


def test_janitor_removes_what_the_dead_left_and_nothing_else(folder: Path) -> None:
    (folder / 'notes.txt').write_text('not a segment')
    with open_shm_array('ours', 512, BAR, backend='file') as ring, child(WRITER, 'file') as writer:
        assert writer.stdout is not None
        theirs = Path(token_from(writer.stdout.readline()).path)
        ours = Path(ring.token.path)
        sweep = remove_dead_segments()
        assert (sweep.removed, set(sweep.living)) == ((), {ours.name, theirs.name})
        half_made = folder / f'piker-test-{writer.pid}-1-{"0" * 16}-0'
        half_made.touch()
        writer.kill()
        writer.wait()
        assert theirs.exists(), 'nobody tidies up after a kill, but the janitor'
        sweep = remove_dead_segments()
        assert set(sweep.removed) == {theirs.name, half_made.name}
        assert sweep.living == (ours.name,)
    assert [path.name for path in folder.iterdir()] == ['notes.txt']


def test_janitor_leaves_segments_of_other_users(folder: Path) -> None:
    require(os.geteuid() == 0, 'only root can make a file of another user')
    with child(WRITER, 'file') as writer:
        assert writer.stdout is not None
        path = Path(token_from(writer.stdout.readline()).path)
    os.chown(path, NOBODY, NOBODY)
    assert remove_dead_segments().foreign == (path.name,)
    os.chown(path, 0, 0)
    assert remove_dead_segments().removed == (path.name,)


def test_repr_says_what_it_is() -> None:
    with open_shm_array('ours', 512, BAR) as ring:
        ring.push(bars(0, 3))
        assert repr(ring) == "<ShmArray 'ours' generation 0 rows [0, 3) of 512, writer>"
        assert isinstance(ring.column('open', 0, 3).base, type(ring))
        assert np.shares_memory(ring.column('open', 0, 2), ring.column('open', 1, 3))
