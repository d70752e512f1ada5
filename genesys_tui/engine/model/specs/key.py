"""The universal spec of a key: it never leaves its place; others encrypt by it."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import Field

from genesys_tui.engine.model.specs.base import Spec


class KeySpec(Spec):
    """A key, known by its name as an alias. `rotation`: new material every year. `deletion_window`: days in which its
    deletion can be taken back."""

    never_absent: ClassVar[frozenset[str]] = frozenset({"rotation", "multi_region", "deletion_window"})
    write_only: ClassVar[frozenset[str]] = frozenset({"deletion_window"})

    description: Annotated[str, Field(max_length=8192)] | None = None
    rotation: bool | None = None
    multi_region: bool | None = None
    deletion_window: Annotated[int, Field(ge=7, le=30)] | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateAlias, KMS API reference."""
        if re.fullmatch(r"[a-zA-Z0-9/_-]{1,240}", name) and not name.startswith(("aws/", "alias/")):
            return ""
        return "1 to 240 letters, digits and any of / _ -, and neither aws/ nor alias/ at the start"
