"""Mistakes put into the Cython on purpose, each of which the tests that it names must see."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import DATA, ROOT

PATCHES = sorted(Path(__file__).parent.glob('*.patch'))
TIMEOUT_S = 600
TESTS_FAILED = 1  # pytest's word for it; a collection that fails is another number.
# What fails is not made smaller, which takes minutes and nobody reads.
CONFTEST = """
from hypothesis import Phase, settings
settings.register_profile('unshrunk', phases=[Phase.explicit, Phase.generate], derandomize=True)
settings.load_profile('unshrunk')
"""
# Compiled parts of the copy, and not of this checkout, are what its tests load.
ORIGIN = 'import piker._cython.{0} as found; print(found.__file__)'


def named_tests(patch: Path) -> list[str]:
    """Return the test files that a patch names in its second line."""
    label, *tests = patch.read_text().splitlines()[1].split()
    assert label == 'tests:'
    assert tests
    return tests


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a copy, whose package and build rules come before the installed ones."""
    folders = [str(copy / 'python'), str(copy / 'cython')]
    environment = {
        **os.environ,
        'PYTHONPATH': os.pathsep.join(folders),
        'PIKER_TEST_DATA': str(DATA),
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )


def verdict(copy: Path, tests: list[str]) -> subprocess.CompletedProcess[str]:
    """Compile the extensions of a copy and run tests of it."""
    built = run(copy, '-m', 'piker_build.extensions')
    assert built.returncode == 0, built.stdout + built.stderr
    for module in ('shmring', 'sampling'):
        origin = run(copy, '-c', ORIGIN.format(module)).stdout.strip()
        assert Path(origin).is_relative_to(copy), origin
    return run(copy, '-m', 'pytest', '-q', '-x', '-p', 'no:cacheprovider', *tests)


@pytest.fixture(name='copy')
def copy_of_checkout(tmp_path: Path) -> Path:
    """Return a copy of what the tests need, its extensions not older than their sources."""
    ignored = shutil.ignore_patterns('__pycache__')
    for folder in ('cython', 'python', 'tests'):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    shutil.copy(ROOT / 'pyproject.toml', tmp_path)
    Path(tmp_path, 'conftest.py').write_text(CONFTEST)
    return tmp_path


@pytest.mark.soak
def test_the_copy_passes_unpatched(copy: Path) -> None:
    tests = sorted({test for patch in PATCHES for test in named_tests(patch)})
    assert tests
    found = verdict(copy, tests)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.soak
@pytest.mark.parametrize('patch', PATCHES, ids=lambda patch: patch.stem)
def test_a_mutant_is_seen(copy: Path, patch: Path) -> None:
    subprocess.run(['git', 'apply', str(patch)], cwd=copy, check=True)
    found = verdict(copy, named_tests(patch))
    assert found.returncode == TESTS_FAILED, found.stdout + found.stderr
