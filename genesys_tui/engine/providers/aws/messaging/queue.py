"""SQS queues. Source: the SQS API reference; prices of us-east-1, November 2026. All attributes are texts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Json, Params, RetryOn, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.queue import QueueSpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed, to_wire
from genesys_tui.engine.providers.aws.tags import Tagging, marked, users_tags
from genesys_tui.engine.providers.aws.words import settings_in_words

REQUESTS = Price("requests", "million requests", 0.40, low=0, typical=1, high=100)
GONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
NUMBERS: Mapping[str, str] = {
    "visibility_timeout": "VisibilityTimeout",
    "retention": "MessageRetentionPeriod",
    "delay": "DelaySeconds",
    "receive_wait": "ReceiveMessageWaitTimeSeconds",
}
NEW: Document = {"visibility_timeout": 30, "retention": 345_600, "delay": 0, "receive_wait": 0}
"""What SQS gives a queue that says nothing."""


class Queue(Described[QueueSpec]):
    """An SQS queue. Its id is its URL."""

    name = "queue"
    title = "SQS queue"
    noun = "queue"
    purpose = "queue"
    spec = QueueSpec
    defaults: ClassVar[Document] = {**NEW, "encryption": "managed"}
    practice: ClassVar[frozenset[str]] = frozenset({"encryption"})
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "url"})
    tagging = Tagging("sqs", "TagQueue", "UntagQueue", on="QueueUrl", shape="map")
    parts: ClassVar[Mapping[str, Part]] = {
        "queue": Part(
            lambda url: read("sqs", "GetQueueAttributes", {"QueueUrl": url, "AttributeNames": ["All"]}, absent_on=GONE)
        ),
        "tags": Part(lambda url: read("sqs", "ListQueueTags", {"QueueUrl": url}, absent_on=GONE), frozenset({"tags"})),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("sqs", "ListQueues", {"MaxResults": 1000}, paginate=True)
        yield Found(tuple(_bare(url, place.arn("sqs", _name(url))) for url in answer.get("QueueUrls", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        answer = yield read("sqs", "GetQueueUrl", {"QueueName": name}, absent_on=GONE)
        return answer and _bare(answer["QueueUrl"])

    def composed(self, id: str, told: Told) -> Actual | None:
        raw: Mapping[str, str] = (told["queue"] or {}).get("Attributes", {})
        spec: dict[str, Any] = {field: int(raw[wire]) for field, wire in NUMBERS.items() if wire in raw}
        spec |= {"dead_letter": _dead_letter(raw), "encryption": _encryption(raw), "aws": raw}
        spec["deduplicate"] = raw.get("ContentBasedDeduplication") == "true" if "FifoQueue" in raw else None
        tags: Mapping[str, str] = (told.get("tags") or {}).get("Tags", {})
        if "tags" in told:
            spec["tags"] = users_tags(tags)
        return Actual("queue", id, _name(id), "", spec, tags, raw.get("QueueArn", ""), provider_data=raw)

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {**NEW, "dead_letter": None, "encryption": "managed", "deduplicate": None, "tags": {}}

    def create(self, name: str, want: QueueSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        arn = place.arn("sqs", name)
        outputs = _outputs(name, arn)
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        params: Params = {
            "QueueName": name,
            "Attributes": {**_attributes(want), **fifo},
            "tags": marked(want.tags, place),
        }
        yield Line(
            f"Create queue '{name}'",
            "Hold work until someone has time for it",
            (
                Call(
                    "sqs",
                    "CreateQueue",
                    params,
                    captures=outputs,
                    find=Find(read("sqs", "GetQueueUrl", {"QueueName": name}, absent_on=GONE), outputs),
                    retry_on=(RetryOn("AWS.SimpleQueueService.QueueDeletedRecently", 65),),
                    on=(arn,),
                    also_needs={"sqs:TagQueue": (arn,)},
                ),
            ),
        )

    def update(self, have: Actual, changed: QueueSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        settings = changed.model_dump(exclude_unset=True, exclude={"tags"})
        if settings:
            params: Params = {"QueueUrl": have.id, "Attributes": _attributes(changed, have)}
            call = Call("sqs", "SetQueueAttributes", params, idempotent=True, on=(have.arn,))
            yield Line(f"Set {settings_in_words(settings)} on queue '{have.name}'", "Asked for", (call,))
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        call = Call("sqs", "DeleteQueue", {"QueueUrl": have.id}, absent_on=GONE, idempotent=True, on=(have.arn,))
        yield self.removal_line(have, call)

    def tag_target(self, have: Actual) -> Value:
        return have.id

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        return {"id": have.id, "url": have.id, "arn": have.arn, "name": have.name}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: QueueSpec) -> tuple[Price, ...]:
        return (REQUESTS,)

    def findings(self, address: str, want: QueueSpec) -> Iterator[Finding]:
        if want.has("encryption") and want.encryption is None:
            yield Finding("warning", address, "messages are not encrypted at rest", "--encryption managed")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "a queue with these settings is made again; its messages don't come back")

    def holds(self, have: Actual, facts: Facts) -> str:
        waiting = int(have.provider_data.get("ApproximateNumberOfMessages", 0))
        hidden = int(have.provider_data.get("ApproximateNumberOfMessagesNotVisible", 0))
        return f"about {waiting + hidden:,} messages" if waiting + hidden else ""


def _outputs(name: str, arn: str) -> Mapping[str, Capture]:
    url = Capture("QueueUrl")
    return {"id": url, "url": url, "arn": fixed(arn), "name": fixed(name)}


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _bare(url: str, arn: str = "") -> Actual:
    return Actual("queue", url, _name(url), "", arn=arn)


def _dead_letter(raw: Mapping[str, str]) -> Document | None:
    if "RedrivePolicy" not in raw:
        return None
    policy: Answer = json.loads(raw["RedrivePolicy"])
    return {"queue": policy.get("deadLetterTargetArn"), "after": int(policy.get("maxReceiveCount", 0))}


def _encryption(raw: Mapping[str, str]) -> str | None:
    if key := raw.get("KmsMasterKeyId"):
        return key
    return "managed" if raw.get("SqsManagedSseEnabled") == "true" else None


def _attributes(want: QueueSpec, have: Actual | None = None) -> dict[str, Value]:
    """The settings by SQS's names. An empty text takes one away."""
    wire: dict[str, Value] = {attribute: str(number) for attribute, number in to_wire(want.document, NUMBERS).items()}
    if want.has("dead_letter") and (have or want.dead_letter):
        wire["RedrivePolicy"] = _redrive(want, have)
    if want.has("encryption"):
        wire |= _encryption_on_wire(want.encryption, new=have is None)
    if want.has("deduplicate") and want.deduplicate is not None:
        wire["ContentBasedDeduplication"] = "true" if want.deduplicate else "false"
    return wire | {key: str(value) for key, value in (want.aws or {}).items()}


def _encryption_on_wire(key: str | None, *, new: bool) -> dict[str, Value]:
    """A new queue has no key that must be taken away."""
    managed: dict[str, Value] = {"SqsManagedSseEnabled": "true" if key == "managed" else "false"}
    if key in ("managed", None):
        return managed if new else {**managed, "KmsMasterKeyId": ""}
    return {"KmsMasterKeyId": key} if new else {**managed, "KmsMasterKeyId": key}


def _redrive(want: QueueSpec, have: Actual | None) -> Value:
    """Whole: of what changes only in part, the rest is as it is."""
    before = (have.spec.get("dead_letter") if have else None) or {}
    after = want.dead_letter.model_dump(exclude_unset=True) if want.dead_letter else {}
    merged = {**(before if isinstance(before, Mapping) else {}), **after} if after else {}
    if not merged.get("queue"):
        return ""
    return Json({"deadLetterTargetArn": merged["queue"], "maxReceiveCount": merged["after"]})
