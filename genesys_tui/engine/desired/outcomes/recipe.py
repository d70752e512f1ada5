"""The contract of an outcome: what may be asked of it, its one sentence, and the resources that it comes to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Generic

from genesys_tui.engine.model.kind import Placement, Reading, S
from genesys_tui.engine.model.references import referred
from genesys_tui.engine.model.resource import Desired, Outcome, address_of
from genesys_tui.engine.model.specs.base import WISH
from genesys_tui.engine.providers import registry


class Recipe(ABC, Generic[S]):
    """How an outcome is made. It looks at the account (is the zone here?) by the readings of kinds only."""

    name: ClassVar[str]
    title: ClassVar[str]
    """`Static site`: the words in a plan."""
    spec: type[S]
    named_by: ClassVar[str] = ""
    """The field that names it, where that is not its `name`."""

    @abstractmethod
    def sentence(self, name: str, want: S) -> str:
        """What the whole is, in one sentence: its steps stand under it in a plan."""

    @abstractmethod
    def resources(self, parts: Parts, name: str, want: S, place: Placement) -> Reading[None]:
        """Add each resource to `parts`. The same wish comes to the same resources again, as long as the account holds
        what was looked for."""


class Parts:
    """The resources of one outcome, as they are put together."""

    def __init__(self, outcome: Outcome, sentence: str) -> None:
        self._outcome = outcome
        self._sentence = sentence
        self._wanted: dict[str, Desired] = {}

    def add(self, kind: str, name: str, spec: Mapping[str, Any]) -> str:
        """One resource, as a stack file would ask for it (bare names are references). Returns its address."""
        document = registry.spec(kind).model_validate(spec, context=WISH).document
        address = address_of(kind, name)
        outcome = self._outcome
        self._wanted[address] = Desired(
            address, kind, name, document, outcome.complete, mark=outcome.mark, outcome=self._sentence
        )
        return address

    def __iter__(self) -> Iterator[Desired]:
        """Each with the addresses among them that it refers to."""
        for desired in self._wanted.values():
            outputs = (str(output.address) for output in referred(desired.spec))
            yield replace(desired, needs=tuple(dict.fromkeys(one for one in outputs if one in self._wanted)))
