"""Before something is adopted: whose it is, how safe that is, and what its owner will do. Looks at single things; a
sweep judges all of an account by the same rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from genesys_tui.engine.inventory.adoption import adoption_of, surroundings
from genesys_tui.engine.inventory.ownership import Evidence, Subject, judged
from genesys_tui.engine.inventory.stacks import stack_of
from genesys_tui.engine.model.adoption import Adoption
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.owner import Claim, CloudStack, Owner
from genesys_tui.engine.model.plan import Finding, Plan
from genesys_tui.engine.model.resource import Actual, Wish
from genesys_tui.engine.planner.decide import Decision
from genesys_tui.engine.providers import registry
from genesys_tui.engine.providers.aws.session import Session

NEXT: Final[Mapping[str, str]] = {
    "terraform": "its next apply puts its own settings and tags back, and its destroy deletes it",
    "pulumi": "its next `pulumi up` puts its own settings back, and `pulumi destroy` deletes it",
    "autoscaling": "the group ends it whenever it wants another",
    "ecs": "the service replaces it whenever it wants another",
    "eks": "the cluster's controllers put it back, or delete it with what it belongs to",
    "backup": "the backup plan deletes it when its time is over",
    "aws": "the service that made it may change or delete it",
    "genesys": "the stack that has it would plan it back",
}
"""What a tool does the next time it runs; of those that work by CloudFormation, see `STACK`."""
STACK: Final = "its next deployment puts back what the template says, and deleting the stack deletes it"


@dataclass(frozen=True, slots=True)
class Swept:
    """The account as it was seen last; empty where it never was."""

    actuals: Sequence[Actual] = ()
    stacks: Sequence[CloudStack] = ()


@dataclass(frozen=True, slots=True)
class Taking:
    """What is known of a thing that is to be adopted, or stands in the way."""

    owner: Owner | None
    adoption: Adoption | None


def assess(
    session: Session,
    decided: Sequence[Decision],
    claims: Callable[[], tuple[Claim, ...]],
    swept: Callable[[], Swept],
) -> dict[str, Taking]:
    """By address, of what is to be adopted and of what was found under a wanted name. `swept`: the account as it was
    swept last, which tells what tools work in it."""
    there = {item.address: item.actual for item in decided if item.verdict in ("adopt", "taken") and item.actual}
    if not there:
        return {}
    whole = _with_tags(session, decided, there)
    before = swept()
    stacks = _stacks(session, list(whole.values()))
    evidence = Evidence(None if stacks is None else (*stacks, *before.stacks), claims())
    subjects = {address: Subject(actual) for address, actual in whole.items()}
    keys = {subject.key for subject in subjects.values()}
    beside = [one for one in map(Subject, before.actuals) if one.key not in keys]
    account = [*subjects.values(), *beside]
    judgements = judged(account, evidence)
    around = surroundings(account, judgements, evidence)
    now = datetime.now(UTC)
    return {
        address: Taking(
            judgements[subject.key].owner, adoption_of(subject.actual, judgements[subject.key], around, now)
        )
        for address, subject in subjects.items()
    }


def _with_tags(session: Session, decided: Sequence[Decision], there: Mapping[str, Actual]) -> dict[str, Actual]:
    """What a wanted name was taken by was looked at for what is wanted only."""
    asked = [item for item in decided if item.address in there and "tags" not in there[item.address].spec]
    answers = session.run([item.kind.read(there[item.address].id, frozenset({"tags"})) for item in asked])
    read = {
        item.address: replace(answer, spec={**answer.spec, **there[item.address].spec})
        for item, answer in zip(asked, answers, strict=True)
        if isinstance(answer, Actual)
    }
    return {**there, **read}


def _stacks(session: Session, actuals: Sequence[Actual]) -> tuple[CloudStack, ...] | None:
    """The stacks that hold them; None where CloudFormation can't be asked."""
    found: list[CloudStack] = []
    urls = (registry.kind(one.kind).outputs_of(one).get("url", "") for one in actuals)
    for answer in session.run([stack_of(one, url) for one, url in zip(actuals, urls, strict=True)]):
        if isinstance(answer, CallError):
            return None
        found += answer
    return tuple(found)


def findings(decided: Sequence[Decision], known: Mapping[str, Taking], wish: Wish, stack: str) -> Iterator[Finding]:
    """What another tool manages is refused, unless it was forced by name; and how safe the rest is. What bears the mark
    of this very stack comes home."""
    for item in decided:
        taking = known.get(item.address)
        if taking is None:
            continue
        owner = taking.owner
        if owner is not None and (owner.tool, owner.id) == ("genesys", stack):
            yield Finding("note", item.address, "it bears the mark of this stack, whose state was elsewhere")
        elif owner is not None and item.verdict == "adopt":
            whose = f"{owner.tool} manages it" + (f" ({owner.id})" if owner.id else "")
            then = NEXT.get(owner.tool, STACK)
            if item.address in wish.forced:
                yield Finding("warning", item.address, f"{whose}: {then}", f"let {owner.tool} forget it first")
            else:
                message = f"{whose}: {owner.evidence[0]}; {then}"
                yield Finding("blocked", item.address, message, f"--force {item.address} takes it all the same")
        elif taking.adoption is not None:
            yield Finding("note", item.address, _in_words(taking.adoption))


def with_doubts(plan: Plan, known: Mapping[str, Taking], threshold: float) -> Plan:
    """The steps that adopt what scores below the threshold say why they want a typed confirmation."""
    steps = (
        replace(step, doubt=_doubt(known[step.address], threshold))
        if step.action == "adopt" and step.address in known
        else step
        for step in plan.steps
    )
    return replace(plan, steps=tuple(steps))


def _doubt(taking: Taking, threshold: float) -> str:
    adoption = taking.adoption
    if adoption is None or adoption.high >= threshold or (taking.owner and taking.owner.tool == "genesys"):
        return ""
    return f"it scores {adoption.score:.2f}" + (f": {worst.words}" if (worst := adoption.worst) else "")


def _in_words(adoption: Adoption) -> str:
    """`taking it over scores 0.86 (high): nobody is known to manage it; against it: no tag says whose it is`"""
    best = adoption.best
    risks = sorted(adoption.risks, key=lambda risk: risk.points)[:2]
    score = f"{adoption.score:.2f}" if adoption.final else f"{adoption.low:.2f} to {adoption.high:.2f}"
    against = f"; against it: {'; '.join(risk.words for risk in risks)}" if risks else ""
    return f"taking it over scores {score} ({adoption.confidence})" + (f": {best.words}" if best else "") + against
