"""The PEP 517/660 build backend: Cython first, then maturin for Rust and the packing.

maturin packs one wheel from the Rust module and from whatever `[tool.maturin] include` names; the
Cython modules must lie there when it starts. All hooks are maturin's with that step before them.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import maturin

from piker_build import extensions

__all__ = [
    'build_editable',
    'build_sdist',
    'build_wheel',
    'get_requires_for_build_editable',
    'get_requires_for_build_sdist',
    'get_requires_for_build_wheel',
    'prepare_metadata_for_build_editable',
    'prepare_metadata_for_build_wheel',
]

Settings = Mapping[str, object] | None

get_requires_for_build_wheel = maturin.get_requires_for_build_wheel
get_requires_for_build_editable = maturin.get_requires_for_build_editable
get_requires_for_build_sdist = maturin.get_requires_for_build_sdist
build_sdist = maturin.build_sdist


def prepare() -> None:
    """Put maturin on the path and the compiled Cython modules into the package."""
    scripts = sysconfig.get_path('scripts')
    beside = str(Path(sys.executable).parent)
    os.environ['PATH'] = os.pathsep.join([scripts, beside, os.environ.get('PATH', '')])
    # Paths of the building machine stay out of the binaries.
    flags = os.environ.get('RUSTFLAGS', '')
    remap = f'--remap-path-prefix={extensions.ROOT}=. --remap-path-prefix={Path.home()}=~'
    if remap not in flags:
        os.environ['RUSTFLAGS'] = f'{flags} {remap}'.strip()


def prepare_metadata_for_build_wheel(
    metadata_directory: str, config_settings: Settings = None
) -> str:
    """Write the metadata of the wheel and return its folder's name."""
    prepare()
    return str(maturin.prepare_metadata_for_build_wheel(metadata_directory, config_settings))


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


def build_wheel(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Build the wheel with the Rust and the Cython modules and return its name."""
    prepare()
    extensions.remove_foreign()
    extensions.build(force=True)
    return str(maturin.build_wheel(wheel_directory, config_settings, metadata_directory))


def build_editable(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Build the modules into the tree, and a wheel that points to it; return its name."""
    prepare()
    extensions.build()
    return str(maturin.build_editable(wheel_directory, config_settings, metadata_directory))
