"""Resources as the bulk listings of AWS show them: their ids, ARNs, and the few settings that a listing tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from genesys_tui.engine.model.document import Document, Leaf
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers.aws import tagging
from tests.corpus.builders import ids

Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """An account in a region, and the day on which its story begins (ISO)."""

    number: str
    region: str
    began: str = "2021-02-01"

    def arn(self, service: str, rest: str, *, region: str | None = None) -> str:
        """`arn:aws:sqs:eu-west-1:123456789012:jobs`; an empty `region` for what is global."""
        return f"arn:aws:{service}:{self.region if region is None else region}:{self.number}:{rest}"

    def day(self, seed: str) -> datetime:
        """A time within two years and a half of the beginning."""
        minutes = int(ids.number(seed, 9)) % (900 * 24 * 60)
        return datetime.fromisoformat(self.began).replace(tzinfo=UTC) + timedelta(minutes=minutes)


_PREFIXES: Final[Mapping[str, str]] = {
    "filesystem": "fs-",
    "instance": "i-",
    "network": "vpc-",
    "security-group": "sg-",
    "volume": "vol-",
}
_NAMED_BY_TAG: Final = frozenset({"filesystem", "instance", "network", "volume"})
_TELLS_TAGS: Final = _NAMED_BY_TAG | {"api", "cluster", "container-service", "database", "secret", "security-group"}
_TELLS_CREATED: Final = frozenset(
    {"api", "bucket", "cache", "container-service", "database", "filesystem", "instance", "load-balancer"}
    | {"repository", "role", "schedule", "secret", "volume"}
)
_ID_IS_ARN: Final = frozenset({"cache", "certificate", "key", "load-balancer", "log-group", "secret", "topic"})

_ARNS: Final[Mapping[str, str]] = {
    "bucket": "arn:aws:s3:::{name}",
    "cache": "arn:aws:elasticache:{region}:{number}:replicationgroup:{name}",
    "certificate": "arn:aws:acm:{region}:{number}:certificate/{uuid}",
    "cluster": "arn:aws:ecs:{region}:{number}:cluster/{name}",
    "container-service": "arn:aws:ecs:{region}:{number}:service/{name}",
    "database": "arn:aws:rds:{region}:{number}:db:{name}",
    "distribution": "arn:aws:cloudfront::{number}:distribution/{id}",
    "dns-zone": "arn:aws:route53:::hostedzone/{id}",
    "filesystem": "arn:aws:elasticfilesystem:{region}:{number}:file-system/{id}",
    "function": "arn:aws:lambda:{region}:{number}:function:{name}",
    "instance": "arn:aws:ec2:{region}:{number}:instance/{id}",
    "key": "arn:aws:kms:{region}:{number}:key/{uuid}",
    "load-balancer": "arn:aws:elasticloadbalancing:{region}:{number}:loadbalancer/app/{name}/{hex}",
    "log-group": "arn:aws:logs:{region}:{number}:log-group:{name}",
    "network": "arn:aws:ec2:{region}:{number}:vpc/{id}",
    "parameter": "arn:aws:ssm:{region}:{number}:parameter/{bare}",
    "queue": "arn:aws:sqs:{region}:{number}:{name}",
    "repository": "arn:aws:ecr:{region}:{number}:repository/{name}",
    "role": "arn:aws:iam::{number}:role{path}{name}",
    "rule": "arn:aws:events:{region}:{number}:rule/{name}",
    "schedule": "arn:aws:scheduler:{region}:{number}:schedule/default/{name}",
    "secret": "arn:aws:secretsmanager:{region}:{number}:secret:{name}-{six}",
    "security-group": "arn:aws:ec2:{region}:{number}:security-group/{id}",
    "table": "arn:aws:dynamodb:{region}:{number}:table/{name}",
    "topic": "arn:aws:sns:{region}:{number}:{name}",
    "volume": "arn:aws:ec2:{region}:{number}:volume/{id}",
    "api": "arn:aws:apigateway:{region}::/apis/{id}",
}


def shown(
    at: Place,
    kind: str,
    name: str,
    tags: Tags | None = None,
    spec: Document | None = None,
    *,
    of_aws: str = "",
    transition: str = "",
    path: str = "/",
    seed: str = "",
) -> Actual:
    """A resource of a registered kind. An empty `name` is one that nobody gave: its id then. `seed`: tells apart what
    goes by the same name. `path`: of a role. `spec`: what differs from what is usual in a listing."""
    drawn = f"{at.number}/{at.region}/{kind}/{name}/{seed}"
    id = _id(at, kind, name, drawn)
    parts = {"name": name, "id": id, "region": at.region, "number": at.number, "path": path, "bare": name.lstrip("/")}
    parts |= {"uuid": ids.uuid(drawn), "hex": ids.hexes(drawn, 16), "six": ids.mixed(drawn, 6)}
    arn = _ARNS[kind].format_map(parts)
    worn = dict(tags or {})
    if kind in _NAMED_BY_TAG and name:
        worn = {"Name": name, **worn}
    if kind == "role":
        worn = {}
    shown_id = arn if kind in _ID_IS_ARN else id
    return Actual(
        kind,
        shown_id,
        name or (parts["uuid"] if kind == "key" else id),
        at.region,
        {**_usual(at, kind, name, worn, drawn), **(spec or {})},
        worn,
        arn,
        at.day(drawn) if kind in _TELLS_CREATED else None,
        of_aws=of_aws,
        transition=transition,
    )


def other(at: Place, service: str, rest: str, tags: Tags, **spec: Leaf) -> Actual:
    """Something without a kind, as the tagging API shows it: `other(at, "eks", "cluster/prod", ...)`."""
    told = tagging.of_arn(at.arn(service, rest), tags)
    return Actual(told.kind, told.id, told.name, told.region, spec, told.tags, told.arn)


def _id(at: Place, kind: str, name: str, drawn: str) -> str:
    if prefix := _PREFIXES.get(kind):
        return prefix + ids.hexes(drawn, 17)
    match kind:
        case "api":
            return ids.lower(drawn, 10)
        case "distribution":
            return "E" + ids.upper(drawn, 13)
        case "dns-zone":
            return "Z0" + ids.upper(drawn, 18)
        case "queue":
            return f"https://sqs.{at.region}.amazonaws.com/{at.number}/{name}"
        case "schedule":
            return f"default/{name}"
        case _:
            return name


def _usual(at: Place, kind: str, name: str, tags: Tags, drawn: str) -> Document:
    """What a listing tells of one that nobody tuned."""
    spec = dict(_SETTINGS.get(kind, {}))
    if kind in _TELLS_TAGS:
        spec["tags"] = _users(tags, named=kind in _NAMED_BY_TAG)
    if kind == "function":
        role = f"role/service-role/{name}-role-{ids.lower(drawn, 8)}"
        spec |= {"code": ids.mixed(drawn, 43) + "=", "role": at.arn("iam", role, region="")}
    if kind in ("instance", "load-balancer", "security-group"):
        spec["network"] = "vpc-" + ids.hexes(f"{at.number}/{at.region}/network//default", 17)
    if kind == "security-group":
        spec["description"] = name
    return spec


def _users(tags: Tags, *, named: bool) -> dict[str, Leaf]:
    hidden = ("aws:", "genesys:")
    return {key: value for key, value in tags.items() if not key.startswith(hidden) and not (named and key == "Name")}


_SETTINGS: Final[Mapping[str, Document]] = {
    "cache": {"engine": "redis", "size": "cache.t4g.small", "nodes": 1, "port": 6379, "transit_encryption": True},
    "cluster": {"insights": False},
    "container-service": {"replicas": 2, "public_ip": False, "target": None},
    "database": {
        "engine": "postgres",
        "version": "16",
        "size": "small",
        "storage": 20,
        "multi_az": False,
        "backup": {"retention_days": 7, "window": "03:00-03:30"},
        "public": False,
        "port": 5432,
        "username": "postgres",
        "deletion_protection": False,
        "iam_auth": False,
    },
    "filesystem": {"performance": "general", "throughput": "elastic"},
    "function": {
        "runtime": "nodejs20.x",
        "handler": "index.handler",
        "memory": 128,
        "timeout": 3,
        "disk": 512,
        "layers": None,
        "architecture": "x86_64",
        "dead_letter": None,
        "tracing": False,
        "description": None,
        "subnets": None,
        "security_groups": None,
    },
    "instance": {"size": "small", "key": None, "profile": None, "running": True, "metadata": "v2", "monitoring": False},
    "load-balancer": {"type": "application", "scheme": "internet"},
    "log-group": {"retention": None, "key": None, "tier": "standard"},
    "network": {"cidr": "10.0.0.0/16"},
    "repository": {"scan_on_push": False, "immutable": False, "key": None},
    "rule": {"schedule": None, "pattern": None, "enabled": True, "description": None, "bus": "default"},
    "secret": {"key": None, "description": None},
    "volume": {"size": 20, "volume_type": "gp3", "iops": 3000, "throughput": 125, "zone": "a", "snapshot": None},
}
