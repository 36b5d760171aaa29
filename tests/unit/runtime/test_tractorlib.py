"""What is private of tractor stays in one module, and only the pinned version is taken."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from piker.core.errors import InstallationError
from piker.runtime import tractorlib
from tests.support import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = ROOT / 'python' / 'piker'
HOME = PACKAGE / 'runtime' / 'tractorlib.py'
IMPORT = """
import sys
from piker.core.errors import InstallationError
try:
    import piker.runtime.tree
except InstallationError as error:
    sys.stdout.write(str(error))
"""


def private_names(source: str) -> set[str]:
    """Return the underscored names that a module mentions, as attributes or in strings."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return {name for name in found if name.isidentifier() and is_private(name)}


def is_private(name: str) -> bool:
    """Return whether a name has a leading underscore, and is none of Python's own."""
    return name.startswith('_') and not name.startswith('__')


def trespasses(source: str, private: set[str]) -> list[str]:
    """Return what a module takes of tractor that is not public."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and (node.module or '').split('.')[0] == 'tractor':
            parts = [*(node.module or '').split('.'), *(alias.name for alias in node.names)]
            names = [part for part in parts if is_private(part)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.startswith('tractor._')]
        elif isinstance(node, ast.Attribute):
            is_of_tractor = isinstance(node.value, ast.Name) and node.value.id == 'tractor'
            if node.attr in private or (is_of_tractor and is_private(node.attr)):
                names = [node.attr]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_module = node.value.startswith('tractor._')
            names = [node.value] if is_module or node.value in private else []
        found += names
    return found


def test_no_other_module_knows_what_is_private_of_tractor() -> None:
    private = private_names(HOME.read_text())
    assert {'_children', '_mods', '_arb_addr', '_stream_handler', '_cancel_task'} <= private
    found = {
        str(path.relative_to(PACKAGE)): names
        for path in PACKAGE.rglob('*.py')
        if path != HOME and (names := trespasses(path.read_text(), private))
    }
    assert found == {}


@pytest.mark.parametrize(
    'source',
    [
        'from tractor import _ipc',
        'from tractor._portal import open_portal',
        'import tractor._spawn',
        'tractor._state.current()',
        'actors._children.clear()',
        "getattr(actor, '_mods')",
        "run_module('tractor._child')",
    ],
)
def test_a_trespass_is_seen(source: str) -> None:
    assert trespasses(source, private_names(HOME.read_text()))


def test_the_pinned_version_is_the_one_that_piker_depends_on() -> None:
    project = tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']
    assert f'piker-tractor=={tractorlib.VERSION}' in project['dependencies']
    tractorlib.check_version()


def import_with(first_on_path: Path) -> str:
    """Return what is said when the runtime is imported with a folder before all others."""
    done = subprocess.run(
        [sys.executable, '-c', IMPORT],
        env={
            **os.environ,
            'PYTHONPATH': os.pathsep.join(map(str, (first_on_path, PACKAGE.parent))),
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return done.stdout


def test_another_version_is_refused_in_one_sentence(tmp_path: Path) -> None:
    info = tmp_path / 'piker_tractor-0.1.0a6.dist-info'
    info.mkdir()
    (info / 'METADATA').write_text('Metadata-Version: 2.1\nName: piker-tractor\nVersion: 0.1.0a6\n')
    said = import_with(tmp_path)
    assert said.startswith(
        f'the actor runtime needs piker-tractor {tractorlib.VERSION} and found 0.1.0a6'
    )


def test_another_package_of_the_same_name_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / 'tractor').mkdir()
    (tmp_path / 'tractor' / '__init__.py').touch()
    said = import_with(tmp_path)
    assert said.startswith('the actor runtime needs piker-tractor and found another tractor at')


def test_a_tractor_without_a_needed_name_is_refused() -> None:
    with pytest.raises(InstallationError, match='without no_such_name'):
        tractorlib.Place(tractorlib, 'no_such_name')


def test_the_original_is_kept_when_it_is_replaced_twice() -> None:
    class Owner:
        """Somebody with a function."""

        @staticmethod
        def greet() -> str:
            """Return the first of three texts."""
            return 'original'

    place = tractorlib.Place(Owner, 'greet')
    for text in ('once', 'twice'):
        place.replace(staticmethod(lambda text=text: text))
        assert Owner.greet() == text
        assert place.original() == 'original'
