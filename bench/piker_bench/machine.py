"""What figures were measured on."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from pathlib import Path

import numpy as np
from numpy.lib.introspect import opt_func_info

__all__ = ['describe']


def describe() -> dict[str, str]:
    """Return what a reader of figures has to know of this machine, by its name."""
    return {
        'date': datetime.datetime.now(datetime.UTC).date().isoformat(),
        'commit': commit(),
        'CPU': first_of(Path('/proc/cpuinfo'), 'model name'),
        'cores': str(len(os.sched_getaffinity(0))),
        'load of others': f'{os.getloadavg()[0]:.1f} when it began',
        'memory': f'{os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30:.0f} GiB',
        'Python': platform.python_version(),
        'NumPy': f'{np.__version__}, `np.max` compiled for {dispatched()}',
    }


def first_of(path: Path, name: str) -> str:
    """Return the first value of a name in a file of the kernel."""
    for line in path.read_text(encoding='utf-8').splitlines():
        key, _, value = line.partition(':')
        if key.strip() == name:
            return value.strip()
    return 'unknown'


def commit() -> str:
    """Return the commit of the checkout, with a plus where files differ from it."""
    here = Path(__file__).parent
    command = ['git', 'describe', '--always', '--dirty=+', '--exclude=*']
    done = subprocess.run(command, cwd=here, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def dispatched() -> str:
    """Return which processors NumPy's maximum of float64 was chosen for: the floor depends on it.

    X86_V3 has AVX2, X86_V4 has AVX-512.
    """
    found = opt_func_info(func_name='^maximum$', signature='float64')
    return str(found['maximum']['ddd']['current'])
