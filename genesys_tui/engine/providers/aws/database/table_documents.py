"""Keys, indexes and capacity of a DynamoDB table: between their wire shape and the spec. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from genesys_tui.engine.model.call import Params, Value
from genesys_tui.engine.model.specs.table import TableSpec

STREAMS = {"keys": "KEYS_ONLY", "new": "NEW_IMAGE", "old": "OLD_IMAGE", "both": "NEW_AND_OLD_IMAGES"}
PROJECTIONS = {"all": "ALL", "keys": "KEYS_ONLY", "include": "INCLUDE"}
Attribute = Mapping[str, str]


def keys_of(schema: Iterable[Mapping[str, str]], types: Mapping[str, str]) -> tuple[Attribute | None, Attribute | None]:
    """Hash and sort key of a key schema."""
    by_role = {one["KeyType"]: one["AttributeName"] for one in schema}
    found = [by_role.get(role) for role in ("HASH", "RANGE")]
    first, second = [{"name": name, "type": types.get(name, "S")} if name else None for name in found]
    return first, second


def indexes_of(table: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, Any]:
    """The global indexes of a table, by name."""
    words = {wire: word for word, wire in PROJECTIONS.items()}
    found = {}
    for index in table.get("GlobalSecondaryIndexes") or ():
        key, sort = keys_of(index["KeySchema"], types)
        projection = index.get("Projection", {})
        found[index["IndexName"]] = {
            "key": key,
            "sort": sort,
            "projection": words.get(projection.get("ProjectionType", "ALL")),
            "include": projection.get("NonKeyAttributes") or None,
        }
    return found


def create_params(name: str, want: TableSpec) -> dict[str, Value]:
    """All that CreateTable takes, less the tags."""
    document: Mapping[str, Any] = want.document
    indexes = {one: index for one, index in (want.indexes or {}).items() if index}
    params: dict[str, Value] = {
        "TableName": name,
        "KeySchema": _schema(document),
        "AttributeDefinitions": _attributes([document, *(index.model_dump() for index in indexes.values())]),
        **_billing(want.read_units, want.write_units),
    }
    if indexes:
        units = _units(want.read_units, want.write_units)
        params["GlobalSecondaryIndexes"] = [_index(one, index.model_dump()) | units for one, index in indexes.items()]
    if want.encryption not in (None, "managed"):
        params["SSESpecification"] = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": want.encryption}
    if want.deletion_protection:
        params["DeletionProtectionEnabled"] = True
    if want.stream:
        params["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": STREAMS[want.stream]}
    return params


def capacity(both: Mapping[str, Any], table: Mapping[str, Any]) -> Params:
    """The change to these units, for the table and its indexes; None for both: by request."""
    read, write = both.get("read_units"), both.get("write_units")
    params = _billing(read, write)
    names = [index["IndexName"] for index in table.get("GlobalSecondaryIndexes") or ()]
    if read and write and names:
        units = _units(read, write)
        params["GlobalSecondaryIndexUpdates"] = [{"Update": {"IndexName": name, **units}} for name in names]
    return params


def index_update(name: str, index: Mapping[str, Any], table: Mapping[str, Any]) -> Params:
    """The change that adds an index. All attributes that keys are made of are said again."""
    known = {one["AttributeName"]: one for one in table.get("AttributeDefinitions", ())}
    known |= {str(one["AttributeName"]): one for one in _attributes([index])}
    throughput = table.get("ProvisionedThroughput", {})
    on_demand = table.get("BillingModeSummary", {}).get("BillingMode") == "PAY_PER_REQUEST"
    units = {} if on_demand else _units(throughput.get("ReadCapacityUnits"), throughput.get("WriteCapacityUnits"))
    return {
        "AttributeDefinitions": list(known.values()),
        "GlobalSecondaryIndexUpdates": [{"Create": _index(name, index) | units}],
    }


def _billing(read: int | None, write: int | None) -> dict[str, Value]:
    if read is None or write is None:
        return {"BillingMode": "PAY_PER_REQUEST"}
    return {"BillingMode": "PROVISIONED", **_units(read, write)}


def _units(read: int | None, write: int | None) -> dict[str, Value]:
    if not read or not write:
        return {}
    return {"ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": write}}


def _schema(keys: Mapping[str, Any]) -> list[Value]:
    roles = (("key", "HASH"), ("sort", "RANGE"))
    return [{"AttributeName": keys[one]["name"], "KeyType": role} for one, role in roles if keys.get(one)]


def _attributes(keyed: Iterable[Mapping[str, Any]]) -> list[dict[str, Value]]:
    types = {key["name"]: key["type"] for keys in keyed for one in ("key", "sort") if (key := keys.get(one))}
    return [{"AttributeName": name, "AttributeType": type_} for name, type_ in types.items()]


def _index(name: str, index: Mapping[str, Any]) -> dict[str, Value]:
    projection: dict[str, Value] = {"ProjectionType": PROJECTIONS[index.get("projection") or "all"]}
    if index.get("include"):
        projection["NonKeyAttributes"] = index["include"]
    return {"IndexName": name, "KeySchema": _schema(index), "Projection": projection}
