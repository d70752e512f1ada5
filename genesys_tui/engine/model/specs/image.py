"""The universal spec of a container image of a function."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.specs.base import Spec
from genesys_tui.engine.model.specs.repository import RepositorySpec


def repository_of(function: str) -> str:
    """The repository that the images of a function are pushed to, if it is one of ours."""
    return f"functions/{re.sub('[^a-z0-9]+', '-', function.lower()).strip('-') or 'function'}"


def repository_and_tag(name: str) -> tuple[str, str]:
    """The two that the name of an image is made of."""
    repository, _, tag = name.partition(":")
    return repository, tag


class ImageSpec(Spec):
    """One image, pushed once and never changed. What it is stands in its name, `<repository>:<tag>`: the tag is the
    start of the image's id, the digest of its configuration. So nothing of it is compared. `manifest`: its OCI manifest
    as JSON; what that lists lies among the artifacts of this machine."""

    takes_tags: ClassVar[bool] = False
    write_only: ClassVar[frozenset[str]] = frozenset({"manifest"})

    manifest: str | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: PutImage, ECR API reference; the id as the tag is a rule of ours."""
        repository, tag = repository_and_tag(name)
        if RepositorySpec.check_name(repository) or not re.fullmatch("[0-9a-f]{16}", tag):
            return "the name of a repository, then :ID, the first 16 hexadecimal digits of the image's id"
        return ""

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.manifest is None:
            yield ("manifest",), "what the image is made of: a build puts it aside and fills it in"
