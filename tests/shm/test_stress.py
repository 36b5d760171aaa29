"""No reader of any process ever sees a torn row, and the test that says so can see one."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.shm.stress import CAPACITY, ROOT, TornReadError, run

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 10_000_000
BUILD_BROKEN = """
import sys
from pathlib import Path
from piker_build.extensions import build
build(folder=Path(sys.argv[1]), macros=(sys.argv[2],), force=True)
"""


@pytest.mark.slow
def test_four_readers_of_ten_million_rows_see_nothing_torn() -> None:
    reports = run(ROWS)
    for report in reports:
        assert report.read + report.overrun == ROWS
        assert report.read > 100 * CAPACITY
        assert report.lives > 1000
        assert report.windows > 1000
        assert report.revisions > 100
    assert sum(report.laps for report in reports) > 1000
    assert sum(report.histories for report in reports) > 20


@pytest.mark.slow
@pytest.mark.parametrize('macro', ['PIKER_BROKEN_NO_SEQ', 'PIKER_BROKEN_PUBLISH_FIRST'])
def test_broken_build_is_caught_within_ten_seconds(macro: str, tmp_path: Path) -> None:
    environment = {**os.environ, 'PYTHONPATH': str(ROOT / 'cython')}
    subprocess.run(
        [sys.executable, '-c', BUILD_BROKEN, str(tmp_path), macro], check=True, env=environment
    )
    with pytest.raises(TornReadError, match='torn: '):
        run(1 << 40, seconds=10, build=tmp_path)
