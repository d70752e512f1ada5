"""Langpacks: what is known of a language, as data. A folder each: `langpack.toml`, a `Containerfile`, `templates/`, and
what its local runtime is started with. A user's own pack wins over ours, a project's own over both."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from typing import Annotated, get_args

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from genesys_tui.engine.model.build import Architecture, Language, Target
from genesys_tui.engine.model.errors import GenesysError

OWN = Path(".genesys") / "langpacks"
"""Where a project keeps its own, below its folder; a user keeps them in `langpacks` of the home of Genesys."""


PYTHON_VERSION = ".python-version"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Runtime(_Part):
    """A runtime of Lambda. `image`: what is like it, to build in. `platform`: what wheels must fit, as uv calls it, by
    architecture; empty where nothing is compiled. `glibc`: the newest that binaries may ask for."""

    name: str
    image: str
    platform: Mapping[Architecture, str] = {}
    glibc: Annotated[str, Field(pattern=r"^2\.\d+$")]
    deprecated: date
    """When Lambda stops to support it."""


class Langpack(_Part):
    """`recipe`: how layers are made; another number makes every layer anew. `detects`: files that tell the language,
    the surest first. `excludes`: what of the dependencies is left out, by globs of the path."""

    name: Language
    recipe: Annotated[int, Field(ge=1)]
    detects: tuple[str, ...]
    excludes: tuple[str, ...] = ()
    runtimes: Annotated[tuple[Runtime, ...], Field(min_length=1)]
    """The newest first: what a new function gets."""
    _folder: Path = PrivateAttr(default=Path())

    @property
    def folder(self) -> Path:
        """Where its Containerfile and templates are."""
        return self._folder

    def knows(self, target: Target) -> bool:
        """Whether it builds for it."""
        return any(runtime.name == target.runtime for runtime in self.runtimes)

    def runtime(self, target: Target) -> Runtime:
        """Raises GenesysError for one that it does not know."""
        for runtime in self.runtimes:
            if runtime.name == target.runtime:
                return runtime
        known = ", ".join(one.name for one in self.runtimes)
        raise GenesysError(f"the langpack {self.name} does not know {target.runtime}", todo=f"choose one of {known}")

    def detected_in(self, folder: Path) -> bool:
        """Whether a folder seems to be of this language."""
        names = [path.name for path in folder.iterdir() if path.is_file()] if folder.is_dir() else [folder.name]
        return any(fnmatch(name, pattern) for pattern in self.detects for name in names)


def langpacks() -> Path:
    """Our own: in the wheel beside the engine; in a checkout at its root."""
    package = Path(__file__).resolve().parents[2]
    packed = package / "langpacks"
    return packed if packed.is_dir() else package.parent / "langpacks"


def langpack(language: Language, home: Path, project: Path | None = None) -> Langpack:
    """The pack of a language: the project's own, else the user's, else ours. Raises GenesysError for one that is
    broken."""
    folders = [project / OWN] if project else []
    for folder in (*folders, home / "langpacks", langpacks()):
        path = folder / language / "langpack.toml"
        if path.is_file():
            return _loaded(path)
    raise GenesysError(f"there is no langpack {language}", todo=f"put one into {home / 'langpacks' / language}")


def detect(source: Path, home: Path) -> Langpack | None:
    """The pack of the language that a source seems to be written in; None where none knows it."""
    return next((pack for pack in all_langpacks(home, source) if pack.detected_in(source)), None)


def python_version(folder: Path) -> str:
    """The version (`3.13`) that the `.python-version` of a folder names, as uv and pyenv read it; empty where it names
    none."""
    try:
        text = (folder / PYTHON_VERSION).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    named = re.match(r"\s*(?:cpython-?)?(\d+\.\d+)", text)
    return named[1] if named else ""


def all_langpacks(home: Path, project: Path | None = None) -> Iterator[Langpack]:
    """Each language's. Raises GenesysError for one that is broken."""
    for language in get_args(Language):
        yield langpack(language, home, project)


def _loaded(path: Path) -> Langpack:
    try:
        return _understood(path, path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GenesysError(
            f"the langpack {path} can't be read", why=str(error), todo="correct it, or take it away"
        ) from error


@lru_cache(maxsize=16)
def _understood(path: Path, text: str) -> Langpack:
    """Each build asks for it; it is parsed when it is another one."""
    try:
        pack = Langpack.model_validate(tomllib.loads(text))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise GenesysError(
            f"the langpack {path} is not right", why=wrong, todo="correct it, or take it away"
        ) from error
    pack._folder = path.parent
    return pack


def _broken(path: Path, why: str) -> GenesysError:
    return GenesysError(f"the langpack {path} can't be used", why=why, todo="correct it, or take it away")
