"""A folder of their own for the named segments of tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(name='folder')
def named_segments_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv('PIKER_SHM_DIR', str(tmp_path))
    monkeypatch.setenv('PIKER_RUN_ID', 'test')
    return tmp_path
