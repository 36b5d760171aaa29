"""Run the benchmarks of this checkout on two commits and compare their figures.

Run as `python -m piker_bench.compare BASE [ASV-OPTION…]`, or `make bench-compare BASE=…`. Both
commits are built in one worktree of their own, one after the other: changes that are not committed
take no part, and asv, which compares within one environment, sees the same path. Figures are ratios
within a run, so that the commits need not run at the same time.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ['main']

BENCH = Path(__file__).resolve().parents[1]
ROOT = BENCH.parent
WORK = BENCH / '.asv' / 'compare'


def main(base: str, asv_options: list[str]) -> None:
    """Build, run and compare BASE and HEAD.

    Parameters
    ----------
    base : str
        A commit, by any name.
    asv_options : list of str
        For `asv run`, such as `--bench NAME`.
    """
    commits = [resolved(name) for name in (base, 'HEAD')]
    with worktree(WORK / 'tree', commits[0]) as tree:
        config = write_config(tree)
        asv(config, 'machine', '--yes')
        for commit in commits:
            prepare(tree, commit)
            python = f'--python={tree / ".venv/bin/python"}'
            asv(config, 'run', python, '--set-commit-hash', commit, *asv_options)
        asv(config, 'compare', '--split', *commits)


def resolved(name: str) -> str:
    """Return the hash of a commit."""
    command = ['git', 'rev-parse', '--verify', '--quiet', f'{name}^{{commit}}']
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f'{name!r} is no commit of this repository')
    return done.stdout.strip()


@contextlib.contextmanager
def worktree(folder: Path, commit: str) -> Iterator[Path]:
    """Check a commit out into a folder during a block, and remove it whatever happens."""

    def remove() -> None:
        shutil.rmtree(WORK, ignore_errors=True)
        run('git', 'worktree', 'prune', cwd=ROOT)

    remove()
    try:
        run('git', 'worktree', 'add', '--quiet', '--detach', folder, commit, cwd=ROOT)
        yield folder
    finally:
        remove()


def write_config(tree: Path) -> Path:
    """Return the configuration of asv for a tree: ours, with figures that nobody keeps."""
    config = json.loads((BENCH / 'asv.conf.json').read_text(encoding='utf-8'))
    config |= {
        'repo': str(ROOT),
        'benchmark_dir': str(tree / 'bench' / 'benchmarks'),
        'results_dir': str(WORK / 'results'),
    }
    path = WORK / 'asv.conf.json'
    path.write_text(json.dumps(config), encoding='utf-8')
    return path


def prepare(tree: Path, commit: str) -> None:
    """Build a commit in a tree, and put the benchmarks of this checkout and their peers there."""
    run('git', 'checkout', '--quiet', '--force', '--detach', commit, cwd=tree)
    run('sh', 'cython/piker_build/setup.sh', cwd=tree)
    python = tree / '.venv' / 'bin' / 'python'
    peers = (
        '--constraint',
        ROOT / 'constraints.txt',
        '--group',
        f'{ROOT / "pyproject.toml"}:bench',
    )
    run(python, '-m', 'uv', 'pip', 'install', '--quiet', '--python', python, *peers, cwd=tree)
    benchmarks = tree / 'bench' / 'benchmarks'
    shutil.rmtree(benchmarks)
    shutil.copytree(BENCH / 'benchmarks', benchmarks, ignore=shutil.ignore_patterns('__pycache__'))
    for module in benchmarks.glob('[!_]*.py'):
        imported = subprocess.run(
            (python, '-c', f'import benchmarks.{module.stem}'),
            cwd=benchmarks.parent,
            check=False,
            capture_output=True,
        )
        if imported.returncode:
            sys.stdout.write(f'{module.stem} is left out: {commit[:9]} has not what it measures\n')
            module.unlink()


def asv(config: Path, *arguments: str) -> None:
    """Run asv with a configuration."""
    run(sys.executable, '-m', 'asv', arguments[0], '--config', config, *arguments[1:], cwd=BENCH)


def run(*command: str | Path, cwd: Path) -> None:
    """Run a command that has to succeed."""
    subprocess.run(command, cwd=cwd, check=True)


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2:])
