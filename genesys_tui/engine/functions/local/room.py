"""Where a function runs that this machine itself can't: an image that is like the target, in a container engine."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from genesys_tui.engine.functions.langpack import Runtime, langpack
from genesys_tui.engine.functions.workshop.engine import PLATFORMS, Engine, EngineError, Image, find_engine, mount
from genesys_tui.engine.functions.workshop.settings import BuilderSettings
from genesys_tui.engine.model.build import Built
from genesys_tui.engine.model.errors import GenesysError


@dataclass(frozen=True, slots=True)
class Room:
    """A container engine, and an image that a function can run in. `runtime`: the target's. `reads`, `writes`: the
    folders of this machine that are there, at the same paths."""

    engine: Engine
    image: Image
    runtime: Runtime
    options: tuple[str, ...]
    reads: tuple[Path, ...]
    writes: tuple[Path, ...] = ()

    @property
    def platform(self) -> str:
        """What wheels must fit that are brought into it; empty where that is not known."""
        return self.runtime.platform.get(self.image.architecture, "")

    def __str__(self) -> str:
        return f"{self.image.name}, {self.engine.name} {self.engine.version}"

    def reaches(self, address: str) -> str:
        """A place on this machine's loopback (host:port), as it is called within."""
        return f"{self.engine.gateway}:{address.rpartition(':')[2]}" if self.engine.gateway else address

    def holding(self, reads: tuple[Path, ...] = (), writes: tuple[Path, ...] = ()) -> Room:
        """The same with more folders."""
        return replace(self, reads=(*self.reads, *reads), writes=(*self.writes, *writes))

    def run(self, name: str, folder: Path, memory: int) -> list[str]:
        """The command that gives a shell in a new container. `memory`: MB; it never has more."""
        foreign = self.image.architecture != self.engine.architecture
        mounts = [mount(path, "readonly") for path in dict.fromkeys(self.reads)] + [mount(path) for path in self.writes]
        return [
            *(self.engine.path, "run", "--interactive", "--rm", "--pull", "never", "--name", name),
            *("--label", f"genesys.pid={os.getpid()}", "--entrypoint", "/bin/sh", "--workdir", str(folder)),
            *(word for one in mounts for word in ("--mount", one)),
            *(("--platform", PLATFORMS[self.image.architecture]) if foreign else ()),
            *(() if self.engine.gateway else ("--network", "host")),
            *(*self.engine.options, *self.options, "--memory", f"{memory}m", "--memory-swap", f"{memory}m"),
            self.image.name,
        ]


def room(built: Built, home: Path) -> Room:
    """Where a function runs that can't on this machine itself. Nothing is pulled. Raises GenesysError where there is no
    such place."""
    target = built.project.target
    settings = BuilderSettings.load(home)
    if settings.builder == "host":
        raise GenesysError(
            "containers are switched off (builder = host)", todo="switch them on", command="GENESYS_BUILDER=auto"
        )
    language = target.language
    if language is None:
        raise GenesysError(f"no langpack knows {target.runtime}")
    runtime = langpack(language, home, built.project.folder).runtime(target)
    engine, image = _found(settings.engine, settings.image_for(runtime))
    if image.architecture != target.architecture:
        raise EngineError(
            f"the image {image.name} is for {image.architecture}, and the function for {target.architecture}",
            todo=f"fetch that for {target.architecture}",
            command=f"{engine.path} pull --platform {PLATFORMS[target.architecture]} {image.name}",
        )
    reads = (built.code, *(layer.folder for layer in built.layers))
    return Room(engine, image, runtime, tuple(settings.options), reads)


@cache
def _found(wanted: str, name: str) -> tuple[Engine, Image]:
    engine = find_engine(wanted)
    if image := engine.image(name):
        return engine, image
    pull = f"{engine.name} pull {name}"
    raise EngineError(f"the image {name} is not here", why=f"`{pull}` fetches it", todo="fetch it", command=pull)
