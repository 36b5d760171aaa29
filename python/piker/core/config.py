"""`conf.toml`: what the user set, typed and checked."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Literal

import msgspec

from piker.core.errors import ConfigError
from piker.core.paths import config_dir

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ['Config', 'UiConfig', 'load_config']

FILE = 'conf.toml'


class UiConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[ui]`.

    Attributes
    ----------
    theme : str
        'dark' or 'light'.
    """

    theme: Literal['dark', 'light'] = 'dark'


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of the file; a table or key that is absent has its default.

    Attributes
    ----------
    ui : UiConfig
        How the chart looks.
    """

    ui: UiConfig = UiConfig()


def load_config() -> Config:
    """Return what `conf.toml` of the configuration folder says; all defaults without the file.

    Raises
    ------
    ConfigError
        When the file cannot be read, is no TOML, or holds what cannot be: it names file, line, key.
    """
    path = config_dir() / FILE
    try:
        text = path.read_text()
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f'{path} cannot be read ({error}): mend or remove it') from error
    try:
        return msgspec.convert(tomllib.loads(text), Config)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f'{path} is not TOML ({error}): mend it there') from error
    except msgspec.ValidationError as error:
        raise ConfigError(f'{place(path, text, str(error))}: mend it there') from error


def place(path: Path, text: str, complaint: str) -> str:
    """Return a complaint of the schema's with the file and, where it can be found, the line.

    Parameters
    ----------
    path : Path
        The file.
    text : str
        What it holds.
    complaint : str
        What msgspec says: it names a value's path, or an unknown field.

    Returns
    -------
    str
        For example "/home/me/conf.toml, line 2: Invalid enum value 'pink' - at `$.ui.theme`".
    """
    named = re.search(r'unknown field `(\w+)`', complaint) or re.search(
        r'`\$(?:\.\w+)*\.(\w+)`', complaint
    )
    if named:
        key = re.compile(rf'\s*\[?\s*{re.escape(named.group(1))}\b')
        for number, line in enumerate(text.splitlines(), 1):
            if key.match(line):
                return f'{path}, line {number}: {complaint}'
    return f'{path}: {complaint}'
