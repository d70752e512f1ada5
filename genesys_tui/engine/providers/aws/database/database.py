"""RDS databases. Source: the RDS API reference; prices of us-east-1, November 2026, on demand, in one zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Params, Value, Wait, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.database import SIZES, DatabaseSpec, major
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed, present, to_wire
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags
from genesys_tui.engine.providers.aws.words import settings_in_words

GONE = ("DBInstanceNotFound", "DBInstanceNotFoundFault")
HOURLY: Mapping[str, float] = {"small": 0.032, "medium": 0.065, "large": 0.225, "xlarge": 0.45}
GIGABYTE = 0.115
HOURS = 730
PLAIN = {
    "storage": "AllocatedStorage",
    "multi_az": "MultiAZ",
    "public": "PubliclyAccessible",
    "deletion_protection": "DeletionProtection",
    "iam_auth": "EnableIAMDatabaseAuthentication",
    "version": "EngineVersion",
}
PAUSES = frozenset({"size", "version"})
"""What stops the database for some minutes."""


def _describe(name: str) -> Call:
    return read("rds", "DescribeDBInstances", {"DBInstanceIdentifier": name}, absent_on=GONE)


class Database(Described[DatabaseSpec]):
    """An RDS instance. Its id is its name."""

    name = "database"
    title = "RDS database"
    noun = "database"
    purpose = "database"
    spec = DatabaseSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"engine", "username", "encryption", "subnets"})
    kept: ClassVar[frozenset[str]] = frozenset({"version", "subnets"})
    defaults: ClassVar[Document] = {
        "engine": "postgres",
        "size": "small",
        "storage": 20,
        "multi_az": False,
        "backup": {"retention_days": 7},
        "public": False,
        "username": "dbadmin",
        "encryption": "managed",
        "deletion_protection": True,
    }
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "endpoint", "port", "secret_arn"})
    tagging = Tagging("rds", "AddTagsToResource", "RemoveTagsFromResource", on="ResourceName")
    parts: ClassVar[Mapping[str, Part]] = {"database": Part(_describe)}

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("rds", "DescribeDBInstances", paginate=True)
        yield Found(tuple(_actual(one) for one in answer.get("DBInstances", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        return (yield from self.read(name, frozenset()))

    def composed(self, id: str, told: Told) -> Actual | None:
        found = (told["database"] or {}).get("DBInstances") or ()
        return _actual(found[0]) if found else None

    def prepare(self, name: str, want: DatabaseSpec, have: Actual | None) -> Reading[Facts]:
        """Before it is deleted: the names that its snapshots have already."""
        if have is None or (want.model_fields_set and not want.model_fields_set & self.create_only):
            return ()
        look = read("rds", "DescribeDBSnapshots", {"DBInstanceIdentifier": have.id}, paginate=True)
        answer: Answer = yield look
        return tuple(one["DBSnapshotIdentifier"] for one in answer.get("DBSnapshots", ()))

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"iam_auth": False, "tags": {}}

    def create(self, name: str, want: DatabaseSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        arn = place.arn("rds", f"db:{name}")
        group = f"{name}-subnets"
        if want.subnets:
            subnets: Params = {
                "DBSubnetGroupName": group,
                "DBSubnetGroupDescription": f"Where database {name} stands",
                "SubnetIds": want.subnets,
                "Tags": tags_on_wire(marked({}, place)),
            }
            call = Call(
                "rds", "CreateDBSubnetGroup", subnets, absent_on=("DBSubnetGroupAlreadyExists",), idempotent=True
            )
            yield Line(f"Name the subnets that database '{name}' may stand in", "It moves between their zones", (call,))
        outputs = {"id": fixed(name), "name": fixed(name), "arn": Capture("DBInstance.DBInstanceArn")}
        params: Params = present(
            {
                "DBInstanceIdentifier": name,
                "Engine": want.engine,
                "MasterUsername": want.username,
                "ManageMasterUserPassword": True,
                "StorageType": "gp3",
                "StorageEncrypted": True,
                "KmsKeyId": None if want.encryption == "managed" else want.encryption,
                "CopyTagsToSnapshot": True,
                "DBSubnetGroupName": group if want.subnets else None,
                **_settings(want),
                "Tags": tags_on_wire(marked(want.tags, place)),
            }
        )
        found = {**outputs, "arn": Capture("DBInstances[0].DBInstanceArn")}
        call = Call(
            "rds",
            "CreateDBInstance",
            params,
            captures=outputs,
            find=Find(_describe(name), found, ("DBInstanceAlreadyExists",)),
            wait=_available(name, f"until database '{name}' answers"),
            on=(arn,),
            also_needs={"rds:AddTagsToResource": (arn,), "secretsmanager:CreateSecret": (), "kms:DescribeKey": ()},
            seconds=420,
        )
        what = f"{want.engine} {want.version or ''}".strip()
        sentence = f"Create {what} database '{name}', {want.size}, with {want.storage} GB"
        yield Line(sentence, "Its password is made and kept by Secrets Manager", (call,))

    def update(self, have: Actual, changed: DatabaseSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        there: Any = have.provider_data
        if changed.storage and changed.storage < there["AllocatedStorage"]:
            raise GenesysError(
                f"database '{have.name}' can't shrink from {there['AllocatedStorage']} GB to {changed.storage} GB",
                why="RDS only lets storage grow",
                todo=f"ask for {there['AllocatedStorage']} GB or more",
            )
        others = {"tags", *self.spec.write_only}
        fields = {field: value for field, value in changed.document.items() if field not in others}
        if fields:
            pause = "; it stops answering for some minutes" if PAUSES & fields.keys() else ""
            call = _modify(have, _settings(changed))
            yield Line(f"Set {settings_in_words(fields)} of database '{have.name}'", f"Asked for{pause}", (call,))
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        if have.provider_data.get("DeletionProtection"):
            call = _modify(have, {"DeletionProtection": False})
            yield Line(f"Take the protection against deletion off database '{have.name}'", "It is to go", (call,))
        taken = set(facts or ())
        last = next(one for n in range(1, 10_000) if (one := f"{have.name}-final-{n}") not in taken)
        params: Params = {
            "DBInstanceIdentifier": have.id,
            "FinalDBSnapshotIdentifier": last,
            "DeleteAutomatedBackups": False,
        }
        wait = Wait(
            _describe(have.id), "!DBInstances", f"until database '{have.name}' is gone", interval=15, limit=2_400
        )
        gone = (*GONE, "InvalidDBInstanceState")
        call = Call(
            "rds", "DeleteDBInstance", params, absent_on=gone, idempotent=True, wait=wait, on=(have.arn,), seconds=300
        )
        yield Line(
            f"Delete database '{have.name}', and keep its data as snapshot '{last}'", "No longer wanted", (call,)
        )
        group = (have.provider_data.get("DBSubnetGroup") or {}).get("DBSubnetGroupName")
        if group == f"{have.name}-subnets":
            drop = Call(
                "rds",
                "DeleteDBSubnetGroup",
                {"DBSubnetGroupName": group},
                absent_on=("DBSubnetGroupNotFoundFault",),
                idempotent=True,
            )
            yield Line(f"Forget the subnets that database '{have.name}' stood in", "Nothing stands there now", (drop,))

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        raw = have.provider_data
        endpoint = raw.get("Endpoint") or {}
        told = {
            "endpoint": endpoint.get("Address"),
            "port": str(endpoint["Port"]) if "Port" in endpoint else None,
            "secret_arn": (raw.get("MasterUserSecret") or {}).get("SecretArn"),
        }
        plain = {"id": have.id, "arn": have.arn, "name": have.name}
        return {**plain, **{name: value for name, value in told.items() if value}}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: DatabaseSpec) -> tuple[Price, ...]:
        zones = 2 if want.multi_az else 1
        size = want.storage or 20
        hourly = HOURLY.get(want.size or "")
        stored = Price("database storage", "GB-month", GIGABYTE * zones, size, size, size)
        if hourly is None:
            return (stored,)
        return (Price(f"{want.size} database", "hour", hourly * zones, HOURS, HOURS, HOURS), stored)

    def findings(self, address: str, want: DatabaseSpec) -> Iterator[Finding]:
        if want.public:
            yield Finding("warning", address, "it can be reached from the internet", "--public off")
        if want.backup and want.backup.retention_days == 0:
            yield Finding("warning", address, "it is never backed up", "--retention-days 7")
        if want.deletion_protection is False:
            yield Finding("note", address, "nothing protects it against deletion", "--deletion-protection on")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "an empty one is made again; its data is in the final snapshot")

    def holds(self, have: Actual, facts: Facts) -> str:
        return f"its {have.provider_data.get('AllocatedStorage', 0)} GB of tables"


def _available(name: str, why: str) -> Wait:
    captures = {
        "endpoint": Capture("DBInstances[0].Endpoint.Address"),
        "port": Capture("DBInstances[0].Endpoint.Port"),
        "secret_arn": Capture("DBInstances[0].MasterUserSecret.SecretArn", required=False),
    }
    status = "DBInstances[0].DBInstanceStatus"
    failed = f"contains(['failed', 'incompatible-parameters', 'incompatible-network', 'storage-full'], {status})"
    return Wait(
        _describe(name), f"{status}=='available'", why, failed=failed, interval=15, limit=2_400, captures=captures
    )


def _modify(have: Actual, settings: Mapping[str, Value]) -> Call:
    params: Params = {"DBInstanceIdentifier": have.id, **settings, "ApplyImmediately": True}
    if "EngineVersion" in settings:
        params = {**params, "AllowMajorVersionUpgrade": True}
    wait = _available(have.id, f"until database '{have.name}' is as changed")
    return Call("rds", "ModifyDBInstance", params, idempotent=True, wait=wait, on=(have.arn,), seconds=120)


def _settings(want: DatabaseSpec) -> dict[str, Value]:
    """The settings that are set, by RDS's names."""
    document = want.document
    wire: dict[str, Value] = {name: value for name, value in to_wire(document, PLAIN).items() if value is not None}
    if want.size:
        wire["DBInstanceClass"] = SIZES.get(want.size, want.size)
    if want.backup:
        if want.backup.retention_days is not None:
            wire["BackupRetentionPeriod"] = want.backup.retention_days
        if want.backup.window:
            wire["PreferredBackupWindow"] = want.backup.window
    if want.security_groups:
        wire["VpcSecurityGroupIds"] = want.security_groups
    if want.port:
        wire["DBPortNumber" if not want.engine else "Port"] = want.port
    return wire | dict(want.aws or {})


def _actual(raw: Mapping[str, Any]) -> Actual:
    name, engine = raw["DBInstanceIdentifier"], raw["Engine"]
    words = {size: word for word, size in SIZES.items()}
    size = raw.get("DBInstanceClass", "")
    groups = [one["VpcSecurityGroupId"] for one in raw.get("VpcSecurityGroups") or ()]
    tags = tags_from_wire(raw.get("TagList"))
    spec: dict[str, Any] = {
        "engine": engine,
        "version": major(engine, raw.get("EngineVersion", "")),
        "size": words.get(size, size),
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
        transition="" if status in ("available", "stopped") else status,
    )
