"""The demo account: starting it, filling it, joining one that runs, ending it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from genesys_tui.engine.demo import server
from genesys_tui.engine.demo.records import REGION, Seed
from genesys_tui.engine.demo.seed import SEED
from genesys_tui.engine.model.errors import GenesysError

if TYPE_CHECKING:
    from genesys_tui.engine.workspace import Settings

START_LIMIT = 20.0
"""Seconds until a server must answer."""

STOP_LIMIT = 5.0
"""Seconds until a server that was told to end is killed."""

LOG = "server.log"

QUICK = {"MOTO_ACM_VALIDATION_WAIT": "1", "MOTO_ECS_SERVICE_RUNNING": "10"}
"""Certificates that are issued at once, and containers that run."""
FAKE = {
    "AWS_ACCESS_KEY_ID": "demo",
    "AWS_SECRET_ACCESS_KEY": "demo",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""Credentials that nobody takes, and no other place to look for any."""


class Demo:
    """A seeded account on a loopback port. A context manager: `with Demo.start() as demo`.

    The demo owns the process that it is used in: fake credentials and the demo's endpoint take the place of every
    `AWS_*` variable in `os.environ` until `stop`, so that real credentials are never used against it, nor it for them.
    """

    def __init__(self, endpoint: str, home: Path, pid: int, process: subprocess.Popen[bytes] | None = None) -> None:
        """Use `start`, `join` or `join_or_start`. `process`: the server's, where it is ours to end."""
        self.endpoint = endpoint
        self.home = home
        self.pid = pid
        self._process = process
        self._notice = _notice()
        self._before: Mapping[str, str] | None = _use_environment(_aws_environment(endpoint))

    @classmethod
    def start(cls, *, seeded: bool = True) -> Self:
        """Start a server as a child process; takes seconds, most of them to fill it. Raises GenesysError."""
        _require_moto()
        demo = cls(*_spawn())
        try:
            demo._prepare(SEED if seeded else {})
            demo._announce()
        except BaseException:
            demo.stop()
            raise
        return demo

    @classmethod
    def join(cls) -> Self | None:
        """The demo that another process of this user runs; None where there is none that lives and answers."""
        try:
            found = json.loads(_notice().read_text())
            endpoint, pid, home = str(found["endpoint"]), int(found["pid"]), Path(found["home"])
            os.kill(pid, 0)
            _ask(endpoint, limit=STOP_LIMIT)
        except (OSError, HTTPException, ValueError, KeyError, TypeError):
            return None
        return cls(endpoint, home, pid)

    @classmethod
    def join_or_start(cls) -> Self:
        """Raises GenesysError."""
        return cls.join() or cls.start()

    def settings(self, stack: str | None = None, read_only: bool = False) -> Settings:
        """For a workspace on this account; its state goes with the demo."""
        from genesys_tui.engine.workspace import Settings

        return Settings(region=REGION, stack=stack, endpoint=self.endpoint, read_only=read_only, home=self.home)

    def environment(self) -> dict[str, str]:
        """What another process needs to work on this account and its state, beside its own environment."""
        return {**_aws_environment(self.endpoint), "GENESYS_HOME": str(self.home)}

    def stop(self) -> None:
        """End the server where it is ours, and give `os.environ` back its AWS variables. May be called again."""
        if self._process:
            _end(self._process)
            server.remove(self.home.parent, self._notice, self.pid)
            self._process = None
        if self._before is not None:
            _use_environment(self._before)
            self._before = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _prepare(self, seed: Seed) -> None:
        """Wait for the server, then fill the account. The clients are made while it starts: both take a second."""
        from botocore.exceptions import BotoCoreError, ClientError

        from genesys_tui.engine.demo.planting import Clients, plant

        try:
            clients = Clients(seed, self.endpoint)
            _ask(self.endpoint, limit=START_LIMIT)
            plant(seed, clients)
        except TimeoutError as error:
            raise self._failure(f"it did not answer in {START_LIMIT:g} seconds") from error
        except (OSError, HTTPException) as error:
            raise self._failure("its server ended at once") from error
        except (BotoCoreError, ClientError) as error:
            raise self._failure(f"it could not be filled ({error})") from error

    def _announce(self) -> None:
        """Say where it runs. Where that can't be written, nobody can join, and that is all."""
        draft = self._notice.with_suffix(f".{self.pid}")
        with suppress(OSError):
            self._notice.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps({"endpoint": self.endpoint, "pid": self.pid, "home": str(self.home)}))
            draft.replace(self._notice)

    def _failure(self, why: str) -> GenesysError:
        """With the last line that the server wrote, which mostly names the cause."""
        log = (self.home.parent / LOG).read_text(errors="replace").splitlines()
        said = next((line.strip() for line in reversed(log) if line.strip()), "")
        return GenesysError(
            "The demo account did not start",
            why=f"{why}: {said}" if said else why,
            todo="try again; if it stays so, install the demo anew",
            command='pip install --force-reinstall "genesys-tui[demo]"',
        )


def _notice() -> Path:
    """Where a running demo says that it runs."""
    home = os.environ.get("GENESYS_HOME")
    return (Path(home).absolute() if home else Path.home() / ".genesys") / "demo.json"


def _require_moto() -> None:
    if not (find_spec("moto") and find_spec("flask_cors")):
        raise GenesysError(
            "The demo account needs moto, which is not installed",
            why="it comes with the extra `demo` of this package",
            todo="install it, then try again",
            command='pip install "genesys-tui[demo]"',
        )


def _spawn() -> tuple[str, Path, int, subprocess.Popen[bytes]]:
    """Start the server on a port that is already taken for it, so that no other process can take it meanwhile.
    Returns endpoint, home, process id, process."""
    folder = Path(tempfile.mkdtemp(prefix="genesys-demo-"))
    home = folder / "home"
    home.mkdir()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening, (folder / LOG).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", server.__file__, str(listening.fileno()), str(folder), str(_notice())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd=folder,
            env=_server_environment(),
            pass_fds=(listening.fileno(),),
            start_new_session=True,
        )
        return f"http://127.0.0.1:{listening.getsockname()[1]}", home, process.pid, process


def _ask(endpoint: str, limit: float) -> None:
    """Raises OSError or HTTPException where the server does not answer in `limit` seconds."""
    place = urlsplit(endpoint)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=limit)
    try:
        connection.request("GET", "/moto-api/")
        connection.getresponse().read()
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _aws_environment(endpoint: str) -> dict[str, str]:
    past_proxy = ",".join(filter(None, (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), "127.0.0.1")))
    return {**FAKE, "AWS_ENDPOINT_URL": endpoint, "NO_PROXY": past_proxy, "no_proxy": past_proxy}


def _server_environment() -> dict[str, str]:
    """Ours, without what would change moto or let it near a real account."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "MOTO_"))} | FAKE | QUICK


def _use_environment(values: Mapping[str, str]) -> dict[str, str]:
    """Put these in the place of all AWS and proxy exception variables; returns those that were there."""
    before = {
        key: value for key, value in os.environ.items() if key.startswith("AWS_") or key in {"NO_PROXY", "no_proxy"}
    }
    for key in before:
        del os.environ[key]
    os.environ.update(values)
    return before
