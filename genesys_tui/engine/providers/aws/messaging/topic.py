"""SNS topics. Source: the SNS API reference; prices of us-east-1, November 2026."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Call, Capture, Find, Params, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.topic import Subscription, TopicSpec, subscription_key
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.messaging.queue_policy import Policies, let_send, let_send_no_more, policies_of
from genesys_tui.engine.providers.aws.serverless.function_permission import let_invoke, let_invoke_no_more
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags

REQUESTS = Price("messages", "million", 0.50, low=0, typical=1, high=100)
GONE = ("NotFound", "NotFoundException")
MANAGED = "alias/aws/sns"


def _subscriptions(arn: str) -> Reading[Mapping[str, Any] | None]:
    """With the attributes of each, which only single calls tell; those that nobody confirmed yet have none."""
    answer = yield read("sns", "ListSubscriptionsByTopic", {"TopicArn": arn}, paginate=True, absent_on=GONE)
    found = (answer or {}).get("Subscriptions", [])
    confirmed = [one for one in found if one["SubscriptionArn"].startswith("arn:")]
    asked: list[Call | Reading[Any]] = [
        read("sns", "GetSubscriptionAttributes", {"SubscriptionArn": one["SubscriptionArn"]}, absent_on=GONE)
        for one in confirmed
    ]
    answers = yield asked
    attributes = {one["SubscriptionArn"]: told for one, told in zip(confirmed, answers, strict=True)}
    return {"Subscriptions": [{**one, "told": attributes.get(one["SubscriptionArn"])} for one in found]}


class Topic(Described[TopicSpec]):
    """An SNS topic. Its id is its ARN."""

    name = "topic"
    title = "SNS topic"
    noun = "topic"
    purpose = "topic"
    spec = TopicSpec
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name"})
    defaults: ClassVar[Document] = {"encryption": "managed"}
    practice: ClassVar[frozenset[str]] = frozenset({"encryption"})
    tagging = Tagging("sns")
    parts: ClassVar[Mapping[str, Part]] = {
        "topic": Part(lambda arn: read("sns", "GetTopicAttributes", {"TopicArn": arn}, absent_on=GONE)),
        "subscriptions": Part(_subscriptions, frozenset({"subscriptions"})),
        "tags": Part(
            lambda arn: read("sns", "ListTagsForResource", {"ResourceArn": arn}, absent_on=GONE), frozenset({"tags"})
        ),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("sns", "ListTopics", paginate=True)
        yield Found(tuple(_bare(topic["TopicArn"]) for topic in answer.get("Topics", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        answer = yield read("sns", "ListTopics", paginate=True)
        arns = (topic["TopicArn"] for topic in answer.get("Topics", ()))
        return next((_bare(arn) for arn in arns if _name(arn) == name), None)

    def composed(self, id: str, told: Told) -> Actual | None:
        raw: Mapping[str, str] = (told["topic"] or {}).get("Attributes", {})
        key = raw.get("KmsMasterKeyId") or None
        fifo = raw.get("FifoTopic") == "true"
        spec: dict[str, Any] = {
            "display_name": raw.get("DisplayName") or None,
            "encryption": "managed" if key == MANAGED else key,
            "deduplicate": raw.get("ContentBasedDeduplication") == "true" if fifo else None,
        }
        data: dict[str, Any] = {}
        if subscribed := told.get("subscriptions"):
            found = subscribed["Subscriptions"]
            spec["subscriptions"] = {_key(one): _subscription(one) for one in found}
            data = {_key(one): one["SubscriptionArn"] for one in found}
        tags = tags_from_wire((told.get("tags") or {}).get("Tags"))
        if "tags" in told:
            spec["tags"] = users_tags(tags)
        return Actual("topic", id, _name(id), "", spec, tags, id, provider_data=data)

    def prepare(self, name: str, want: TopicSpec, have: Actual | None) -> Reading[Facts]:
        """The policies of the queues that are told, or were."""
        before: Any = (have.spec.get("subscriptions") if have else None) or {}
        queues = [one["endpoint"] for one in before.values() if one["protocol"] == "sqs"]
        queues += [str(one.endpoint) for one in (want.subscriptions or {}).values() if one and one.protocol == "sqs"]
        return (yield from policies_of(_kept(queues)))

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"display_name": None, "encryption": None, "deduplicate": None, "subscriptions": {}, "tags": {}}

    def create(self, name: str, want: TopicSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        arn = place.arn("sns", name)
        fifo = {"FifoTopic": "true"} if name.endswith(".fifo") else {}
        attributes = {wire: value for wire, value in _attributes(want).items() if value != ""}
        tags = tags_on_wire(marked(want.tags, place))
        outputs = {"id": Capture("TopicArn"), "arn": Capture("TopicArn"), "name": fixed(name)}
        found = {**outputs, "id": Capture("Attributes.TopicArn"), "arn": Capture("Attributes.TopicArn")}
        call = Call(
            "sns",
            "CreateTopic",
            {"Name": name, "Attributes": {**attributes, **fifo}, "Tags": tags},
            captures=outputs,
            find=Find(read("sns", "GetTopicAttributes", {"TopicArn": arn}, absent_on=GONE), found),
            on=(arn,),
            also_needs={"sns:TagResource": (arn,)},
        )
        yield Line(f"Create topic '{name}'", "Tell many what is said once", (call,))
        for key, one in (want.subscriptions or {}).items():
            if one is not None:
                yield _subscribe(Actual("topic", arn, name, "", arn=arn), key, one.model_dump(), facts or {})

    def update(self, have: Actual, changed: TopicSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        for wire, value in _attributes(changed).items():
            params: Params = {"TopicArn": have.id, "AttributeName": wire, "AttributeValue": value}
            call = Call("sns", "SetTopicAttributes", params, idempotent=True, on=(have.arn,))
            yield Line(f"Set {WORDS[wire]} of topic '{have.name}' to {value or 'nothing'}", "Asked for", (call,))
        before: Any = have.spec.get("subscriptions") or {}
        for key, one in (changed.subscriptions or {}).items():
            arn = have.provider_data.get(key)
            if one is None:
                yield _unsubscribe(have, key, str(arn), before.get(key) or {}, facts or {})
            elif arn is None:
                yield _subscribe(have, key, one.model_dump(), facts or {})
            else:
                yield _change(have, key, arn, one)
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        subscribed: Any = have.spec.get("subscriptions") or {}
        calls = [call for one in subscribed.values() for call in _shut(have, one, facts or {})]
        params = {"TopicArn": have.id}
        last = Call("sns", "DeleteTopic", params, absent_on=GONE, idempotent=True, on=(have.arn,))
        yield self.removal_line(have, *calls, last)

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: TopicSpec) -> tuple[Price, ...]:
        return (REQUESTS,)

    def findings(self, address: str, want: TopicSpec) -> Iterator[Finding]:
        for one in (want.subscriptions or {}).values():
            if one and one.protocol == "email":
                yield Finding("note", address, f"{one.endpoint} must confirm the subscription by the mail it gets")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "a topic of this name is made again; mail addresses must confirm again")


WORDS = {
    "DisplayName": "the display name",
    "KmsMasterKeyId": "the key",
    "ContentBasedDeduplication": "deduplication by content",
}


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]


def _bare(arn: str) -> Actual:
    return Actual("topic", arn, _name(arn), "", arn=arn)


def _attributes(want: TopicSpec) -> dict[str, Value]:
    wire: dict[str, Value] = {}
    if want.has("display_name"):
        wire["DisplayName"] = want.display_name or ""
    if want.has("encryption"):
        wire["KmsMasterKeyId"] = MANAGED if want.encryption == "managed" else want.encryption or ""
    if want.has("deduplicate") and want.deduplicate is not None:
        wire["ContentBasedDeduplication"] = "true" if want.deduplicate else "false"
    return wire


def _key(one: Mapping[str, Any]) -> str:
    return subscription_key(one["Protocol"], one["Endpoint"])


def _subscription(one: Mapping[str, Any]) -> dict[str, Any]:
    told = one.get("told")
    raw: Mapping[str, str] = told.get("Attributes", {}) if isinstance(told, Mapping) else {}
    chosen = raw.get("FilterPolicy")
    return {
        "protocol": one["Protocol"],
        "endpoint": one["Endpoint"],
        "raw": raw.get("RawMessageDelivery") == "true",
        "filter": _compact(chosen) if chosen and chosen != "{}" else None,
    }


def _compact(document: str) -> str:
    return json.dumps(json.loads(document), sort_keys=True, separators=(",", ":"))


def _sid(have: Actual) -> str:
    return f"genesys-topic-{have.name}".replace(".", "-")


def _statement(have: Actual) -> str:
    """In the policy of a function."""
    return f"genesys-sns-{have.name}"


def _subscribe(have: Actual, key: str, one: Mapping[str, Any], known: Policies) -> Line:
    attributes: dict[str, Value] = {"RawMessageDelivery": "true"} if one.get("raw") else {}
    if one.get("filter"):
        attributes["FilterPolicy"] = one["filter"]
    params: Params = {
        "TopicArn": Output("id") if not have.spec else have.id,
        "Protocol": one["protocol"],
        "Endpoint": one["endpoint"],
        "Attributes": attributes,
        "ReturnSubscriptionArn": True,
    }
    call = Call("sns", "Subscribe", params, idempotent=True, on=(have.arn,))
    calls: tuple[Call, ...] = (call,)
    if one["protocol"] == "lambda":
        calls = (let_invoke(one["endpoint"], _statement(have), "sns.amazonaws.com", have.arn), call)
    elif one["protocol"] == "sqs":
        calls = (let_send(one["endpoint"], _sid(have), "sns.amazonaws.com", have.arn, known), call)
    return Line(f"Tell {key.partition(':')[2]} what is said to topic '{have.name}'", f"By {one['protocol']}", calls)


def _unsubscribe(have: Actual, key: str, arn: str, before: Mapping[str, Any], known: Policies) -> Line:
    call = Call("sns", "Unsubscribe", {"SubscriptionArn": arn}, absent_on=GONE, idempotent=True, on=(have.arn,))
    calls = (call, *_shut(have, before, known))
    return Line(f"Tell {key.partition(':')[2]} no more what is said to topic '{have.name}'", "Asked for", calls)


def _shut(have: Actual, before: Mapping[str, Any], known: Policies) -> tuple[Call, ...]:
    """Who was told lets the topic in no more."""
    match before.get("protocol"):
        case "lambda":
            return (let_invoke_no_more(before["endpoint"], _statement(have)),)
        case "sqs":
            return let_send_no_more(before["endpoint"], _sid(have), known)
        case _:
            return ()


def _kept(queues: list[str]) -> list[str]:
    """Those of this account and region whose names are known."""
    return [queue for queue in queues if ":sqs:" in queue or "${queue." in queue]


def _change(have: Actual, key: str, arn: str, one: Subscription) -> Line:
    wanted: dict[str, Value] = {}
    if "raw" in one.model_fields_set:
        wanted["RawMessageDelivery"] = "true" if one.raw else "false"
    if "filter" in one.model_fields_set:
        wanted["FilterPolicy"] = one.filter or "{}"
    calls = tuple(
        Call(
            "sns",
            "SetSubscriptionAttributes",
            {"SubscriptionArn": arn, "AttributeName": name, "AttributeValue": value},
            idempotent=True,
            on=(have.arn,),
        )
        for name, value in wanted.items()
    )
    return Line(f"Change how {key.partition(':')[2]} is told of topic '{have.name}'", "Asked for", calls)
