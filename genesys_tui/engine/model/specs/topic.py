"""The universal spec of a topic: what is said once is told to many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, ValidationInfo

from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.model.specs.base import WISH, JsonText, Part, Refers, Spec, Text

Protocol = Literal["sqs", "lambda", "email", "https", "http", "sms", "email-json", "firehose", "application"]


class Subscription(Part):
    """Who is told. `raw`: the bare message, without SNS's envelope. `filter`: which messages, by attribute."""

    protocol: Protocol | None = None
    endpoint: Text | None = None
    raw: bool | None = None
    filter: JsonText | None = None


def subscription_key(protocol: str, endpoint: str) -> str:
    """`sqs:jobs`, `email:ops@example.com`: what a subscription is known by, here and in the cloud."""
    return f"{protocol}:{name_in(endpoint)}"


_BY_KIND = {"queue": "sqs", "function": "lambda"}


def _subscription(entry: object) -> tuple[str, object]:
    """`ops@example.com`, `https://...`, or a mapping with `queue`, `function`, or `protocol` and `endpoint`."""
    if isinstance(entry, str) and not isinstance(entry, Reference):
        protocol = "email" if "@" in entry else entry.partition(":")[0]
        return subscription_key(protocol, entry), {"protocol": protocol, "endpoint": entry, "raw": False}
    if not isinstance(entry, Mapping):
        raise ValueError("a subscription is an address, or a mapping with `queue`, `function` or `protocol`")
    plain: dict[str, Any] = {"raw": False, **entry}
    for kind, protocol in _BY_KIND.items():
        if kind in plain:
            named = str(plain[kind])
            known = named.startswith("arn:") or isinstance(plain[kind], Reference)
            plain["endpoint"] = plain.pop(kind) if known else Reference(f"${{{kind}.{plain.pop(kind)}.arn}}")
            plain["protocol"] = protocol
    if not isinstance(plain.get("protocol"), str) or not isinstance(plain.get("endpoint"), str):
        raise ValueError("a subscription needs `queue`, `function`, or `protocol` and `endpoint`")
    return subscription_key(plain["protocol"], plain["endpoint"]), plain


def _by_key(value: object, info: ValidationInfo) -> object:
    if isinstance(value, list):
        return dict(map(_subscription, value))
    if info.context == WISH and isinstance(value, dict):
        return dict(map(_subscription, value.values()))
    return value


class TopicSpec(Spec):
    """A topic; one whose name ends in `.fifo` keeps the order. `encryption`: `managed` (the account's key for SNS), or
    a KMS key."""

    records: ClassVar[frozenset[str]] = frozenset({"subscriptions"})

    display_name: Annotated[str, Field(max_length=100)] | None = None
    encryption: Annotated[str, Refers("key", "arn", ("managed",))] | None = None
    deduplicate: bool | None = None
    """By content; of a FIFO topic only."""
    subscriptions: Annotated[dict[str, Subscription | None], BeforeValidator(_by_key)] | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateTopic, SNS API reference."""
        if re.fullmatch(r"[A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\.fifo", name):
            return ""
        return "1 to 256 letters, digits, hyphens and underscores; a FIFO topic ends in .fifo"
