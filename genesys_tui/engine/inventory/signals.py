"""The signs by which a tool is known, strongest first, each with its why. A table and nothing else.

Sources: FACTS of the tools' own documentation; AWS's list of reserved tag prefixes ("Tag naming limits", users can't
write `aws:`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class TagSign:
    """`key` is a pattern for the whole key. The owner's id is the tag's value, or (`in_key`) the group of the key."""

    key: re.Pattern[str]
    tool: str
    strength: float
    value: re.Pattern[str] | None = None
    in_key: bool = False
    names: bool = True
    """Whether the value (or key) names the owner."""
    also: str = ""
    """Another tag, whose value belongs to that name: `radar/prod`."""


@dataclass(frozen=True, slots=True)
class NameSign:
    """`kinds`: those that are named so; empty: all. The group `id`, if any, is the owner's."""

    name: re.Pattern[str]
    tool: str
    strength: float
    why: str
    kinds: frozenset[str] = frozenset()


def _tag(
    key: str,
    tool: str,
    strength: float,
    *,
    value: str | None = None,
    in_key: bool = False,
    names: bool = True,
    also: str = "",
) -> TagSign:
    wanted = re.compile(value, re.IGNORECASE) if value else None
    return TagSign(re.compile(key), tool, strength, wanted, in_key, names, also)


RESERVED: Final = 0.98
"""A tag that only AWS can write."""
OWN: Final = 0.95
"""A tag that the tool writes, and nobody else has a reason to."""
SAID: Final = 0.85
"""A tag that people write too, to say who manages it."""
NAMED: Final = 0.75
"""A tag whose whole value is a tool's name: keys are written in many languages."""

TAGS: Final[tuple[TagSign, ...]] = (
    _tag(r"aws:servicecatalog:provisionedProductArn", "service-catalog", RESERVED),
    _tag(r"aws:servicecatalog:.*", "service-catalog", RESERVED, names=False),
    _tag(r"aws:backup:.*", "backup", RESERVED),
    _tag(r"aws:eks:cluster-name", "eks", RESERVED),
    _tag(r"aws:ecs:clusterName", "ecs", RESERVED),
    _tag(r"aws:ecs:.*", "ecs", RESERVED, names=False),
    _tag(r"aws:autoscaling:groupName", "autoscaling", 0.92),  # whoever made the group says more
    _tag(r"aws:ec2launchtemplate:.*", "autoscaling", 0.5, names=False),
    _tag(r"elasticbeanstalk:environment-name", "beanstalk", OWN),
    _tag(r"elasticbeanstalk:.*", "beanstalk", OWN, names=False),
    _tag(r"eks:cluster-name", "eks", OWN),
    _tag(r"alpha\.eksctl\.io/cluster-name", "eks", OWN),
    _tag(r"elbv2\.k8s\.aws/cluster", "eks", OWN),
    _tag(r"kubernetes\.io/cluster/(?P<id>.+)", "eks", 0.9, value=r"owned", in_key=True),
    _tag(r"kubernetes\.io/(service-name|created-for/.*)", "eks", 0.9, names=False),
    _tag(r"ebs\.csi\.aws\.com/cluster", "eks", 0.9, names=False),
    _tag(r"KubernetesCluster", "eks", 0.9),
    _tag(r"cluster\.k8s\.amazonaws\.com/name", "eks", 0.9),
    _tag(r"node\.k8s\.amazonaws\.com/.*", "eks", 0.9, names=False),
    _tag(r"serverless:service", "serverless", OWN),
    _tag(r"serverless:.*", "serverless", OWN, names=False),
    _tag(r"sst:app", "sst", OWN),
    _tag(r"sst:stage", "sst", OWN, names=False),
    _tag(r"aws-chalice", "chalice", OWN),
    _tag(r"copilot-application", "copilot", OWN),
    _tag(r"copilot-.*", "copilot", 0.9, names=False),
    _tag(r"lambda:createdBy", "sam", OWN, value=r"SAM", names=False),
    _tag(r"serverlessrepo:applicationId", "sam", OWN),
    _tag(r"pulumi:project", "pulumi", SAID, also="pulumi:stack"),
    _tag(r"pulumi:.*", "pulumi", SAID, names=False),
    _tag(r"(?i)managed[-_ ]?by", "terraform", SAID, value=r"(terraform|terragrunt|opentofu|tofu)", names=False),
    _tag(r"(?i)managed[-_ ]?by", "pulumi", SAID, value=r"pulumi", names=False),
    _tag(r"(?i)(terraform|tf)([-_:].+)?", "terraform", SAID, value=r"(?!false$|no$|0$).+", names=False),
    _tag(
        r"(?i)(created|provisioned|deployed)[-_ ]?(by|with)",
        "terraform",
        SAID,
        value=r"terra(form|grunt).*",
        names=False,
    ),
    _tag(r".+", "terraform", NAMED, value=r"(terraform|terragrunt|opentofu)", names=False),
    _tag(r".+", "pulumi", NAMED, value=r"pulumi", names=False),
)

