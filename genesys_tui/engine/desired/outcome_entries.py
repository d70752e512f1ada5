"""The `outcomes` of a stack file."""

from __future__ import annotations

from collections.abc import Iterator

from genesys_tui.engine.desired.check import FlawedError, checked
from genesys_tui.engine.desired.outcomes import catalog
from genesys_tui.engine.desired.tree import Node, Plain, Source, Trail, follow, shown
from genesys_tui.engine.desired.vocabulary import suggestion
from genesys_tui.engine.model.resource import Outcome
from genesys_tui.engine.model.specs.base import Spec


def wanted_outcomes(node: Node, source: Source) -> tuple[Outcome, ...]:
    """Each word holds one outcome, or a list of them. Mistakes go to `source`."""
    if not isinstance(node.value, dict):
        source.problem(
            node, ("outcomes",), f"`outcomes` can't be {node}", f"write one of: {', '.join(catalog.names())}"
        )
        return ()
    return tuple(outcome for word, inner in node.value.items() for outcome in _of_word(word, inner, source))


def _of_word(word: str, node: Node, source: Source) -> Iterator[Outcome]:
    trail: Trail = ("outcomes", word)
    if word not in catalog.names():
        source.problem(node, trail, f"{shown(word)} is no outcome", suggestion(word, catalog.names(), "outcomes"))
        return
    entries = enumerate(node.value) if isinstance(node.value, list) else [(None, node)]
    for place, entry in entries:
        yield from _outcome(word, entry, trail if place is None else (*trail, place), source)


def _outcome(word: str, node: Node, trail: Trail, source: Source) -> Iterator[Outcome]:
    recipe = catalog.recipe(word)
    key = recipe.named_by or "name"
    if not isinstance(node.value, dict):
        source.problem(node, trail, f"`{word}` can't be {node}", f"write `{key}: ...` under it")
        return
    asked = {field: _plain(inner) for field, inner in node.value.items() if field != "name"}
    said = node.value.get(key)
    if said is None or not isinstance(said.value, str) or not said.value:
        source.problem(
            said or node, (*trail, key) if said else trail, f"the {word} has no `{key}`", f"add `{key}: ...`"
        )
        return
    spec: type[Spec] = recipe.spec
    try:
        document = checked(spec, asked, also=("name",), written=lambda at: str(follow(node, at))).document
    except FlawedError as error:
        for flaw in error.flaws:
            subject = next((step for step in reversed(flaw.trail) if isinstance(step, str)), word)
            source.problem(follow(node, flaw.trail), (*trail, *flaw.trail), f"`{subject}` {flaw.what}", flaw.fix)
        return
    yield Outcome(word, said.value, document, complete=True, mark=source.mark(node, trail))


def _plain(node: Node) -> Plain:
    match node.value:
        case dict():
            return {key: _plain(inner) for key, inner in node.value.items()}
        case list():
            return [_plain(inner) for inner in node.value]
        case _:
            return node.value
