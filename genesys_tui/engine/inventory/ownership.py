"""Who manages each resource of an account: by what CloudFormation lists, by state files, by tags and names, and by what
it is a part of. Pure.

The strongest sign wins, and all are told. No sign is no proof: tools that leave no tag of their own (Terraform) are
known by their state files only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Final

from genesys_tui.engine.inventory.kinship import kin_of
from genesys_tui.engine.inventory.signals import DESCRIPTIONS, NAMES, TAGS
from genesys_tui.engine.inventory.stacks import tool_of
from genesys_tui.engine.inventory.types import CLOUDFORMATION, TERRAFORM, pulumi_word
from genesys_tui.engine.model.owner import Claim, CloudStack, Owner, StackMember
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual

STACK_TAG: Final = "aws:cloudformation:stack-name"
CERTAIN: Final = 0.5
"""A sign below this says too little: it is a doubt to be named, and no owner."""
STRONG: Final = 0.8
"""From here on a sign stands alone."""
CLAIMED: Final = 0.9
"""A tag below this that names a tool is believed less than a state file of that tool, which does not hold the thing."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known beside the resources. `stacks`: those of CloudFormation; None: they could not be listed. `claims`:
    what state files say."""

    stacks: tuple[CloudStack, ...] | None = None
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A resource that is judged. `stack`: the stack of ours that remembers it."""

    actual: Actual
    stack: str | None = None

    @property
    def key(self) -> str:
        return key_of(self.actual)


def key_of(actual: Actual) -> str:
    """What tells it from all others of an account."""
    return actual.arn or f"{actual.kind} {actual.region} {actual.id}"


@dataclass(slots=True)
class _Index:
    """What points at a resource, by type and physical id."""

    members: dict[tuple[str, str], list[tuple[CloudStack, StackMember]]] = field(default_factory=dict)
    stacks: dict[str, CloudStack] = field(default_factory=dict)
    claims: dict[tuple[str, str], Claim] = field(default_factory=dict)
    arns: dict[str, Claim] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Who owns a resource; None: nobody that is known. `doubts`: signs that are too weak to name an owner by."""

    owner: Owner | None = None
    doubts: tuple[Owner, ...] = ()


def judged(subjects: Sequence[Subject], evidence: Evidence) -> dict[str, Judgement]:
    """The judgement of each, by `key_of`."""
    index = _indexed(evidence)
    found = {one.key: sorted(_signs(one, index, evidence), key=lambda sign: -sign.strength) for one in subjects}
    _refine(found, index)
    seen = {signs[0].tool for signs in found.values() if signs and signs[0].strength >= STRONG}
    owned = {key: owner for key, signs in found.items() if (owner := _owner(signs, seen, evidence))}
    by_name = {(one.actual.kind, one.actual.name): one for one in subjects}
    roles = dict(_run_as(subjects, owned))
    for subject in subjects:
        inherited = _inherited(subject.actual, by_name, owned) or roles.get(subject.actual.arn)
        if subject.key not in owned and inherited:
            owned[subject.key] = inherited
    return {
        key: Judgement(owned.get(key), () if key in owned else tuple(found[key]))
        for key in (subject.key for subject in subjects)
    }


def _owner(signs: Sequence[Owner], seen: Collection[str], evidence: Evidence) -> Owner | None:
    """By the strongest sign, with the evidence of all that agree with it. A weak one counts only where the tool is
    known to work in this account, and no file of its own, that was given, says otherwise."""
    if not signs or signs[0].strength < CERTAIN:
        return None
    first = signs[0]
    agreeing = [one for one in signs if one.tool == first.tool]
    if _denied(agreeing, evidence.claims) or (first.strength < STRONG and first.tool not in seen):
        return None
    lines = dict.fromkeys(line for one in agreeing for line in one.evidence)
    return replace(first, id=next((one.id for one in agreeing if one.id), ""), evidence=tuple(lines))


def _denied(signs: Sequence[Owner], claims: Sequence[Claim]) -> bool:
    """Whether a state file was given that should hold what only tags say is its tool's, and does not."""
    theirs = [claim for claim in claims if claim.tool == signs[0].tool]
    scopes = {claim.scope for claim in theirs} - {""}
    named = {one.id for one in signs}
    return bool(theirs) and STRONG <= signs[0].strength < CLAIMED and (not scopes or bool(named & scopes))


