"""Build piker's wheel into `dist/`, beside the corrected tractor.

Run as `python -m piker_build.wheel`; other interpreters may be named by their paths, each gets a
wheel of its own: `python -m piker_build.wheel /usr/bin/python3.12`.
"""

from __future__ import annotations

import os
import subprocess
import sys

from piker_build import tractor_wheel
from piker_build.extensions import ROOT

__all__ = ['DIST', 'build']

DIST = ROOT / 'dist'


def build(interpreters: list[str]) -> None:
    """Build one wheel an interpreter, from the source distribution and apart from the checkout.

    Building in the checkout would take the modules of its own interpreter away.

    Parameters
    ----------
    interpreters : list of str
        Paths of Python interpreters.
    """
    if not list(DIST.glob('piker_tractor-*.whl')):
        tractor_wheel.build(DIST)
    environment = {**os.environ, 'CARGO_TARGET_DIR': str(ROOT / 'target')}
    for interpreter in interpreters:
        subprocess.run(
            [
                sys.executable,
                '-m',
                'uv',
                'build',
                '--quiet',
                '--out-dir',
                DIST,
                '--build-constraints',
                ROOT / 'constraints.txt',
                '--python',
                interpreter,
                ROOT,
            ],
            check=True,
            env=environment,
        )


if __name__ == '__main__':
    build(sys.argv[1:] or [sys.executable])
    for wheel in sorted(DIST.glob('*.whl')):
        sys.stdout.write(f'{wheel.relative_to(ROOT)}\n')
