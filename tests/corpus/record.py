"""The labelled corpus: accounts as a sweep shows them, with the truth of how each thing was made.

The labels come from each account's story, never from the rules that are measured by them. Two rules of labelling:
a thing's owner is the tool that a person drives (an instance of a Beanstalk environment is Beanstalk's, though an Auto
Scaling group started it); and what a service makes for one thing (a function's log group) has that thing's owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.resource import Actual

TOOLS = frozenset(
    {"genesys", "cloudformation", "cdk", "sam", "terraform", "pulumi", "serverless", "sst", "chalice", "copilot"}
    | {"beanstalk", "eks", "ecs", "autoscaling", "service-catalog", "backup", "control-tower", "aws"}
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who manages a thing. `tool`: one of TOOLS. `id`: the stack, app, cluster, state file or parent that it belongs
    to; for tools that stand on CloudFormation, the stack where there is one; "" where there is nothing to name."""

    tool: str
    id: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A thing and the truth of it. `actual`: as one sweep shows it (IAM's listing tells no tags). `owner`: who manages
    it; None: nobody. `story`: how it was made, one clause. `safe`: truly safe to take over: no other owner, settled,
    and not AWS's own, so that a plan after adopting writes nothing."""

    actual: Actual
    owner: Owner | None
    story: str
    safe: bool


@dataclass(frozen=True, slots=True)
class StackResource:
    """One resource of a stack, as ListStackResources tells it: its logical id, type and physical id."""

    logical: str
    type: str
    physical: str


@dataclass(frozen=True, slots=True)
class Stack:
    """A CloudFormation stack, as ListStacks, DescribeStacks and ListStackResources tell it. Nested stacks and the
    instances of StackSets are stacks of their own. A deleted one still tells what it had, also what it left behind."""

    name: str
    id: str
    status: str
    resources: tuple[StackResource, ...]
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource of a stack file, and the ARN of what it means in the account; None where nothing there is meant."""

    address: str
    kind: str
    name: str
    spec: Document
    partner: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """An account in one region. `held_out`: no weight may be fitted on it. `state_files`: by file name, the text of a
    terraform.tfstate (format 4) or a Pulumi checkpoint. `wishes`: one tuple for each stack file to match."""

    name: str
    story: str
    number: str
    region: str
    held_out: bool
    resources: tuple[Labelled, ...]
    stacks: tuple[Stack, ...] = ()
    state_files: Mapping[str, str] = field(default_factory=dict)
    wishes: tuple[tuple[Wanted, ...], ...] = ()
