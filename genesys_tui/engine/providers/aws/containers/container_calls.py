"""The calls that make, change and end a container service. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from genesys_tui.engine.model.call import Call, Capture, Guard, Params, RetryOn, Value, Wait, fingerprint, read
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.container_service import ContainerServiceSpec, names_of
from genesys_tui.engine.providers.aws.ec2 import filters
from genesys_tui.engine.providers.aws.iam import passed

GONE: Final = ("ClusterNotFoundException", "ServiceNotFoundException")
FIRST, LAST, REVISION = Output("_first_subnet"), Output("_last_subnet"), Output("_revision")
PLACED: Final = frozenset({"network", "subnets", "security_groups", "public_ip"})
"""The fields that say where its containers stand."""
AT_ONCE = 10
"""Revisions that one call deletes."""


def describe(cluster: str, *services: str) -> Call:
    """What is known of these services of a cluster; of one that ended it is told for a while, as INACTIVE."""
    params: Params = {"cluster": cluster, "services": list(services), "include": ["TAGS"]}
    return read("ecs", "DescribeServices", params, absent_on=GONE)


def steady(cluster: str, service: str, why: str) -> Wait:
    """Until the newest revision runs, as often as asked. The circuit breaker has a deployment fail whose containers
    don't stay up."""
    newest = "services[0].deployments[?status=='PRIMARY'] | [0].rolloutState"
    done = f"({newest}) == 'COMPLETED' && services[0].runningCount >= services[0].desiredCount"
    failed = "length(services[0].deployments[?rolloutState=='FAILED'] || `[]`) > `0`"
    said = "services[0].deployments[?rolloutState=='FAILED'] | [0].rolloutStateReason"
    return Wait(describe(cluster, service), done, why, failed=failed, interval=5, limit=900, reason=said)


def registered(definition: Mapping[str, Value], want: ContainerServiceSpec, place: Placement) -> Call:
    """A revision. Sent twice it leaves one that nothing runs."""
    family = str(definition["family"])
    return Call(
        "ecs",
        "RegisterTaskDefinition",
        definition,
        captures={REVISION.name: Capture("taskDefinition.taskDefinitionArn")},
        idempotent=True,
        retry_on=(RetryOn("ClientException", 60, "Role is not valid"),),
        on=(place.arn("ecs", f"task-definition/{family}:*"),),
        also_needs={
            "ecs:TagResource": (place.arn("ecs", f"task-definition/{family}:*"),),
            **passed(want.role, want.execution_role, place=place),
        },
    )


def placed(want: ContainerServiceSpec, before: Mapping[str, Any]) -> Value:
    """Where containers stand: `before`, with what is asked in it."""
    subnets: Sequence[Value] = list(want.subnets) if want.subnets else [FIRST, LAST] if want.network else []
    there = {"subnets": [], "securityGroups": [], "assignPublicIp": "DISABLED", **before}
    if subnets:
        there["subnets"] = subnets
    if want.has("security_groups"):
        there["securityGroups"] = list(want.security_groups or ())
    if want.public_ip is not None:
        there["assignPublicIp"] = "ENABLED" if want.public_ip else "DISABLED"
    return {"awsvpcConfiguration": there}


def chosen_subnets(want: ContainerServiceSpec) -> tuple[Call, ...]:
    """A subnet in the first zone and one in the last, where only a network is named: which there are is known only
    once it is."""
    if want.subnets or not want.network:
        return ()
    public = "true" if want.public_ip else "false"
    where = filters({"vpc-id": want.network, "map-public-ip-on-launch": public})
    zones = "sort_by(Subnets, &AvailabilityZone)"
    captures = {FIRST.name: Capture(f"{zones}[0].SubnetId"), LAST.name: Capture(f"{zones}[-1].SubnetId")}
    return (replace(read("ec2", "DescribeSubnets", {"Filters": where}, paginate=True), captures=captures),)


def led_to(service: str, target: str | None, port: int | None) -> Value:
    """The group of targets that its containers are put into."""
    return [{"targetGroupArn": target, "containerName": service, "containerPort": port}] if target else []


def updated(have: Actual, settings: Mapping[str, Value], why: str) -> Call:
    """A change of the service itself. Nobody must have deployed another revision since the plan was made."""
    cluster, service = names_of(have.name)
    look = describe(cluster, service)
    guard = Guard(look, "services[0].taskDefinition", fingerprint(have.provider_data["service"]["taskDefinition"]))
    return Call(
        "ecs",
        "UpdateService",
        {"cluster": cluster, "service": service, **settings},
        idempotent=True,
        guard=guard,
        wait=steady(cluster, service, why),
        on=(have.arn,),
        seconds=60,
    )


def ended(have: Actual) -> Call:
    """Its containers are told to stop, and get some time for that."""
    cluster, service = names_of(have.name)
    done = "!services || services[0].status=='INACTIVE'"
    return Call(
        "ecs",
        "DeleteService",
        {"cluster": cluster, "service": service, "force": True},
        absent_on=GONE,
        idempotent=True,
        wait=Wait(describe(cluster, service), done, f"until '{have.name}' has stopped", interval=3, limit=900),
        on=(have.arn,),
        seconds=40,
    )


def forgotten(name: str, revisions: Sequence[str]) -> Iterator[Line]:
    """All revisions of a service that is gone."""
    if not revisions:
        return
    out = [
        Call("ecs", "DeregisterTaskDefinition", {"taskDefinition": one}, idempotent=True, seconds=0.1)
        for one in revisions
    ]
    batches = [list(revisions[start : start + AT_ONCE]) for start in range(0, len(revisions), AT_ONCE)]
    gone = [
        Call("ecs", "DeleteTaskDefinitions", {"taskDefinitions": some}, idempotent=True, on=tuple(some))
        for some in batches
    ]
    count = f"its {len(revisions)} revisions" if len(revisions) > 1 else "its only revision"
    yield Line(f"Forget what service '{name}' ran: {count}", "Nothing runs them", (*out, *gone))
