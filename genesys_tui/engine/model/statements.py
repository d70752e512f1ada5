"""A resource's policy, in which several own a statement each, known by its Sid. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Statement = Mapping[str, Any]
VERSION = "2012-10-17"
"""Of the policy language; the one before it knows no variables."""


def statements_in(policy: str | None) -> list[Statement]:
    """The statements of a policy as it was read; a single one may stand for a list."""
    found: Any = json.loads(policy).get("Statement", []) if policy else []
    return [found] if isinstance(found, Mapping) else list(found)


def statement_in(policy: str | None, sid: str) -> Statement | None:
    """The statement of this Sid."""
    return next((one for one in statements_in(policy) if one.get("Sid") == sid), None)


def merged(policy: str | None, changed: Mapping[str, Statement | None]) -> dict[str, Any] | None:
    """The policy with these statements by Sid, each in its place, the new ones last (None: taken out); all else in it
    stays. None where no statement is left."""
    whole: dict[str, Any] = json.loads(policy) if policy else {"Version": VERSION}
    before = statements_in(policy)
    known = {one.get("Sid") for one in before}
    after = [changed.get(one["Sid"], one) if "Sid" in one else one for one in before]
    after += [one for sid, one in changed.items() if sid not in known]
    statements = [one for one in after if one is not None]
    return {**whole, "Statement": statements} if statements else None
