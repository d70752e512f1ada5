"""What a container service brings along: its cluster, its log group, and the role that starts it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from genesys_tui.engine.model.document import Document, overlay
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.references import references
from genesys_tui.engine.model.resource import Desired, Fragment, Reference, address_of
from genesys_tui.engine.model.specs.container_service import names_of
from genesys_tui.engine.providers.aws.companions import RETENTION, beside, standing

GRANTED = frozenset({"image", "secrets"})
"""The fields that starting it must be allowed something for."""
PULLS = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]


def flat(name: str) -> str:
    """`shop-web`: the name where no `/` may be."""
    return name.replace("/", "-")


def log_name(name: str) -> str:
    """The log group of its containers."""
    return f"/ecs/{name}"


def companions(desired: Desired, fragment: Fragment | None) -> Iterator[Desired]:
    """A service that others made keeps its cluster, its log and its roles. Words that change one of ours bring along
    only what they are about."""
    spec = dict(desired.spec)
    asked = "log_retention" in spec
    retention = spec.pop("log_retention", RETENTION)
    log = beside(desired, "log-group", log_name(desired.name), {"retention": retention})
    match standing(desired, fragment):
        case "theirs":
            yield replace(desired, spec=spec)
        case "patched":
            yield replace(desired, spec=spec)
            whole = overlay(fragment.spec, spec) if fragment else spec
            if whole.get("execution_role") == _own_role(desired) and GRANTED & spec.keys():
                yield _role(desired, whole)
            if asked:
                yield log
        case "ours":
            yield from _ours(desired, spec, log)


def _ours(desired: Desired, spec: dict[str, Any], log: Desired) -> Iterator[Desired]:
    cluster, service = names_of(desired.name)
    named = Reference(f"${{cluster.{cluster}.name}}")
    if spec.setdefault("cluster", named) not in (named, cluster):
        raise GenesysError(
            f"container service '{desired.name}' runs in cluster '{cluster}', and names another one",
            why="the cluster is a part of its name",
            todo=f"leave `cluster` out, and name it {spec['cluster']}/{service}",
        )
    needs = [*desired.needs, log.address, address_of("cluster", cluster)]
    role = None if "execution_role" in spec else _role(desired, spec)
    if role is not None:
        spec["execution_role"] = _own_role(desired)
        needs.append(role.address)
    yield replace(desired, spec=spec, needs=tuple(dict.fromkeys(needs)))
    if cluster == service:
        yield beside(desired, "cluster", cluster, {})
    yield log
    if role is not None:
        yield role


def _role_name(desired: Desired) -> str:
    return f"{flat(desired.name)[:54]}-execution"


def _own_role(desired: Desired) -> Reference:
    return Reference(f"${{role.{_role_name(desired)}.arn}}")


def _role(desired: Desired, spec: Document) -> Desired:
    """The least that starting it takes: get the image, read what it is told, write its log."""
    log = Reference(f"${{log-group.{log_name(desired.name)}.arn}}:*")
    grants: dict[str, Any] = {"log": {"allow": ["logs:CreateLogStream", "logs:PutLogEvents"], "on": [log]}}
    if images := _repositories(str(spec.get("image") or "")):
        grants["registry"] = {"allow": ["ecr:GetAuthorizationToken"], "on": ["*"]}
        grants["image"] = {"allow": PULLS, "on": images}
    secrets: Any = spec.get("secrets") or {}
    kept = {"secret": "secretsmanager:GetSecretValue", "parameter": "ssm:GetParameters"}
    for word, action in kept.items():
        if arns := sorted(
            {_whole(one) for one in secrets.values() if one and _is_parameter(one) == (word == "parameter")}
        ):
            grants[f"{word}s"] = {"allow": [action], "on": arns}
    whole = {
        "trusts": ["ecs-tasks.amazonaws.com"],
        "policies": grants,
        "description": f"What starting container service {desired.name} may do",
    }
    return beside(desired, "role", _role_name(desired), whole, (address_of("log-group", log_name(desired.name)),))


def _repositories(image: str) -> list[str]:
    """The ARNs of the repositories of ECR that an image comes from; none where it is a public one."""
    named = [str(one.address) for one in references(image) if str(one.address).startswith("repository.")]
    if named:
        return [Reference(f"${{{address}.arn}}") for address in named]
    return ["*"] if ".dkr.ecr." in image else []


def _whole(value: str) -> str:
    """A secret of which one key is read (`<arn>:password::`) is allowed as a whole."""
    if isinstance(value, Reference):
        return Reference(value.partition("}")[0] + "}")
    return ":".join(value.split(":")[:7])


def _is_parameter(value: str) -> bool:
    return value.startswith("${parameter.") or ":ssm:" in value
