"""What AWS makes beside a thing belongs to whoever owns the thing: its log group, its network interface. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from genesys_tui.engine.model.resource import Actual


@dataclass(frozen=True, slots=True)
class Kin:
    """What is called so is a child of the thing of `kind` that the group `name` names. `tool`: the owner where that
    thing is not listed."""

    child: str
    pattern: re.Pattern[str]
    kind: str
    why: str
    tool: str = ""


def _kin(child: str, pattern: str, kind: str, why: str, tool: str = "") -> Kin:
    return Kin(child, re.compile(pattern), kind, why, tool)


INSIGHTS: Final = "it holds the measures of cluster {name}"

KIN: Final[tuple[Kin, ...]] = (
    _kin("log-group", r"/aws/lambda/(?:[a-z0-9-]+\.)?(?P<name>[\w-]+)", "function", "it is the log of function {name}"),
    _kin("log-group", r"/aws/eks/(?P<name>[^/]+)/cluster", "eks:cluster", "it is the log of EKS cluster {name}", "eks"),
    _kin(
        "log-group",
        r"/aws/containerinsights/(?P<name>[^/]+)/\w+",
        "eks:cluster",
        "it is a log of cluster {name}",
        "eks",
    ),
    _kin(
        "log-group",
        r"/aws/ecs/containerinsights/(?P<name>[^/]+)/performance",
        "cluster",
        "it is a log of cluster {name}",
    ),
    _kin(
        "log-group", r"/aws/rds/(?:instance|cluster)/(?P<name>[^/]+)/.+", "database", "it is a log of database {name}"
    ),
    _kin("log-group", r"/aws/codebuild/(?P<name>.+)", "codebuild:project", "it is the log of build project {name}"),
    _kin("log-group", r"API-Gateway-Execution-Logs_(?P<name>\w+)/.+", "api", "it is the log of API {name}"),
    _kin("log-group", r"/aws/apigateway/(?P<name>.+)", "api", "it is a log of API {name}"),
    _kin("log-group", r"/ecs/(?P<name>.+)", "container-service", "it is the log of service {name}"),
    _kin(
        "security-group",
        r"eks-cluster-sg-(?P<name>.+)-\d+",
        "eks:cluster",
        "it is the group of EKS cluster {name}",
        "eks",
    ),
)


def kin_of(actual: Actual) -> Iterator[tuple[Kin, str]]:
    """What it is a child of, by its name, and the name of that."""
    for kin in KIN:
        if kin.child == actual.kind and (found := kin.pattern.fullmatch(actual.name)):
            yield kin, found["name"]
