"""Pin the newest versions of all dependencies in `constraints.txt`.

Run as `python -m piker_build.constraints`. The file names versions only, no index and no hash: it
is used with whatever index the machine is set up for.
"""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys

from piker_build.extensions import ROOT

__all__ = ['write']

PINNED = ROOT / 'constraints.txt'


def write() -> None:
    """Resolve pyproject.toml with all extras and groups, for every supported Python."""
    done = subprocess.run(
        [
            sys.executable,
            '-m',
            'uv',
            'pip',
            'compile',
            '--quiet',
            '--upgrade',
            '--universal',
            '--no-annotate',
            '--no-header',
            '--python-version',
            '3.11',
            '--all-extras',
            '--group',
            'dev',
            '--group',
            'bench',
            '--overrides',
            ROOT / 'cython' / 'piker_build' / 'overrides.txt',
            '--find-links',
            ROOT / 'dist',
            '--no-emit-package',
            'piker-tractor',
            ROOT / 'pyproject.toml',
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    lines = [*done.stdout.split('\n'), f'uv=={importlib.metadata.version("uv")}']
    PINNED.write_text('\n'.join(sorted(line for line in lines if line)) + '\n')


if __name__ == '__main__':
    write()
