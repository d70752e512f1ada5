"""CloudFormation: how it names what it makes, and which types it puts its own tags on.

Tools that stand on it (CDK, SAM, Serverless Framework, Copilot, Beanstalk, Service Catalog, Control Tower) write their
stacks through here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.resource import Actual
from tests.corpus.builders import aws, ids
from tests.corpus.builders.book import Book
from tests.corpus.builders.things import Tags, shown
from tests.corpus.record import Owner, Stack, StackResource

Suffix = Literal["lower", "mixed", "upper", "none"]


@dataclass(frozen=True, slots=True)
class Type:
    """A type of CloudFormation's: our kind, how it ends a name that nobody chose, whether it gets `aws:` tags, and
    whether tags show at all."""

    kind: str
    suffix: Suffix
    tagged: bool


TYPES: Final[Mapping[str, Type]] = {
    "AWS::ApiGatewayV2::Api": Type("api", "none", True),
    "AWS::CertificateManager::Certificate": Type("certificate", "none", True),
    "AWS::CloudFront::Distribution": Type("distribution", "none", False),
    "AWS::DynamoDB::Table": Type("table", "upper", False),
    "AWS::EC2::Instance": Type("instance", "none", True),
    "AWS::EC2::SecurityGroup": Type("security-group", "mixed", True),
    "AWS::EC2::VPC": Type("network", "none", True),
    "AWS::EC2::Volume": Type("volume", "none", True),
    "AWS::ECR::Repository": Type("repository", "lower", False),
    "AWS::ECS::Cluster": Type("cluster", "mixed", True),
    "AWS::ECS::Service": Type("container-service", "mixed", False),
    "AWS::EFS::FileSystem": Type("filesystem", "none", True),
    "AWS::ElastiCache::ReplicationGroup": Type("cache", "lower", False),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Type("load-balancer", "mixed", True),
    "AWS::Events::Rule": Type("rule", "mixed", True),
    "AWS::IAM::Role": Type("role", "mixed", False),
    "AWS::KMS::Key": Type("key", "none", False),
    "AWS::Lambda::Function": Type("function", "mixed", True),
    "AWS::Logs::LogGroup": Type("log-group", "mixed", True),
    "AWS::RDS::DBInstance": Type("database", "lower", True),
    "AWS::Route53::HostedZone": Type("dns-zone", "none", False),
    "AWS::S3::Bucket": Type("bucket", "lower", True),
    "AWS::SNS::Topic": Type("topic", "mixed", True),
    "AWS::SQS::Queue": Type("queue", "mixed", False),
    "AWS::SSM::Parameter": Type("parameter", "mixed", False),
    "AWS::Scheduler::Schedule": Type("schedule", "mixed", False),
    "AWS::SecretsManager::Secret": Type("secret", "mixed", True),
}

_KNOWN_BY_NAME: Final = frozenset({"cache", "log-group"})
_ARN_IS_PHYSICAL: Final = frozenset({"container-service"})
_SHORT: Final = {"load-balancer": 32}


def physical_id(actual: Actual) -> str:
    """What CloudFormation calls the thing in its lists."""
    if actual.kind in _KNOWN_BY_NAME:
        return actual.name
    if actual.kind in _ARN_IS_PHYSICAL:
        return actual.arn
    if actual.kind == "key":
        return actual.arn.rpartition("/")[2]
    if actual.kind == "schedule":
        return actual.name
    return actual.id


def stack(
    book: Book,
    name: str,
    resources: Mapping[str, str],
    *,
    owner: Owner | None = None,
    tags: Tags | None = None,
    specs: Mapping[str, Document] | None = None,
    extra: Mapping[str, Tags] | None = None,
    status: str = "CREATE_COMPLETE",
    orphans: frozenset[str] = frozenset(),
    story: str = "",
    generation: str = "",
) -> dict[str, Actual]:
    """A stack and what it made, by logical id. `resources`: logical id to `SQS::Queue`, or `SQS::Queue=chosen-name`. A
    type that the sweep does not show is only listed. `tags`: of the stack, which go to all it makes that can bear tags;
    `extra`: what single resources bear besides. `orphans`: what still exists though the stack is deleted: nobody's.
    `generation`: tells a stack from an earlier one of its name."""
    owner = owner or Owner("cloudformation", name)
    id = stack_id(book, name, generation)
    made: dict[str, Actual] = {}
    listed: list[StackResource] = []
    for logical, word in resources.items():
        type_, _, chosen = word.partition("=")
        full = type_ if type_.startswith(("Custom::", "AWS::")) else f"AWS::{type_}"
        if full not in TYPES:
            listed.append(StackResource(logical, full, chosen or _named(book, name, logical, "mixed")))
            continue
        worn = _tags(TYPES[full], name, id, logical, {**(tags or {}), **(extra or {}).get(logical, {})})
        spec = {**_role_of(book, name, logical, full, resources), **(specs or {}).get(logical, {})}
        actual = _shown(book, name, logical + generation, TYPES[full], chosen, worn, spec)
        listed.append(StackResource(logical, full, physical_id(actual)))
        if status == "DELETE_COMPLETE" and logical not in orphans:
            continue
        left = logical in orphans
        made[logical] = book.keep(actual, None if left else owner, story or _told(owner, name, left=left))
        if actual.kind == "network":
            aws.default_group(book, actual)
    book.stacks.append(Stack(name, id, status, tuple(listed), dict(tags or {})))
    return made


def stack_id(book: Book, name: str, generation: str = "") -> str:
    """The ARN of a stack."""
    return book.at.arn("cloudformation", f"stack/{name}/{ids.uuid(book.at.number + name + generation)}")


def system_tags(book: Book, name: str, logical: str) -> Tags:
    """The tags that CloudFormation itself puts on."""
    return {
        "aws:cloudformation:stack-name": name,
        "aws:cloudformation:stack-id": stack_id(book, name),
        "aws:cloudformation:logical-id": logical,
    }


def _tags(type_: Type, name: str, id: str, logical: str, stack_tags: Tags) -> Tags:
    system = {
        "aws:cloudformation:stack-name": name,
        "aws:cloudformation:stack-id": id,
        "aws:cloudformation:logical-id": logical,
    }
    if type_.tagged:
        return {**stack_tags, **system}
    return {key: value for key, value in stack_tags.items() if not key.startswith("aws:")}


def _shown(book: Book, name: str, logical: str, type_: Type, chosen: str, tags: Tags, spec: Document) -> Actual:
    called = chosen or ("" if type_.suffix == "none" else _named(book, name, logical, type_.suffix))
    if type_.kind == "api" and not called:
        called = name
    if type_.kind == "certificate" and not called:
        called = f"{name.lower()}.example.com"
    if type_.kind == "secret" and not chosen:
        called = f"{logical}-{ids.mixed(name + logical, 12)}"
    if type_.kind == "parameter" and not chosen:
        called = f"CFN-{logical}-{ids.mixed(name + logical, 12)}"
    if type_.kind == "container-service" and "/" not in called:
        called = f"{spec.get('cluster', 'default')}/{called}"
    if cut := _SHORT.get(type_.kind):
        called = called[:cut]
    return shown(book.at, type_.kind, called, tags, spec, seed=f"{name}/{logical}")


def _role_of(book: Book, name: str, logical: str, type_: str, resources: Mapping[str, str]) -> Document:
    """The role of a function, which the same stack makes: the one that is named after it, else any."""
    roles = {one: word for one, word in resources.items() if word.startswith("IAM::Role")}
    if type_ != "AWS::Lambda::Function" or not roles:
        return {}
    stem = logical[:-8] if re.search("[0-9A-F]{8}$", logical) else logical
    role = next((one for one in roles if one.startswith(stem)), next(iter(roles)))
    called = roles[role].partition("=")[2] or _named(book, name, role, "mixed")
    return {"role": book.at.arn("iam", f"role/{called}", region="")}


def _named(book: Book, name: str, logical: str, suffix: Suffix) -> str:
    """`Stack-Logical-hcXHvB3dWWFo`, cut so that it fits 64 characters, as CloudFormation does."""
    seed = f"{book.at.number}/{name}/{logical}"
    if suffix == "lower":
        return f"{name[:24]}-{logical[:24]}-{ids.lower(seed, 12)}".lower()
    end = ids.upper(seed, 13) if suffix == "upper" else ids.mixed(seed, 12)
    return f"{name[:24]}-{logical[:24]}-{end}"


def _told(owner: Owner, name: str, *, left: bool) -> str:
    return f"left behind when stack {name} was deleted" if left else f"made by {owner.tool} in stack {name}"
