"""The outcomes there are: a new one is its recipe and one line here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genesys_tui.engine.desired.outcomes.recipe import Recipe

OUTCOMES = {"api": "Api", "static-site": "StaticSite", "web-app": "WebApp"}
"""By word: the class, in the module of that name."""


def names() -> tuple[str, ...]:
    """The words for all outcomes, sorted."""
    return tuple(sorted(OUTCOMES))


@cache
def recipe(name: str) -> Recipe[Any]:
    """The recipe of that name, loaded when it is first asked for. Raises KeyError."""
    module = import_module(f"genesys_tui.engine.desired.outcomes.{name.replace('-', '_')}")
    loaded: Recipe[Any] = getattr(module, OUTCOMES[name])()
    return loaded
