"""The universal spec of content: the files of a folder, in a bucket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import Refers, Spec


class ContentSpec(Spec):
    """The files of `source`, a folder of this machine. Its name says where they go: `my-bucket/`, or
    `my-bucket/docs/`. `distribution`: the one that delivers them, which is told of every change."""

    takes_tags: ClassVar[bool] = False
    write_only: ClassVar[frozenset[str]] = frozenset({"distribution"})

    bucket: Annotated[str, Refers("bucket", "id")] | None = None
    source: str | None = None
    files: dict[str, str | None] | None = None
    distribution: Annotated[str, Refers("distribution", "id")] | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """A bucket, a slash, and a prefix that may be empty."""
        if re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/([!-~ ]{1,900}/)?", name):
            return ""
        return "the bucket and the prefix it goes to, with a slash at the end: my-bucket/ or my-bucket/docs/"

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.files is not None:
            yield ("files",), "write `source`, the folder of the files"
