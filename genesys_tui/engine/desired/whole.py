"""A wish made whole: outcomes become resources, resources bring along what belongs to them, and what is taken from this
machine (folders, files, secrets) becomes hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from genesys_tui.engine.desired.outcomes import catalog
from genesys_tui.engine.desired.outcomes.recipe import Parts
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Placement, Reading
from genesys_tui.engine.model.resource import Desired, Fragment, Outcome, Wish
from genesys_tui.engine.providers import registry

SEALED_BY: Mapping[str, str] = {
    "content": "folders",
    "parameter": "secrets",
    "secret": "secrets",
}
"""The kinds that take something from this machine, and the module beside this one whose `sealed` looks at it."""

CODE = frozenset({"source", "starter"})
"""What a function takes from this machine."""

Build = Callable[[Desired, Fragment | None], Sequence[Desired]]
"""Makes of a function's code what is sent: the function, and what it brings along for it. Raises GenesysError."""


class Reader(Protocol):
    """The part of a session that looks."""

    def run(self, readings: Sequence[Reading[Any]]) -> list[Any | CallError]: ...


def whole_wish(
    wish: Wish, fragments: Mapping[str, Fragment], reader: Reader, place: Placement, home: Path, build: Build
) -> Wish:
    """What is written wins over what is brought along. Raises GenesysError for what can't be had from this machine,
    CallError for what can't be read."""
    resources = {desired.address: desired for desired in wish.resources}
    for part in _parts(wish.outcomes, reader, place):
        resources.setdefault(part.address, part)
    for desired in list(resources.values()):
        for one in registry.kind(desired.kind).companions(desired, fragments.get(desired.address)):
            if one.address == desired.address or one.address not in resources:
                resources[one.address] = one
    sealed = dict(resources)
    for desired in resources.values():
        for one in _sealed(desired, fragments.get(desired.address), home, build):
            if one.address == desired.address or one.address not in resources:
                sealed[one.address] = one
    return replace(wish, resources=tuple(sealed.values()))


def _parts(outcomes: Sequence[Outcome], reader: Reader, place: Placement) -> Iterator[Desired]:
    """What outcomes come to, all looked up side by side."""
    together, readings = [], []
    for outcome in outcomes:
        recipe = catalog.recipe(outcome.kind)
        want = recipe.spec.of(outcome.spec)
        parts = Parts(outcome, recipe.sentence(outcome.name, want))
        together.append(parts)
        readings.append(recipe.resources(parts, outcome.name, want, place))
    for answer in reader.run(readings) if readings else ():
        if isinstance(answer, CallError):
            raise answer
    for parts in together:
        yield from parts


def _sealed(desired: Desired, fragment: Fragment | None, home: Path, build: Build) -> Sequence[Desired]:
    if desired.kind == "function" and CODE & desired.spec.keys():
        return build(desired, fragment)
    if desired.kind not in SEALED_BY:
        return (desired,)
    module = import_module(f"genesys_tui.engine.desired.{SEALED_BY[desired.kind]}")
    sealed: Callable[[Desired, Path], Desired] = module.sealed
    return (sealed(desired, home),)
