"""What the kinds of EC2 have in common: filters, and tags that are given with the create. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from genesys_tui.engine.model.call import Call, Params, Token, Value
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.resource import MARK_PREFIX, Reference
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire

TAGGING: Final = Tagging("ec2", "CreateTags", "DeleteTags", on="Resources", keys="Tags")
NEEDS_TAGGING: Final[Mapping[str, tuple[str, ...]]] = {"ec2:CreateTags": ()}


def filters(values: Mapping[str, Value]) -> list[Value]:
    """The filters of a describe call. EC2 takes `*`, `?` and `\\` in a value as a pattern: here they are plain."""
    return [
        {"Name": name, "Values": [_literal(one) for one in (value if isinstance(value, list) else [value])]}
        for name, value in values.items()
    ]


def _literal(value: Value) -> Value:
    plain = isinstance(value, str) and not isinstance(value, Reference)
    return re.sub(r"([*?\\])", r"\\\1", value) if plain and isinstance(value, str) else value


def ours() -> Value:
    """The filter that finds what this very step made."""
    return filters({f"tag:{MARK_PREFIX}step": Token()})


def tagged(resource: str, name: str, tags: Mapping[str, str | None], place: Placement) -> list[Value]:
    """The tags of a create: the name is one of them."""
    return [{"ResourceType": resource, "Tags": tags_on_wire({"Name": name, **marked(tags, place)})}]


def name_of(raw: Mapping[str, Any], id: str) -> str:
    """The tag `Name`; the id where there is none."""
    return tags_from_wire(raw.get("Tags")).get("Name") or id


def region_of(zone: str) -> str:
    """`eu-west-1` of the zone `eu-west-1a`."""
    found = re.match(r"[a-z]+(-[a-z]+)+-[0-9]+", zone)
    return found[0] if found else ""


def arn_of_nobody(place: Placement, rest: str) -> str:
    """The ARN of what has no account in it: images and snapshots."""
    return f"arn:{place.partition}:ec2:{place.region}::{rest}"


def tag_calls(id: str, tags: Mapping[str, str | None]) -> tuple[Call, ...]:
    """The calls that write these tags; None removes."""
    put: dict[str, Value] = {key: value for key, value in tags.items() if value is not None}
    gone: list[Value] = [{"Key": key} for key, value in tags.items() if value is None]
    wire: Params = {"Resources": [id], "Tags": tags_on_wire(put)}
    tag = Call("ec2", "CreateTags", wire, idempotent=True)
    untag = Call("ec2", "DeleteTags", {"Resources": [id], "Tags": gone}, idempotent=True)
    return (*((tag,) if put else ()), *((untag,) if gone else ()))


def users_tags(raw: Mapping[str, Any]) -> dict[str, str]:
    """Those that are neither the name, nor ours, nor AWS's."""
    tags = tags_from_wire(raw.get("Tags"))
    return {key: value for key, value in tags.items() if key != "Name" and not key.startswith((MARK_PREFIX, "aws:"))}
