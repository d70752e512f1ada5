"""A database that is one RDS instance: how it is made, changed and removed. Source: the RDS API reference."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from genesys_tui.engine.model.call import Call, Capture, Find, Params, Value, Wait, read
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.database import SIZES, DatabaseSpec, major
from genesys_tui.engine.providers.aws.described import fixed, present, to_wire
from genesys_tui.engine.providers.aws.tags import marked, tags_from_wire, tags_on_wire, users_tags

GONE = ("DBInstanceNotFound", "DBInstanceNotFoundFault")
PLAIN = {
    "storage": "AllocatedStorage",
    "multi_az": "MultiAZ",
    "public": "PubliclyAccessible",
    "deletion_protection": "DeletionProtection",
    "iam_auth": "EnableIAMDatabaseAuthentication",
    "version": "EngineVersion",
}
WORDS = {size: word for word, size in SIZES.items()}
"""Our word for a class of instances."""
SETTLED = frozenset({"available", "stopped", "storage-optimization"})
"""States in which nothing is waited for. Storage that grew is laid out anew for hours, while the database answers."""
ANSWERS = "contains(['available', 'storage-optimization'], {it}.DBInstanceStatus) && !({it}.PendingModifiedValues)"
"""A change that is to come still stands there while the state is the old one yet."""
FAILED = "contains(['failed', 'incompatible-parameters', 'incompatible-network', 'storage-full'], {status})"


# reading ----------------------------------------------------------------------------------------------------------
def describe(name: str) -> Call:
    """The instance of that name."""
    return read("rds", "DescribeDBInstances", {"DBInstanceIdentifier": name}, absent_on=GONE)


def snapshots(have: Actual) -> Call:
    """The snapshots it has."""
    return read("rds", "DescribeDBSnapshots", {"DBInstanceIdentifier": have.id}, paginate=True)


def actual(raw: Mapping[str, Any]) -> Actual:
    """What a describe call told."""
    name, engine = raw["DBInstanceIdentifier"], raw["Engine"]
    size = raw.get("DBInstanceClass", "")
    groups = [one["VpcSecurityGroupId"] for one in raw.get("VpcSecurityGroups") or ()]
    tags = tags_from_wire(raw.get("TagList"))
    spec: dict[str, Any] = {
        "engine": engine,
        "version": major(engine, raw.get("EngineVersion", "")),
        "size": WORDS.get(size, size),
        "storage": raw.get("AllocatedStorage"),
        "multi_az": bool(raw.get("MultiAZ")),
        "backup": {"retention_days": raw.get("BackupRetentionPeriod"), "window": raw.get("PreferredBackupWindow")},
        "security_groups": groups or None,
        "public": bool(raw.get("PubliclyAccessible")),
        "port": (raw.get("Endpoint") or {}).get("Port"),
        "username": raw.get("MasterUsername"),
        "deletion_protection": bool(raw.get("DeletionProtection")),
        "iam_auth": bool(raw.get("IAMDatabaseAuthenticationEnabled")),
        "tags": users_tags(tags),
        "aws": raw,
    }
    status = raw.get("DBInstanceStatus", "available")
    return Actual(
        "database",
        name,
        name,
        "",
        spec,
        tags,
        raw.get("DBInstanceArn", ""),
        raw.get("InstanceCreateTime"),
        raw,
        transition="" if status in SETTLED else status,
    )


# lowering ---------------------------------------------------------------------------------------------------------
def create(name: str, want: DatabaseSpec, place: Placement) -> Iterator[Line]:
    """The subnets it may stand in are named before."""
    outputs = {"id": fixed(name), "name": fixed(name), "arn": Capture("DBInstance.DBInstanceArn")}
    params: Params = present(
        {
            "DBInstanceIdentifier": name,
            **at_birth(name, want),
            "StorageType": "gp3",
            **settings(want),
            "Tags": tags_on_wire(marked(want.tags, place)),
        }
    )
    found = {**outputs, "arn": Capture("DBInstances[0].DBInstanceArn")}
    call = Call(
        "rds",
        "CreateDBInstance",
        params,
        captures=outputs,
        find=Find(describe(name), found, ("DBInstanceAlreadyExists",)),
        wait=_available(name, f"until database '{name}' answers"),
        on=(place.arn("rds", f"db:{name}"), *groups(place)),
        also_needs=birth_needs(place.arn("rds", f"db:{name}")),
        seconds=420,
    )
    what = f"{want.engine} {want.version or ''}".strip()
    sentence = f"Create {what} database '{name}', {want.size}, with {want.storage} GB"
    yield Line(sentence, "Its password is made and kept by Secrets Manager", (call,))


def update(have: Actual, changed: DatabaseSpec) -> Iterator[Call]:
    """The call that brings the settings about. Raises GenesysError for storage that would shrink."""
    there: Any = have.provider_data
    if changed.storage and changed.storage < there["AllocatedStorage"]:
        raise GenesysError(
            f"database '{have.name}' can't shrink from {there['AllocatedStorage']} GB to {changed.storage} GB",
            why="RDS only lets storage grow",
            todo=f"ask for {there['AllocatedStorage']} GB or more",
        )
    yield _modify(have, settings(changed))


def delete(have: Actual, snapshot: str) -> Iterator[Line]:
    """Its data stays as this snapshot."""
    if have.provider_data.get("DeletionProtection"):
        yield unprotect(have, _modify(have, {"DeletionProtection": False}))
    params: Params = {
        "DBInstanceIdentifier": have.id,
        "FinalDBSnapshotIdentifier": snapshot,
        "DeleteAutomatedBackups": False,
    }
    wait = Wait(describe(have.id), "!DBInstances", f"until database '{have.name}' is gone", interval=15, limit=2_400)
    gone = (*GONE, "InvalidDBInstanceState")
    call = Call(
        "rds", "DeleteDBInstance", params, absent_on=gone, idempotent=True, wait=wait, on=(have.arn,), seconds=300
    )
    yield removal(have, snapshot, call)


def outputs_of(have: Actual) -> dict[str, str | None]:
    """Where clients reach it, and its password."""
    endpoint = have.provider_data.get("Endpoint") or {}
    return {
        "endpoint": endpoint.get("Address"),
        "port": str(endpoint["Port"]) if "Port" in endpoint else None,
        "secret_arn": (have.provider_data.get("MasterUserSecret") or {}).get("SecretArn"),
    }


# what clusters say alike ------------------------------------------------------------------------------------------
def at_birth(name: str, want: DatabaseSpec) -> dict[str, Value]:
    """What only a create says."""
    return {
        "MasterUsername": want.username,
        "ManageMasterUserPassword": True,
        "StorageEncrypted": True,
        "KmsKeyId": None if want.encryption == "managed" else want.encryption,
        "CopyTagsToSnapshot": True,
        "DBSubnetGroupName": subnet_group(name) if want.subnets else None,
        "Engine": want.engine,
    }


def birth_needs(arn: str) -> dict[str, tuple[str, ...]]:
    """What a create needs beyond its own action."""
    return {"rds:AddTagsToResource": (arn,), "secretsmanager:CreateSecret": (), "kms:DescribeKey": ()}


def groups(place: Placement) -> tuple[str, ...]:
    """The groups that a create names or is given: it must be allowed on them too."""
    return tuple(place.arn("rds", f"{group}:*") for group in ("og", "pg", "subgrp"))


def subnet_group(name: str) -> str:
    """The name of the subnet group that is made for a database."""
    return f"{name}-subnets"


def backup(want: DatabaseSpec) -> dict[str, Value]:
    """The settings of backups."""
    kept = want.backup.retention_days if want.backup else None
    window = want.backup.window if want.backup else None
    return present({"BackupRetentionPeriod": kept, "PreferredBackupWindow": window or None})


def unprotect(have: Actual, call: Call) -> Line:
    """The line that makes its deletion possible."""
    return Line(f"Take the protection against deletion off database '{have.name}'", "It is to go", (call,))


def removal(have: Actual, snapshot: str, *calls: Call) -> Line:
    """The line that removes it."""
    sentence = f"Delete database '{have.name}', and keep its data as snapshot '{snapshot}'"
    return Line(sentence, "No longer wanted", calls)


def next_snapshot(have: Actual, taken: Collection[str]) -> str:
    """A name that none of its snapshots has."""
    return next(one for n in range(1, 10_000) if (one := f"{have.name}-final-{n}") not in taken)


def settings(want: DatabaseSpec) -> dict[str, Value]:
    """The settings of an instance that are set, by RDS's names."""
    wire: dict[str, Value] = {**present(to_wire(want.document, PLAIN)), **backup(want)}
    if want.size:
        wire["DBInstanceClass"] = SIZES.get(want.size, want.size)
    if want.security_groups:
        wire["VpcSecurityGroupIds"] = want.security_groups
    if want.port:
        wire["DBPortNumber" if not want.engine else "Port"] = want.port
    return wire | dict(want.aws or {})


def _available(name: str, why: str) -> Wait:
    captures = {
        "endpoint": Capture("DBInstances[0].Endpoint.Address"),
        "port": Capture("DBInstances[0].Endpoint.Port"),
        "secret_arn": Capture("DBInstances[0].MasterUserSecret.SecretArn", required=False),
    }
    done, failed = ANSWERS.format(it="DBInstances[0]"), FAILED.format(status="DBInstances[0].DBInstanceStatus")
    return Wait(describe(name), done, why, failed=failed, interval=15, limit=2_400, captures=captures)


def _modify(have: Actual, changes: Mapping[str, Value]) -> Call:
    params: Params = {"DBInstanceIdentifier": have.id, **changes, "ApplyImmediately": True}
    if "EngineVersion" in changes:
        params = {**params, "AllowMajorVersionUpgrade": True}
    wait = _available(have.id, f"until database '{have.name}' is as changed")
    return Call("rds", "ModifyDBInstance", params, idempotent=True, wait=wait, on=(have.arn,), seconds=120)
