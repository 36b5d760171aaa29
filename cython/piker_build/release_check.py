"""Install the built wheels in empty environments, outside of the checkout, and use them there.

Run as `python -m piker_build.release_check`. Every Python 3.11 to 3.13 on this machine is tried:
import, kernels, a ring, and one picture of the demo market. Nothing of the checkout is used.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from piker_build import wheel
from piker_build.extensions import ROOT

__all__ = ['BASE_INSTALL_LIMIT', 'check', 'interpreters']

BASE_INSTALL_LIMIT = 450_000_000
VERSIONS = ((3, 11), (3, 12), (3, 13))
USE = """
import numpy, piker
from piker.kernels import Pyramid, ds_m4
from piker.shm import attach_shm_array, open_shm_array
from piker.core.rows import BAR
assert ds_m4(numpy.arange(8), numpy.arange(8.), 4).y.tolist() == [[0, 0, 3, 3], [4, 4, 7, 7]]
assert Pyramid(numpy.arange(1000.)).bounds(10, 20) == (10, 19)
with open_shm_array('release-check', 512, BAR) as ring:
    ring.push((0, 1., 2., 0.5, 1.5, 3.))
    with attach_shm_array(ring.token) as reader:
        assert reader.live()['close'] == 1.5
"""


def interpreters() -> dict[tuple[int, int], Path]:
    """Return the supported interpreters of this machine by version, one of each.

    Returns
    -------
    dict
        Paths of Python executables that run and can make virtual environments.
    """
    folders = [Path(folder) for folder in os.environ.get('PATH', '').split(os.pathsep)]
    folders += sorted((Path.home() / '.pyenv' / 'versions').glob('*/bin'))
    found: dict[tuple[int, int], Path] = {}
    for version in VERSIONS:
        name = f'python{version[0]}.{version[1]}'
        for path in (folder / name for folder in folders):
            probe = f'import ensurepip, sys; assert sys.version_info[:2] == {version}'
            if version not in found and path.exists():
                done = subprocess.run([path, '-c', probe], capture_output=True, check=False)
                if done.returncode == 0:
                    found[version] = path
    return found


def size_of(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.lstat().st_size for path in folder.rglob('*') if path.is_file())


def check(interpreter: Path, work: Path) -> str:
    """Install and use the wheels with one interpreter.

    Parameters
    ----------
    interpreter : Path
        A Python with the `venv` module.
    work : Path
        An empty folder.

    Returns
    -------
    str
        What was found, in a line.

    Raises
    ------
    SystemExit
        When anything fails, or the base installation is too large.
    """
    wheel.build([str(interpreter)])
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith('PYTHON') and name not in {'DISPLAY', 'WAYLAND_DISPLAY'}
    }
    environment |= {'XDG_RUNTIME_DIR': str(work), 'HOME': str(work)}
    python = work / 'venv' / 'bin' / 'python'

    def run(*arguments: str | Path) -> None:
        subprocess.run(list(map(str, arguments)), check=True, cwd=work, env=environment)

    run(interpreter, '-m', 'venv', work / 'venv')
    empty_size = size_of(work / 'venv')
    run(
        python,
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--constraint',
        ROOT / 'constraints.txt',
        '--find-links',
        ROOT / 'dist',
        'piker',
    )
    taken = size_of(work / 'venv') - empty_size
    if taken > BASE_INSTALL_LIMIT:
        raise SystemExit(
            f'the base installation takes {taken:,} bytes, over {BASE_INSTALL_LIMIT:,}'
        )
    run(python, '-c', USE)
    run(python.with_name('piker'), 'chart', '--screenshot', 'x.png', '--exit-after', '5')
    if not (work / 'x.png').read_bytes().startswith(b'\x89PNG'):
        raise SystemExit('the demo drew no picture')
    return f'installed {taken / 1e6:.0f} MB, imported, used and drew a picture'


def main() -> None:
    """Check every interpreter that is there."""
    for version, interpreter in interpreters().items():
        with tempfile.TemporaryDirectory(prefix='piker-release-') as folder:
            result = check(interpreter, Path(folder))
        sys.stdout.write(f'python {version[0]}.{version[1]}: {result}\n')
        sys.stdout.flush()


if __name__ == '__main__':
    main()
