"""The universal spec of a layer: what several functions have in common, unpacked beside their code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from genesys_tui.engine.model.build import Architecture
from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import Spec

Digest = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")]
"""SHA-256 in base64, as Lambda tells it."""


class LayerSpec(Spec):
    """One version of a layer, published once and never changed. What it is stands in its name, which ends in the key of
    its content: two of one name are the same, whatever else is written about them. So nothing of it is compared.
    `code`: the hash of its zip, which lies among the artifacts of this machine."""

    takes_tags: ClassVar[bool] = False
    write_only: ClassVar[frozenset[str]] = frozenset({"code", "runtimes", "architectures", "description", "license"})

    code: Digest | None = None
    runtimes: Annotated[list[str], Field(max_length=15)] | None = None
    """Those that it fits; absent: all."""
    architectures: Annotated[list[Architecture], Field(max_length=2)] | None = None
    description: Annotated[str, Field(max_length=256)] | None = None
    license: Annotated[str, Field(max_length=512)] | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: PublishLayerVersion, Lambda API reference; the key at its end is a rule of ours."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,120}-[0-9a-f]{16}(-[0-9]{1,2})?", name):
            return "letters, digits, hyphens and underscores, then -KEY: 16 hexadecimal digits, and -N of several parts"
        return ""

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.code is None:
            yield ("code",), "the hash of its zip: a build puts it aside and fills it in"
