"""May we take this existing resource over, and how safe is that? A score from 0 to 1, with its reasons. Pure.

Each part gives a share of its weight, and says why. What is not read yet widens the score to a range.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from genesys_tui.engine.inventory.ownership import Evidence, Judgement, Subject
from genesys_tui.engine.model.adoption import Adoption, Remark
from genesys_tui.engine.model.document import UNSET, Document, leaves, lookup, same
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers import registry

WEIGHTS: Final[Mapping[str, float]] = {
    "ownership": 0.45,  # to take what another tool manages breaks both: nothing else comes near it
    "state": 0.15,  # what is being made or deleted is somebody's work of this minute
    "configuration": 0.12,  # what is set up well is understood, and changes little later
    "tags": 0.08,  # who is named can be asked
    "naming": 0.08,  # people name things so that they can be read; programs number them
    "activity": 0.07,  # what was made today may belong to whom we can't see yet
    "change": 0.05,  # what stays as it is can't break
}
"""The parts of the score, and what each is worth. They sum to 1."""

FOREIGN: Final = 0.2
"""The most that another tool's thing can score."""
UNSETTLED: Final = 0.49
"""The most that a thing under way can score: it is never more than low."""
YOUNG: Final = timedelta(days=1)

_PEOPLE: Final = re.compile(
    r"(?i)(team|owner|contact|project|app(lication)?|service|env(ironment)?|stage|cost.?cent(er|re))"
)
_NUMBERED: Final = re.compile(r"[0-9a-f]{8,}|[A-Z0-9]{12,}|[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
_TERRAFORM: Final = re.compile(r"(?i).*(terraform|tofu|tf)[-_.]?(state|lock|backend).*")
_PASSING: Final = re.compile(r"(?i)(te?mp|test|delete[-_]?me|untitled|foo|bar)([-_.\d].*)?")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the account as a whole tells. `terraform`: a sign that Terraform works here, though no state of it was
    given; empty where there is none."""

    stacks_listed: bool
    terraform: str = ""


@dataclass(frozen=True, slots=True)
class _Share:
    """What a part gives: from 0 to 1, and what it may become (`most`) once more is read."""

    part: str
    share: float
    words: str
    most: float | None = None


def surroundings(subjects: Sequence[Subject], judgements: Mapping[str, Judgement], evidence: Evidence) -> Surroundings:
    """Look around once, for the scores of all."""
    claimed = any(claim.tool == "terraform" for claim in evidence.claims)
    signs = _said_unclaimed(subjects, judgements) if claimed else _terraform_signs(subjects, judgements)
    return Surroundings(evidence.stacks is not None, min(signs, default=(0, ""))[1])


_Sign: TypeAlias = tuple[int, str]
"""How well it serves to be told (the least first), and the words: what shows that Terraform is used, and what to do."""


def _said_unclaimed(subjects: Sequence[Subject], judgements: Mapping[str, Judgement]) -> Iterator[_Sign]:
    """Things that are said to be Terraform's, and that no state which was given holds: there is another one."""
    for one in subjects:
        if any(doubt.tool == "terraform" for doubt in judgements[one.key].doubts):
            what = f"{one.actual.kind} {one.actual.name}"
            yield 0, f"no state that was given holds {what}: give the one that does: genesys adopt --owned-by FILE"


def _terraform_signs(subjects: Sequence[Subject], judgements: Mapping[str, Judgement]) -> Iterator[_Sign]:
    """Where a bucket seems to hold the state, that is what to look into."""
    for one in subjects:
        kind, name = one.actual.kind, one.actual.name
        if kind == "bucket" and _TERRAFORM.fullmatch(name):
            yield 0, f"its state seems to be in bucket {name}: genesys adopt --owned-by s3://{name}/"
        elif kind == "table" and _TERRAFORM.fullmatch(name):
            yield 2, f"table {name} looks like its own: give its state: genesys adopt --owned-by FILE"
        owner = judgements[one.key].owner
        if owner is not None and owner.tool == "terraform":
            yield 1, f"{kind} {name} is Terraform's: give its state: genesys adopt --owned-by FILE"


def adoption_of(
    actual: Actual,
    judgement: Judgement,
    around: Surroundings,
    now: datetime,
    desired: Document | None = None,
) -> Adoption | None:
    """None for what has no kind: it can't be taken over. `desired`: what a stack file asks of it."""
    if actual.kind not in registry.names():
        return None
    shares = [
        _ownership(judgement, around),
        _state(actual),
        _configuration(actual, desired),
        _tags(actual),
        _naming(actual),
        _activity(actual, now),
        _change(actual, desired),
    ]
    low = sum(WEIGHTS[one.part] * one.share for one in shares)
    high = sum(WEIGHTS[one.part] * max(one.share, one.most or 0) for one in shares)
    most = FOREIGN if judgement.owner is not None else UNSETTLED if actual.transition else 1.0
    reasons = tuple(Remark(one.words, _points(one)) for one in shares if one.share >= 0.7)
    risks = tuple(Remark(one.words, _points(one)) for one in shares if one.share < 0.7)
    low, high = round(min(low, most), 2), round(min(high, most), 2)
    return Adoption(low, low, high, reasons, risks)


def _points(one: _Share) -> float:
    return round(WEIGHTS[one.part] * (one.share if one.share >= 0.7 else one.share - 1), 3)


# the parts --------------------------------------------------------------------------------------------------------
def _ownership(judgement: Judgement, around: Surroundings) -> _Share:
    owner = judgement.owner
    if owner is not None:
        whose = f"{owner.tool} ({owner.id})" if owner.id else owner.tool
        return _Share("ownership", 0.0, f"{whose} manages it: {owner.evidence[0]}")
    if judgement.doubts:
        doubt = judgement.doubts[0]
        return _Share("ownership", 0.3, f"perhaps {doubt.tool} manages it: {doubt.evidence[0]}")
    if not around.stacks_listed:
        return _Share("ownership", 0.4, "CloudFormation's stacks could not be listed: one may own it")
    if around.terraform:
        return _Share("ownership", 0.4, f"Terraform leaves no tag and is used here; {around.terraform}")
    return _Share("ownership", 1.0, "no stack of CloudFormation lists it, and no tag or name speaks of a tool")


def _state(actual: Actual) -> _Share:
    if actual.transition:
        return _Share("state", 0.0, f"it is {actual.transition} right now")
    return _Share("state", 1.0, "nothing is under way with it")


def _configuration(actual: Actual, desired: Document | None) -> _Share:
    """Against what is wanted, else against good practice. What was not read yet may be right or wrong."""
    wanted = dict(leaves(desired if desired is not None else registry.kind(actual.kind).defaults))
    against = "the stack file" if desired is not None else "good practice"
    if not wanted:
        return _Share("configuration", 0.8, "good practice asks for nothing here")
    told = {path: lookup(actual.spec, path) for path in wanted}
    right = sum(same(value, wanted[path]) for path, value in told.items() if value is not UNSET)
    unread = sum(value is UNSET for value in told.values())
    share, most = right / len(wanted), (right + unread) / len(wanted)
    if unread == len(wanted):
        return _Share("configuration", 0.5, f"its settings were not compared with {against} yet", 1.0)
    words = f"{right} of {len(wanted)} settings are as {against} has them"
    return _Share("configuration", max(share, 0.3), words, most)


def _tags(actual: Actual) -> _Share:
    mine = [key for key in actual.tags if not key.startswith("aws:")]
    named = [key for key in mine if _PEOPLE.search(key)]
    if named:
        return _Share("tags", 1.0, f"its tags say whose it is: {', '.join(sorted(named)[:3])}")
    return _Share("tags", 0.8, "it bears tags") if mine else _Share("tags", 0.5, "no tag says whose it is")


def _naming(actual: Actual) -> _Share:
    if _PASSING.fullmatch(actual.name):
        return _Share("naming", 0.4, "its name sounds like something for a while")
    if actual.name == actual.id and "-" in actual.id and _NUMBERED.search(actual.name):
        return _Share("naming", 0.6, "nobody gave it a name")
    if _NUMBERED.search(actual.name):
        return _Share("naming", 0.5, "a program seems to have named it")
    return _Share("naming", 1.0, "a person named it")


def _activity(actual: Actual, now: datetime) -> _Share:
    if actual.created is None:
        return _Share("activity", 0.7, "when it was made is not told", 1.0)
    created = actual.created if actual.created.tzinfo else actual.created.replace(tzinfo=UTC)
    if now - created < YOUNG:
        return _Share("activity", 0.2, "it was made within the last day: somebody is at work here")
    return _Share("activity", 1.0, f"it is there since {created:%Y-%m-%d}")


def _change(actual: Actual, desired: Document | None) -> _Share:
    if desired is None:
        return _Share("change", 1.0, "nothing but its tags changes")
    differing = [
        path[0]
        for path, value in leaves(desired)
        if (there := lookup(actual.spec, path)) is not UNSET and not same(there, value)
    ]
    if not differing:
        return _Share("change", 1.0, "nothing but its tags changes")
    return _Share("change", 0.0, f"the stack file would change its {', '.join(dict.fromkeys(differing))}")
