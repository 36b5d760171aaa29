"""The actor tree: open or join one, find and spawn daemons, check peers, watch parents.

The only package that knows tractor's insides. Names are loaded when first used, so that listing
services does not start an actor runtime.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from piker.runtime.guard import remote
    from piker.runtime.records import list_services
    from piker.runtime.services import Recipe
    from piker.runtime.tree import Tree, open_tree

__all__ = ['Recipe', 'Tree', 'list_services', 'open_tree', 'remote']

HOMES = {
    'Recipe': 'services',
    'Tree': 'tree',
    'list_services': 'records',
    'open_tree': 'tree',
    'remote': 'guard',
}


def __getattr__(name: str) -> object:
    if name not in HOMES:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(importlib.import_module(f'{__name__}.{HOMES[name]}'), name)
