"""The workshop that is this machine: no container, so nothing is compiled here that goes into a layer."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from shutil import which

from genesys_tui.engine.functions.workshop.workshop import CommandError, StoppedError, Told
from genesys_tui.engine.model.build import Where
from genesys_tui.engine.model.errors import GenesysError

_GLANCE = 0.02
"""Seconds between two looks at `stop` while a command runs."""
_WITHHELD = ("AWS_", "GENESYS_", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
"""What commands do not get of our environment: a build must neither see the account nor our own packages."""


class Host:
    """Runs commands in sessions of their own. `folder`: see Workshop; it is made when it is first needed."""

    where: Where = "host"

    def __init__(self, folder: Path, told: Told = lambda _: None, stop: threading.Event | None = None) -> None:
        self.folder = folder
        self.told = told
        self.stop = stop or threading.Event()

    def uv(self) -> str:
        """The uv that was installed with us, else the one on PATH. Raises GenesysError where there is none."""
        import uv

        with suppress(FileNotFoundError):
            return uv.find_uv_bin()
        if found := which("uv"):
            return found
        raise GenesysError("uv is not there", why="it resolves and installs dependencies", command="pip install uv")

    def identity(self) -> str:
        """System, machine, its C library and its Python."""
        libc = "-".join(platform.libc_ver())
        return f"{platform.system()}-{platform.machine()}-{libc}-{platform.python_version()}".lower()

    def run(
        self, command: Sequence[str], *, folder: Path | None = None, env: Mapping[str, str] = {}, limit: float = 600
    ) -> str:
        """See Workshop. A command that is stopped, or is not done in time, is killed with all that it started."""
        if self.stop.is_set():
            raise StoppedError("the build was stopped")
        name = Path(command[0]).name
        try:
            process = subprocess.Popen(
                command,
                cwd=folder or self._made(),
                env={**self._environment(), **env},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise GenesysError(
                f"{name} can't be started", why=error.strerror or str(error), todo="install it"
            ) from error
        said, grumbled = self._awaited(process, name, limit)
        if process.returncode:
            raise CommandError(f"{name} failed (exit code {process.returncode})", process.returncode, grumbled or said)
        return said

    def close(self) -> None:
        """Nothing is kept alive."""

    def _awaited(self, process: subprocess.Popen[bytes], name: str, limit: float) -> tuple[str, str]:
        """What it printed and what it complained of. Never leaves it running."""
        end = time.monotonic() + limit
        try:
            while True:
                with suppress(subprocess.TimeoutExpired):
                    said, grumbled = process.communicate(timeout=_GLANCE)
                    return said.decode(errors="replace"), grumbled.decode(errors="replace")
                if self.stop.is_set():
                    raise StoppedError("the build was stopped")
                if time.monotonic() > end:
                    why = f"it was not done within {limit:g} seconds"
                    raise GenesysError(f"{name} was ended", why=why, todo="check the network, then build again")
        finally:
            if process.returncode is None:
                _kill(process)

    def _environment(self) -> Mapping[str, str]:
        """The user's own, but for the cache of uv: files are hard links to it, and what shares the user's may have
        changed them since (certificates added to a virtual environment's certifi are a case)."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(_WITHHELD)}
        return {**env, "UV_CACHE_DIR": str(self.folder / "cache" / "uv")}

    def _made(self) -> Path:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            todo = "make room, or set GENESYS_HOME to another place"
            raise GenesysError(f"{self.folder} can't be made", why=error.strerror or str(error), todo=todo) from error
        return self.folder


def _kill(process: subprocess.Popen[bytes]) -> None:
    """With all that it started. It has not been waited for, so its number is still its own."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
