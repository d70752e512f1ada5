"""Terraform and Pulumi: what they make bears no mark of theirs, and only their state files tell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from genesys_tui.engine.model.document import Leaf
from genesys_tui.engine.model.resource import Actual
from tests.corpus.builders import ids
from tests.corpus.builders.book import Book
from tests.corpus.builders.things import Place, Tags, shown
from tests.corpus.record import Owner

TERRAFORM: Final[Mapping[str, str]] = {
    "api": "aws_apigatewayv2_api",
    "bucket": "aws_s3_bucket",
    "cache": "aws_elasticache_replication_group",
    "certificate": "aws_acm_certificate",
    "cluster": "aws_ecs_cluster",
    "container-service": "aws_ecs_service",
    "database": "aws_db_instance",
    "distribution": "aws_cloudfront_distribution",
    "dns-zone": "aws_route53_zone",
    "filesystem": "aws_efs_file_system",
    "function": "aws_lambda_function",
    "instance": "aws_instance",
    "key": "aws_kms_key",
    "load-balancer": "aws_lb",
    "log-group": "aws_cloudwatch_log_group",
    "network": "aws_vpc",
    "parameter": "aws_ssm_parameter",
    "queue": "aws_sqs_queue",
    "repository": "aws_ecr_repository",
    "role": "aws_iam_role",
    "rule": "aws_cloudwatch_event_rule",
    "schedule": "aws_scheduler_schedule",
    "secret": "aws_secretsmanager_secret",
    "security-group": "aws_security_group",
    "table": "aws_dynamodb_table",
    "topic": "aws_sns_topic",
    "volume": "aws_ebs_volume",
}

PULUMI: Final[Mapping[str, str]] = {
    "api": "aws:apigatewayv2/api:Api",
    "bucket": "aws:s3/bucketV2:BucketV2",
    "cache": "aws:elasticache/replicationGroup:ReplicationGroup",
    "cluster": "aws:ecs/cluster:Cluster",
    "container-service": "aws:ecs/service:Service",
    "database": "aws:rds/instance:Instance",
    "distribution": "aws:cloudfront/distribution:Distribution",
    "function": "aws:lambda/function:Function",
    "instance": "aws:ec2/instance:Instance",
    "key": "aws:kms/key:Key",
    "load-balancer": "aws:lb/loadBalancer:LoadBalancer",
    "log-group": "aws:cloudwatch/logGroup:LogGroup",
    "network": "aws:ec2/vpc:Vpc",
    "parameter": "aws:ssm/parameter:Parameter",
    "queue": "aws:sqs/queue:Queue",
    "repository": "aws:ecr/repository:Repository",
    "role": "aws:iam/role:Role",
    "rule": "aws:cloudwatch/eventRule:EventRule",
    "secret": "aws:secretsmanager/secret:Secret",
    "security-group": "aws:ec2/securityGroup:SecurityGroup",
    "table": "aws:dynamodb/table:Table",
    "topic": "aws:sns/topic:Topic",
    "volume": "aws:ebs/volume:Volume",
}

_ARN_IS_ID: Final = frozenset({"certificate", "cluster", "container-service", "load-balancer", "secret", "topic"})
_NAME_IS: Final = {
    "bucket": "bucket",
    "database": "identifier",
    "certificate": "domain_name",
    "function": "function_name",
    "cache": "replication_group_id",
}


def provider_id(actual: Actual) -> str:
    """The `id` that the AWS provider keeps (Pulumi's is the same provider underneath)."""
    match actual.kind:
        case kind if kind in _ARN_IS_ID:
            return actual.arn
        case "log-group" | "cache":
            return actual.name
        case "key":
            return actual.arn.rpartition("/")[2]
        case "database":
            return "db-" + ids.upper(actual.arn, 26)
        case "schedule":
            return actual.id
        case _:
            return actual.id


def _attributes(actual: Actual) -> dict[str, Any]:
    given = {"id": provider_id(actual), "arn": actual.arn}
    if actual.kind not in ("network", "instance", "volume", "distribution", "key"):
        own = actual.name.rpartition("/")[2] if actual.kind == "container-service" else actual.name
        given[_NAME_IS.get(actual.kind, "name")] = own
    if actual.kind == "queue":
        given["url"] = actual.id
    users = {key: value for key, value in actual.tags.items() if not key.startswith("aws:")}
    return {**given, "tags": users, "tags_all": users}


class TerraformState:
    """A root module: what it made goes into the account, and into its state file when that is `written`."""

    def __init__(self, book: Book, file: str, *, tags: Tags | None = None, shown: bool = True) -> None:
        self._book, self._file, self._tags = book, file, dict(tags or {})
        self._owner = Owner("terraform", file if shown else "")
        self._resources: dict[tuple[str, str, str, str], list[dict[str, Any]]] = {}

    def add(
        self,
        kind: str,
        name: str,
        label: str = "this",
        *,
        tags: Tags | None = None,
        module: str = "",
        key: str | int | None = None,
        **spec: Leaf,
    ) -> Actual:
        """A resource `aws_...label`, in `module` (`module.net["a"]`), of `for_each` or `count` where it has a `key`."""
        made = shown(self._book.at, kind, name, {**self._tags, **(tags or {})}, spec)
        self._book.keep(made, self._owner, f"applied by Terraform as {TERRAFORM[kind]}.{label}")
        self._remember("managed", TERRAFORM[kind], label, module, made, key)
        return made

    def told(self, type_: str, label: str, service: str, rest: str, tags: Tags, *, module: str = "") -> Actual:
        """Something without a kind of ours: `told("aws_eks_cluster", "this", "eks", "cluster/live", {})`."""
        worn = {**self._tags, **tags}
        made = self._book.told(self._owner, service, rest, worn, f"applied by Terraform as {type_}.{label}")
        name = rest.rpartition("/")[2]
        attributes = {"id": name, "arn": made.arn, "name": name, "tags": worn, "tags_all": worn}
        self._instance("managed", type_, label, module, attributes, None)
        return made

    def data(self, label: str, actual: Actual) -> None:
        """A data source: looked up by Terraform, made by someone else."""
        self._remember("data", TERRAFORM[actual.kind], label, "", actual, None)

    def elsewhere(self, kind: str, name: str, label: str, at: Place) -> None:
        """What the same module made in another account or region, maybe under a name that is here too."""
        self._remember("managed", TERRAFORM[kind], label, "", shown(at, kind, name), None)

    def part(self, type_: str, label: str, of: Actual) -> None:
        """A resource that is a setting of another one: its id is often the same (`aws_s3_bucket_versioning`)."""
        attributes = {"id": provider_id(of), _NAME_IS.get(of.kind, "name"): of.name}
        self._instance("managed", type_, label, "", attributes, None)

    def write(self) -> None:
        """Gives the state file to the account."""
        resources = [
            {
                **({"module": module} if module else {}),
                "mode": mode,
                "type": type_,
                "name": label,
                "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                "instances": instances,
            }
            for (mode, type_, label, module), instances in self._resources.items()
        ]
        whole = {
            "version": 4,
            "terraform_version": "1.9.8",
            "serial": len(resources) * 7,
            "lineage": ids.uuid(self._file),
            "outputs": {},
            "resources": resources,
            "check_results": None,
        }
        self._book.state_files[self._file] = json.dumps(whole, indent=2)

    def _remember(self, mode: str, type_: str, label: str, module: str, actual: Actual, key: str | int | None) -> None:
        self._instance(mode, type_, label, module, _attributes(actual), key)

    def _instance(
        self, mode: str, type_: str, label: str, module: str, attributes: dict[str, Any], key: str | int | None
    ) -> None:
        index = {} if key is None else {"index_key": key}
        whole: dict[str, Any] = {**index, "schema_version": 0, "attributes": attributes, "sensitive_attributes": []}
        self._resources.setdefault((mode, type_, label, module), []).append(whole)


class PulumiStack:
    """A stack of Pulumi. `tagged`: its program tags all with `pulumi:project` and `pulumi:stack`."""

    def __init__(
        self, book: Book, project: str, stack: str, *, tagged: bool = False, file: str = "", checkpoint: bool = False
    ) -> None:
        self._book, self._project, self._stack, self._file = book, project, stack, file
        self._checkpoint = checkpoint
        self._owner = Owner("pulumi", file or (f"{project}/{stack}" if tagged else ""))
        self._tags = {"pulumi:project": project, "pulumi:stack": stack} if tagged else {}
        self._resources: list[dict[str, Any]] = [
            {
                "urn": self._urn("pulumi:pulumi:Stack", f"{project}-{stack}"),
                "custom": False,
                "type": "pulumi:pulumi:Stack",
            }
        ]

    def add(self, kind: str, logical: str, name: str = "", *, tags: Tags | None = None, **spec: Leaf) -> Actual:
        """A resource; where no `name` is chosen, Pulumi adds seven hexadecimal digits to the logical one."""
        called = name or f"{logical}-{ids.hexes(self._project + self._stack + logical, 7)}"
        made = shown(self._book.at, kind, called, {**self._tags, **(tags or {})}, spec)
        self._book.keep(made, self._owner, f"made by pulumi up in {self._project}/{self._stack}")
        self._remember(logical, made)
        return made

    def looked_up(self, logical: str, actual: Actual) -> None:
        """`Bucket.get(...)`: read by the program, made by someone else."""
        self._remember(logical, actual, external=True)

    def write(self) -> None:
        """Gives the file to the account: what `pulumi stack export` says, or the checkpoint of a backend."""
        manifest = {"time": "2026-03-02T09:14:07Z", "magic": ids.hexes(self._project, 64), "version": "v3.140.0"}
        told = {"manifest": manifest, "resources": self._resources}
        latest = {"stack": f"organization/{self._project}/{self._stack}", "latest": told}
        whole = {"version": 3, "checkpoint": latest} if self._checkpoint else {"version": 3, "deployment": told}
        self._book.state_files[self._file] = json.dumps(whole, indent=2)

    def _remember(self, logical: str, actual: Actual, *, external: bool = False) -> None:
        type_ = PULUMI[actual.kind]
        outputs = _attributes(actual)
        inputs = {"tags": outputs["tags"], "__defaults": []}
        self._resources.append(
            {
                "urn": self._urn(type_, logical),
                "custom": True,
                "id": provider_id(actual),
                "type": type_,
                "inputs": inputs,
                "outputs": outputs,
                "parent": self._resources[0]["urn"],
                **({"external": True} if external else {}),
            }
        )

    def _urn(self, type_: str, logical: str) -> str:
        return f"urn:pulumi:{self._stack}::{self._project}::{type_}::{logical}"
