"""An account that is being told: what its builders put into it, in order."""

from __future__ import annotations

from genesys_tui.engine.model.document import Document, Leaf
from genesys_tui.engine.model.resource import Actual, address_of
from tests.corpus.builders.things import Place, Tags, other, shown
from tests.corpus.record import Account, Labelled, Owner, Stack, Wanted

Entry = tuple[str, str, Document, "Actual | None"]
"""Kind, name, what the stack file says of it, and its true partner."""


class Book:
    """Collects an account. Builders of tools write into it."""

    def __init__(
        self, name: str, story: str, number: str, region: str, *, held_out: bool = False, began: str = "2021-02-01"
    ) -> None:
        self.name, self.story, self.held_out = name, story, held_out
        self.at = Place(number, region, began)
        self.stacks: list[Stack] = []
        self.state_files: dict[str, str] = {}
        self._labelled: list[Labelled] = []
        self._wishes: list[tuple[Wanted, ...]] = []

    def keep(self, actual: Actual, owner: Owner | None, story: str) -> Actual:
        """Puts a thing in, with its truth."""
        safe = owner is None and not actual.of_aws and not actual.transition
        self._labelled.append(Labelled(actual, owner, story, safe))
        return actual

    def by_hand(
        self,
        kind: str,
        *names: str,
        tags: Tags | None = None,
        story: str = "clicked together in the console",
        transition: str = "",
        path: str = "/",
        **spec: Leaf,
    ) -> tuple[Actual, ...]:
        """Things that nobody's tool keeps."""
        return tuple(
            self.keep(shown(self.at, kind, name, tags, spec, transition=transition, path=path), None, story)
            for name in names
        )

    def one_by_hand(
        self, kind: str, name: str, tags: Tags | None = None, story: str = "", seed: str = "", **spec: Leaf
    ) -> Actual:
        """A single thing of nobody's, to be referred to."""
        made = shown(self.at, kind, name, tags, spec, seed=seed)
        return self.keep(made, None, story or "clicked together in the console")

    def owned(
        self,
        owner: Owner,
        kind: str,
        name: str,
        tags: Tags | None = None,
        story: str = "",
        seed: str = "",
        **spec: Leaf,
    ) -> Actual:
        """A single thing of some tool's."""
        return self.keep(shown(self.at, kind, name, tags, spec, seed=seed), owner, story or f"made by {owner.tool}")

    def told(self, owner: Owner | None, service: str, rest: str, tags: Tags, story: str, **spec: Leaf) -> Actual:
        """Something without a kind, which only the tagging API shows."""
        return self.keep(other(self.at, service, rest, tags, **spec), owner, story)

    def owner_of(self, actual: Actual) -> Owner | None:
        """The truth of what was put in before."""
        return next(one.owner for one in self._labelled if one.actual is actual)

    def log_of(self, *functions: Actual, retention: int | None = None) -> None:
        """The log groups that Lambda makes at a function's first run: they belong to it."""
        for function in functions:
            group = shown(self.at, "log-group", f"/aws/lambda/{function.name}", None, {"retention": retention})
            self.keep(group, self.owner_of(function), f"made by Lambda for {function.name}")

    def wish(self, *entries: Entry) -> None:
        """A stack file to be matched."""
        self._wishes.append(
            tuple(
                Wanted(address_of(kind, name), kind, name, spec, partner.arn if partner else None)
                for kind, name, spec, partner in entries
            )
        )

    def account(self) -> Account:
        """What was told, as a record."""
        return Account(
            self.name,
            self.story,
            self.at.number,
            self.at.region,
            self.held_out,
            tuple(self._labelled),
            tuple(self.stacks),
            dict(self.state_files),
            tuple(self._wishes),
        )
