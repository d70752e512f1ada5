"""The container engines: which one is here, whether it can be used, and what is peculiar to it.

Sources: the manuals of `podman run`, `docker run` and `nerdctl run` (which finch is), and their `info`.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from genesys_tui.engine.functions.workshop.child import Answer, ask, follow
from genesys_tui.engine.functions.workshop.quirks import docker_options, podman_options
from genesys_tui.engine.functions.workshop.workshop import StoppedError, Told
from genesys_tui.engine.model.build import Architecture
from genesys_tui.engine.model.errors import GenesysError

EngineName = Literal["podman", "docker", "finch"]

ORDER: tuple[EngineName, ...] = ("podman", "docker", "finch")
LIMIT = 20.0
"""Seconds in which an engine answers, or it hangs."""
PULL_LIMIT = 1_800.0

_ARCHITECTURES: dict[str, Architecture] = {
    "amd64": "x86_64",
    "x86_64": "x86_64",
    "arm64": "arm64",
    "aarch64": "arm64",
}
PLATFORMS: dict[Architecture, str] = {"x86_64": "linux/amd64", "arm64": "linux/arm64"}


class EngineError(GenesysError):
    """There is no container engine that can be used, or it does not do its work."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image that is on this machine. `id`: the digest of its configuration, equal under every engine."""

    name: str
    id: str
    architecture: Architecture


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that answered. `architecture`: what it runs natively. `options`: arguments that its `run` needs on this
    machine. `gateway`: the name by which its containers reach this machine's loopback; empty where they can have this
    machine's own network."""

    name: EngineName
    path: str
    version: str
    architecture: Architecture
    options: tuple[str, ...] = ()
    gateway: str = ""

    def ask(self, *words: str, limit: float = LIMIT) -> Answer:
        """Run one of its commands. Raises EngineError when it does not answer in time."""
        try:
            return ask([self.path, *words], limit)
        except TimeoutError as error:
            raise _hangs(self.path, str(error)) from None
        except OSError as error:
            raise EngineError(f"{self.path} can't be run", why=error.strerror or str(error)) from error

    def image(self, name: str) -> Image | None:
        """An image, if it is on this machine. Raises EngineError."""
        answer = self.ask("image", "inspect", name)
        if answer.code:
            return None
        found = _document(self.path, answer.out)
        architecture = _architecture(self.path, str(found.get("Architecture", "")))
        return Image(name, str(found["Id"]).removeprefix("sha256:"), architecture)

    def pull(self, name: str, architecture: Architecture, told: Told, stopped: Callable[[], bool]) -> Image:
        """Fetch an image. Raises EngineError where it can't be had, StoppedError."""
        said: list[str] = []

        def heard(line: str) -> None:
            said.append(line)
            told(f"{name}: {line}")

        told(f"pulling {name}")
        try:
            code = follow([self.path, "pull", "--platform", PLATFORMS[architecture], name], heard, stopped, PULL_LIMIT)
        except TimeoutError:
            if stopped():
                raise StoppedError("the build was stopped while it pulled an image") from None
            raise _hangs(self.path, f"{name} was not pulled in {PULL_LIMIT:g} seconds") from None
        except OSError as error:
            raise EngineError(f"{self.path} can't be run", why=error.strerror or str(error)) from error
        image = self.image(name) if code == 0 else None
        if image is None:
            raise _missing(self, name, said)
        return image

    def remove(self, *containers: str) -> None:
        """End containers at once; those that are not there do not matter. Raises EngineError when it hangs."""
        at_once = ("--time", "0") if self.name == "podman" else ()
        self.ask("rm", "--force", *at_once, *containers)

    def runs(self, architecture: Architecture) -> bool:
        """Whether it can run programs of an architecture: its own, or one that this machine emulates."""
        return architecture == self.architecture or _emulated(architecture)


def find_engine(wanted: str = "auto") -> Engine:
    """The engine that is wanted, by name or path; `auto`: the first of podman, docker and finch that can be used.
    Raises EngineError that says what is wrong with each."""
    names = ORDER if wanted == "auto" else (wanted,)
    refused: list[EngineError] = []
    for path in filter(None, map(shutil.which, names)):
        try:
            return probe(path)
        except EngineError as error:
            refused.append(error)
    if len(refused) == 1:
        raise refused[0]
    if refused:
        why = "; ".join(map(str, refused))
        raise EngineError("no container engine can be used", why=why, todo=refused[0].todo, command=refused[0].command)
    raise EngineError(
        f"there is no {' or '.join(names)} on this machine",
        todo="install podman, docker or finch, or build without a container",
        command="GENESYS_BUILDER=host",
    )


