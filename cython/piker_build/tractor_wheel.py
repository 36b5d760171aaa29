"""Make the distribution `piker-tractor` from the published source of `tractor`.

`tractor` 0.1.0a5 is the newest release, and cannot be installed as published: its metadata names
a git address for `pdbpp`, and it uses names that trio dropped. This module takes the source
distribution from the package index, applies the substitutions below, corrects the metadata, and
packs a wheel under a name of its own; the import name stays `tractor`. No code of tractor is
stored here, only these rules. Each must match as often as it says, else the build stops: a changed
source is never patched by guess.

Run as `python -m piker_build.tractor_wheel DIST`.
"""

from __future__ import annotations

import email
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

__all__ = ['NAME', 'RULES', 'SOURCE', 'VERSION', 'Rule', 'RuleMismatchError', 'apply', 'build']

SOURCE = 'tractor==0.1.0a5'
NAME = 'piker-tractor'
VERSION = '0.1.0a5.post1'
REQUIRES = (
    'trio<0.36,>=0.30',
    'async_generator',
    'tricycle',
    'colorlog',
    'wrapt',
    'msgspec',
    'pdbp>=1.8',
)
SUMMARY = 'tractor 0.1.0a5 corrected for current trio and Python; the import name is tractor'
CHANGES = """
Changes made to tractor 0.1.0a5 by the piker project, under the same licence (AGPL-3.0-or-later):
trio.MultiError became BaseExceptionGroup; trio is run with strict_exception_groups=False, and the
deprecation warning of exactly those calls is silenced; a trio.Event is compared with None instead
of taken as a truth value; a process is terminated and awaited instead of closed; pdbp serves as pdbpp; the module that a spawned process runs is named by
the global tractor._spawn.child_module; trio's own TaskStatus is used; a child that ends before it
connects is an error at once; the console's dependency on a git address is gone.
"""


class RuleMismatchError(Exception):
    """A substitution did not match as often as it must: the source is not the one it is for."""


class Rule(NamedTuple):
    """One substitution.

    Attributes
    ----------
    path : str
        File within the package, for example '_actor.py'.
    old, new : str
        The exact text, and what takes its place.
    times : int
        How often `old` must occur.
    """

    path: str
    old: str
    new: str
    times: int = 1


LENIENT_HELPER = '''
def _lenient_run(main):
    """Run trio with groups that a single exception is not wrapped in."""
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', trio.TrioDeprecationWarning)
        return trio.run(main, strict_exception_groups=False)
'''

PEER_HELPER = '''
async def _wait_for_peer_or_end(actor, uid, proc):
    """Wait until a spawned process connects back, or ends before it does."""
    async with trio.open_nursery() as nursery:
        async def raise_at_end():
            code = await proc.wait()
            raise RuntimeError(f'{uid[0]} ended with code {code} before it connected')
        nursery.start_soon(raise_at_end)
        found = await actor.wait_for_peer(uid)
        nursery.cancel_scope.cancel()
    return found
'''

