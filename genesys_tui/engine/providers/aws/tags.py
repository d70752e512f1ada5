"""Tags of a service that adds and removes them one by one: what others wrote is never touched. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from genesys_tui.engine.model.call import Batch, Call, Params, Token, Value
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual

Shape = Literal["map", "Key", "key", "TagKey"]
"""How a service writes tags: `{k: v}`, or a list of `{"Key", "Value"}`, `{"key", "value"}`, `{"TagKey", "TagValue"}`.
"""


def tags_on_wire(tags: Mapping[str, Value], shape: Shape = "Key") -> Value:
    """Tags as a service takes them."""
    if shape == "map":
        return dict(tags)
    value = {"Key": "Value", "key": "value", "TagKey": "TagValue"}[shape]
    return [{shape: key, value: tag} for key, tag in tags.items()]


def tags_from_wire(
    wire: Mapping[str, str] | Iterable[Mapping[str, Any]] | None, shape: Shape = "Key"
) -> dict[str, str]:
    """All tags that a service tells, ours and AWS's among them."""
    if isinstance(wire, Mapping):
        return dict(wire)
    value = {"Key": "Value", "key": "value", "TagKey": "TagValue"}.get(shape, "")
    return {tag[shape]: tag.get(value) or "" for tag in wire or ()}


def users_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Those that are neither ours nor AWS's: what a spec holds."""
    return {key: value for key, value in tags.items() if not key.startswith((MARK_PREFIX, "aws:"))}


def marked(tags: Mapping[str, str | None] | None, place: Placement) -> dict[str, Value]:
    """The tags that a create carries: those asked for, and ours."""
    wanted = {key: value for key, value in (tags or {}).items() if value is not None}
    return {**wanted, f"{MARK_PREFIX}stack": place.stack, f"{MARK_PREFIX}step": Token()}


@dataclass(frozen=True, slots=True)
class Tagging:
    """The two calls of a service: `tag` takes the resource under `on` and the tags under `tags`; `untag` takes the keys
    under `keys`."""

    service: str
    tag: str = "TagResource"
    untag: str = "UntagResource"
    on: str = "ResourceArn"
    tags: str = "Tags"
    keys: str = "TagKeys"
    shape: Shape = "Key"

    def calls(
        self, id: Value, changed: Mapping[str, str | None], params: Params | None = None, **how: Any
    ) -> tuple[Call, ...]:
        """The one or two calls that write what changed; None removes. `params`: what they take besides. `how`: what
        else a `Call` has (`on`, `region`)."""
        put = {key: value for key, value in changed.items() if value is not None}
        gone = sorted(key for key, value in changed.items() if value is None)
        target: Params = {self.on: id, **(params or {})}
        wire = tags_on_wire(put, self.shape)
        tag = Call(self.service, self.tag, {**target, self.tags: wire}, idempotent=True, **how)
        untag = Call(self.service, self.untag, {**target, self.keys: gone}, idempotent=True, **how)
        return (*((tag,) if put else ()), *((untag,) if gone else ()))


TOGETHER: Final = {
    *("acm", "apigatewayv2", "dynamodb", "ec2", "ecr", "ecs", "efs", "elasticache", "elbv2", "events"),
    *("kms", "lambda", "logs", "memorydb", "rds", "s3", "secretsmanager", "sns", "sqs", "ssm"),
}
"""Services whose resources the tagging API takes up to 20 of at once, whatever they are. Not IAM; not the global ones,
which it knows in one region only. Source: Services that support the Resource Groups Tagging API."""


def written_together(own: Call, have: Actual, tags: Mapping[str, str | None]) -> Batch | None:
    """What writes on several resources the tags that this call writes on one; None where nothing does: it either puts
    or takes off."""
    if own.service not in TOGETHER or not have.arn or not tags or len({value is None for value in tags.values()}) > 1:
        return None
    gone = None in tags.values()
    operation, params = (
        ("UntagResources", {"TagKeys": sorted(tags)}) if gone else ("TagResources", {"Tags": dict(tags)})
    )
    where = have.arn.split(":")[3] or have.region
    call = Call("resourcegroupstaggingapi", operation, params, region=where, idempotent=True, seconds=1.0)
    return Batch(call, have.arn, "ResourceARNList", "FailedResourcesMap && keys(FailedResourcesMap)", sort=own.service)


def tags_in_words(tags: Mapping[str, str | None], what: str) -> str:
    """`Tag queue 'jobs': team=blue; take off: cost`."""
    there = [f"{key}={value}" for key, value in tags.items() if value is not None]
    gone = [key for key, value in tags.items() if value is None]
    put = f"Tag {what}: {', '.join(there)}" if there else ""
    taken = f"{'take' if there else 'Take'} off {what}: {', '.join(gone)}" if gone else ""
    return "; ".join(part for part in (put, taken) if part)


def mark_in_words(what: str, tags: Mapping[str, str | None]) -> tuple[str, str]:
    """Sentence and reason for writing our own tags, or taking them off."""
    asked = {key: value for key, value in tags.items() if not key.startswith(MARK_PREFIX)}
    others = f". {tags_in_words(asked, 'it')}" if asked else ""
    if any(value is not None for key, value in tags.items() if key.startswith(MARK_PREFIX)):
        return f"Tag {what} as ours{others}", "Others can see who manages it"
    return f"Take our tags off {what}{others}", "It is no longer ours"