# signs ----------------------------------------------------------------------------------------------------------------
def _signs(subject: Subject, index: _Index, evidence: Evidence) -> Iterator[Owner]:
    actual = subject.actual
    if subject.stack:
        yield Owner("genesys", subject.stack, (f"stack {subject.stack} of ours remembers it",), 1.0)
    elif stack := actual.tags.get(f"{MARK_PREFIX}stack"):
        yield Owner("genesys", stack, (f"its tag says stack {stack} of Genesys, of another state than this",), 0.96)
    if actual.of_aws:
        yield Owner("aws", "", (actual.of_aws,), 1.0)
    yield from _of_stacks(actual, index, evidence)
    yield from _of_claims(actual, index)
    yield from _of_tags(actual)
    listed = evidence.stacks is not None
    yield from (
        one for one in _of_name(actual) if not (listed and one.tool == "cloudformation" and one.strength < STRONG)
    )


def _of_stacks(actual: Actual, index: _Index, evidence: Evidence) -> Iterator[Owner]:
    for type in _types(actual):
        for id in _ids(actual):
            for stack, member in index.members.get((type, id), ()):
                if not stack.gone:
                    words = f"CloudFormation lists it in stack {stack.name}, as {member.logical}"
                    yield Owner("cloudformation", stack.name, (words,), 0.99)
    name = actual.tags.get(STACK_TAG)
    if not name:
        return
    known = index.stacks.get(actual.tags.get("aws:cloudformation:stack-id", "")) or index.stacks.get(name)
    if evidence.stacks is not None and (known is None or known.gone or _lists(known, actual)):
        gone = "does not list it" if known and not known.gone else "is gone"
        yield Owner("cloudformation", name, (f"stack {name} made it, but {gone} and let it go",), 0.2)
    else:
        yield Owner("cloudformation", name, (f"its tag {STACK_TAG}, that only AWS can write, says {name}",), 0.985)


def _lists(stack: CloudStack, actual: Actual) -> bool:
    """Whether the stack would list a thing of this kind, were it its own: what its resources start, it does not."""
    return actual.kind in CLOUDFORMATION and "aws:autoscaling:groupName" not in actual.tags and bool(stack.members)


def _of_claims(actual: Actual, index: _Index) -> Iterator[Owner]:
    claim = index.arns.get(actual.arn) if actual.arn else None
    for type in (*TERRAFORM.get(actual.kind, ()), *(f"pulumi {word}" for word in _pulumi_words(actual.kind))):
        for id in _ids(actual):
            claim = claim or index.claims.get((type, id))
    namesake = claim and actual.arn and not {actual.arn, f"{actual.arn}:*"} & set(claim.ids) and _has_arn(claim)
    if claim and not namesake:
        yield Owner(claim.tool, claim.source, (f"{claim.source} has it, as {claim.address}",), 0.97)


def _has_arn(claim: Claim) -> bool:
    """Then a thing of another ARN is only a namesake, of another region or account."""
    return any(id.startswith("arn:") for id in claim.ids)


def _of_tags(actual: Actual) -> Iterator[Owner]:
    for key, value in actual.tags.items():
        for sign in TAGS:
            if (found := sign.key.fullmatch(key)) and (sign.value is None or sign.value.fullmatch(value)):
                id = (found["id"] if sign.in_key else value) if sign.names else ""
                id += f"/{actual.tags[sign.also]}" if sign.also in actual.tags else ""
                yield Owner(sign.tool, id, (f"its tag {key}={value}",), sign.strength)


def _of_name(actual: Actual) -> Iterator[Owner]:
    description = actual.spec.get("description")
    for text, signs in ((actual.name, NAMES), (str(description or ""), DESCRIPTIONS)):
        for sign in signs:
            if (not sign.kinds or actual.kind in sign.kinds) and (found := sign.name.fullmatch(text)):
                yield Owner(sign.tool, found.groupdict().get("id") or "", (f"{sign.why} ({text})",), sign.strength)


# tools that work through CloudFormation -------------------------------------------------------------------------------
def _refine(found: Mapping[str, list[Owner]], index: _Index) -> None:
    """What CloudFormation owns belongs to the tool that drives the stack: what one resource tells is so for all."""
    told: dict[str, Owner] = {}
    for signs in found.values():
        if signs and signs[0].tool == "cloudformation":
            for other in signs:
                if other.tool in DRIVES and other.strength >= 0.9:
                    told.setdefault(signs[0].id, other)
    for signs in found.values():
        if signs and signs[0].tool == "cloudformation":
            tool, why = _driver(signs[0].id, told, index)
            signs[0] = replace(signs[0], tool=tool, evidence=(*signs[0].evidence, *filter(None, (why,))))


