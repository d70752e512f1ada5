"""The workshop in a container that is like the target, and kept alive between saves."""

from __future__ import annotations

import fcntl
import os
import secrets
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from genesys_tui.engine.functions.workshop.container_uv import uv_for
from genesys_tui.engine.functions.workshop.engine import PLATFORMS, Engine, EngineError, Image, mount
from genesys_tui.engine.functions.workshop.settings import BuilderSettings
from genesys_tui.engine.functions.workshop.shell import Ended, GoneError, HungError, Shell
from genesys_tui.engine.functions.workshop.surroundings import files_named, passed_on
from genesys_tui.engine.functions.workshop.workshop import CommandError, StoppedError, Told
from genesys_tui.engine.model.build import Architecture, Where
from genesys_tui.engine.model.errors import GenesysError

LABEL = "genesys.folder"
"""On each of our containers: the folder that it works in."""
START_LIMIT = 30.0
"""Seconds in which a container is there, or the engine hangs."""


class Container:
    """One container, made at the first command and again when it died; it ends with us. Commands run one at a time."""

    where: Where = "container"

    def __init__(
        self, engine: Engine, image: Image, settings: BuilderSettings, folder: Path, told: Told, stop: threading.Event
    ) -> None:
        self.engine = engine
        self.image = image
        self.folder = folder
        self.told = told
        self.stop = stop
        self._settings = settings
        self._turn = threading.Lock()
        self._closing = threading.Event()
        self._shell: Shell | None = None
        self._name = ""
        self._mine: IO[bytes] | None = None

    @property
    def architecture(self) -> Architecture:
        """What it compiles for."""
        return self.image.architecture

    def identity(self) -> str:
        """The digest of the image."""
        return self.image.id

    def uv(self) -> str:
        """The path of uv, which is put into `folder/bin` first. Raises GenesysError where it can't be."""
        return str(uv_for(self))

    def open(self) -> None:
        """Start the container, if it does not run. Raises EngineError, StoppedError."""
        with self._turn:
            self._alive()

    def run(
        self, command: Sequence[str], *, folder: Path | None = None, env: Mapping[str, str] = {}, limit: float = 600
    ) -> str:
        """See Workshop. A container that died since the last command is replaced."""
        if self._stopped():
            raise StoppedError("the build was stopped")
        with self._turn:
            try:
                ended = self._try(command, folder, env, limit)
            except GoneError as error:
                if error.began:
                    raise self._died(command, error.said) from None
                ended = self._again(command, folder, env, limit)
        name = Path(command[0]).name
        if ended.why == "stopped":
            raise StoppedError("the build was stopped")
        if ended.why == "limit":
            why = f"it was not done within {limit:g} seconds"
            raise GenesysError(f"{name} was ended", why=why, todo="check the network, then build again")
        if ended.code:
            raise CommandError(f"{name} failed (exit code {ended.code})", ended.code, ended.err or ended.out)
        return ended.out

    def close(self) -> None:
        """End the container, and whatever runs in it."""
        self._closing.set()
        with self._turn:
            self._end()

    def _stopped(self) -> bool:
        return self.stop.is_set() or self._closing.is_set()

    def _try(self, command: Sequence[str], folder: Path | None, env: Mapping[str, str], limit: float) -> Ended:
        shell = self._alive()
        try:
            return shell.run(command, folder or self.folder, env, self._stopped, limit)
        except (GoneError, KeyboardInterrupt):  # after an interruption, what it prints would be the next one's
            self._end()
            raise
        except HungError:
            self._end()
            raise EngineError(
                f"{self.engine.path} hangs: {command[0]} can't be ended", todo="try again, or start the engine again"
            ) from None

    def _again(self, command: Sequence[str], folder: Path | None, env: Mapping[str, str], limit: float) -> Ended:
        try:
            return self._try(command, folder, env, limit)
        except GoneError as error:
            raise self._died(command, error.said) from None

    def _died(self, command: Sequence[str], said: str) -> EngineError:
        return EngineError(
            f"the container ended while {Path(command[0]).name} ran in it",
            why=said.strip()[-500:] or "it was killed, perhaps for want of memory",
            todo="try again: another is started",
        )

    def _alive(self) -> Shell:
        if self._shell and self._shell.alive:
            return self._shell
        self._end()
        if self._stopped():
            raise StoppedError("the build was stopped")
        self._claim()
        remove_orphans(self.engine, self.folder)
        passed = passed_on(os.environ, self._settings.proxy)
        variables = passed | self._places()
        try:
            command = self._command(passed, variables)
            self._shell = Shell(command, os.environ | variables, self._stopped, START_LIMIT)
        except (GoneError, HungError, OSError) as error:
            self._end()
            if self._stopped():
                raise StoppedError("the build was stopped") from None
            why = f"no answer in {START_LIMIT:g} seconds" if isinstance(error, HungError) else str(error).strip()[-500:]
            todo = "correct `options` or `network` in builder.toml, or build without a container"
            raise EngineError(
                f"{self.engine.path} can't start {self.image.name}", why=why, todo=todo, command="GENESYS_BUILDER=host"
            ) from error
        return self._shell

    def _claim(self) -> None:
        """Take a name. As long as we live we hold a lock on its file: so others know that its container is in use."""
        self._name = f"genesys-{os.getpid()}-{secrets.token_hex(4)}"
        try:
            self._mine = (_claims(self.folder) / self._name).open("wb")
            fcntl.flock(self._mine, fcntl.LOCK_EX)
        except OSError as error:
            todo = "make room, or set GENESYS_HOME to another place"
            why = error.strerror or str(error)
            raise GenesysError(f"{self.folder} can't be written", why=why, todo=todo) from error

    def _end(self) -> None:
        went = self._shell is not None and self._shell.close()
        self._shell = None
        if self._mine:
            if not went:
                with suppress(EngineError):
                    self.engine.remove(self._name)
            self._mine.close()
            self._mine = None
            (_claims(self.folder) / self._name).unlink(missing_ok=True)

    def _places(self) -> dict[str, str]:
        cache = self.folder / "cache"
        return {
            "HOME": str(Path.home()),
            "LANG": "C.UTF-8",
            "UV_CACHE_DIR": str(cache / "uv"),
            "npm_config_cache": str(cache / "npm"),
            "GOCACHE": str(cache / "go-build"),
            "GOPATH": str(cache / "go"),
        }

    def _command(self, passed: Mapping[str, str], variables: Mapping[str, str]) -> list[str]:
        """Values of variables stay out of it: they may be secret, and every process of this machine can read it."""
        home, folder = Path.home(), self.folder
        platform = [] if self.architecture == self.engine.architecture else ["--platform", PLATFORMS[self.architecture]]
        network = ["--network", self._settings.network] if self._settings.network else []
        mounts = [mount(folder)]
        mounts += [mount(path, "readonly") for path in files_named(passed, home) if folder not in path.parents]
        return [
            *(self.engine.path, "run", "--interactive", "--rm", "--pull", "never", "--name", self._name),
            *("--label", f"{LABEL}={folder}", "--label", f"genesys.pid={os.getpid()}"),
            *("--entrypoint", "/bin/sh", "--workdir", str(folder), "--tmpfs", f"{home}:mode=1777,exec"),
            *(word for one in mounts for word in ("--mount", one)),
            *(word for name in variables for word in ("--env", name)),
            *(*platform, *network, *self.engine.options, *self._settings.options, self.image.name),
        ]


def remove_orphans(engine: Engine, folder: Path) -> list[str]:
    """Remove the containers of apps that were killed: those whose lock nobody holds. Gives their names."""
    answer = engine.ask("ps", "--all", "--filter", f"label={LABEL}={folder}", "--format", "{{.Names}}")
    orphans = [name for name in answer.out.split() if _is_orphan(_claims(folder) / name)]
    if orphans:
        engine.remove(*orphans)
    return orphans


def _is_orphan(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    path.unlink(missing_ok=True)
    return True


def _claims(folder: Path) -> Path:
    claims = folder / "containers"
    claims.mkdir(parents=True, exist_ok=True)
    return claims
