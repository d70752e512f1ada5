"""What a bucket tells: a function, a queue or a topic, when something happens to its objects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.model.specs.base import WISH, Part, Text

EVENTS: Mapping[str, str] = {
    "created": "s3:ObjectCreated:*",
    "deleted": "s3:ObjectRemoved:*",
    "restored": "s3:ObjectRestore:*",
}
"""Our words for AWS's."""

TOLD: Mapping[str, str] = {"function": "lambda", "queue": "sqs", "topic": "sns"}
"""The kinds that a bucket can tell, and their services."""

_EVENT = re.compile(r"s3:[A-Za-z]+(:[A-Za-z*]+)?")
_WORDS = {wire: word for word, wire in EVENTS.items()}
_ARN = re.compile(r"arn:[a-z-]+:(lambda|sqs|sns):\S+")


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _events(value: list[str], info: ValidationInfo) -> list[str]:
    words = [_WORDS.get(one, one) for one in value]
    if info.context == WISH and not all(one in EVENTS or _EVENT.fullmatch(one) for one in words):
        raise ValueError(f"it takes {', '.join(EVENTS)}, or AWS's own such as s3:ObjectCreated:Put")
    return words


class Notification(Part):
    """Who is told: `function`, `queue` or `topic`, or the ARN of one. Unset `events`: what is `created`. `prefix` and
    `suffix`: of which objects."""

    to: Text | None = None
    events: Annotated[list[str], BeforeValidator(_several), AfterValidator(_events)] | None = None
    prefix: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    suffix: Annotated[str, Field(min_length=1, max_length=1024)] | None = None


def _named(entry: object, info: ValidationInfo) -> object:
    """`function: my-function` is its ARN. A wish says all of it."""
    if not isinstance(entry, Mapping):
        return entry
    plain = {"events": ["created"], **entry} if info.context == WISH else dict(entry)
    for kind in TOLD:
        if isinstance(named := plain.pop(kind, None), str):
            known = isinstance(named, Reference) or named.startswith("arn:")
            plain["to"] = named if known else Reference(f"${{{kind}.{named}.arn}}")
    return plain


NotificationEntry = Annotated[Notification, BeforeValidator(_named)]


def service_told(to: str) -> str:
    """`lambda`, `sqs` or `sns`, of an ARN or a reference; empty where it is none of these."""
    found = _ARN.fullmatch(to)
    if found:
        return found[1]
    return next((service for kind, service in TOLD.items() if to.startswith(f"${{{kind}.")), "")


def notification_mistakes(told: Mapping[str, Notification | None]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with notifications that are wished for, by name."""
    for name, one in told.items():
        if not 0 < len(name) <= 255:
            yield ("notifications", name), "the name of a notification has 1 to 255 characters"
        if one is not None and not service_told(one.to or ""):
            yield ("notifications", name), "it takes `function`, `queue` or `topic`"
        if one is not None and one.events == []:
            yield ("notifications", name), f"without `events` it is never told: {', '.join(EVENTS)}"
