"""The universal spec of a repository of container images."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import Field

from genesys_tui.engine.model.specs.base import Refers, Spec


class RepositorySpec(Spec):
    """A repository. `immutable`: a tag, once pushed, stays. `keep_images`: how many of the newest are kept;
    `delete_untagged_after_days`: when those without a tag go."""

    never_absent: ClassVar[frozenset[str]] = frozenset({"scan_on_push", "immutable"})

    scan_on_push: bool | None = None
    immutable: bool | None = None
    key: Annotated[str, Refers("key", "arn")] | None = None
    keep_images: Annotated[int, Field(ge=1, le=10_000)] | None = None
    delete_untagged_after_days: Annotated[int, Field(ge=1, le=3_650)] | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateRepository, ECR API reference."""
        if 2 <= len(name) <= 256 and re.fullmatch(r"[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*", name):
            return ""
        return "2 to 256 lowercase letters and digits, with any of . _ - / between them"
