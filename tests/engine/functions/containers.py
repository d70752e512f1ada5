"""What tests of containers share: engines that are only scripts, and the image that `.ci/base-image` makes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from genesys_tui.engine.functions.workshop.settings import BuilderSettings

STAND_IN = "localhost/genesys-stand-in:bookworm"
IN_STAND_IN = BuilderSettings(builder="container", engine="podman", image=STAND_IN, network="host")
"""What tests build in real containers with."""

PODMAN: Mapping[str, Any] = {
    "host": {"arch": "amd64", "ociRuntime": {"name": "crun"}, "security": {"rootless": True}},
    "version": {"Version": "5.2.0"},
}
DOCKER: Mapping[str, Any] = {"Architecture": "x86_64", "ServerVersion": "28.2.2", "SecurityOptions": ["name=seccomp"]}
IMAGE: Mapping[str, Any] = {"Id": "sha256:" + "ab" * 32, "Architecture": "amd64"}

_SCRIPT = """#!/bin/sh
echo "$*" >>"{folder}/asked"
here="{folder}/$1"
[ -e "$here.sh" ] && {{ . "$here.sh"; exit; }}
[ -e "$here" ] && exec /bin/cat "$here"
exit 1
"""


@dataclass(frozen=True)
class FakeEngine:
    """An engine that is a script. Its `run` gives a shell of this machine, as a container would of its own."""

    path: Path
    folder: Path

    @property
    def asked(self) -> list[str]:
        """The commands that it got."""
        path = self.folder / "asked"
        return path.read_text().splitlines() if path.exists() else []

    def answers(self, command: str, answer: object) -> None:
        """What it answers to a command, as JSON or plain text."""
        (self.folder / command).write_text(answer if isinstance(answer, str) else json.dumps(answer))

    def does(self, command: str, script: str) -> None:
        """What it does at a command, in the words of a shell."""
        (self.folder / f"{command}.sh").write_text(script)


def fake_engine(bin: Path, name: str, info: object) -> FakeEngine:
    """An engine with an image, called `name`, in a folder of programs."""
    folder = bin.parent / f"{name}-answers"
    folder.mkdir()
    bin.mkdir(exist_ok=True)
    engine = FakeEngine(bin / name, folder)
    engine.path.write_text(_SCRIPT.format(folder=folder))
    engine.path.chmod(0o755)
    engine.answers("info", info)
    engine.answers("image", [IMAGE])
    engine.answers("ps", "")
    engine.answers("rm", "")
    engine.does("run", "PATH=/usr/bin:/bin exec /bin/sh")
    return engine


def ends(pid: int) -> bool:
    """Whether a process that was killed is gone soon, or only waits for somebody to take its exit code."""
    end = monotonic() + 5
    stat = Path(f"/proc/{pid}/stat")
    while monotonic() < end:
        try:
            if stat.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
    return False
