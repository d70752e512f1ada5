"""How the process of a function is started, by its language."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from genesys_tui.engine.functions.binaries import binary
from genesys_tui.engine.functions.langpack import OWN, langpacks
from genesys_tui.engine.functions.local import interpreters
from genesys_tui.engine.model.build import Built
from genesys_tui.engine.model.errors import GenesysError

_MACHINES = {"x86_64": 62, "aarch64": 183, "arm64": 183}
"""This machine's name, as ELF numbers it."""


@dataclass(frozen=True, slots=True)
class Launch:
    """`notes`: what is different from AWS, in words."""

    command: tuple[str, ...]
    handler: str
    notes: tuple[str, ...] = ()


def launch(built: Built, home: Path, told: Callable[[str], None]) -> Launch:
    """How to start a function here. `told`: of what takes its time first. Raises GenesysError for what can't be run."""
    match built.project.target.language:
        case "python":
            return _python(built, home, told)
        case "node":
            return _node(built, home)
        case "go":
            return _binary(built)
        case _:
            raise GenesysError(f"{built.project.target.runtime} can't be run on this machine", todo="run it in AWS")


def _python(built: Built, home: Path, told: Callable[[str], None]) -> Launch:
    minor = built.project.target.version
    interpreter = interpreters.python(minor)
    bytecode = _fresh_bytecode(built, home)
    brought = interpreters.brought(minor, interpreter, home, told)
    notes = (
        () if brought else ("awslambdaric can't be had: a runtime of our own speaks for it, and boto3 is not there",)
    )
    command = (str(interpreter), "-S", "-u", "-X", f"pycache_prefix={bytecode}", "-X", "faulthandler")
    return Launch((*command, str(_bootstrap(built, home, "bootstrap.py")), str(brought or "")), _handler(built), notes)


def _fresh_bytecode(built: Built, home: Path) -> Path:
    """Where bytecode is kept: that of layers stays, for they never change at their place. That of the code goes, since
    Python tells a changed file by size and second only."""
    folder = home / "functions" / "bytecode"
    rmtree(folder / built.code.resolve().relative_to("/"), ignore_errors=True)
    return folder


def _node(built: Built, home: Path) -> Launch:
    wanted = built.project.target.version
    path, version = interpreters.node(wanted)
    other = version.partition(".")[0] != wanted
    notes = (f"this machine has no Node.js {wanted}: the function runs on its {version}",) if other else ()
    command = (str(path), "--enable-source-maps", str(_bootstrap(built, home, "bootstrap.mjs")))
    return Launch(command, _handler(built), notes)


def _binary(built: Built) -> Launch:
    program = built.code / "bootstrap"
    if not program.is_file():
        raise GenesysError(
            f"{built.project.name} has no file bootstrap, which its runtime starts", todo="build it anew"
        )
    found = binary(program)  # None: a script
    if found and found.machine != _MACHINES.get(platform.machine()):
        raise GenesysError(
            f"{built.project.name} is built for another machine than this one ({platform.machine()})",
            todo="build it for this machine's architecture to run it here, or run it in AWS",
        )
    return Launch((str(program),), built.handler or "bootstrap")


def _handler(built: Built) -> str:
    if not built.handler:
        raise GenesysError(f"{built.project.name} has no handler", todo="name it: module.function")
    return built.handler


def _bootstrap(built: Built, home: Path, name: str) -> Path:
    """That of the project's own langpack, else the user's, else ours."""
    language = built.project.target.language or ""
    own = [folder / language / "local" / name for folder in (built.project.folder / OWN, home / "langpacks")]
    return next((path for path in own if path.is_file()), langpacks() / language / "local" / name)
