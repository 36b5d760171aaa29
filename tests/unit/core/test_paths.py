"""Names of files as a user types them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from piker.core.paths import resolve_file
from piker.errors import DataFileError
from piker.ui.app import ChartOptions


def test_a_file_is_found_from_here_and_from_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv('HOME', str(tmp_path))
    (tmp_path / 'link.csv').symlink_to('x.csv')
    for text in ('x.csv', '~/x.csv', 'link.csv', './nowhere/../x.csv'):
        assert resolve_file(text) == tmp_path / 'x.csv'


@pytest.mark.parametrize(
    ('name', 'message'),
    [
        ('loop.csv', 'cannot be found'),
        ('~nosuchuser/x.csv', 'cannot be found'),
        ('null\0.csv', 'cannot be found'),
        (os.fsdecode(b'\xff.csv'), 'is not UTF-8: rename'),
    ],
)
def test_a_name_that_leads_nowhere_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    from piker.ui.qt.session import feed_request

    monkeypatch.chdir(tmp_path)
    Path('loop.csv').symlink_to('loop.csv')
    with pytest.raises(DataFileError, match=message) as caught:
        feed_request(ChartOptions(replay=name))
    text = str(caught.value)
    assert repr(name) in text
    assert '\n' not in text
    text.encode()
