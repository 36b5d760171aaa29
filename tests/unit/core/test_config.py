"""`conf.toml`: what it says, and what is said of it where it is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from piker.cli.main import piker
from piker.core.config import Config, load_config
from piker.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty configuration folder that is in force."""
    monkeypatch.setenv('PIKER_CONFIG_DIR', str(tmp_path))
    return tmp_path


def test_without_a_file_everything_has_its_default(folder: Path) -> None:
    assert load_config() == Config()


def test_a_key_that_is_set_counts(folder: Path) -> None:
    (folder / 'conf.toml').write_text('[ui]\ntheme = "light"\n')
    assert load_config().ui.theme == 'light'


@pytest.mark.parametrize(
    ('text', 'words'),
    [
        ('[ui]\n\ntheme = "pink"\n', ('conf.toml, line 3', 'pink', 'ui.theme')),
        ('[ui]\ncolour = 1\n', ('conf.toml, line 2', 'colour')),
        ('[you]\n', ('conf.toml, line 1', 'you')),
        ('ui = 3\n', ('conf.toml', 'ui')),
        ('[ui\n', ('conf.toml', 'line 1')),
        ('\xff', ('conf.toml',)),
    ],
)
def test_what_cannot_be_is_told_with_file_line_and_key(
    folder: Path, text: str, words: tuple[str, ...]
) -> None:
    (folder / 'conf.toml').write_bytes(text.encode('latin-1'))
    with pytest.raises(ConfigError) as caught:
        load_config()
    for word in words:
        assert word in str(caught.value)


def test_the_chart_refuses_a_broken_file_before_it_starts_anything(tmp_path: Path) -> None:
    (tmp_path / 'conf.toml').write_text('[ui]\ntheme = "pink"\n')
    result = CliRunner().invoke(
        piker, ['chart', '--configdir', str(tmp_path), '--screenshot', str(tmp_path / 'x.png')]
    )
    assert isinstance(result.exception, ConfigError)
    assert not (tmp_path / 'x.png').exists()
