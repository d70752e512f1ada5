"""Whole builds of this machine: a project in, layers and an artifact out, and the code running."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from genesys_tui.engine.functions.build import Builds
from genesys_tui.engine.functions.local.settings import SandboxSettings
from genesys_tui.engine.functions.running import Running
from genesys_tui.engine.functions.workshop.settings import BuilderSettings
from genesys_tui.engine.model.build import Architecture, Built, Project, Target
from genesys_tui.engine.model.invocation import Answer, Invocation, Json, LogLine
from tests.engine.functions.python_projects import host

ON_HOST = BuilderSettings(builder="host")
ROOMY = SandboxSettings(memory=1024, timeout=20, init_limit=60)
"""A machine under load takes its time; no test here holds that something is fast."""

HANDLER = "def handler(event, context):\n    return {}\n"


@dataclass
class House:
    """A home of Genesys with its builds. `shared`: with what tests downloaded before."""

    home: Path
    settings: BuilderSettings = ON_HOST
    shared: bool = True
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.shared:
            host(self.home)
        self.builds = Builds(self.home, self.told.append, self.settings)

    def build(self, source: Path, runtime: str = "python3.13", architecture: Architecture = "x86_64") -> Built:
        return self.builds.build(Project("work", source, Target(runtime, architecture)))

    def answer(self, built: Built, event: Json = None) -> tuple[Answer, list[LogLine]]:
        """What it answers here, and what it logged."""
        lines: list[LogLine] = []
        running = Running(self.home, lines.append)
        try:
            return running.answer(self.builds.here(built), Invocation(event), ROOMY), lines
        finally:
            running.close()


@contextmanager
def house(home: Path, settings: BuilderSettings = ON_HOST, *, shared: bool = True) -> Iterator[House]:
    made = House(home, settings, shared)
    try:
        yield made
    finally:
        made.builds.close()


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Callable[[str], None]]:
    """A disk of some size, that can be grown."""
    place.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=True)
    try:
        yield lambda size: _remount(place, size)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _remount(place: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(place)], check=True)


def bytes_of(built: Built, home: Path) -> tuple[str, ...]:
    """The hashes of what would be sent, taken from the very files."""
    wanted = (built.sha256, *(layer.sha256 for layer in built.layers))
    found = tuple(sha256((home / "artifacts" / one).read_bytes()).hexdigest() for one in wanted)
    assert found == wanted
    return found


def eventually(holds: Callable[[], bool], seconds: float = 30) -> bool:
    """Wait on a condition that another process or thread brings about."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.005)):
        if holds():
            return True
        pause.wait(0.005)
    return False
