"""A database that is an Aurora cluster with its instances, which are parts of it. Sources: the RDS API reference;
"Managing an Amazon Aurora DB cluster", AWS documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Params, Value, Wait, read
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Placement, Reading
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.database import DatabaseSpec, major
from genesys_tui.engine.providers.aws.database import aurora_instances as instances
from genesys_tui.engine.providers.aws.database import database_instance as instance
from genesys_tui.engine.providers.aws.described import fixed, present, to_wire
from genesys_tui.engine.providers.aws.tags import marked, tags_from_wire, tags_on_wire, users_tags

GONE = ("DBClusterNotFoundFault",)
ENGINES = {"aurora-postgres": "aurora-postgresql"}
"""Our word for an engine, and AWS's, where they differ."""
PLAIN = {
    "deletion_protection": "DeletionProtection",
    "iam_auth": "EnableIAMDatabaseAuthentication",
    "version": "EngineVersion",
    "port": "Port",
}


def is_cluster(id: str) -> bool:
    """A cluster's id is its ARN, for an instance may have the same name."""
    return id.startswith("arn:")


# reading ----------------------------------------------------------------------------------------------------------
def describe(name: str) -> Call:
    """The cluster of that name."""
    return read("rds", "DescribeDBClusters", {"DBClusterIdentifier": name}, absent_on=GONE)


def members(id: str) -> Reading[Answer | None]:
    """The instances of a cluster; of what is none, nothing is asked."""
    if not is_cluster(id):
        return None
    answer: Answer | None = yield instances.describe(name_of(id))
    return answer


def snapshots(have: Actual) -> Call:
    """The snapshots it has."""
    return read("rds", "DescribeDBClusterSnapshots", {"DBClusterIdentifier": have.name}, paginate=True)


def name_of(arn: str) -> str:
    """`app` of `arn:aws:rds:eu-west-1:123456789012:cluster:app`"""
    return arn.rsplit(":", 1)[-1]


def actual(raw: Mapping[str, Any], parts: Sequence[Mapping[str, Any]] | None) -> Actual:
    """What the describe calls told. `parts`: its instances, None where they were not asked for."""
    engine = raw["Engine"]
    groups = [one["VpcSecurityGroupId"] for one in raw.get("VpcSecurityGroups") or ()]
    tags = tags_from_wire(raw.get("TagList"))
    spec: dict[str, Any] = {
        "engine": {wire: word for word, wire in ENGINES.items()}.get(engine, engine),
        "version": major(engine, raw.get("EngineVersion", "")),
        "backup": {"retention_days": raw.get("BackupRetentionPeriod"), "window": raw.get("PreferredBackupWindow")},
        "security_groups": groups or None,
        "port": raw.get("Port"),
        "username": raw.get("MasterUsername"),
        "deletion_protection": bool(raw.get("DeletionProtection")),
        "iam_auth": bool(raw.get("IAMDatabaseAuthenticationEnabled")),
        "tags": users_tags(tags),
        "aws": raw,
    }
    if parts is not None:
        spec |= instances.told(parts)
    arn, status = raw["DBClusterArn"], raw.get("Status", "available")
    settled = "" if status in ("available", "stopped") else status
    created = raw.get("ClusterCreateTime")
    data = {**raw, instances.TOLD: list(parts or ())}
    return Actual("database", arn, raw["DBClusterIdentifier"], "", spec, tags, arn, created, data, transition=settled)


# lowering ---------------------------------------------------------------------------------------------------------
def create(name: str, want: DatabaseSpec, place: Placement) -> Iterator[Line]:
    """The subnets it may stand in are named before."""
    arn = place.arn("rds", f"cluster:{name}")
    params: Params = present(
        {
            "DBClusterIdentifier": name,
            **instance.at_birth(name, want),
            "Engine": _engine(want.engine),
            **_settings(want),
            "Tags": tags_on_wire(marked(want.tags, place)),
        }
    )
    call = Call(
        "rds",
        "CreateDBCluster",
        params,
        captures=_outputs(name, "DBCluster"),
        find=Find(describe(name), _outputs(name, "DBClusters[0]"), ("DBClusterAlreadyExistsFault",)),
        wait=_available(name, f"until the cluster of database '{name}' is there"),
        on=(arn, *(place.arn("rds", f"{group}:*") for group in ("cluster-pg", "og", "subgrp"))),
        also_needs=instance.birth_needs(arn),
        seconds=120,
    )
    what = f"{want.engine} {want.version or ''}".strip()
    yield Line(f"Create {what} database '{name}'", "Its password is made and kept by Secrets Manager", (call,))
    calls = tuple(instances.create(name, _engine(want.engine), want, place))
    if want.multi_az:
        told = f"Give database '{name}' two instances, {want.size}, in two zones"
        yield Line(told, "One takes over where the other fails", calls)
    else:
        yield Line(f"Give database '{name}' an instance, {want.size}", "A cluster alone only stores", calls)


