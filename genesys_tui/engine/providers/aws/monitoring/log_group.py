"""CloudWatch log groups. Source: the CloudWatch Logs API reference; prices of us-east-1, November 2026."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Params, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.log_group import LogGroupSpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed, present
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, users_tags

INGESTED = Price("log lines taken in", "GB", 0.50, low=0.1, typical=2, high=50)
STORED = Price("log storage", "GB-month", 0.03, low=0.1, typical=5, high=500)
GONE = ("ResourceNotFoundException",)
CLASSES = {"standard": "STANDARD", "infrequent": "INFREQUENT_ACCESS"}


class LogGroup(Described[LogGroupSpec]):
    """A log group of CloudWatch. Its id is its ARN."""

    name = "log-group"
    title = "CloudWatch log group"
    noun = "log group"
    purpose = "log group"
    spec = LogGroupSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"tier"})
    defaults: ClassVar[Document] = {"retention": 30}
    practice: ClassVar[frozenset[str]] = frozenset({"retention"})
    tagging = Tagging("logs", on="resourceArn", tags="tags", keys="tagKeys", shape="map")
    parts: ClassVar[Mapping[str, Part]] = {
        "groups": Part(lambda arn: _listing(_name(arn))),
        "tags": Part(
            lambda arn: read("logs", "ListTagsForResource", {"resourceArn": arn}, absent_on=GONE), frozenset({"tags"})
        ),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("logs", "DescribeLogGroups", paginate=True)
        yield Found(tuple(_actual(group) for group in answer.get("logGroups", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        answer = yield _listing(name)
        return next((_actual(group) for group in answer.get("logGroups", ()) if group["logGroupName"] == name), None)

    def composed(self, id: str, told: Told) -> Actual | None:
        name = _name(id)
        groups = (told["groups"] or {}).get("logGroups", ())
        group = next((one for one in groups if one["logGroupName"] == name), None)
        if group is None:
            return None
        there = _actual(group)
        spec: dict[str, Any] = dict(there.spec)
        tags: dict[str, str] = {}
        if "tags" in told:
            tags = tags_from_wire((told["tags"] or {}).get("tags"), "map")
            spec["tags"] = users_tags(tags)
        return Actual("log-group", id, name, "", spec, tags, there.arn, provider_data=there.provider_data)

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"retention": None, "key": None, "tier": "standard", "tags": {}}

    def create(self, name: str, want: LogGroupSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        arn = place.arn("logs", f"log-group:{name}")
        outputs = {"id": fixed(arn), "arn": fixed(arn), "name": fixed(name)}
        params: Params = present(
            {
                "logGroupName": name,
                "kmsKeyId": want.key,
                "logGroupClass": CLASSES[want.tier] if want.tier else None,
                "tags": marked(want.tags, place),
            }
        )
        there = Capture(f"logGroups[?logGroupName=='{name}'] | [0] && '{arn}'")
        find = Find(_listing(name), {**outputs, "id": there}, ("ResourceAlreadyExistsException",))
        call = Call(
            "logs",
            "CreateLogGroup",
            params,
            captures=outputs,
            find=find,
            on=(arn,),
            also_needs={"logs:TagResource": (arn,)},
        )
        yield Line(f"Create log group '{name}'", "Keep what a program says", (call,))
        if want.retention:
            yield _retention(Actual("log-group", arn, name, "", arn=arn), want.retention)

    def update(self, have: Actual, changed: LogGroupSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if changed.has("retention"):
            yield _retention(have, changed.retention)
        if changed.has("key"):
            operation, params = (
                ("AssociateKmsKey", {"kmsKeyId": changed.key}) if changed.key else ("DisassociateKmsKey", {})
            )
            call = _set(operation, {"logGroupName": have.name, **params}, have)
            yield Line(f"Encrypt log group '{have.name}' with {changed.key or 'keys of AWS'}", "Asked for", (call,))
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        params = {"logGroupName": have.name}
        yield self.removal_line(
            have, Call("logs", "DeleteLogGroup", params, idempotent=True, on=(have.arn,), absent_on=GONE)
        )

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: LogGroupSpec) -> tuple[Price, ...]:
        return (INGESTED, STORED)

    def findings(self, address: str, want: LogGroupSpec) -> Iterator[Finding]:
        if want.has("retention") and want.retention is None:
            yield Finding("note", address, "its logs are kept, and paid for, for ever", "--retention 30")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "a log group with these settings is made again; its lines don't come back")

    def holds(self, have: Actual, facts: Facts) -> str:
        stored = int(have.provider_data.get("stored", 0))
        return f"{stored:,} bytes of logs" if stored else ""


def _listing(name: str) -> Call:
    return read("logs", "DescribeLogGroups", {"logGroupNamePrefix": name}, paginate=True)


def _name(arn: str) -> str:
    return arn.partition(":log-group:")[2]


def _actual(group: Answer) -> Actual:
    """From a listing, which tells all but the tags."""
    arn, name = group["arn"].removesuffix(":*"), group["logGroupName"]
    tiers = {wire: word for word, wire in CLASSES.items()}
    spec: dict[str, Any] = {
        "retention": group.get("retentionInDays"),
        "key": group.get("kmsKeyId"),
        "tier": tiers.get(group.get("logGroupClass", "STANDARD")),
    }
    return Actual("log-group", arn, name, "", spec, arn=arn, provider_data={"stored": group.get("storedBytes", 0)})


def _set(operation: str, params: Mapping[str, Value], have: Actual) -> Call:
    return Call("logs", operation, params, idempotent=True, on=(have.arn,))


def _retention(have: Actual, days: int | None) -> Line:
    if days is None:
        call = _set("DeleteRetentionPolicy", {"logGroupName": have.name}, have)
        return Line(f"Keep the lines of log group '{have.name}' for ever", "Asked for", (call,))
    call = _set("PutRetentionPolicy", {"logGroupName": have.name, "retentionInDays": days}, have)
    return Line(f"Keep the lines of log group '{have.name}' for {days} days", "Old lines go by themselves", (call,))
