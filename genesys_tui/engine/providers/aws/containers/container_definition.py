"""Task definitions: what a container service runs, as ECS tells it and as it takes it. Pure.

A change registers a new revision. It is the one that runs now, with our changes in it: containers beside ours, volumes
and whatever else others wrote stay.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any, Final

from genesys_tui.engine.model.call import Params, Value
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.specs.container_service import ContainerServiceSpec, size_of, split_size
from genesys_tui.engine.providers.aws.described import present

Raw = Mapping[str, Any]

OF_DEFINITION: Final = frozenset(
    {
        "image",
        "size",
        "architecture",
        "port",
        "command",
        "environment",
        "secrets",
        "role",
        "execution_role",
    }
)
"""The fields that a revision holds."""

TAKEN: Final = (
    "family",
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "containerDefinitions",
    "volumes",
    "placementConstraints",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "pidMode",
    "ipcMode",
    "proxyConfiguration",
    "inferenceAccelerators",
    "ephemeralStorage",
    "runtimePlatform",
    "enableFaultInjection",
)
"""What of a definition that was told can be registered again."""

ARCHITECTURES: Final = {"x86_64": "X86_64", "arm64": "ARM64"}


def spec_of(definition: Raw, service: str) -> dict[str, Any]:
    """The fields that a revision tells."""
    container = ours_in(definition, service)
    ports = [one["containerPort"] for one in container.get("portMappings") or () if "containerPort" in one]
    words = {wire: word for word, wire in ARCHITECTURES.items()}
    platform = (definition.get("runtimePlatform") or {}).get("cpuArchitecture", "X86_64")
    return {
        "image": container.get("image"),
        "size": size_of(definition.get("cpu"), definition.get("memory")),
        "architecture": words.get(platform, platform),
        "port": ports[0] if ports else None,
        "command": shlex.join(container["command"]) if container.get("command") else None,
        "environment": {one["name"]: one["value"] for one in container.get("environment") or ()},
        "secrets": {one["name"]: one["valueFrom"] for one in container.get("secrets") or ()},
        "role": definition.get("taskRoleArn"),
        "execution_role": definition.get("executionRoleArn"),
    }


def ours_in(definition: Raw, service: str) -> Raw:
    """The container that goes by the name of the service, else the first."""
    containers: list[Raw] = list(definition.get("containerDefinitions") or ())
    return next((one for one in containers if one["name"] == service), containers[0] if containers else {})


def new(service: str, family: str, want: ContainerServiceSpec, log: str, place: Placement) -> dict[str, Value]:
    """The first revision."""
    options = {"awslogs-group": log, "awslogs-region": place.region, "awslogs-stream-prefix": service}
    start: Raw = {
        "family": family,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": [
            {"name": service, "essential": True, "logConfiguration": {"logDriver": "awslogs", "options": options}}
        ],
    }
    return changed(start, service, want)


def changed(definition: Raw, service: str, want: ContainerServiceSpec) -> dict[str, Value]:
    """The definition with the fields of `want` in it."""
    kept: dict[str, Value] = {key: definition[key] for key in TAKEN if definition.get(key) not in (None, [], {})}
    before = ours_in(definition, service)
    containers = definition.get("containerDefinitions") or ()
    kept["containerDefinitions"] = [
        _container(before, want) if one["name"] == before["name"] else one for one in containers
    ]
    if want.size:
        cpu, memory = split_size(want.size)
        kept |= {"cpu": str(cpu), "memory": str(memory)}
    if want.architecture:
        platform = {"cpuArchitecture": ARCHITECTURES[want.architecture], "operatingSystemFamily": "LINUX"}
        kept["runtimePlatform"] = platform
    for field, wire in (("role", "taskRoleArn"), ("execution_role", "executionRoleArn")):
        if want.has(field):
            kept[wire] = getattr(want, field)
    return present(kept)


def _container(before: Raw, want: ContainerServiceSpec) -> Params:
    after: dict[str, Value] = dict(before)
    if want.has("image"):
        after["image"] = want.image
    if want.has("port"):
        after["portMappings"] = [{"containerPort": want.port, "protocol": "tcp"}] if want.port else []
    if want.has("command"):
        after["command"] = shlex.split(want.command or "")
    for field, value in (("environment", "value"), ("secrets", "valueFrom")):
        if want.has(field):
            after[field] = _named(before.get(field) or (), getattr(want, field) or {}, value)
    return after


def _named(before: Any, wanted: Mapping[str, str | None], value: str) -> list[Value]:
    """Entries by name; None takes one away."""
    entries: dict[str, Value] = {one["name"]: one[value] for one in before} | dict(wanted)
    return [{"name": name, value: one} for name, one in entries.items() if one is not None]
