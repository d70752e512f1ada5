"""What code is built for, and what a build comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Architecture = Literal["x86_64", "arm64"]
Language = Literal["python", "node", "go"]
Package = Literal["zip", "image"]
Where = Literal["host", "container"]
"""Where code is built."""

_LANGUAGES: tuple[tuple[str, Language], ...] = (("python", "python"), ("nodejs", "node"), ("provided", "go"))


@dataclass(frozen=True, slots=True)
class Target:
    """What code is built for: `runtime` as Lambda calls it (`python3.13`, `nodejs22.x`, `provided.al2023`)."""

    runtime: str
    architecture: Architecture = "x86_64"

    @property
    def language(self) -> Language | None:
        """The langpack that builds for it; None where there is none (java, ruby...)."""
        return next((language for start, language in _LANGUAGES if self.runtime.startswith(start)), None)

    @property
    def version(self) -> str:
        """`3.13` of python3.13, `22` of nodejs22.x; empty for provided runtimes."""
        return self.runtime.lstrip("abcdefghijklmnopqrstuvwxyz").removesuffix(".x") if self.language != "go" else ""


@dataclass(frozen=True, slots=True)
class Project:
    """The code of one function on this machine. `source`: a folder, a single file, or a .zip that is sent as it is.
    `handler`: as it is asked for; None: to be found. `package`: what it is to become; None: a zip, or an image where a
    zip can't hold it."""

    name: str
    source: Path
    target: Target
    handler: str | None = None
    package: Package | None = None

    @property
    def folder(self) -> Path:
        """The folder that its files, locks and configuration lie in."""
        return self.source.parent if self.source.is_file() else self.source


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a zip: its name in it, with `/`, never absolute and never upwards."""

    name: str
    content: bytes
    executable: bool = False


@dataclass(frozen=True, slots=True)
class BuiltLayer:
    """The dependencies of a target, or a part of them, as one layer.

    `name`: of the layer in the account; it holds the key, so that an equal layer is found before it is made. `key`:
    SHA-256 in hexadecimal of all that decides its content. `sha256`: of the zip, in hexadecimal, which lies among the
    artifacts; in an image, of its layer there. `size` and `unzipped`: bytes. `folder`: its content unzipped, as it
    stands under /opt. `reused`: this machine had it already. `contents`: packages and their unzipped bytes, the biggest
    first.
    """

    name: str
    key: str
    sha256: str
    size: int
    unzipped: int
    folder: Path
    reused: bool
    contents: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class BuiltImage:
    """A container image. `id`: SHA-256 in hexadecimal of its configuration, which tells all that it is, however it is
    compressed. `manifest`: the OCI manifest as JSON; its layers and the configuration lie among the artifacts. `size`:
    bytes of its layers, without the base's."""

    id: str
    manifest: str
    size: int


@dataclass(frozen=True, slots=True)
class Seconds:
    """Where the time of a build went."""

    resolve: float = 0.0
    install: float = 0.0
    zip: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Built:
    """What a build comes to. `sha256`: of the artifact, the zip of the code, in hexadecimal; it lies among the
    artifacts. `size` and `unzipped`: its bytes; `files`: how many it holds. `image`: where it is one; then `sha256` is
    its id. `code`: the folder that a local runtime runs it from. `locks`: the files that its dependencies were taken
    from. `hints`: what makes it big or slow to start, in words."""

    project: Project
    handler: str | None
    sha256: str
    size: int
    unzipped: int
    code: Path
    layers: tuple[BuiltLayer, ...] = ()
    locks: frozenset[Path] = frozenset()
    seconds: Seconds = field(default_factory=Seconds)
    hints: tuple[str, ...] = ()
    image: BuiltImage | None = None
    files: int = 0

    @property
    def sent(self) -> tuple[str, ...]:
        """What tells whether another build comes to the same."""
        return (self.sha256, self.handler or "", *self.layer_keys)

    @property
    def layer_keys(self) -> tuple[str, ...]:
        return tuple(layer.key for layer in self.layers)