def probe(path: str) -> Engine:
    """Ask an engine who it is. What it answers tells podman from the others, since `docker` is often a podman. Raises
    EngineError where it can't be used."""
    try:
        answer = ask([path, "info", "--format", "{{json .}}"], LIMIT)
    except TimeoutError as error:
        raise _hangs(path, str(error)) from None
    except OSError as error:
        raise EngineError(f"{path} can't be run", why=error.strerror or str(error)) from error
    info = _document(path, answer.out) if answer.out.lstrip().startswith(("{", "[")) else {}
    if answer.code or not info or info.get("ServerErrors"):
        raise _unusable(path, answer.err or "; ".join(info.get("ServerErrors", ())))
    if "host" in info:
        host: Mapping[str, Any] = info["host"]
        architecture = _architecture(path, str(host.get("arch", "")))
        gateway = "host.containers.internal" if sys.platform != "linux" or host.get("serviceIsRemote") else ""
        return Engine("podman", path, str(info["version"]["Version"]), architecture, podman_options(host), gateway)
    name: EngineName = "finch" if Path(path).name in ("finch", "nerdctl") else "docker"
    architecture = _architecture(path, str(info.get("Architecture", "")))
    gateway = "" if _shares_network(info) else "host.docker.internal"
    return Engine(name, path, str(info.get("ServerVersion", "")), architecture, docker_options(info), gateway)


def mount(path: Path, *words: str) -> str:
    """A mount at the same path, for `run --mount`. Engines read it as a line of CSV."""
    fields = ["type=bind", f"src={path}", f"dst={path}", *words]
    return ",".join('"' + field.replace('"', '""') + '"' if set(field) & {",", '"'} else field for field in fields)


def _shares_network(info: Mapping[str, Any]) -> bool:
    """Not from a virtual machine, which Docker Desktop has on Linux too, nor from the network of a rootless docker."""
    security = " ".join(info.get("SecurityOptions") or ())
    desktop = info.get("OperatingSystem") == "Docker Desktop"
    return sys.platform == "linux" and not desktop and "name=rootless" not in security


def _architecture(path: str, said: str) -> Architecture:
    try:
        return _ARCHITECTURES[said]
    except KeyError:
        raise EngineError(f"{path} is for {said or 'no'} architecture", todo="use one for x86_64 or arm64") from None


def _emulated(architecture: Architecture) -> bool:
    """The virtual machines of a Mac bring emulation along; Linux registers it."""
    name = {"arm64": "aarch64"}.get(architecture, architecture)
    registered = Path("/proc/sys/fs/binfmt_misc", f"qemu-{name}")
    return sys.platform == "darwin" or (os.access(registered, os.R_OK) and registered.read_text().startswith("enabled"))


def _document(path: str, text: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
        return cast(Mapping[str, Any], document[0] if isinstance(document, list) else document)
    except (ValueError, IndexError) as error:
        raise EngineError(f"{path} answered what is no engine's", why=text.strip()[:200]) from error


def _hangs(path: str, why: str) -> EngineError:
    return EngineError(
        f"{path} hangs", why=why, todo="start it again, or build without it", command="GENESYS_BUILDER=host"
    )


def _unusable(path: str, said: str) -> EngineError:
    name, why = Path(path).name, said.strip()[-500:]
    if "permission denied" in why.lower():
        todo, command = "let your user use it, and log in again", f"sudo usermod -aG {name} $USER"
    elif name == "finch":
        todo, command = "start its virtual machine", "finch vm start"
    elif name == "podman":
        todo, command = "start its virtual machine", "podman machine start"
    else:
        todo, command = "start it", "open -a Docker" if sys.platform == "darwin" else f"sudo systemctl start {name}"
    return EngineError(f"{name} can't be used", why=why, todo=todo, command=command)


def _missing(engine: Engine, name: str, said: list[str]) -> EngineError:
    return EngineError(
        f"the image {name} is missing and can't be pulled",
        why=said[-1][-500:] if said else "",
        todo="check the network and the name, or name another image in builder.toml or GENESYS_IMAGE",
        command=f"{engine.path} pull {name}",
    )
