"""The commands as a shell sees them: help, usage errors, exit codes, light start-up."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from piker.cli.main import COMMANDS, main, piker
from piker.cli.services import human_bytes, human_seconds

HEAVY = ('PyQt5', 'pyqtgraph', 'tractor', 'trio', 'numpy', 'polars')


def modules_after(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter holds after a statement."""
    tell = 'print(*{name.partition(".")[0] for name in sys.modules})'
    code = f'import sys\n{statement}\n{tell}'
    done = subprocess.run([sys.executable, '-c', code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    'statement',
    [
        'import piker',
        'import piker.cli.main',
        'from click.testing import CliRunner; from piker.cli.main import piker; '
        'assert CliRunner().invoke(piker, ["--help"]).exit_code == 0',
    ],
)
def test_import_and_help_load_neither_qt_nor_actors_nor_arrays(statement: str) -> None:
    assert not modules_after(statement).intersection(HEAVY)


def test_help_names_every_command_and_what_to_try_first() -> None:
    result = CliRunner().invoke(piker, ['--help'])
    assert result.exit_code == 0
    for name, line in COMMANDS.items():
        assert name in result.output
        assert line in result.output
    assert 'piker chart --replay' in result.output


@pytest.mark.parametrize('name', list(COMMANDS))
def test_each_command_has_a_help_of_its_own(name: str) -> None:
    result = CliRunner().invoke(piker, [name, '--help'])
    assert result.exit_code == 0
    assert '--loglevel' in result.output
    assert '--configdir' in result.output


@pytest.mark.parametrize(
    ('args', 'words'),
    [
        (['chrat'], ("no command 'chrat'", 'chart')),
        (['chart', '--size', '10'], ("'10' is not a size", '1440x900')),
        (['chart', '--size', '99999x10'], ('is not a size',)),
        (['chart', '--speed', '0'], ('--speed', '0')),
        (['chart', '--speed', 'fast'], ('--speed', 'fast')),
        (['chart', '--exit-after', 'nan'], ("'nan' is not a number from 0 to 1e+09",)),
        (['chart', '--exit-after', '-1'], ("'-1' is not a number from 0",)),
        (['chart', '--exit-after', 'inf'], ('is not a number from 0 to 1e+09',)),
        (['chart', '--speed', '1e308'], ('1e308', 'above 0 to 1e+06, or inf')),
        (['chart', '--speed', 'nan'], ("'nan' is not a number above 0 to 1e+06, or inf",)),
        (['chart', '--speed', '-inf'], ("'-inf' is not a number above 0 to 1e+06, or inf",)),
        (['chart', '--size', '0x0'], ("'0x0' is not a size", '1440x900')),
        (['chart', '--period', '9x'], ("--period '9x' is no timeframe",)),
        (['chart', '--period', '5M'], ('5M may mean minutes or months',)),
        (['chart', '--period', '999999999999999d'], ('outside of 1s to 366d',)),
        (['chart', '--siez', '1x1'], ("'--siez' (Did you mean", '(piker chart --help says more)')),
        (['chart', '--siz', '1x1'], ("'--siz'; did you mean '--size'",)),
        (['chart', '--size'], ('--size',)),
        (['chart', '--theme', 'pink'], ('--theme', 'dark')),
        (['chart', 'a.b', '--replay', 'x.csv'], ('a.b', 'x.csv', 'one of the two')),
        (['chart', '--json'], ('--exit-after',)),
        (['doctor', 'stars'], ('stars', 'display')),
        (['doctor', '--configdir', '/nowhere/x'], ('/nowhere/x', 'does not exist')),
    ],
)
def test_wrong_usage_says_what_is_wanted_and_exits_2(
    capsys: pytest.CaptureFixture[str], args: list[str], words: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(args)
    assert caught.value.code == 2
    output, sentence = capsys.readouterr()
    assert output == ''
    assert sentence.startswith('piker: ')
    assert sentence.count('\n') == 1
    for word in words:
        assert word in sentence


def test_no_arguments_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert 'First steps:' in ''.join(capsys.readouterr())


def test_doctor_reports_every_check_and_fails_only_on_what_was_asked_for() -> None:
    environment = {'DISPLAY': '', 'WAYLAND_DISPLAY': ''}
    every = CliRunner().invoke(piker, ['doctor', '--json'], env=environment, standalone_mode=False)
    found = {row['name']: row for row in json.loads(every.output)}
    assert found['display']['ok'] is False
    assert found['kernels']['ok'] is True, found['kernels']['detail']
    assert every.return_value == 0
    asked = CliRunner().invoke(
        piker, ['doctor', 'display', '--json'], env=environment, standalone_mode=False
    )
    assert [row['name'] for row in json.loads(asked.output)] == ['display']
    assert asked.return_value == 1


@pytest.mark.parametrize(
    ('seconds', 'text'),
    [(0, '0s'), (59.9, '59s'), (184, '3m 04s'), (5 * 3600 + 120, '5h 02m'), (212_400, '2d 11h')],
)
def test_durations_show_their_two_largest_units(seconds: float, text: str) -> None:
    assert human_seconds(seconds) == text


@pytest.mark.parametrize(
    ('count', 'text'),
    [
        (0, '0 B'),
        (1023, '1023 B'),
        (1024, '1.0 KiB'),
        (85_249_229, '81.3 MiB'),
        (2**34, '16.0 GiB'),
    ],
)
def test_sizes_show_one_decimal_in_binary_units(count: int, text: str) -> None:
    assert human_bytes(count) == text
