"""The universal spec of a parameter: a setting that programs read when they start."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import Refers, Spec
from genesys_tui.engine.model.specs.secret import SOURCES, Sourced


class ParameterSpec(Spec):
    """A parameter. As for a secret, only where its value comes from is written down."""

    write_only: ClassVar[frozenset[str]] = frozenset({"source"})
    one_way: ClassVar[frozenset[str]] = frozenset({"value"})
    never_absent: ClassVar[frozenset[str]] = frozenset({"value", "secure", "tier"})

    value: Sourced | None = None
    source: str | None = None
    secure: bool | None = None
    """Encrypted by a KMS key."""
    key: Annotated[str, Refers("key", "arn")] | None = None
    tier: Literal["standard", "advanced"] | None = None
    description: Annotated[str, Field(max_length=1024)] | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: PutParameter, Systems Manager API reference."""
        if not re.fullmatch(r"/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,14}", name) or len(name) > 1011:
            return "up to 15 levels of letters, digits and any of . - _, with / between them"
        if name.strip("/").lower().startswith(("aws", "ssm")):
            return "no aws or ssm at the start"
        return ""

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.source is not None:
            yield ("source",), f"write it as the `value`: {SOURCES}"
        if self.key and self.secure is False:
            yield ("key",), "only a `secure` parameter has a key"
