"""KMS keys. Source: the KMS API reference; prices of us-east-1, November 2026."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Params, Token, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual
from genesys_tui.engine.model.specs.key import KeySpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed, present
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags

MONTHLY = Price("key", "key-month", 1.0, low=1, typical=1, high=1)
REQUESTS = Price("requests to it", "10,000 requests", 0.03, low=0, typical=10, high=1_000)
GONE = ("NotFoundException",)
WINDOW = 30


def _told(arn: str) -> Reading[Answer | None]:
    """The key and its aliases: the name that people know it by is one of those."""
    key, aliases = yield [
        read("kms", "DescribeKey", {"KeyId": arn}, absent_on=GONE),
        read("kms", "ListAliases", {"KeyId": arn}, paginate=True, absent_on=GONE),
    ]
    for answer in (key, aliases):
        if isinstance(answer, CallError):
            raise answer
    if key is None or key["KeyMetadata"].get("KeyState") in ("PendingDeletion", "PendingReplicaDeletion"):
        return None
    return {"key": key["KeyMetadata"], "aliases": (aliases or {}).get("Aliases", [])}


class Key(Described[KeySpec]):
    """A KMS key with an alias. Its id is its ARN; one that waits for its deletion is no longer there."""

    name = "key"
    title = "KMS key"
    noun = "key"
    purpose = "key"
    spec = KeySpec
    create_only: ClassVar[frozenset[str]] = frozenset({"multi_region"})
    kept: ClassVar[frozenset[str]] = frozenset({"deletion_window"})
    defaults: ClassVar[Document] = {"rotation": True}
    practice: ClassVar[frozenset[str]] = frozenset({"rotation"})
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "alias"})
    tagging = Tagging("kms", on="KeyId", shape="TagKey")
    parts: ClassVar[Mapping[str, Part]] = {
        "key": Part(_told),
        "rotation": Part(
            lambda arn: read(
                "kms", "GetKeyRotationStatus", {"KeyId": arn}, absent_on=(*GONE, "UnsupportedOperationException")
            ),
            frozenset({"rotation"}),
        ),
        "tags": Part(lambda arn: read("kms", "ListResourceTags", {"KeyId": arn}, absent_on=GONE), frozenset({"tags"})),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        """Aliases name keys; a key may have none. Those that AWS keeps for its services have its prefix."""
        keys, aliases = yield [read("kms", "ListKeys", paginate=True), read("kms", "ListAliases", paginate=True)]
        for answer in (keys, aliases):
            if isinstance(answer, CallError):
                raise answer
        names = {one["TargetKeyId"]: one["AliasName"] for one in aliases.get("Aliases", ()) if "TargetKeyId" in one}
        yield Found(tuple(_bare(one["KeyArn"], names.get(one["KeyId"], "")) for one in keys.get("Keys", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        answer = yield read("kms", "ListAliases", paginate=True)
        found = next((one for one in answer.get("Aliases", ()) if one["AliasName"] == f"alias/{name}"), None)
        if found is None or "TargetKeyId" not in found:
            return None
        arn = f"{found['AliasArn'].rpartition(':')[0]}:key/{found['TargetKeyId']}"
        return (yield from self.read(arn, frozenset()))

    def composed(self, id: str, told: Told) -> Actual | None:
        whole: Mapping[str, Any] = told["key"] or {}
        raw = whole["key"]
        spec: dict[str, Any] = {
            "description": raw.get("Description") or None,
            "multi_region": raw.get("MultiRegion", False),
        }
        if "rotation" in told:
            spec["rotation"] = bool((told["rotation"] or {}).get("KeyRotationEnabled"))
        tags = tags_from_wire((told.get("tags") or {}).get("Tags"), "TagKey")
        if "tags" in told:
            spec["tags"] = users_tags(tags)
        names = sorted(one["AliasName"] for one in whole["aliases"])
        bare = _bare(raw["Arn"], names[0] if names else "", managed=raw.get("KeyManager") == "AWS")
        data = {"aliases": names}
        return Actual("key", id, bare.name, "", spec, tags, id, raw.get("CreationDate"), data, bare.of_aws)

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"description": None, "rotation": False, "multi_region": False, "tags": {}}

    def create(self, name: str, want: KeySpec, place: Placement, facts: Facts) -> Iterator[Line]:
        outputs = {
            "id": Capture("KeyMetadata.Arn"),
            "arn": Capture("KeyMetadata.Arn"),
            "name": fixed(name),
            "alias": fixed(f"alias/{name}"),
        }
        ours: Params = {"Key": f"{MARK_PREFIX}step", "Values": [Token()]}
        looked = read(
            "resourcegroupstaggingapi", "GetResources", {"TagFilters": [ours], "ResourceTypeFilters": ["kms:key"]}
        )
        arn = Capture("ResourceTagMappingList[0].ResourceARN")
        params: Params = present(
            {
                "Description": want.description,
                "MultiRegion": want.multi_region,
                "Tags": tags_on_wire(marked(want.tags, place), "TagKey"),
            }
        )
        find = Find(looked, {**outputs, "id": arn, "arn": arn})
        needs = {"kms:TagResource": (place.arn("kms", "key/*"),)}
        call = Call("kms", "CreateKey", params, captures=outputs, find=find, also_needs=needs)
        on = (place.arn("kms", f"alias/{name}"), place.arn("kms", "key/*"))
        alias = Call(
            "kms",
            "CreateAlias",
            {"AliasName": f"alias/{name}", "TargetKeyId": Output("id")},
            idempotent=True,
            on=on,
            absent_on=("AlreadyExistsException",),
        )
        yield Line(f"Create key '{name}'", "Others encrypt by it; it never leaves its place", (call, alias))
        if want.rotation:
            yield _rotation(name, Output("id"), on=True, arn=on[1])

    def update(self, have: Actual, changed: KeySpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if changed.has("description"):
            params: Params = {"KeyId": have.id, "Description": changed.description or ""}
            call = Call("kms", "UpdateKeyDescription", params, idempotent=True, on=(have.arn,))
            yield Line(f"Describe key '{have.name}' as '{changed.description or ''}'", "Asked for", (call,))
        if changed.has("rotation"):
            yield _rotation(have.name, have.id, on=bool(changed.rotation), arn=have.arn)
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        aliases = [
            Call("kms", "DeleteAlias", {"AliasName": alias}, absent_on=GONE, idempotent=True, on=(have.arn,))
            for alias in have.provider_data.get("aliases", ())
        ]
        params: Params = {"KeyId": _id(have.id), "PendingWindowInDays": WINDOW}
        absent = (*GONE, "KMSInvalidStateException")
        last = Call("kms", "ScheduleKeyDeletion", params, absent_on=absent, idempotent=True, on=(have.arn,))
        yield Line(f"Delete key '{have.name}' in {WINDOW} days", "No longer wanted", (*aliases, last))

    def tag_target(self, have: Actual) -> Value:
        return have.id

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        return {"id": have.id, "arn": have.arn, "name": have.name, "alias": f"alias/{have.name}"}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: KeySpec) -> tuple[Price, ...]:
        return (MONTHLY, REQUESTS)

    def findings(self, address: str, want: KeySpec) -> Iterator[Finding]:
        if want.rotation is False:
            yield Finding("note", address, "its material is never renewed", "--rotation on")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal(
            "loses data", f"what is encrypted by it can't be read any more; AWS takes that back for {WINDOW} days only"
        )


def _id(arn: str) -> str:
    return arn.rpartition("/")[2]


def _bare(arn: str, alias: str, *, managed: bool = False) -> Actual:
    name = alias.removeprefix("alias/") or _id(arn)
    of_aws = "a key that AWS keeps for one of its services" if managed or alias.startswith("alias/aws/") else ""
    return Actual("key", arn, name, "", arn=arn, of_aws=of_aws)


def _rotation(name: str, id: Value, *, on: bool, arn: str) -> Line:
    operation = "EnableKeyRotation" if on else "DisableKeyRotation"
    call = Call("kms", operation, {"KeyId": id}, idempotent=True, on=(arn,))
    sentence = f"Renew the material of key '{name}' every year" if on else f"No longer renew key '{name}'"
    return Line(sentence, "Good practice; what is encrypted stays readable" if on else "Asked for", (call,))