RULES = (
    Rule('__init__.py', 'from trio import MultiError\n', 'MultiError = BaseExceptionGroup\n'),
    Rule('_actor.py', 'from trio_typing import TaskStatus\n', 'from trio import TaskStatus\n'),
    Rule('_debug.py', 'from trio_typing import TaskStatus\n', 'from trio import TaskStatus\n'),
    Rule(
        'trionics/_mngrs.py',
        'from trio_typing import TaskStatus\n',
        'from trio import TaskStatus\n',
    ),
    Rule('_spawn.py', 'from trio_typing import TaskStatus\n', 'from trio import TaskStatus\n'),
    Rule(
        '_actor.py',
        '            except trio.MultiError:\n',
        '            except BaseExceptionGroup:\n',
    ),
    Rule(
        '_actor.py',
        '        Exception,\n        trio.MultiError\n',
        '        Exception,\n        BaseExceptionGroup\n',
    ),
    Rule('_actor.py', 'Union[Exception, trio.MultiError]', 'Union[Exception, BaseExceptionGroup]'),
    Rule('_actor.py', '        if event:\n', '        if event is not None:\n'),
    Rule('_actor.py', '(RuntimeError, trio.MultiError)', '(RuntimeError, BaseExceptionGroup)'),
    Rule(
        '_actor.py', '(Exception, trio.MultiError) as err', '(Exception, BaseExceptionGroup) as err'
    ),
    Rule('_debug.py', '    import pdbpp\n', '    import pdbp as pdbpp\n'),
    Rule('_entry.py', 'trio.run(trio_main)', '_lenient_run(trio_main)', 2),
    Rule('_entry.py', '\ndef _mp_main(', f'{LENIENT_HELPER}\n\ndef _mp_main('),
    Rule(
        '_exceptions.py',
        '    return not trio.MultiError.filter(\n'
        '        lambda exc: exc if not isinstance(exc, trio.Cancelled) else None,\n'
        '        exc,\n'
        '    )\n',
        '    if isinstance(exc, BaseExceptionGroup):\n'
        '        return exc.split(trio.Cancelled)[1] is None\n'
        '    return isinstance(exc, trio.Cancelled)\n',
    ),
    Rule(
        '_root.py', '(Exception, trio.MultiError) as err', '(Exception, BaseExceptionGroup) as err'
    ),
    Rule(
        '_root.py',
        '    return trio.run(_main)\n',
        '    from ._entry import _lenient_run\n    return _lenient_run(_main)\n',
    ),
    Rule(
        '_spawn.py', '(Exception, trio.MultiError) as err', '(Exception, BaseExceptionGroup) as err'
    ),
    Rule(
        '_spawn.py',
        '\nasync def new_proc(',
        f"{PEER_HELPER}\n\nchild_module = 'tractor._child'\n\n\nasync def new_proc(",
    ),
    Rule(
        '_spawn.py',
        '                event, chan = await actor_nursery._actor.wait_for_peer(\n'
        '                    subactor.uid)\n',
        '                event, chan = await _wait_for_peer_or_end(\n'
        '                    actor_nursery._actor, subactor.uid, proc)\n',
    ),
    Rule('_spawn.py', '            "tractor._child",\n', '            child_module,\n'),
    Rule(
        '_spawn.py',
        '        async with proc:  # calls ``trio.Process.aclose()``\n'
        '            log.debug(f"Terminating {proc}")\n',
        '        proc.terminate()\n        await proc.wait()\n',
    ),
    Rule('_supervise.py', 'except trio.MultiError as merr', 'except BaseExceptionGroup as merr'),
    Rule(
        '_supervise.py',
        'raise trio.MultiError(merr.exceptions + [err])',
        "raise BaseExceptionGroup('actors failed', [*merr.exceptions, err])",
    ),
    Rule(
        '_supervise.py',
        '            Exception,\n            trio.MultiError,\n',
        '            Exception,\n            BaseExceptionGroup,\n',
    ),
    Rule(
        '_supervise.py',
        'raise trio.MultiError(tuple(errors.values()))',
        "raise BaseExceptionGroup('actors failed', list(errors.values()))",
    ),
    Rule(
        'to_asyncio.py',
        '        trio.lowlevel.start_guest_run(\n'
        '            trio_main,\n'
        '            run_sync_soon_threadsafe=loop.call_soon_threadsafe,\n'
        '            done_callback=trio_done_callback,\n'
        '        )\n',
        '        import warnings\n'
        '        with warnings.catch_warnings():\n'
        "            warnings.simplefilter('ignore', trio.TrioDeprecationWarning)\n"
        '            trio.lowlevel.start_guest_run(\n'
        '                trio_main,\n'
        '                run_sync_soon_threadsafe=loop.call_soon_threadsafe,\n'
        '                done_callback=trio_done_callback,\n'
        '                strict_exception_groups=False,\n'
        '            )\n',
    ),
)