def _driver(name: str, told: Mapping[str, Owner], index: _Index) -> tuple[str, str]:
    """The tool behind a stack, and how that is known: by the stack itself, else by what its resources tell."""
    tool, why = tool_of(index.stacks.get(name) or CloudStack(name, "", ""))
    if name in told and (tool == "cloudformation" or (tool == "cdk" and told[name].tool in OVER_CDK)):
        return told[name].tool, f"of that stack: {told[name].evidence[0]}"
    return tool, why


DRIVES: Final = frozenset(
    {"cdk", "sam", "serverless", "sst", "chalice", "copilot", "beanstalk", "service-catalog", "control-tower"}
)
"""The tools that make stacks of CloudFormation."""
OVER_CDK: Final = frozenset({"sst", "copilot"})
"""Those that do it by the CDK."""


# what it is a part of -------------------------------------------------------------------------------------------------
def _run_as(subjects: Sequence[Subject], owned: Mapping[str, Owner]) -> Iterator[tuple[str, Owner]]:
    """Roles by ARN that functions of a tool run as which puts no tag on roles, nor lists them anywhere."""
    for subject in subjects:
        owner, role = owned.get(subject.key), subject.actual.spec.get("role")
        if owner is not None and owner.tool in TAGS_NO_ROLES and isinstance(role, str):
            yield role, _child(owner, f"function {subject.actual.name} runs as it")


TAGS_NO_ROLES: Final = frozenset({"chalice"})


def _inherited(actual: Actual, by_name: Mapping[tuple[str, str], Subject], owned: Mapping[str, Owner]) -> Owner | None:
    for kin, name in kin_of(actual):
        why = kin.why.format(name=name)
        parent = by_name.get((kin.kind, name))
        owner = owned.get(parent.key) if parent else None
        if owner is not None:
            return _child(owner, why)
        if kin.tool:
            return Owner(kin.tool, name, (why,), 0.9)
    return None


def _child(owner: Owner, why: str) -> Owner:
    return Owner(owner.tool, owner.id, (f"{why}, which is {owner.tool}'s", *owner.evidence), owner.strength * 0.95)


# ids ------------------------------------------------------------------------------------------------------------------
def _ids(actual: Actual) -> tuple[str, ...]:
    """All that may stand for it in a list of another tool."""
    tail = actual.arn.rpartition(":")[2].rpartition("/")[2] if actual.arn else ""
    return tuple(dict.fromkeys(filter(None, (actual.arn, actual.id, actual.name, tail))))


def _types(actual: Actual) -> tuple[str, ...]:
    """The types of CloudFormation that it can be; of what has no kind, AWS's service stands for them."""
    return CLOUDFORMATION.get(actual.kind) or (actual.kind.partition(":")[0],)


def _pulumi_words(kind: str) -> tuple[str, ...]:
    """`bucket`: the last words of Terraform's types, which Pulumi's are named after."""
    return tuple(type.rpartition("_")[2] for type in TERRAFORM.get(kind, ()))


def _indexed(evidence: Evidence) -> _Index:
    index = _Index()
    for stack in evidence.stacks or ():
        if stack.name not in index.stacks or index.stacks[stack.name].gone:
            index.stacks[stack.name] = stack
        index.stacks[stack.id] = stack
        for member in stack.members:
            service = member.type.split("::")[1].lower() if member.type.count("::") == 2 else ""
            names = (
                {member.physical, member.physical.rpartition("/")[2]} if "://" in member.physical else {member.physical}
            )
            for type, name in product((member.type, SERVICES.get(service, service)), names):
                index.members.setdefault((type, name), []).append((stack, member))
    for claim in evidence.claims:
        word = claim.type if claim.tool == "terraform" else f"pulumi {pulumi_word(claim.type)}"
        for id in claim.ids:
            index.claims.setdefault((word, id), claim)
            if id.startswith("arn:"):
                index.arns.setdefault(id, claim)
    return index


SERVICES: Final[Mapping[str, str]] = {
    "emr": "elasticmapreduce",
    "elasticloadbalancing": "elasticloadbalancing",
    "efs": "elasticfilesystem",
    "stepfunctions": "states",
    "opensearchservice": "es",
    "certificatemanager": "acm",
}
"""Services that CloudFormation knows by another name than ARNs do."""
