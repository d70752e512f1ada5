"""Projects of a few files, built by the builder of their language on this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from genesys_tui.engine.functions.langpack import Langpack, langpack
from genesys_tui.engine.functions.languages import Builder, Lock, builder
from genesys_tui.engine.functions.workshop.host import Host
from genesys_tui.engine.model.build import Architecture, Language, Member, Project, Target

GO_CACHE = os.environ.get("GOCACHE") or str(Path.home() / ".cache" / "go-build")
"""Taken before a test has a HOME of its own: Go compiles its library for many seconds, once."""


class Counted(Host):
    """A host that remembers what it ran."""

    ran: list[Sequence[str]]

    def run(
        self, command: Sequence[str], *, folder: Path | None = None, env: Mapping[str, str] = {}, limit: float = 600
    ) -> str:
        self.ran.append(command)
        return super().run(command, folder=folder, env=env, limit=limit)


@dataclass
class Bench:
    """A builder, its langpack and its workshop."""

    language: Language
    home: Path
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.maker: Builder = builder(self.language)
        self.pack: Langpack = langpack(self.language, self.home)
        self.shop = Counted(self.home / "functions", self.told.append)
        self.shop.ran = []

    def anew(self) -> Bench:
        """The same home, in another process."""
        return Bench(self.language, self.home)

    def project(self, source: Path, handler: str | None = None, architecture: Architecture = "x86_64") -> Project:
        """For the newest runtime."""
        return Project("f", source, Target(self.pack.runtimes[0].name, architecture), handler)

    def lock(self, project: Project) -> Lock | None:
        return self.maker.lock(project, self.pack, self.shop)

    def install(self, project: Project, into: Path) -> Path:
        """The folder, once all that it depends on is in it."""
        into.mkdir(parents=True)
        lock = self.lock(project)
        assert lock
        self.maker.install(lock, project, self.pack, self.shop, into)
        return into

    def code(self, project: Project) -> Sequence[Member]:
        self.lock(project)
        return self.maker.code(project, self.pack, self.shop, members_of(project.source))

    def handler(self, project: Project) -> str | None:
        return self.maker.handler(project, self.code(project))


def members_of(source: Path) -> list[Member]:
    """The files of a source, without what npm installs."""
    paths = [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file())
    folder = source.parent if source.is_file() else source
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return [Member(name, path.read_bytes()) for name, path in names.items() if "node_modules/" not in name]


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """A folder with these files in it."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def digests(folder: Path) -> Mapping[str, str]:
    """What is in a folder: each file's path and the hash of its content."""
    files = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()]
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in sorted(files)}
