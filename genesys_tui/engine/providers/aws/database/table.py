"""DynamoDB tables. Source: the DynamoDB API reference; prices of us-east-1, November 2026."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Params, Wait, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.table import TableSpec
from genesys_tui.engine.providers.aws.database.table_documents import (
    STREAMS,
    capacity,
    create_params,
    index_update,
    indexes_of,
    keys_of,
)
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags
from genesys_tui.engine.providers.aws.words import settings_in_words

GONE = ("ResourceNotFoundException", "TableNotFoundException")
READS = Price("reads", "million requests", 0.125, low=0, typical=5, high=500)
WRITES = Price("writes", "million requests", 0.625, low=0, typical=1, high=100)
STORED = Price("table storage", "GB-month", 0.25, low=0, typical=5, high=500)
HOURS = 730


def _describe(name: str) -> Call:
    return read("dynamodb", "DescribeTable", {"TableName": name}, absent_on=GONE)


def _tags(name: str) -> Reading[Answer | None]:
    """They are told by ARN, which the table tells; that call is sent once for both."""
    table = yield _describe(name)
    if table is None:
        return None
    answer: Answer = yield read("dynamodb", "ListTagsOfResource", {"ResourceArn": table["Table"]["TableArn"]})
    return answer


class Table(Described[TableSpec]):
    """A DynamoDB table. Its id is its name."""

    name = "table"
    title = "DynamoDB table"
    noun = "table"
    purpose = "table"
    spec = TableSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"key", "sort"})
    defaults: ClassVar[Document] = {"point_in_time_recovery": True, "encryption": "managed"}
    practice: ClassVar[frozenset[str]] = frozenset({"point_in_time_recovery"})
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name"})
    tagging = Tagging("dynamodb")
    parts: ClassVar[Mapping[str, Part]] = {
        "table": Part(_describe),
        "backups": Part(
            lambda name: read("dynamodb", "DescribeContinuousBackups", {"TableName": name}, absent_on=GONE),
            frozenset({"point_in_time_recovery"}),
        ),
        "ttl": Part(
            lambda name: read("dynamodb", "DescribeTimeToLive", {"TableName": name}, absent_on=GONE),
            frozenset({"ttl"}),
        ),
        "tags": Part(_tags, frozenset({"tags"})),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("dynamodb", "ListTables", paginate=True)
        names = answer.get("TableNames", ())
        yield Found(
            tuple(Actual("table", name, name, "", arn=place.arn("dynamodb", f"table/{name}")) for name in names)
        )

    def locate(self, name: str) -> Reading[Actual | None]:
        return (yield from self.read(name, frozenset()))

    def composed(self, id: str, told: Told) -> Actual | None:
        table: Mapping[str, Any] = (told["table"] or {})["Table"]
        attributes = {one["AttributeName"]: one["AttributeType"] for one in table.get("AttributeDefinitions", ())}
        hash_key, sort = keys_of(table["KeySchema"], attributes)
        units = table.get("ProvisionedThroughput", {})
        sse = table.get("SSEDescription", {})
        stream = table.get("StreamSpecification", {})
        views = {wire: word for word, wire in STREAMS.items()}
        spec: dict[str, Any] = {
            "key": hash_key,
            "sort": sort,
            "read_units": units.get("ReadCapacityUnits") or None,
            "write_units": units.get("WriteCapacityUnits") or None,
            "indexes": indexes_of(table, attributes),
            "encryption": sse.get("KMSMasterKeyArn") or "managed",
            "deletion_protection": table.get("DeletionProtectionEnabled", False),
            "stream": views.get(stream.get("StreamViewType", "")) if stream.get("StreamEnabled") else None,
        }
        if table.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST":
            spec |= {"read_units": None, "write_units": None}
        if backups := told.get("backups"):
            point = backups["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
            spec["point_in_time_recovery"] = point.get("PointInTimeRecoveryStatus") == "ENABLED"
        if ttl := told.get("ttl"):
            lives = ttl["TimeToLiveDescription"]
            spec["ttl"] = lives.get("AttributeName") if lives["TimeToLiveStatus"] in ("ENABLED", "ENABLING") else None
        tags = tags_from_wire((told.get("tags") or {}).get("Tags"))
        if "tags" in told:
            spec["tags"] = users_tags(tags)
        status = str(table.get("TableStatus", "ACTIVE")).lower()
        return Actual(
            "table",
            id,
            id,
            "",
            spec,
            tags,
            table["TableArn"],
            table.get("CreationDateTime"),
            table,
            transition="" if status == "active" else status,
        )

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {
            "sort": None,
            "read_units": None,
            "write_units": None,
            "indexes": {},
            "ttl": None,
            "point_in_time_recovery": False,
            "encryption": "managed",
            "deletion_protection": False,
            "stream": None,
            "tags": {},
        }

    def create(self, name: str, want: TableSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if want.key is None:
            raise GenesysError(f"table '{name}' has no key", todo="say what its items are known by: --key id")
        arn = place.arn("dynamodb", f"table/{name}")
        outputs = {"id": fixed(name), "name": fixed(name), "arn": Capture("TableDescription.TableArn")}
        found = {**outputs, "arn": Capture("Table.TableArn")}
        call = Call(
            "dynamodb",
            "CreateTable",
            {**create_params(name, want), "Tags": tags_on_wire(marked(want.tags, place))},
            captures=outputs,
            find=Find(_describe(name), found, ("ResourceInUseException",)),
            wait=_active(name, f"until table '{name}' is ready", limit=300),
            on=(arn,),
            also_needs={"dynamodb:TagResource": (arn,)},
            seconds=8,
        )
        how = "paid for by request" if want.read_units is None else "with capacity of its own"
        yield Line(f"Create table '{name}' by '{want.key.name}', {how}", "Keep items and find them by key", (call,))
        made = Actual("table", name, name, "", arn=arn)
        if want.ttl:
            yield _ttl(made, want.ttl)
        if want.point_in_time_recovery:
            yield _recovery(made, on=True)

    def update(self, have: Actual, changed: TableSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if changed.has("read_units") or changed.has("write_units"):
            both = {field: changed.document.get(field, have.spec.get(field)) for field in ("read_units", "write_units")}
            params = capacity(both, have.provider_data)
            words = settings_in_words(both)
            on_demand = both.get("read_units") is None
            sentence = f"Pay for table '{have.name}' by request" if on_demand else f"Set {words} on table '{have.name}'"
            yield Line(sentence, "Asked for", (_change(have, params),))
        if changed.has("deletion_protection"):
            yield _protection(have, on=bool(changed.deletion_protection))
        if changed.has("stream"):
            view = STREAMS.get(changed.stream or "")
            stream: Params = {"StreamEnabled": True, "StreamViewType": view} if view else {"StreamEnabled": False}
            words = f"Stream the changes of table '{have.name}'" if view else f"End the stream of table '{have.name}'"
            yield Line(words, "Asked for", (_change(have, {"StreamSpecification": stream}),))
        if changed.has("encryption"):
            managed = changed.encryption in (None, "managed")
            sse: Params = {"Enabled": False} if managed else _kms(changed.encryption)
            words = f"Encrypt table '{have.name}' with {'a key that AWS owns' if managed else changed.encryption}"
            yield Line(words, "Asked for", (_change(have, {"SSESpecification": sse}),))
        yield from self._indexes(have, changed)
        if changed.has("ttl"):
            if before := have.spec.get("ttl"):
                yield _ttl(have, str(before), on=False)
            if changed.ttl:
                yield _ttl(have, changed.ttl)
        if changed.has("point_in_time_recovery"):
            yield _recovery(have, on=bool(changed.point_in_time_recovery))
        yield from self.retag(have, changed)

    def _indexes(self, have: Actual, changed: TableSpec) -> Iterator[Line]:
        """One at a time: DynamoDB takes no more. What an index is made of can't change, so it is made anew."""
        before: Any = have.spec.get("indexes") or {}
        for name, index in (changed.indexes or {}).items():
            if before.get(name):
                call = _change(have, {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]}, limit=1800)
                yield Line(f"Delete index '{name}' of table '{have.name}'", "Asked for", (call,))
            if index is not None:
                whole = {**(before.get(name) or {}), **index.model_dump(exclude_unset=True)}
                call = _change(have, index_update(name, whole, have.provider_data), limit=1800)
                yield Line(f"Add index '{name}' to table '{have.name}'", "Asked for: it is filled meanwhile", (call,))

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        if have.spec.get("deletion_protection"):
            yield _protection(have, on=False)
        who = {"TableName": have.id}
        backup = Call(
            "dynamodb", "CreateBackup", {**who, "BackupName": f"{have.name}-final"}, on=(have.arn,), seconds=2
        )
        yield Line(f"Keep a backup of table '{have.name}'", "What it holds can be restored from it", (backup,))
        gone = Wait(_describe(have.id), "!Table", f"until table '{have.name}' is gone", interval=2, limit=300)
        yield self.removal_line(
            have,
            Call("dynamodb", "DeleteTable", who, absent_on=GONE, idempotent=True, wait=gone, on=(have.arn,), seconds=5),
        )

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        return {"id": have.id, "name": have.name, "arn": have.arn}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: TableSpec) -> tuple[Price, ...]:
        if want.read_units is None or want.write_units is None:
            return (READS, WRITES, STORED)
        read_hours, write_hours = want.read_units * HOURS, want.write_units * HOURS
        return (
            Price("read capacity", "unit-hour", 0.00013, read_hours, read_hours, read_hours),
            Price("write capacity", "unit-hour", 0.00065, write_hours, write_hours, write_hours),
            STORED,
        )

    def findings(self, address: str, want: TableSpec) -> Iterator[Finding]:
        if want.point_in_time_recovery is False:
            yield Finding("note", address, "what is overwritten can't come back", "--point-in-time-recovery on")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "an empty table with these keys is made again; its items are in the backup only")

    def holds(self, have: Actual, facts: Facts) -> str:
        return f"its items (about {have.provider_data.get('ItemCount', 0):,}; DynamoDB counts them every six hours)"


