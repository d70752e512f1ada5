"""Statements of a bucket's policy, in short: who may do what, on what of the bucket."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.model.specs.base import WISH, Part
from genesys_tui.engine.model.specs.policy import Texts

ANYBODY = "*"
BUCKET, OBJECTS = "/", "/*"
RESERVED = "Genesys"
"""Statements whose names start so belong to other kinds: a distribution's, in the policy of the bucket behind it."""

_ROOT = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):root")
_NAME = re.compile(r"[A-Za-z0-9-]{1,100}")


def _texts(value: object) -> object:
    """One or several texts; what a file wrote as a number or a switch is a text too."""
    several = value if isinstance(value, list | tuple) else [value]
    return None if value is None else [_text(one) for one in several]


def _text(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


def _principals(value: list[str]) -> list[str]:
    """An account goes by its number: AWS tells it as the ARN of its root."""
    return [_ROOT.sub(r"\1", one) if not isinstance(one, Reference) else one for one in value]


def _within(value: list[str], info: ValidationInfo) -> list[str]:
    if info.context == WISH and not all(one.startswith("/") and not isinstance(one, Reference) for one in value):
        raise ValueError("it takes / for the bucket itself, /* for all objects, or the start of a path: /images/*")
    return value


def _conditions(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    return {
        operator: {key: _texts(one) for key, one in keys.items()} if isinstance(keys, Mapping) else keys
        for operator, keys in value.items()
    }


class Statement(Part):
    """What somebody may do, or with `deny` may not. `principal`: `*` (anybody), the number of an account, an ARN, or a
    service (`logging.s3.amazonaws.com`). `resources`: `/` (the bucket), `/*` (all objects), or paths (`/images/*`).
    `condition`: as AWS writes it, `{StringEquals: {aws:SourceAccount: ...}}`."""

    effect: Literal["allow", "deny"] | None = None
    principal: Annotated[Texts, BeforeValidator(_texts), AfterValidator(_principals)] | None = None
    actions: Texts | None = None
    resources: Annotated[Texts, AfterValidator(_within)] | None = None
    condition: Annotated[dict[str, dict[str, Texts | None] | None], BeforeValidator(_conditions)] | None = None


def _whole(entry: object, info: ValidationInfo) -> object:
    """A wish says all of it."""
    if info.context != WISH or not isinstance(entry, Mapping):
        return entry
    return {"effect": "allow", "resources": [BUCKET, OBJECTS], **entry}


StatementEntry = Annotated[Statement, BeforeValidator(_whole)]


def statement_mistakes(statements: Mapping[str, Statement | None]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with statements that are wished for, by name."""
    for name, one in statements.items():
        if not _NAME.fullmatch(name) or name.startswith(RESERVED):
            yield (
                ("policy", name),
                f"a statement's name has letters, digits and hyphens, and starts not with {RESERVED}",
            )
        if one is not None and not (one.principal and one.actions):
            yield ("policy", name), "a statement needs `principal` (who) and `actions` (what they may do)"


def opens(statement: Mapping[str, Any]) -> bool:
    """Whether it lets anybody in, without a condition: what S3 calls public."""
    anybody = ANYBODY in (statement.get("principal") or ())
    return statement.get("effect") == "allow" and anybody and not statement.get("condition")
