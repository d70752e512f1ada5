"""A wish made whole: outcomes become resources, resources bring along what belongs to them, and what is taken from this
machine (folders, files, secrets) becomes hashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.model.resource import Fragment, Wish
from genesys_tui.engine.providers import registry


class Reader(Protocol):
    """The part of a session that looks."""

    def run(self, readings: Sequence[Reading[Any]]) -> list[Any | CallError]: ...


def whole_wish(wish: Wish, fragments: Mapping[str, Fragment], reader: Reader, home: Path) -> Wish:  # noqa: ARG001
    """Raises GenesysError for what can't be had from this machine, CallError for what can't be read."""
    resources = {desired.address: desired for desired in wish.resources}
    for desired in list(resources.values()):
        for one in registry.kind(desired.kind).companions(desired, fragments.get(desired.address)):
            if one.address == desired.address or one.address not in resources:
                resources[one.address] = one
    return replace(wish, resources=tuple(resources.values()))
