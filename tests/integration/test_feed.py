"""Feeds between real processes: a brokerd that fills rings, and clients that read them."""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.conftest import descendants, is_alive
from tests.support import data_path, wait_until
from tests.unit.brokers.test_captures import offline_bars

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.integration.conftest import Trees

SECOND = 1_000_000_000
DEMO = 'eurusd.demo.replay'
GONE_S = 5.0


class Client:
    """A process that holds a feed.

    Parameters
    ----------
    trees : Trees
        Starts it.
    fqsn : str
        Which symbol.
    **options : object
        `FeedOptions`.
    """

    def __init__(self, trees: Trees, fqsn: str, **options: object) -> None:
        self.process: subprocess.Popen[str] = trees.start(
            sys.executable, '-m', 'tests.integration.feed_client', fqsn, json.dumps(options)
        )

    def read(self) -> Any:
        """Return its next answer."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            pytest.fail(f'the client said: {self.process.communicate(timeout=10)[1]}')
        return json.loads(line)

    def ask(self, question: str = 'facts') -> Any:
        """Ask a question and return the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(question + '\n')
        self.process.stdin.flush()
        return self.read()

    def end(self) -> tuple[int, str]:
        """Wait for its end, and return exit code and error output."""
        _, said = self.process.communicate(timeout=15)
        return self.process.returncode, said


def brokerd_of(process: subprocess.Popen[str]) -> int:
    """Return the pid of the daemon below a process."""
    (pid,) = descendants(process.pid) - {process.pid}
    return pid


def test_the_demo_is_live_after_history(trees: Trees) -> None:
    client = Client(trees, DEMO)
    opened = client.read()
    assert opened['fqsn'] == DEMO
    assert opened['mode'] == 'REPLAY'
    assert 'interpolated' in opened['note']
    assert opened['first'] < -100_000
    assert opened['slow'] > 1000
    wait_until(lambda: client.ask()['seq'] > opened['seq'] + 4, 'live ticks')
    quote = client.ask()['quote']
    assert quote[3] < quote[5]
    family = descendants(client.process.pid)
    assert client.end() == (0, '')
    wait_until(lambda: not any(is_alive(pid) for pid in family), 'the tree to end', GONE_S)
    assert trees.folders() == []


@pytest.mark.parametrize('name', ['spot_btcusdt_20240808.gz', 'usdm_btcusdt_20240808.gz'])
def test_bars_across_processes_equal_an_offline_resample(trees: Trees, name: str) -> None:
    path = data_path('binance', 'hftbacktest_raw_ws', name)
    client = Client(trees, '', file=str(path), speed=1e9)
    client.read()
    wait_until(lambda: client.ask()['state']['is_ended'], 'the replay to end', 30)
    for question, period_ns in (('bars fast', SECOND), ('bars slow', 60 * SECOND)):
        expected = [list(bar) for bar in offline_bars(path, period_ns)]
        found = client.ask(question)
        assert found[: len(expected)] == expected
        assert len(found) <= len(expected) + 1
    assert client.end() == (0, '')


def test_a_client_controls_the_clock(trees: Trees) -> None:
    client = Client(trees, DEMO)
    client.read()
    assert client.ask('pause') == 'done'
    wait_until(lambda: client.ask()['state']['is_paused'], 'the pause')
    before = client.ask()
    assert client.ask('speed 6000') == 'done'
    wait_until(lambda: client.ask()['state']['speed'] == 6000, 'the speed')
    after = client.ask()
    assert (after['seq'], after['last']) == (before['seq'], before['last'])
    assert client.ask('resume') == 'done'
    wait_until(lambda: client.ask()['last'] > before['last'] + 50, 'rows at the new speed')
    assert client.ask('speed -1').startswith('FeedError: a replay cannot run at -1')
    assert client.end() == (0, '')


def test_two_clients_share_a_feed_and_one_outlives_the_other(trees: Trees) -> None:
    trees.pikerd()
    one, two = Client(trees, DEMO), Client(trees, DEMO)
    one.read()
    two.read()
    assert one.ask('pause') == 'done'
    wait_until(lambda: two.ask()['state']['is_paused'], 'the pause at the other client')
    assert two.ask('resume') == 'done'
    one.process.send_signal(signal.SIGKILL)
    one.process.wait(timeout=10)
    before = two.ask()['seq']
    wait_until(lambda: two.ask()['seq'] > before + 8, 'ticks after the other client died')
    assert two.end() == (0, '')


def test_a_killed_brokerd_is_one_clear_error(trees: Trees) -> None:
    client = Client(trees, DEMO)
    client.read()
    os.kill(brokerd_of(client.process), signal.SIGKILL)
    code, said = client.end()
    assert code == 1
    assert said.splitlines()[-1].startswith('DaemonDied: the daemon brokerd.replay died')
    assert 'Traceback' not in said


@pytest.mark.parametrize(
    ('fqsn', 'options', 'message'),
    [
        ('btcusdt.demo.replay', {}, 'SymbolError: there is no symbol'),
        (
            '',
            {'file': '/nowhere/at/all.csv'},
            'DataFileError: there is no file /nowhere/at/all.csv',
        ),
        (DEMO, {'start': '1999-01-01'}, 'FeedError: the recording cannot start at 1999-01-01'),
        (DEMO, {'speed': -1.0}, 'FeedError: a replay cannot run at -1.0'),
        ('eurusd.nowhere', {}, 'ServiceError: there is no daemon brokerd.nowhere'),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(
    trees: Trees, fqsn: str, options: dict[str, object], message: str
) -> None:
    client = Client(trees, fqsn, **options)
    code, said = client.end()
    assert code == 1
    assert said.startswith(message)
    assert said.count('\n') == 1
    assert trees.folders() == []


def test_a_truncated_capture_is_one_sentence(trees: Trees, tmp_path: Path) -> None:
    path = data_path('binance', 'hftbacktest_raw_ws', 'spot_btcusdt_20240808.gz')
    cut = tmp_path / 'cut.gz'
    cut.write_bytes(path.read_bytes()[:100_000])
    code, said = Client(trees, '', file=str(cut)).end()
    assert code == 1
    assert said.startswith(f'DataFileError: {cut} is truncated or damaged')
