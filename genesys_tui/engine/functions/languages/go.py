"""Go: one program, called bootstrap, for runtimes that bring no language. Data goes into it by `embed`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from shutil import which

from genesys_tui.engine.functions.langpack import Langpack
from genesys_tui.engine.functions.languages import Lock
from genesys_tui.engine.functions.languages.toolchain import keep, place_of, staging, unchanged
from genesys_tui.engine.functions.workshop.workshop import CommandError, Workshop
from genesys_tui.engine.model.build import Architecture, Member, Project
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.source_error import SourceError

PROGRAM = "bootstrap"
_ARCHITECTURES: Mapping[Architecture, str] = {"x86_64": "amd64", "arm64": "arm64"}
_RECIPE = "1"
_OPTIONS = ("-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-tags=lambda.norpc")
"""What makes it the same bytes in any folder of any machine, and small."""
_MISTAKE = re.compile(
    r"^(?:vet: )?(?P<file>[^\s:][^:\n]*\.(?:go|mod|sum|work)):(?P<line>\d+)(?::\d+)?: (?P<what>.+)$", re.M
)
_FOLDER = re.compile(rb"=>\s*\"?\.{0,2}/")
"""A `replace` of go.mod by a folder."""
_SETTINGS = ("GOFLAGS", "GOAMD64", "GOARM64", "GOEXPERIMENT", "GOTOOLCHAIN")
_KEPT = 4
_ELF = b"\x7fELF"


class Go:
    """Builds for `provided.*`. A source without Go that holds `bootstrap`, of whatever language, is sent as it is."""

    def lock(self, project: Project, pack: Langpack, shop: Workshop) -> Lock | None:
        """None: what a program needs is in it."""

    def install(self, lock: Lock, project: Project, pack: Langpack, shop: Workshop, into: Path) -> None:
        """Nothing, for there is no lock."""

    def code(self, project: Project, pack: Langpack, shop: Workshop, sources: Sequence[Member]) -> Sequence[Member]:
        """The program alone. Where the sources say all (no module outside of them takes part), equal sources are not
        compiled again, by this process or by another."""
        if not any(member.name.endswith(".go") for member in sources):
            if any(member.name == PROGRAM for member in sources):
                return [Member(one.name, one.content, one.executable or one.name == PROGRAM) for one in sources]
            todo = "write a main.go, or put a program called bootstrap there"
            raise SourceError(project.source.name, 0, "there is no Go in it", todo=todo)
        home = place_of("go", shop, why="it compiles the function", todo="install Go (https://go.dev/dl)")
        kept = _kept_at(project, home, sources)
        content = _read(kept) if kept else None
        if content is None:
            content = _compiled(project, home, sources)
            if kept and unchanged(project.folder, sources):
                keep(kept, content)
                _prune(kept)
        return [Member(PROGRAM, content, executable=True)]

    def handler(self, project: Project, members: Sequence[Member]) -> str | None:
        """Lambda starts `bootstrap` whatever it is called; the program may read the name."""
        if not any(member.name == PROGRAM for member in members):
            raise SourceError(PROGRAM, 0, "it is not there", todo="build it, or send the folder that holds it")
        return project.handler or PROGRAM


def builder() -> Go:
    """See languages.builder."""
    return Go()


# compiling --------------------------------------------------------------------------------------------------------
def _compiled(project: Project, home: Workshop, sources: Sequence[Member]) -> bytes:
    """Compiled where the sources are, for modules beside them may take part; a container sees a copy of them."""
    env = {"GOOS": "linux", "GOARCH": _ARCHITECTURES[project.target.architecture], "CGO_ENABLED": "0"}
    with staging(home) as folder:
        out, where = folder / PROGRAM, project.folder
        if home.where == "container":
            where = _copied(sources, folder / "sources")
            env |= {
                "GOCACHE": str(home.folder / "cache" / "go-build"),
                "GOPATH": str(home.folder / "cache" / "go-path"),
            }
        try:
            home.run(["go", "build", *_OPTIONS, "-o", str(out), *_what(project)], folder=where, env=env)
        except CommandError as error:
            raise _mistake(error, where) from error
        content = _read(out) or b""
    if not content.startswith(_ELF):
        raise SourceError(project.source.name, 0, "it is no program", todo="write `package main` and a func main")
    return content


def _copied(sources: Sequence[Member], folder: Path) -> Path:
    for member in sources:
        path = folder / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(member.content)
    return folder


def _what(project: Project) -> Sequence[str]:
    """A folder of a module is a package; files without a module are named."""
    if project.source.is_file():
        return [project.source.name]
    if any((above / "go.mod").is_file() for above in (project.folder, *project.folder.resolve().parents)):
        return ["."]
    return sorted(path.name for path in project.folder.glob("*.go") if not path.name.endswith("_test.go"))


def _mistake(error: CommandError, folder: Path) -> GenesysError:
    """The first that Go names."""
    found = _MISTAKE.search(error.said)
    if not found:
        return error
    path = Path(os.path.normpath(folder / found["file"]))
    file = path.relative_to(folder) if path.is_relative_to(folder) else path
    todo = "go mod tidy" if any(word in found["what"] for word in ("no required module", "go.sum")) else ""
    return SourceError(file.as_posix(), int(found["line"]), found["what"], todo=todo)


# remembering ------------------------------------------------------------------------------------------------------
def _kept_at(project: Project, home: Workshop, sources: Sequence[Member]) -> Path | None:
    """Where the program of these sources is kept; None where more than they decide about it: then Go, which knows all
    that takes part, is asked each time."""
    code = {member.name: member.content for member in sources if member.name.endswith(".go")}
    above = (project.folder, *project.folder.resolve().parents)
    module = next((member.content for member in sources if member.name == "go.mod"), None)
    if (
        any((folder / "go.work").is_file() for folder in above)
        or (module is None and any((folder / "go.mod").is_file() for folder in above))
        or _FOLDER.search(module or b"")
        or any(b"//go:embed" in content for content in code.values())
        or (project.source.is_dir() and any(name not in code for name in _code_in(project.source)))
    ):
        return None
    place = sha256(f"{project.source.resolve()}\0{project.target.architecture}".encode()).hexdigest()[:16]
    return home.folder / "cache" / "go" / place / _digest(project, sources)


def _code_in(folder: Path) -> Iterator[str]:
    """Code that Go may see, though it is not sent: what is generated is often ignored by Git."""
    for path, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "_")) and name != "testdata"]
        yield from ((Path(path) / name).relative_to(folder).as_posix() for name in files if name.endswith(".go"))


def _digest(project: Project, sources: Sequence[Member]) -> str:
    digest = sha256("\0".join((_RECIPE, *_OPTIONS, project.target.architecture, *_what(project))).encode())
    tool = Path(which("go") or "go").resolve()
    digest.update(f"{tool}{tool.stat().st_mtime_ns if tool.exists() else ''}\0".encode())
    digest.update("\0".join(f"{name}={os.environ.get(name, '')}" for name in _SETTINGS).encode())
    for member in sorted(sources, key=lambda one: one.name):
        digest.update(f"\0{member.name}\0{len(member.content)}\0".encode() + member.content)
    return digest.hexdigest()


def _prune(kept: Path) -> None:
    """Leave the last few, so that going back and forth between two versions compiles nothing."""
    by_age = sorted(kept.parent.iterdir(), key=_written, reverse=True)
    for path in by_age[_KEPT:]:
        path.unlink(missing_ok=True)


def _written(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0.0


def _read(path: Path) -> bytes | None:
    with suppress(FileNotFoundError):
        return path.read_bytes()
    return None
