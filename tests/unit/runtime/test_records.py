"""What trees leave in the runtime folder: believed where its process runs, and only there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
import pytest

from piker.core.errors import TreeError
from piker.core.paths import runtime_dir
from piker.core.processes import ProcessId, is_running, stat_process, this_process
from piker.runtime import records

GONE = ProcessId(os.getpid(), 1)
"""Our own number, of a process that started at another time."""


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a runtime folder of its own."""
    tmp_path.chmod(0o700)
    monkeypatch.setenv('XDG_RUNTIME_DIR', str(tmp_path))
    return runtime_dir()


def announcement(process: ProcessId, run_id: str = 'run') -> records.Announcement:
    """Return the announcement of a tree whose root is a process."""
    return records.Announcement(run_id, records.ActorRecord('pikerd', process, '127.0.0.1', 9))


def test_a_pid_that_passed_to_another_process_does_not_run() -> None:
    assert is_running(this_process())
    assert is_running(stat_process(os.getpid()))
    assert not is_running(GONE)


def test_an_announcement_of_a_living_root_is_believed_until_withdrawn() -> None:
    records.announce(announcement(this_process()))
    assert records.announced() == announcement(this_process())
    records.withdraw('another')
    assert records.announced() is not None
    records.withdraw('run')
    assert records.announced() is None


def test_a_stale_announcement_is_not_believed() -> None:
    records.announce(announcement(GONE))
    assert records.announced() is None


@pytest.mark.parametrize('content', [b'', b'{', b'[]', b'{"run_id": 7}', b'\xff\xfe'])
def test_a_damaged_announcement_is_not_believed(runtime: Path, content: bytes) -> None:
    (runtime / records.PIKERD).write_bytes(content)
    assert records.announced() is None


def test_the_token_is_for_our_eyes_only_and_new_for_every_tree() -> None:
    first, second = records.RunFolder.create(), records.RunFolder.create()
    assert first.token() != second.token()
    assert len(first.token()) == records.TOKEN_BYTES
    assert stat.S_IMODE((first.path / records.TOKEN).stat().st_mode) == 0o600
    assert stat.S_IMODE(first.path.stat().st_mode) == 0o700


def test_services_are_listed_while_their_processes_run() -> None:
    folder = records.RunFolder.create()
    folder.add(records.ActorRecord('brokerd.replay', this_process(), '127.0.0.1', 9))
    folder.add(records.ActorRecord('brokerd.dead', GONE, '127.0.0.1', 10))
    (service,) = records.list_services()
    assert (service.name, service.pid) == ('brokerd.replay', os.getpid())
    assert service.address == '127.0.0.1:9'
    assert service.rss_bytes > 0
    assert service.uptime_s > 0
    folder.remove()
    assert records.list_services() == []


def test_a_sweep_removes_dead_trees_and_nothing_else(runtime: Path) -> None:
    living, dead = records.RunFolder.create(), records.RunFolder.create()
    (dead.path / records.OWNER).write_bytes(msgspec.json.encode(GONE))
    records.announce(announcement(GONE, dead.run_id))
    ownerless = runtime / 'run-ownerless'
    ownerless.mkdir()
    other = runtime / 'other'
    other.mkdir()
    assert records.sweep() == [dead.run_id]
    assert records.sweep() == []
    assert living.path.exists()
    assert ownerless.exists()
    assert other.exists()
    assert not (runtime / records.PIKERD).exists()


def test_one_announcer_at_a_time() -> None:
    with (
        records.only_announcer(),
        pytest.raises(TreeError, match='runs already and is about to be announced'),
        records.only_announcer(),
    ):
        pytest.fail('two of them')
    with records.only_announcer():
        records.announce(announcement(this_process()))
        with (
            pytest.raises(TreeError, match=f'runs already as pid {os.getpid()}: stop it first'),
            records.only_announcer(),
        ):
            pytest.fail('two of them')


def test_a_sweep_removes_what_killed_writers_left_half_made(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = records.half_made(runtime / records.PIKERD)
    ours.touch()
    with monkeypatch.context() as dead:
        dead.setattr(records, 'this_process', lambda: GONE)
        file = records.half_made(runtime / records.PIKERD)
        file.touch()
        folder = records.half_made(runtime / 'run-x')
        folder.mkdir()
        (folder / records.TOKEN).touch()
    unknown = runtime / 'new-file.txt'
    unknown.touch()
    assert records.sweep() == []
    assert sorted(runtime.iterdir()) == sorted([ours, unknown])


def test_a_sweep_by_another_process_takes_nothing_from_a_living_writer(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between making and renaming, at every such moment."""
    rename = Path.rename
    swept = []

    def rename_after_a_sweep(made: Path, target: Path) -> Path:
        swept.append(records.sweep())
        return rename(made, target)

    monkeypatch.setattr(Path, 'rename', rename_after_a_sweep)
    folder = records.RunFolder.create()
    records.announce(announcement(this_process(), folder.run_id))
    assert swept == [[]] * 4, 'owner, token, folder and announcement were renamed'
    assert sorted(path.name for path in runtime.iterdir()) == ['pikerd.json', folder.path.name]
    assert folder.token()
