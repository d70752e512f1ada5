"""AWS SAM's command line, as a contestant: `sam build` without containers, in a virtual environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import measure
import uv

PACKAGE = "aws-sam-cli"


def environment() -> dict[str, str]:
    """Ours, but that programs may keep their bytecode, as installed ones do."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Sam:
    """`sam` at a path. `home`: where its settings and the downloads of pip go, both its own."""

    def __init__(self, program: Path, home: Path) -> None:
        self._program = program
        self.home = home
        self.version = self._said("--version").removeprefix("SAM CLI, version ")

    @classmethod
    def installed(cls, folder: Path, program: Path | None) -> Sam:
        """The one that is given; else installed from the package index. Raises `CommandError` where it can't be."""
        home = folder / "home"
        home.mkdir(parents=True)
        if program is None:
            venv = folder / "venv"
            said = [uv.find_uv_bin(), "venv", "--quiet", "--python", sys.executable, str(venv)]
            measure.run(said, folder, os.environ)
            install = [uv.find_uv_bin(), "pip", "install", "--quiet", "--python", str(venv), PACKAGE]
            measure.run(install, folder, os.environ)
            program = venv / "bin" / "sam"
        return cls(program, home)

    def build(self, project: Path, *options: str) -> float:
        """Seconds that `sam build` takes. Raises `CommandError`."""
        return measure.run([str(self._program), "build", *options], project, self._environment()).seconds

    def forget_downloads(self) -> None:
        shutil.rmtree(self.home / "pip", ignore_errors=True)

    @staticmethod
    def forget_builds(project: Path) -> None:
        shutil.rmtree(project / ".aws-sam", ignore_errors=True)

    def _environment(self) -> Mapping[str, str]:
        """SAM looks on PATH for the Python of the runtime, and builds with its pip: that is the one that we run on."""
        path = os.pathsep.join((str(Path(sys.base_prefix) / "bin"), os.environ["PATH"]))
        own = {"PATH": path, "PIP_CACHE_DIR": str(self.home / "pip"), "__SAM_CLI_APP_DIR": str(self.home)}
        return {**environment(), **own, "SAM_CLI_TELEMETRY": "0"}

    def _said(self, *words: str) -> str:
        command = [str(self._program), *words]
        return subprocess.run(
            command, env=self._environment(), capture_output=True, text=True, check=True
        ).stdout.strip()
