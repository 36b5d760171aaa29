"""Compile `cython/*.pyx` into `python/piker/_cython/`.

Run as `python -m piker_build.extensions` for an editable tree: only what changed is compiled.
"""

from __future__ import annotations

import contextlib
import sys
import sysconfig
import tempfile
from pathlib import Path

__all__ = ['ROOT', 'TARGET', 'build', 'is_current', 'remove_foreign', 'sources']

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / 'cython'
TARGET = ROOT / 'python' / 'piker' / '_cython'
SUFFIX = sysconfig.get_config_var('EXT_SUFFIX')
COMPILE_ARGS = ['-O3', '-std=c11', '-fno-strict-aliasing', '-g0', '-Wno-unused-function']


def sources() -> list[Path]:
    """Return the Cython modules, sorted."""
    return sorted(SOURCES.glob('*.pyx'))


def target_of(source: Path, folder: Path = TARGET) -> Path:
    """Return the extension module that a Cython module becomes for this interpreter."""
    return folder / f'{source.stem}{SUFFIX}'


def is_current(source: Path, folder: Path = TARGET) -> bool:
    """Return whether a module was compiled after its source and all that it may include.

    Parameters
    ----------
    source : Path
        A Cython module.
    folder : Path
        Where its extension module lies.

    Returns
    -------
    bool
        False where it is absent or older than any header, declaration or build rule.
    """
    target = target_of(source, folder)
    if not target.exists():
        return False
    shared = [*SOURCES.glob('*.pxd'), *SOURCES.glob('*.h'), *SOURCES.glob('*.pxi'), Path(__file__)]
    return all(path.stat().st_mtime <= target.stat().st_mtime for path in (source, *shared))


def remove_foreign(folder: Path = TARGET) -> None:
    """Remove extension modules of other interpreters: a wheel must hold those of its own only.

    Parameters
    ----------
    folder : Path
        Where extension modules lie.
    """
    for module in folder.glob('*.so'):
        if not module.name.endswith(SUFFIX):
            module.unlink()


def drop_rpath() -> None:
    """Keep the interpreter's own library folder out of the modules that are linked."""
    variables = sysconfig.get_config_vars()
    for name in ('LDSHARED', 'LDFLAGS', 'LINKFORSHARED', 'PY_LDFLAGS', 'BLDSHARED'):
        if isinstance(value := variables.get(name), str):
            kept = [word for word in value.split() if not word.startswith('-Wl,-rpath')]
            variables[name] = ' '.join(kept)


def build(
    *, folder: Path = TARGET, macros: tuple[str, ...] = (), force: bool = False
) -> list[Path]:
    """Compile what is not current.

    Parameters
    ----------
    folder : Path
        Where the extension modules go.
    macros : tuple of str
        C macros to define, for the deliberately broken builds that tests make.
    force : bool
        Compile all.

    Returns
    -------
    list of Path
        The modules that were compiled.
    """
    stale = [path for path in sources() if force or not is_current(path, folder)]
    if not stale:
        return []
    import numpy as np
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    drop_rpath()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work, contextlib.chdir(ROOT):
        extensions = cythonize(  # type: ignore[no-untyped-call]  # Cython has no types
            [
                Extension(
                    f'piker._cython.{path.stem}',
                    [str(path.relative_to(ROOT))],
                    include_dirs=[str(SOURCES), np.get_include()],
                    define_macros=[
                        ('NPY_NO_DEPRECATED_API', 'NPY_2_0_API_VERSION'),
                        *((macro, '1') for macro in macros),
                    ],
                    extra_compile_args=[*COMPILE_ARGS, f'-ffile-prefix-map={ROOT}=.'],
                    extra_link_args=['-Wl,--strip-all'],
                )
                for path in stale
            ],
            build_dir=work,
            include_path=[str(SOURCES)],
            language_level=3,
            quiet=True,
        )
        command = build_ext(Distribution({'ext_modules': extensions}))
        command.build_lib = str(Path(work, 'lib'))
        command.build_temp = str(Path(work, 'temp'))
        command.ensure_finalized()
        command.run()
        made = []
        for path in stale:
            target = target_of(path, folder)
            built = target_of(path, Path(work, 'lib', 'piker', '_cython'))
            # Written beside and renamed: a process that has the old module mapped keeps it.
            beside = target.with_suffix('.new')
            beside.write_bytes(built.read_bytes())
            beside.chmod(0o755)
            made.append(beside.rename(target))
        return made


if __name__ == '__main__':
    for module in build(force='--force' in sys.argv):
        sys.stdout.write(f'compiled {module.relative_to(ROOT)}\n')