def update(have: Actual, changed: DatabaseSpec, place: Placement) -> Iterator[Call]:
    """The calls that bring the settings about. Raises GenesysError for what Aurora has not."""
    _refuse(have, changed)
    if settings := _settings(changed):
        yield _modify(have, settings)
    yield from instances.update(have, changed, place)


def delete(have: Actual, snapshot: str) -> Iterator[Line]:
    """Its instances hold nothing; its data stays as this snapshot."""
    if have.provider_data.get("DeletionProtection"):
        yield instance.unprotect(have, _modify(have, {"DeletionProtection": False}))
    why = f"until database '{have.name}' is gone"
    params: Params = {
        "DBClusterIdentifier": have.name,
        "FinalDBSnapshotIdentifier": snapshot,
        "DeleteAutomatedBackups": False,
    }
    kept = ":".join((*have.arn.split(":")[:5], "cluster-snapshot", snapshot))
    call = Call(
        "rds",
        "DeleteDBCluster",
        params,
        absent_on=GONE,
        idempotent=True,
        wait=Wait(describe(have.name), "!DBClusters", why, interval=15, limit=2_400),
        on=(have.arn, kept),
        seconds=300,
    )
    yield instance.removal(have, snapshot, *(instances.delete(have, one) for one in instances.names(have)), call)


def outputs_of(have: Actual) -> dict[str, str | None]:
    """Where clients reach it, and its password."""
    raw = have.provider_data
    return {
        "endpoint": raw.get("Endpoint"),
        "reader_endpoint": raw.get("ReaderEndpoint"),
        "port": str(raw["Port"]) if raw.get("Port") else None,
        "secret_arn": (raw.get("MasterUserSecret") or {}).get("SecretArn"),
    }


def _refuse(have: Actual, changed: DatabaseSpec) -> None:
    """Words need not name the engine: then only what is there tells that they ask for too much."""
    if changed.storage is not None:
        raise GenesysError(
            f"the storage of database '{have.name}' can't be set",
            why="it is of Aurora, whose storage grows by itself",
            todo="leave `storage` out",
        )
    if changed.size == "small":
        raise GenesysError(
            f"database '{have.name}' can't be small", why="it is of Aurora", todo="ask for medium, or larger"
        )


def _settings(want: DatabaseSpec) -> dict[str, Value]:
    """The settings of the cluster that are set, by RDS's names."""
    wire: dict[str, Value] = {**present(to_wire(want.document, PLAIN)), **instance.backup(want)}
    if want.security_groups:
        wire["VpcSecurityGroupIds"] = want.security_groups
    return wire | dict(want.aws or {})


def _engine(word: str | None) -> str | None:
    return ENGINES.get(word or "", word)


def _outputs(name: str, at: str) -> dict[str, Capture]:
    arn = Capture(f"{at}.DBClusterArn")
    return {"id": arn, "arn": arn, "name": fixed(name)}


def _available(name: str, why: str) -> Wait:
    it = "DBClusters[0]"
    captures = {
        "endpoint": Capture(f"{it}.Endpoint"),
        "reader_endpoint": Capture(f"{it}.ReaderEndpoint"),
        "port": Capture(f"{it}.Port"),
        "secret_arn": Capture(f"{it}.MasterUserSecret.SecretArn", required=False),
    }
    failed = instance.FAILED.format(status=f"{it}.Status")
    done = f"{it}.Status=='available' && !({it}.PendingModifiedValues)"
    return Wait(describe(name), done, why, failed=failed, interval=10, limit=2_400, captures=captures)


def _modify(have: Actual, changes: Mapping[str, Value]) -> Call:
    params: Params = {"DBClusterIdentifier": have.name, **changes, "ApplyImmediately": True}
    if "EngineVersion" in changes:
        params = {**params, "AllowMajorVersionUpgrade": True}
    wait = _available(have.name, f"until database '{have.name}' is as changed")
    return Call("rds", "ModifyDBCluster", params, idempotent=True, wait=wait, on=(have.arn,), seconds=60)
