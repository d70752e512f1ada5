"""The universal spec of a role: who may act, and what they may do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import ByName, Spec
from genesys_tui.engine.model.specs.policy import Grant, PolicyDocument

_SERVICE_ROLES = (
    "AWSLambda",
    "AmazonECSTaskExecution",
    "AmazonEC2ContainerService",
    "AWSCodeDeploy",
    "AmazonRDSEnhanced",
)


def _principal(word: str) -> str:
    """`lambda` is lambda.amazonaws.com."""
    return f"{word}.amazonaws.com" if re.fullmatch(r"[a-z][a-z0-9-]*", word) else word


def _principals(value: object) -> object:
    words = [value] if isinstance(value, str) else value
    return [_principal(word) if isinstance(word, str) else word for word in words] if isinstance(words, list) else words


def policy_arn(name: str) -> str:
    """The ARN of a policy that AWS keeps, by its name; an ARN as it is."""
    if name.startswith("arn:") or "${" in name:
        return name
    folder = "service-role/" if name.startswith(_SERVICE_ROLES) else ""
    return f"arn:aws:iam::aws:policy/{folder}{name}"


def _by_arn(value: object) -> object:
    """A list of names or ARNs becomes a mapping, so that each attachment is managed alone."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return {policy_arn(one): True for one in value}
    return value


class RoleSpec(Spec):
    """A role. `trusts`: services (`lambda`), accounts or ARNs that may take it; `trust_policy`: the same as a whole
    document. `managed`: policies by name or ARN. `policies`: its own, by name."""

    records: ClassVar[frozenset[str]] = frozenset({"policies", "managed"})
    never_absent: ClassVar[frozenset[str]] = frozenset({"max_session", "path"})

    trusts: Annotated[list[str], BeforeValidator(_principals)] | None = None
    trust_policy: PolicyDocument | None = None
    managed: Annotated[dict[str, bool | None], BeforeValidator(_by_arn)] | None = None
    policies: Annotated[dict[str, Grant | None], ByName] | None = None
    description: Annotated[str, Field(max_length=1000)] | None = None
    path: Annotated[str, Field(pattern=r"^/(?:[!-~]+/)?$")] | None = None
    max_session: Annotated[int, Field(ge=3600, le=43_200)] | None = None
    """Seconds."""
    boundary: str | None = None
    """The ARN of a policy that bounds what it may do."""

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateRole, IAM API reference."""
        if re.fullmatch(r"[\w+=,.@-]{1,64}", name, re.ASCII):
            return ""
        return "1 to 64 letters, digits and any of + = , . @ _ -"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.trusts and self.trust_policy:
            yield ("trust_policy",), "write either `trusts` or `trust_policy`"
        for name, grant in (self.policies or {}).items():
            if grant and bool(grant.document) == bool(grant.allow):
                yield ("policies", name), "it takes `allow` (with `on`), or a whole `document`"
