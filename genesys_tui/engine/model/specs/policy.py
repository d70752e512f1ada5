"""IAM policy documents as specs hold them: one shape for what AWS and people write in many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator

from genesys_tui.engine.model.specs.base import Part, Text
from genesys_tui.engine.model.statements import VERSION

_LISTS = ("Action", "NotAction", "Resource", "NotResource")


def normal(document: object) -> object:
    """The document with a list wherever one may stand, so that what means the same compares the same."""
    if not isinstance(document, Mapping):
        return document
    statements = document.get("Statement", [])
    several = statements if isinstance(statements, list) else [statements]
    return {"Version": document.get("Version", VERSION), "Statement": [_statement(one) for one in several]}


def _statement(statement: Any) -> Any:
    if not isinstance(statement, Mapping):
        return statement
    plain = {key: _listed(value) if key in _LISTS else value for key, value in statement.items()}
    principal = plain.get("Principal")
    if isinstance(principal, Mapping):
        plain["Principal"] = {key: _listed(value) for key, value in principal.items()}
    if not plain.get("Sid"):
        plain.pop("Sid", None)
    return plain


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


PolicyDocument = Annotated[dict[str, Any], BeforeValidator(normal)]


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[list[Text], BeforeValidator(_several)]


class Grant(Part):
    """What is allowed: actions `on` resources; or a whole `document`."""

    allow: Texts | None = None
    on: Texts | None = None
    document: PolicyDocument | None = None


def grant_document(grant: Mapping[str, Any]) -> Mapping[str, Any]:
    """The policy document of a grant."""
    if grant.get("document"):
        whole: Mapping[str, Any] = grant["document"]
        return whole
    statement = {"Effect": "Allow", "Action": grant.get("allow") or [], "Resource": grant.get("on") or ["*"]}
    return {"Version": VERSION, "Statement": [statement]}


def grant_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document as a grant: in short where that says all of it."""
    plain: Any = normal(document)
    statements = plain["Statement"]
    if len(statements) == 1 and set(statements[0]) == {"Effect", "Action", "Resource"}:
        [one] = statements
        if one["Effect"] == "Allow":
            return {"allow": one["Action"], "on": one["Resource"], "document": None}
    return {"allow": None, "on": None, "document": plain}
