"""How the number of a service's containers follows its load. Source: the Application Auto Scaling API reference.

Our policies are known by their names; those of others stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from genesys_tui.engine.model.call import Answer, Call, Params, Value, read
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Placement, Reading
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.specs.container_service import Scaling

POLICIES: Final = {"cpu": "genesys-cpu", "memory": "genesys-memory"}
METRICS: Final = {"cpu": "ECSServiceAverageCPUUtilization", "memory": "ECSServiceAverageMemoryUtilization"}
NO_TARGET: Final = ("ObjectNotFoundException",)
SERVICE: Final = "application-autoscaling"
DIMENSION: Final[Mapping[str, Value]] = {"ServiceNamespace": "ecs", "ScalableDimension": "ecs:service:DesiredCount"}


def told(resource: str) -> Reading[Answer | None]:
    """`Targets` and `Policies` of `service/<cluster>/<name>`."""
    answers = yield [
        read(SERVICE, "DescribeScalableTargets", {"ServiceNamespace": "ecs", "ResourceIds": [resource]}),
        read(SERVICE, "DescribeScalingPolicies", {"ServiceNamespace": "ecs", "ResourceId": resource}),
    ]
    for answer in answers:
        if isinstance(answer, CallError):
            raise answer
    targets, policies = answers
    return {"Targets": targets.get("ScalableTargets", ()), "Policies": policies.get("ScalingPolicies", ())}


def scaling_of(answer: Answer) -> dict[str, Any] | None:
    """The field `scaling`; None where the number stays as it is."""
    if not answer["Targets"]:
        return None
    target = answer["Targets"][0]
    aims = {
        one["PolicyName"]: one.get("TargetTrackingScalingPolicyConfiguration", {}).get("TargetValue")
        for one in answer["Policies"]
    }
    percents = {field: aims.get(name) for field, name in POLICIES.items()}
    return {
        "min": target.get("MinCapacity"),
        "max": target.get("MaxCapacity"),
        **{field: None if percent is None else int(percent) for field, percent in percents.items()},
    }


def scaled(name: str, resource: str, want: Scaling | None, place: Placement, before: Mapping[str, Any]) -> Line:
    """The line that has the number follow the load, or stay. `want` holds what is to change of `before`."""
    arn = place.arn(SERVICE, "scalable-target/*")
    on: Mapping[str, Value] = {**DIMENSION, "ResourceId": resource}
    if want is None or (want.max is None and "max" in want.model_fields_set):
        call = Call(SERVICE, "DeregisterScalableTarget", on, absent_on=NO_TARGET, idempotent=True, on=(arn,))
        return Line(f"Let the number of containers of '{name}' stay as it is", "Nothing is to change it", (call,))
    whole = Scaling.model_validate({**before, **want.model_dump(exclude_unset=True)})
    linked = place.arn(
        "iam",
        "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
        "AWSServiceRoleForApplicationAutoScaling_ECSService",
        region="",
    )
    calls = []
    if want.model_fields_set & {"min", "max"}:
        limits: Params = {**on, "MinCapacity": whole.min if whole.min is not None else 1, "MaxCapacity": whole.max}
        needs = {"iam:CreateServiceLinkedRole": (linked,)}
        calls = [Call(SERVICE, "RegisterScalableTarget", limits, idempotent=True, on=(arn,), also_needs=needs)]
    calls += _policies(on, want, before, arn)
    aims = " and ".join(f"{getattr(whole, one)} % of {one}" for one in POLICIES if getattr(whole, one))
    low, high = (1 if whole.min is None else whole.min), whole.max
    sentence = f"Run {low} to {high} containers of '{name}', by load"
    return Line(sentence, f"As many as it takes for each to use {aims}", tuple(calls))


def _policies(on: Mapping[str, Value], want: Scaling, before: Mapping[str, Any], arn: str) -> Iterator[Call]:
    for field in (one for one in POLICIES if one in want.model_fields_set):
        params: Params = {**on, "PolicyName": POLICIES[field]}
        percent = getattr(want, field)
        if percent is not None:
            aim: Params = {
                "TargetValue": float(percent),
                "PredefinedMetricSpecification": {"PredefinedMetricType": METRICS[field]},
            }
            params = {**params, "PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": aim}
            yield Call(SERVICE, "PutScalingPolicy", params, idempotent=True, on=(arn,))
        elif before.get(field) is not None:
            yield Call(SERVICE, "DeleteScalingPolicy", params, absent_on=NO_TARGET, idempotent=True, on=(arn,))