def _active(name: str, why: str, *, limit: float) -> Wait:
    indexes = "length(not_null(Table.GlobalSecondaryIndexes, `[]`)[?IndexStatus!='ACTIVE']) == `0`"
    return Wait(_describe(name), f"Table.TableStatus=='ACTIVE' && {indexes}", why, interval=1, limit=limit)


def _change(have: Actual, params: Params, *, limit: float = 300) -> Call:
    wait = _active(have.id, f"until table '{have.name}' is ready again", limit=limit)
    return Call(
        "dynamodb",
        "UpdateTable",
        {"TableName": have.id, **params},
        idempotent=True,
        wait=wait,
        on=(have.arn,),
        seconds=5,
    )


def _kms(key: str | None) -> Params:
    return {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}


def _protection(have: Actual, *, on: bool) -> Line:
    call = _change(have, {"DeletionProtectionEnabled": on})
    if on:
        return Line(f"Protect table '{have.name}' against deletion", "Asked for", (call,))
    return Line(f"Take the protection against deletion off table '{have.name}'", "Asked for", (call,))


def _ttl(have: Actual, attribute: str, *, on: bool = True) -> Line:
    specification: Params = {"Enabled": on, "AttributeName": attribute}
    params: Params = {"TableName": have.id, "TimeToLiveSpecification": specification}
    call = Call("dynamodb", "UpdateTimeToLive", params, idempotent=True, on=(have.arn,))
    if on:
        return Line(
            f"Let items of table '{have.name}' go at their '{attribute}'", "Old items go by themselves", (call,)
        )
    return Line(f"Let items of table '{have.name}' no longer go at their '{attribute}'", "Asked for", (call,))


def _recovery(have: Actual, *, on: bool) -> Line:
    specification: Params = {"PointInTimeRecoveryEnabled": on}
    params: Params = {"TableName": have.id, "PointInTimeRecoverySpecification": specification}
    call = Call("dynamodb", "UpdateContinuousBackups", params, idempotent=True, on=(have.arn,))
    if on:
        return Line(
            f"Keep table '{have.name}' restorable to any second of 35 days", "Mistakes can be taken back", (call,)
        )
    return Line(f"Keep table '{have.name}' restorable no longer", "Asked for", (call,))
