"""What a function is made of, once its source was read and its dependencies are there; and whether a zip holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from genesys_tui.engine.functions.packing.archive import MB, UNZIPPED_LIMIT
from genesys_tui.engine.model.build import BuiltLayer, Member, Project
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.shown import shown

BIGGEST = 5
"""So many packages are named."""


@dataclass(frozen=True, slots=True)
class Parts:
    """`members`: the files of its code; `layers`: its dependencies."""

    members: Sequence[Member]
    layers: Sequence[BuiltLayer]
    handler: str | None

    @property
    def code(self) -> int:
        """Bytes of the code."""
        return sum(len(member.content) for member in self.members)

    @property
    def unzipped(self) -> int:
        """Bytes of all."""
        return self.code + sum(layer.unzipped for layer in self.layers)

    @property
    def fits(self) -> bool:
        """Whether Lambda unzips it."""
        return self.unzipped <= UNZIPPED_LIMIT

    @property
    def digest(self) -> str:
        """SHA-256 of the code, in hexadecimal: it tells other files from these."""
        found = sha256()
        for one in self.members:
            mode = "x" if one.executable else "-"
            found.update(f"{one.name}\0{mode}{sha256(one.content).hexdigest()}\0".encode("utf-8", "surrogateescape"))
        return found.hexdigest()

    @property
    def too_big(self) -> str:
        """Why it does not fit."""
        found = sorted((one for layer in self.layers for one in layer.contents), key=lambda one: -one[1])[:BIGGEST]
        biggest = ", ".join(f"{shown(name)} {size / MB:.0f} MB" for name, size in found)
        return too_big(self.unzipped) + (f"; the biggest are {biggest}" if biggest else "")


def too_big(unzipped: int) -> str:
    """Why so many bytes are too many."""
    return f"unzipped it is {unzipped / MB:.0f} MB, and Lambda takes {UNZIPPED_LIMIT / MB:.0f} MB"


def check_fits(project: Project, parts: Parts) -> None:
    """Raises GenesysError for what a zip can't hold."""
    if not parts.fits:
        raise refused(project, parts.too_big)


def refused(project: Project, why: str) -> GenesysError:
    """A function whose zip would be too big. Where it is to be a zip, that was said, or it is deployed as one."""
    todo = "leave out what it does not need"
    if project.package == "zip":
        todo += (
            ", or make it a container image, which may hold 10 GB: `package: image` (what is deployed as a zip can't "
            "become one, so give it another name)"
        )
    return GenesysError(f"function '{project.name}' is too big", why=why, todo=todo)