PATTERN: Final = 0.8
"""A name that only a tool's own habit makes."""
HINT: Final = 0.6
"""A name that people copy."""


def _name(pattern: str, tool: str, strength: float, why: str, *kinds: str) -> NameSign:
    return NameSign(re.compile(pattern), tool, strength, why, frozenset(kinds))


SLS: Final = "the Serverless Framework names its bucket so"

NAMES: Final[tuple[NameSign, ...]] = (
    _name(r"AWSServiceRoleFor\w+", "aws", 1.0, "it is a service-linked role", "role"),
    _name(r"AWSReservedSSO_\w+", "aws", 1.0, "IAM Identity Center made it", "role"),
    _name(r"(?P<id>aws-controltower)-.*", "control-tower", 0.95, "Control Tower names things so"),
    _name(r"AWSControlTower\w*", "control-tower", 0.95, "Control Tower names roles so", "role"),
    _name(r"/aws/controltower/.*", "control-tower", 0.95, "Control Tower names its logs so"),
    _name(r"StackSet-(?P<id>AWSControlTower\w*)-.*", "control-tower", 0.9, "a StackSet of Control Tower made it"),
    _name(r"cdk-[a-z0-9]{9}-.+-\d{12}-[a-z0-9-]+", "cdk", 0.95, "the CDK's bootstrap names things so"),
    _name(r"genesys-artifacts-\d{12}-[a-z0-9-]+", "genesys", 0.95, "we put what is too big for one call there"),
    _name(r"aws-sam-cli-managed-default-.*", "sam", 0.95, "the SAM CLI names its own bucket so"),
    _name(r"elasticbeanstalk-[a-z0-9-]+-\d{12}", "beanstalk", 0.95, "Elastic Beanstalk names its bucket so", "bucket"),
    _name(r"/aws/elasticbeanstalk/(?P<id>[^/]+)/.*", "beanstalk", 0.95, "Elastic Beanstalk writes its logs so"),
    _name(r"RDSOSMetrics", "aws", 0.95, "enhanced monitoring of RDS made it", "log-group"),
    _name(r"/aws/apigateway/welcome", "aws", 0.95, "API Gateway made it when it was first used"),
    _name(r"sst-(asset|state)-[a-z]{12}", "sst", 0.95, "SST names its own buckets so", "bucket"),
    _name(r"/sst/bootstrap", "sst", 0.95, "SST keeps its bootstrap there", "parameter"),
    _name(r"awseb-e-.*", "beanstalk", 0.9, "Elastic Beanstalk names things so"),
    _name(
        r"cf-templates-[a-z0-9]+-[a-z0-9-]+",
        "cloudformation",
        0.95,
        "the CloudFormation console keeps templates so",
        "bucket",
    ),
    _name(r"eks-cluster-sg-(?P<id>.+)-\d+", "eks", 0.95, "EKS names the group of a cluster so", "security-group"),
    _name(
        r"(?P<id>.+)-serverlessdeploymentbucket-[a-z0-9]{12,}",
        "serverless",
        0.9,
        "the Serverless Framework's",
        "bucket",
    ),
    _name(
        r"(?P<id>.+)-[a-z]{2}(-[a-z]+)+-\d-lambdaRole",
        "serverless",
        PATTERN,
        "the Serverless Framework names the role of its functions so",
        "role",
    ),
    _name(r".+-[0-9a-f]{7}", "pulumi", 0.4, "Pulumi ends names so"),
    _name(r"(?P<id>[\w-]+)-[A-Za-z0-9]+-[A-Z0-9]{12,13}", "cloudformation", HINT, "CloudFormation makes names so"),
    _name(r"k8s-.+-[0-9a-f]{10}", "eks", 0.85, "a controller inside a cluster names things so"),
)

INTERFACE: Final = "ec2:network-interface"

DESCRIPTIONS: Final[tuple[NameSign, ...]] = (
    _name(r"ELB .+", "aws", 0.95, "a load balancer made it for itself", INTERFACE),
    _name(r"AWS Lambda VPC ENI.*", "aws", 0.95, "Lambda made it for a function", INTERFACE),
    _name(
        r"(RDS|EFS|Amazon EKS|VPC Endpoint|Interface for NAT).*",
        "aws",
        0.9,
        "a service made it",
        "ec2:network-interface",
    ),
    _name(r"aws-K8S-.+", "eks", 0.9, "the network plugin of a cluster made it", INTERFACE),
)
"""What services write into the description of what they make."""
