"""The error tree: drawn as it is, and the same under its public name."""

from __future__ import annotations

import inspect
import re

import piker.errors
from piker.core import errors


def test_the_drawing_is_the_tree() -> None:
    assert errors.__doc__ is not None
    path: list[str] = []
    drawn: dict[str, str] = {}
    for line in errors.__doc__.splitlines():
        if found := re.match(r'    ([│ ]*)(?:[├└]── )?(\w+)(?: \((\w+)\))?(?:   |$)', line):
            depth = (found.start(2) - 4) // 4
            path[depth:] = [found.group(2)]
            if depth:
                drawn[path[depth]] = path[depth - 1]
    classes = inspect.getmembers(errors, inspect.isclass)
    assert drawn == {
        name: kind.__bases__[0].__name__ for name, kind in classes if kind is not errors.PikerError
    }
    assert errors.InputError.__bases__ == (errors.PikerError, ValueError)


def test_the_public_name_has_all_of_it() -> None:
    assert set(piker.errors.__all__) == set(errors.__all__)
    assert all(getattr(piker.errors, name) is getattr(errors, name) for name in errors.__all__)
