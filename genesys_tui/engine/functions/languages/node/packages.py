"""What npm writes: package.json and its lock, as far as a build reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from genesys_tui.engine.model.source_error import SourceError

MANIFEST = "package.json"
LOCKS = ("npm-shrinkwrap.json", "package-lock.json")
"""In the order that npm prefers."""


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel)


Ranges = Mapping[str, str]
"""Packages and which of their versions will do."""


class Wants(_Read):
    """What a package asks for."""

    dependencies: Ranges = {}
    optional_dependencies: Ranges = {}
    peer_dependencies: Ranges = {}
    dev_dependencies: Ranges = {}

    @property
    def at_run_time(self) -> Ranges:
        """What it needs where it runs."""
        return {**self.peer_dependencies, **self.dependencies, **self.optional_dependencies}


class Manifest(Wants):
    """A package.json."""

    type: str = "commonjs"
    overrides: Mapping[str, Any] = {}


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Locked(Wants):
    """A package as a lock holds it. `path`s, the names it is held by, are folders: `node_modules/zod`."""

    version: str = ""
    resolved: str | bool = ""
    integrity: str = ""
    link: bool = False
    dev: bool = False
    has_install_script: bool = False
    os: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    cpu: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()

    def runs_on(self, cpu: str) -> bool:
        """Whether it is made for Linux on such a processor (`x64`, `arm64`)."""
        return _allowed("linux", self.os) and _allowed(cpu, self.cpu)


class PackageLock(_Read):
    """A package-lock.json. Before version 2 (npm 6) it holds no `packages`."""

    lockfile_version: int = 1
    packages: Mapping[str, Locked] = Field(default_factory=dict)

    @property
    def root(self) -> Locked:
        """What the project asked for when it was locked."""
        return self.packages.get("", Locked())

    def at_run_time(self) -> Mapping[str, Locked]:
        """What is installed where it runs, by its path."""
        return {path: one for path, one in self.packages.items() if path and not one.dev}


def _allowed(it: str, names: tuple[str, ...]) -> bool:
    """npm's rule: `!x` forbids; where others are named, it must be one of them."""
    named = [name for name in names if not name.startswith("!")]
    return f"!{it}" not in names and (not named or it in named or "any" in named)


Document = TypeVar("Document", bound=_Read)


def manifest_in(folder: Path) -> Manifest | None:
    """None where there is no package.json. Raises SourceError for one that is not right."""
    path = folder / MANIFEST
    try:
        return parsed(Manifest, path.read_bytes(), MANIFEST)
    except (FileNotFoundError, NotADirectoryError):
        return None


def parsed(shape: type[Document], content: bytes, name: str) -> Document:
    """A document of this shape. Raises SourceError with the line for what is no JSON."""
    try:
        return shape.model_validate(json.loads(content.decode("utf-8-sig")))
    except json.JSONDecodeError as error:
        raise SourceError(name, error.lineno, f"it is no JSON: {error.msg}") from error
    except UnicodeDecodeError as error:
        raise SourceError(name, 0, "it is no text in UTF-8") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise SourceError(name, 0, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
