"""Who manages a resource, and how well that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TOOLS = (
    "genesys",
    "cloudformation",
    "cdk",
    "sam",
    "terraform",
    "pulumi",
    "serverless",
    "sst",
    "chalice",
    "copilot",
    "beanstalk",
    "eks",
    "ecs",
    "autoscaling",
    "service-catalog",
    "backup",
    "control-tower",
    "aws",
)
"""All that may own a resource. `aws`: it made the thing itself, or a service of it did."""


@dataclass(frozen=True, slots=True)
class Owner:
    """`id`: the stack, application, cluster or file that it belongs to; empty where that is not known. `evidence`: in
    words, the strongest first. `strength`: from 0 to 1, how sure that is."""

    tool: str
    id: str = ""
    evidence: tuple[str, ...] = ()
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class StackMember:
    """A resource as CloudFormation lists it in a stack. `type`: `AWS::SQS::Queue`."""

    logical: str
    type: str
    physical: str


@dataclass(frozen=True, slots=True)
class CloudStack:
    """A stack of CloudFormation. `status` as it says; `tags` those of the stack."""

    name: str
    id: str
    status: str
    members: tuple[StackMember, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def gone(self) -> bool:
        """Deleted: what is left of it, it let go."""
        return self.status == "DELETE_COMPLETE"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a state file of another tool says is its own. `ids`: the ARN, the id or the name, whichever it tells.
    `type`: the tool's own word (`aws_sqs_queue`). `scope`: the project that the file is of, where the tool has such."""

    tool: str
    source: str
    address: str
    type: str
    ids: tuple[str, ...]
    scope: str = ""
