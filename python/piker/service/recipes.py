"""The daemons that piker knows, and the only place that knows the providers."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from piker.runtime.services import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ['PROVIDERS', 'RECIPES']

PROVIDERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        'replay': ('piker.brokers.replay', 'piker.data.bus'),
    }
)
"""Modules that the daemon of each provider loads and lets peers call remote functions of."""

RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {f'brokerd.{provider}': Recipe(modules) for provider, modules in PROVIDERS.items()}
)
"""How to start each daemon, by name."""
