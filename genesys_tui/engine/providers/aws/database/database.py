"""RDS databases. Source: the RDS API reference; prices of us-east-1, November 2026, on demand, in one zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Params, read
from genesys_tui.engine.model.document import Document, overlay
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.database import DatabaseSpec, is_aurora
from genesys_tui.engine.providers.aws.database import aurora, aurora_instances
from genesys_tui.engine.providers.aws.database import database_instance as instance
from genesys_tui.engine.providers.aws.database.database_quotas import Known, quotas, refuse_too_many
from genesys_tui.engine.providers.aws.described import Described, Part, Told
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_on_wire
from genesys_tui.engine.providers.aws.words import settings_in_words

HOURLY: Mapping[str, float] = {"small": 0.032, "medium": 0.065, "large": 0.225, "xlarge": 0.45}
AURORA_HOURLY: Mapping[str, float] = {"medium": 0.073, "large": 0.26, "xlarge": 0.519}
GIGABYTE = 0.115
AURORA_GIGABYTE = 0.10
MILLION_REQUESTS = 0.20
HOURS = 730
PAUSES = frozenset({"size", "version"})
"""What stops the database for some minutes."""


def _describe(id: str) -> Call:
    return aurora.describe(aurora.name_of(id)) if aurora.is_cluster(id) else instance.describe(id)


class Database(Described[DatabaseSpec]):
    """An RDS instance, whose id is its name; or an Aurora cluster with its instances, whose id is its ARN."""

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
    practice: ClassVar[frozenset[str]] = frozenset({"backup", "deletion_protection", "encryption", "public"})
    outputs: ClassVar[frozenset[str]] = frozenset(
        {"id", "arn", "name", "endpoint", "reader_endpoint", "port", "secret_arn"}
    )
    tagging = Tagging("rds", "AddTagsToResource", "RemoveTagsFromResource", on="ResourceName")
    parts: ClassVar[Mapping[str, Part]] = {
        "database": Part(_describe),
        "members": Part(aurora.members, aurora_instances.FIELDS),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        """The instances of a cluster are parts of it."""
        answers = yield [
            read("rds", "DescribeDBInstances", paginate=True),
            read("rds", "DescribeDBClusters", paginate=True),
        ]
        for answer in answers:
            if isinstance(answer, CallError):
                raise answer
        of_clusters: dict[str, list[Mapping[str, Any]]] = {}
        for one in answers[0].get("DBInstances", ()):
            of_clusters.setdefault(one.get("DBClusterIdentifier") or "", []).append(one)
        yield Found(tuple(instance.actual(one) for one in of_clusters.get("", ())))
        clusters = answers[1].get("DBClusters", ())
        yield Found(tuple(aurora.actual(one, of_clusters.get(one["DBClusterIdentifier"], ())) for one in clusters))

    def locate(self, name: str) -> Reading[Actual | None]:
        answers = yield [instance.describe(name), aurora.describe(name)]
        for answer in answers:
            if isinstance(answer, CallError):
                raise answer
        for raw in (answers[0] or {}).get("DBInstances", ()):
            if not raw.get("DBClusterIdentifier"):
                return instance.actual(raw)
        clusters = (answers[1] or {}).get("DBClusters") or ()
        return aurora.actual(clusters[0], None) if clusters else None

    def composed(self, id: str, told: Told) -> Actual | None:
        answer = told["database"] or {}
        if not aurora.is_cluster(id):
            found = answer.get("DBInstances") or ()
            return instance.actual(found[0]) if found else None
        clusters = answer.get("DBClusters") or ()
        parts = (told["members"] or {}).get("DBInstances", ()) if "members" in told else None
        return aurora.actual(clusters[0], parts) if clusters else None

    def prepare(self, name: str, want: DatabaseSpec, have: Actual | None) -> Reading[Facts]:
        """Before it is made: what the account has room for. Before it is deleted: the names that its snapshots have."""
        if have is None:
            return (yield from quotas())
        if want.model_fields_set and not want.model_fields_set & self.create_only:
            return Known()
        look = aurora.snapshots(have) if aurora.is_cluster(have.id) else instance.snapshots(have)
        answer: Answer = yield look
        told = (*answer.get("DBSnapshots", ()), *answer.get("DBClusterSnapshots", ()))
        names = (one.get("DBSnapshotIdentifier") or one.get("DBClusterSnapshotIdentifier") for one in told)
        return Known(snapshots=tuple(filter(None, names)))

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"iam_auth": False, "tags": {}}

    def fill(self, want: DatabaseSpec, facts: Facts, siblings: Sequence[DatabaseSpec]) -> DatabaseSpec:
        """Aurora is asked for no storage. What the account has no room for is refused."""
        usual = {
            field: value for field, value in self.defaults.items() if field != "storage" or not is_aurora(want.engine)
        }
        filled = self.spec.of(overlay(usual, want.document))
        refuse_too_many(filled, siblings, facts or Known())
        return filled

    def create(self, name: str, want: DatabaseSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if want.subnets:
            yield _subnet_group(name, want.subnets, place)
        create = aurora.create if is_aurora(want.engine) else instance.create
        yield from create(name, want, place)

    def update(self, have: Actual, changed: DatabaseSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        others = {"tags", *self.spec.write_only}
        fields = {field: value for field, value in changed.document.items() if field not in others}
        if fields:
            pause = "; it stops answering for some minutes" if PAUSES & fields.keys() else ""
            of_cluster = aurora.is_cluster(have.id)
            calls = aurora.update(have, changed, place) if of_cluster else instance.update(have, changed)
            sentence = f"Set {settings_in_words(fields)} of database '{have.name}'"
            yield Line(sentence, f"Asked for{pause}", tuple(calls))
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        last = instance.next_snapshot(have, (facts or Known()).snapshots)
        delete = aurora.delete if aurora.is_cluster(have.id) else instance.delete
        yield from delete(have, last)
        group = have.provider_data.get("DBSubnetGroup") or {}
        if (group if isinstance(group, str) else group.get("DBSubnetGroupName")) == instance.subnet_group(have.name):
            yield _drop_subnet_group(have)

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        told = aurora.outputs_of(have) if aurora.is_cluster(have.id) else instance.outputs_of(have)
        plain = {"id": have.id, "arn": have.arn, "name": have.name}
        return {**plain, **{name: value for name, value in told.items() if value}}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: DatabaseSpec) -> tuple[Price, ...]:
        zones = 2 if want.multi_az else 1
        hourly = (AURORA_HOURLY if is_aurora(want.engine) else HOURLY).get(want.size or "")
        if is_aurora(want.engine):
            stored: tuple[Price, ...] = (
                Price("database storage", "GB-month", AURORA_GIGABYTE, 10, 50, 500),
                Price("reads and writes of storage", "million", MILLION_REQUESTS, 1, 20, 200),
            )
        else:
            size = want.storage or 20
            stored = (Price("database storage", "GB-month", GIGABYTE * zones, size, size, size),)
        if hourly is None:
            return stored
        return (Price(f"{want.size} database", "hour", hourly * zones, HOURS, HOURS, HOURS), *stored)

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
        size = 0 if aurora.is_cluster(have.id) else have.provider_data.get("AllocatedStorage", 0)
        return f"its {size} GB of tables" if size else "its tables"


def _subnet_group(name: str, subnets: Sequence[str], place: Placement) -> Line:
    group = instance.subnet_group(name)
    arn = place.arn("rds", f"subgrp:{group}")
    params: Params = {
        "DBSubnetGroupName": group,
        "DBSubnetGroupDescription": f"Where database {name} stands",
        "SubnetIds": subnets,
        "Tags": tags_on_wire(marked({}, place)),
    }
    call = Call(
        "rds",
        "CreateDBSubnetGroup",
        params,
        absent_on=("DBSubnetGroupAlreadyExists",),
        idempotent=True,
        on=(arn,),
        also_needs={"rds:AddTagsToResource": (arn,)},
    )
    return Line(f"Name the subnets that database '{name}' may stand in", "It moves between their zones", (call,))


def _drop_subnet_group(have: Actual) -> Line:
    group = instance.subnet_group(have.name)
    call = Call(
        "rds",
        "DeleteDBSubnetGroup",
        {"DBSubnetGroupName": group},
        absent_on=("DBSubnetGroupNotFoundFault",),
        idempotent=True,
        on=(":".join((*have.arn.split(":")[:5], "subgrp", group)),),
    )
    return Line(f"Forget the subnets that database '{have.name}' stood in", "Nothing stands there now", (call,))
