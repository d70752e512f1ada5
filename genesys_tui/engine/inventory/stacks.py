"""Stacks of CloudFormation: which tool drives one, and how they are read. Knows no boto3."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from genesys_tui.engine.model.call import read
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.model.owner import CloudStack, StackMember
from genesys_tui.engine.model.resource import Actual

_HASHED: Final = re.compile(r"[A-Za-z0-9]+[0-9A-F]{8}")
"""How the CDK names a resource within a stack: its path, and eight digits of a hash."""

_BY_NAME: Final = (
    (re.compile(r"CDKToolkit"), "cdk", "it is the CDK's own stack"),
    (re.compile(r"aws-sam-cli-managed-default"), "sam", "it is the SAM CLI's own stack"),
    (re.compile(r"awseb-e-.+"), "beanstalk", "Elastic Beanstalk names its stacks so"),
    (re.compile(r"SC-\d{12}-pp-.+"), "service-catalog", "Service Catalog names its stacks so"),
    (re.compile(r"(StackSet-)?AWSControlTower.+"), "control-tower", "Control Tower names its stacks so"),
)

_BY_TAG: Final = (
    ("sst:app", "sst"),
    ("copilot-application", "copilot"),
    ("aws-chalice", "chalice"),
    ("elasticbeanstalk:environment-name", "beanstalk"),
)


def tool_of(stack: CloudStack) -> tuple[str, str]:
    """The tool that drives a stack, and how that is known; `cloudformation` where nothing says more."""
    for pattern, tool, why in _BY_NAME:
        if pattern.fullmatch(stack.name):
            return tool, why
    for key, tool in _BY_TAG:
        if key in stack.tags:
            return tool, f"the stack's tag {key}={stack.tags[key]}"
    logical = {member.logical for member in stack.members}
    if "ServerlessDeploymentBucket" in logical:
        return "serverless", "the stack holds a bucket of the Serverless Framework"
    if "AWSEBAutoScalingGroup" in logical:
        return "beanstalk", "the stack is laid out by Elastic Beanstalk"
    if any(member.type == "AWS::CDK::Metadata" for member in stack.members):
        return "cdk", "the stack holds the CDK's metadata"
    if logical and sum(bool(_HASHED.fullmatch(one)) for one in logical) > len(logical) / 2:
        return "cdk", "its resources are named within the stack as the CDK does"
    return "cloudformation", ""


Known = Callable[[str, str], CloudStack | None]
"""A stack as it was read before, by its id and the time of its last change; None where it is not known so."""


def read_stacks(known: Known) -> Reading[list[tuple[CloudStack, str]]]:
    """All stacks with their resources, each with the time of its last change. What did not change since it was read
    before is not asked again. Raises CallError where stacks can't be listed."""
    listing = yield read("cloudformation", "ListStacks", paginate=True)
    summaries = listing.get("StackSummaries", ())
    found: list[tuple[CloudStack, str]] = []
    fresh: list[tuple[CloudStack, str]] = []
    for raw in summaries:
        changed = str(raw.get("LastUpdatedTime") or raw.get("CreationTime") or "")
        bare = CloudStack(raw["StackName"], raw["StackId"], raw["StackStatus"])
        before = None if bare.gone else known(bare.id, changed)
        if bare.gone or before is not None:
            found.append((before or bare, changed))
        else:
            fresh.append((bare, changed))
    answers = yield [_whole(stack) for stack, _ in fresh]
    for (_, changed), answer in zip(fresh, answers, strict=True):
        if isinstance(answer, CallError):
            raise answer
        found.append((answer, changed))
    return found


def _whole(stack: CloudStack) -> Reading[CloudStack]:
    """With its resources, and the tags that say which tool drives it."""
    gone = ("ValidationError",)
    answers = yield [
        read("cloudformation", "ListStackResources", {"StackName": stack.id}, paginate=True, absent_on=gone),
        read("cloudformation", "DescribeStacks", {"StackName": stack.id}, absent_on=gone),
    ]
    for answer in answers:
        if isinstance(answer, CallError):
            raise answer
    listing, told = answers
    members = tuple(
        StackMember(one["LogicalResourceId"], one["ResourceType"], one.get("PhysicalResourceId") or "")
        for one in (listing or {}).get("StackResourceSummaries", ())
        if one.get("ResourceStatus") != "DELETE_COMPLETE"
    )
    raws: list[Any] = list((told or {}).get("Stacks", ()))
    tags = {tag["Key"]: tag["Value"] for raw in raws for tag in raw.get("Tags", ())}
    return CloudStack(stack.name, stack.id, stack.status, members, tags)


def stack_of(actual: Actual, url: str = "") -> Reading[tuple[CloudStack, ...]]:
    """The stack that holds one thing, without its other members; empty where none does. CloudFormation knows it by
    whichever of its names is its physical id; of a queue that is its `url`."""
    gone = ("ValidationError",)
    ids = dict.fromkeys(id for id in (actual.id, actual.name, actual.arn, url) if id and len(id) <= LONGEST)
    asked = [read("cloudformation", "DescribeStackResources", {"PhysicalResourceId": id}, absent_on=gone) for id in ids]
    answers = yield [*asked]
    found: dict[str, CloudStack] = {}
    for id, answer in zip(ids, answers, strict=True):
        if isinstance(answer, CallError):
            raise answer
        for one in (answer or {}).get("StackResources", ()):
            if one.get("PhysicalResourceId") == id and one.get("ResourceStatus") != "DELETE_COMPLETE":
                member = StackMember(one["LogicalResourceId"], one["ResourceType"], id)
                before = found.get(one["StackId"]) or CloudStack(one["StackName"], one["StackId"], "")
                found[one["StackId"]] = replace(before, members=(*before.members, member))
    return tuple(found.values())


LONGEST: Final = 1_500
"""Characters of a physical id that CloudFormation takes."""
