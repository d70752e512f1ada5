"""Giving back what was adopted: it is remembered no more, our own tags come off, and it stays as it is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from genesys_tui.engine.inventory.observe import Subject
from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.plan import Finding, Plan
from genesys_tui.engine.model.resource import Actual, Fragment
from genesys_tui.engine.planner.decide import NOTHING_WANTED, Decision
from genesys_tui.engine.providers import registry

Fragments = Mapping[str, Fragment]


def chosen(words: Sequence[str], fragments: Fragments, forced: Collection[str], stack: str) -> list[Fragment]:
    """What these addresses, ids, ARNs or names stand for. Raises UsageError for what is not there, or is not to be
    given back: what is only used, and what we made (unless it is forced)."""
    found = {item.address: item for word in words for item in [_named(word, fragments, stack)]}
    if unknown := sorted(set(forced) - found.keys()):
        raise UsageError(f"--force names {unknown[0]}, which is not to be released", todo="name it among the ids too")
    for address, item in found.items():
        if not item.owned:
            raise UsageError(f"{address} is only used, and never was ours", todo="there is nothing to give back")
        if not item.adopted and address not in forced:
            raise UsageError(
                f"{address} was not adopted: stack '{stack}' made it",
                why="released, nobody would manage it, and nothing would ever delete it",
                todo=f"`genesys undo` or `genesys destroy {address}` take it back; --force {address} lets it go",
            )
    return list(found.values())


def stack_of(words: Sequence[str], stacks: Mapping[str, Fragments]) -> str:
    """The stack that has all of these. Raises UsageError where none has, or several."""
    having = [stack for stack, fragments in stacks.items() if all(any(_found(word, fragments)) for word in words)]
    if len(having) == 1:
        return having[0]
    if having:
        raise UsageError(f"{words[0]!r} is in the stacks {', '.join(having)}", todo="say which: --stack")
    raise UsageError(
        f"no stack has {' and '.join(map(repr, words))}",
        todo="see what is managed, and name its address",
        command="genesys inventory",
    )


def _found(word: str, fragments: Fragments) -> list[Fragment]:
    known = fragments.values()
    return [item for item in known if word in (item.address, item.id, item.name, item.outputs.get("arn", ""))]


def _named(word: str, fragments: Fragments, stack: str) -> Fragment:
    found = _found(word, fragments)
    if len(found) > 1:
        several = ", ".join(sorted(item.address for item in found))
        raise UsageError(f"{word!r} is the name of {len(found)} things: {several}", todo="give one's address")
    if not found:
        adopted = sorted(item.address for item in fragments.values() if item.adopted)
        raise UsageError(
            f"stack '{stack}' does not manage {word!r}",
            why=f"adopted are {', '.join(adopted) or 'none'}",
            todo="name one of these, or another stack with --stack",
        )
    return found[0]


def subject(fragment: Fragment) -> Subject:
    """Only its tags are looked at."""
    kind = registry.kind(fragment.kind)
    return Subject(fragment.address, kind, fragment.name, frozenset({"tags"}), fragment)


def decide(fragment: Fragment, actual: Actual | None) -> Decision:
    """To forget it, as what is adopted is forgotten: our own tags come off, whoever made it."""
    kind = registry.kind(fragment.kind)
    ours = replace(fragment, adopted=True)
    return Decision("forget", fragment.address, kind, fragment.name, NOTHING_WANTED, None, ours, actual)


def findings(released: Sequence[Fragment], fragments: Fragments) -> Iterator[Finding]:
    """What the stack and its file still say of it."""
    going = {item.address for item in released}
    for item in released:
        if item.origin == "file":
            message = "a stack file named it: as long as it does, the next plan of that file finds it in its way"
            yield Finding("note", item.address, message, "take it out of the file")
    for other in fragments.values():
        for needed in sorted(going.intersection(other.needs)) if other.address not in going else ():
            yield Finding("note", needed, f"{other.address} refers to it, and goes on doing so")


def as_remembered(plan: Plan, fragments: Fragments) -> Plan:
    """The steps remember what truly was before, so that an undo brings that back."""
    return replace(plan, steps=tuple(replace(step, remembered=fragments[step.address]) for step in plan.steps))
