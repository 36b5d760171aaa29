"""One form of log lines, and the level that was asked for."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

CODE = """
from piker.core.log import get_logger, start_logging
start_logging('brokerd.test')
start_logging('brokerd.test')
log = get_logger('piker.data.bus')
for say in (log.debug, log.info, log.warning, log.error):
    say('said by %s', say.__name__)
"""
LEVELS = ('debug', 'info', 'warning', 'error')
LINE = r'[-\d]+ [:,\d]+ {level} +brokerd\.test piker\.data\.bus: said by {name}'


@pytest.mark.parametrize('level', [*LEVELS, None])
def test_what_is_at_or_above_the_level_is_said_once_on_stderr(level: str | None) -> None:
    environment = {key: value for key, value in os.environ.items() if key != 'PIKER_LOGLEVEL'}
    if level is not None:
        environment['PIKER_LOGLEVEL'] = level
    done = subprocess.run(
        [sys.executable, '-c', CODE],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    said = LEVELS[LEVELS.index(level or 'warning') :]
    assert done.stdout == ''
    lines = done.stderr.splitlines()
    assert len(lines) == len(said)
    for line, name in zip(lines, said, strict=True):
        assert re.fullmatch(LINE.format(level=name.upper(), name=name), line)
