"""The kinds there are: a new one is its spec, its lowering, and one line here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from genesys_tui.engine.model.kind import Kind

KINDS = {
    "bucket": "genesys_tui.engine.providers.aws.bucket:Bucket",
    "network": "genesys_tui.engine.providers.aws.network:Network",
}


def names() -> tuple[str, ...]:
    """The words for all kinds, sorted."""
    return tuple(sorted(KINDS))


@cache
def kind(name: str) -> Kind[Any]:
    """The kind of that name, loaded when it is first asked for. Raises KeyError."""
    module, _, cls = KINDS[name].partition(":")
    loaded: Kind[Any] = getattr(import_module(module), cls)()
    return loaded