# What an installer adds to a wheel's own metadata.
INSTALLED_ONLY = (
    'INSTALLER',
    'RECORD',
    'REQUESTED',
    'direct_url.json',
    'uv_build.json',
    'uv_cache.json',
)

# What is left of the old names after the rules: mentions in prose only.
LEFTOVER = re.compile(r'^[^#\n"`]*\btrio\.MultiError\b', re.MULTILINE)


def apply(package: Path, rules: tuple[Rule, ...] = RULES) -> None:
    """Apply the substitutions to an unpacked package.

    Parameters
    ----------
    package : Path
        The folder `tractor` of the unpacked wheel.
    rules : tuple of Rule
        What to substitute.

    Raises
    ------
    RuleMismatchError
        When a rule does not match as often as it must, or an old name is left in code.
    """
    for rule in rules:
        path = package / rule.path
        text = path.read_text()
        found = text.count(rule.old)
        if found != rule.times:
            raise RuleMismatchError(
                f'{rule.path}: wanted {rule.times} times, found {found} times: {rule.old!r}'
            )
        path.write_text(text.replace(rule.old, rule.new))
    for path in sorted(package.rglob('*.py')):
        if match := LEFTOVER.search(path.read_text()):
            raise RuleMismatchError(f'{path.name}: an old name is left: {match.group().strip()!r}')


def corrected_metadata(text: str) -> str:
    """Return METADATA with our name, version, requirements and statement of changes.

    Parameters
    ----------
    text : str
        METADATA of the wheel that the published source builds.

    Returns
    -------
    str
        The corrected file.
    """
    message = email.message_from_string(text)
    for field in ('Name', 'Version', 'Summary', 'Requires-Dist', 'Requires-Python'):
        del message[field]
    message['Name'] = NAME
    message['Version'] = VERSION
    message['Summary'] = SUMMARY
    message['Requires-Python'] = '>=3.11'
    for requirement in REQUIRES:
        message['Requires-Dist'] = requirement
    message.set_payload(f'{CHANGES.strip()}\n\n{message.get_payload()}')
    return message.as_string()


def run(*arguments: str | Path) -> None:
    """Run a Python module quietly, showing what it said only where it failed."""
    done = subprocess.run(
        [sys.executable, '-m', *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise SystemExit(f'python -m {arguments[0]} failed while building {NAME}')


def build(dist: Path) -> Path:
    """Build the corrected wheel.

    Parameters
    ----------
    dist : Path
        Folder for the wheel; it is made where absent.

    Returns
    -------
    Path
        The wheel.

    Raises
    ------
    RuleMismatchError
        When the published source is not the one the rules are for.
    """
    dist.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        tree = work / 'tree'
        # Installed rather than packed: pip refuses even to build what names a git address.
        # Copied: by default the files are the cache's own, and would be changed there too.
        run(
            'uv',
            'pip',
            'install',
            '--quiet',
            '--link-mode',
            'copy',
            '--python',
            sys.executable,
            '--no-deps',
            '--no-binary',
            'tractor',
            '--target',
            tree,
            SOURCE,
        )
        apply(tree / 'tractor')
        (old_info,) = tree.glob('*.dist-info')
        info = old_info.rename(tree / f'{NAME.replace("-", "_")}-{VERSION}.dist-info')
        for name in INSTALLED_ONLY:
            (info / name).unlink(missing_ok=True)
        metadata = info / 'METADATA'
        metadata.write_text(corrected_metadata(metadata.read_text()))
        (work / 'packed').mkdir()
        run('wheel', 'pack', '--dest-dir', work / 'packed', tree)
        (packed,) = (work / 'packed').glob('*.whl')
        return Path(shutil.move(packed, dist / packed.name))


if __name__ == '__main__':
    sys.stdout.write(f'{build(Path(sys.argv[1]))}\n')
