"""What a seed is made of: the calls of each resource, as data, and the shapes in which AWS takes tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from genesys_tui.engine.model.call import Call, Capture, Params
from genesys_tui.engine.model.references import Output

ACCOUNT = "123456789012"
REGION = "eu-west-1"

Tags: TypeAlias = Mapping[str, str]
Calls: TypeAlias = tuple[Call, ...]
Seed: TypeAlias = Mapping[str, Calls]
"""The calls that make each resource, by a name that `Output`s refer to: unordered, but for those references."""


def make(service: str, operation: str, params: Params, *, region: str | None = None, **captures: str) -> Call:
    """One call of a seed; `captures` are outputs by name, as JMESPath."""
    wanted = {name: Capture(expression) for name, expression in captures.items()}
    return Call(service, operation, params, region=region, captures=wanted)


def out(address: str, name: str = "id") -> Output:
    """An output of another resource of the seed."""
    return Output(name, address)


def arn(service: str, resource: str, region: str = REGION) -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{resource}"


def pairs(tags: Tags) -> list[dict[str, str]]:
    """`[{Key, Value}]`, as most services take tags."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def small_pairs(tags: Tags) -> list[dict[str, str]]:
    """`[{key, value}]`, as ECS takes tags."""
    return [{"key": key, "value": value} for key, value in tags.items()]


def tagged(resource_type: str, tags: Tags) -> list[Params]:
    """`TagSpecifications`, as EC2 takes tags; empty for none."""
    return [{"ResourceType": resource_type, "Tags": pairs(tags)}] if tags else []
