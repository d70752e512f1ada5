"""The universal spec of a secret: a value that only those may read who need it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, ValidationInfo

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import WISH, Refers, Spec

SOURCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:.+|random:([89]|[1-9][0-9]|[1-9][0-9]{2})")
SOURCES = "env:NAME, file:PATH or random:LENGTH (8 to 999)"


def _source(value: str | None, info: ValidationInfo) -> str | None:
    """A value itself never stands in a file or in words: they are shared, saved and shown."""
    if info.context == WISH and value is not None and not SOURCE.fullmatch(value):
        raise ValueError(f"it takes where the value comes from, not the value itself: {SOURCES}")
    return value


Sourced = Annotated[str, AfterValidator(_source)]
"""Asked for: where the value comes from. Afterwards: its keyed fingerprint; then `source` says where it came from."""


class SecretSpec(Spec):
    """A secret. Its value is read from its source when it is sent, and kept nowhere. One by `random` is chosen once and
    left alone afterwards."""

    write_only: ClassVar[frozenset[str]] = frozenset({"source"})
    one_way: ClassVar[frozenset[str]] = frozenset({"value"})
    never_absent: ClassVar[frozenset[str]] = frozenset({"value"})

    value: Sourced | None = None
    source: str | None = None
    key: Annotated[str, Refers("key", "arn")] | None = None
    description: Annotated[str, Field(max_length=2048)] | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateSecret, Secrets Manager API reference."""
        if not re.fullmatch(r"[A-Za-z0-9/_+=.@-]{1,512}", name):
            return "1 to 512 letters, digits and any of / _ + = . @ -"
        if re.search(r"-[A-Za-z0-9]{6}$", name):
            return "no hyphen and six letters or digits at the end: AWS adds such to the ARN"
        return ""

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.source is not None:
            yield ("source",), f"write it as the `value`: {SOURCES}"
