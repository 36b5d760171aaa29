"""What tests of every part use: recorded data, conditions to wait for, and honest skips."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ['DATA', 'ROOT', 'data_path', 'require', 'wait_until']

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get('PIKER_TEST_DATA', ROOT.parent / 'shared' / 'data'))


def require(condition: object, reason: str) -> None:
    """Skip the running test unless a condition holds; fail it where skips are not allowed.

    Parameters
    ----------
    condition : object
        What the test needs, as a truth value.
    reason : str
        What is missing, in one clause.
    """
    if condition:
        return
    if os.environ.get('PIKER_TEST_STRICT') == '1':
        pytest.fail(f'{reason} (a skip, but PIKER_TEST_STRICT=1)')
    pytest.skip(reason)


def data_path(*parts: str) -> Path:
    """Return the path of recorded market data, or skip where it is absent.

    Parameters
    ----------
    *parts : str
        Path below the data folder, for example 'ohlc', 'spx_1m_2019-11-05_08.csv'.

    Returns
    -------
    Path
        An existing file or folder.
    """
    path = DATA.joinpath(*parts)
    require(path.exists(), f'no recorded data at {path}: set PIKER_TEST_DATA')
    return path


def wait_until(
    condition: Callable[[], object], what: str, timeout_s: float = 10.0, every_s: float = 0.01
) -> None:
    """Block until a condition holds.

    Parameters
    ----------
    condition : callable
        Asked again and again for a truth value.
    what : str
        What is waited for, for the message of a failure.
    timeout_s : float
        When to give up and fail the test.
    every_s : float
        Pause between two questions.
    """
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f'waited {timeout_s:g} s for {what}')
        time.sleep(every_s)
