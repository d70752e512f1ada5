"""What a Python project says that it depends on, and all that uv has to see to know what that means."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from genesys_tui.engine.functions.languages.python.requirements import read_requirements
from genesys_tui.engine.functions.languages.python.shapes import misshapen
from genesys_tui.engine.model.build import Project
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.source_error import SourceError

Origin = Literal["uv.lock", "pyproject.toml", "requirements.txt", "script"]

MODULES = ("lambda_function", "main", "app", "handler", "index", "function")
"""What people call the module of a handler."""

_SCRIPT = re.compile(rb"(?m)^# /// script[ \t]*\r?$\n(?P<content>(^#(| .*)\r?$\n)+?)^# ///[ \t]*\r?$")
"""Inline metadata. Source: "Inline script metadata" of the Python packaging guide (PEP 723)."""
_LOCAL_SOURCE = re.compile(r'^source = \{ (?:editable|directory|virtual) = "([^"]+)" \}$', re.MULTILINE)
"""Of a uv.lock, which a machine writes. Parsing a big one takes longer than all else."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """`root`: what relative paths start from. `staged`: small files for uv, and `packages`: folders or files of local
    packages that it has to see while it resolves; both by their path from `root`, which may begin with `..`. `files`:
    what it was read from. `member`: the package of a workspace that is meant. `meaning`: what decides the answer, in
    one form only."""

    origin: Origin
    root: Path
    files: frozenset[Path]
    staged: Mapping[str, bytes]
    packages: frozenset[str] = frozenset()
    member: str | None = None
    python: str | None = None
    meaning: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    """Lines of a requirements.txt that say where packages come from."""
    elsewhere: frozenset[str] = frozenset()
    """Names of packages that have an index of their own."""


def wanted(project: Project) -> Wanted | None:
    """What a project asks for; None where for nothing. Raises GenesysError for a file that can't be understood."""
    if project.source.suffix == ".zip":
        return None
    if project.source.is_file():
        return _of_script(project.source) or _of_folder(project.folder)
    return _of_folder(project.source) or _of_handler(project)


def _of_folder(folder: Path) -> Wanted | None:
    pyproject = _toml(folder / "pyproject.toml")
    if pyproject is not None:
        root = folder if (folder / "uv.lock").is_file() else _workspace_of(folder)
        if root is not None:
            return _of_lock(root, folder, pyproject)
        if pyproject.get("project", {}).get("dependencies") or _dynamic(pyproject):
            return _of_pyproject(folder, pyproject)
    if (folder / "requirements.txt").is_file():
        return _of_requirements(folder)
    if pyproject is not None and "dependencies" in pyproject.get("tool", {}).get("poetry", {}):
        why = "its dependencies are in [tool.poetry.dependencies], which only Poetry resolves"
        command = "poetry export --format requirements.txt --output requirements.txt"
        raise GenesysError("pyproject.toml can't be used", why=why, todo="export them", command=command)
    return None


# uv.lock ----------------------------------------------------------------------------------------------------------
def _of_lock(root: Path, folder: Path, pyproject: Mapping[str, Any]) -> Wanted:
    """Frozen: what it says is taken as it is. Of the workspace uv has to see each pyproject.toml."""
    lock = _text(root / "uv.lock")
    places = {PurePosixPath(place) for place in _LOCAL_SOURCE.findall(lock)} | {PurePosixPath(".")}
    found = [root / place / "pyproject.toml" for place in places]
    staged = _staged(root, [root / "uv.lock", root / "uv.toml", *found])
    name = pyproject.get("project", {}).get("name")
    return Wanted(
        origin="uv.lock",
        root=root,
        files=frozenset(root / path for path in staged),
        staged=staged,
        member=str(name) if name and folder != root else None,
        python=_requires_python(pyproject),
        meaning={path: content.decode(errors="replace") for path, content in staged.items()},
        elsewhere=_elsewhere(*(_toml(root / path) or {} for path in staged if path.endswith("pyproject.toml"))),
    )


def _workspace_of(folder: Path) -> Path | None:
    """The root of the workspace that a folder is a member of, where it has a lock."""
    for above in folder.resolve().parents:
        workspace = (_toml(above / "pyproject.toml") or {}).get("tool", {}).get("uv", {}).get("workspace")
        if workspace is not None:
            member = any(folder.resolve() in above.glob(pattern) for pattern in workspace.get("members", ()))
            return above if member and (above / "uv.lock").is_file() else None
    return None


# pyproject.toml, requirements.txt ---------------------------------------------------------------------------------
def _of_pyproject(folder: Path, pyproject: Mapping[str, Any]) -> Wanted:
    """Resolved aside: a project that has no uv.lock does not get one from us. One whose dependencies are dynamic has to
    be built to say them, and often reads them from a file."""
    paths = [one["path"] for _, one in _sources(pyproject) if isinstance(one.get("path"), str)]
    read = ("*.txt", "requirements/*.txt", "*.md", "*.rst") if _dynamic(pyproject) else ()
    paths_read = [path for pattern in read for path in sorted(folder.glob(pattern))]
    names = ("pyproject.toml", "uv.toml", "setup.py", "setup.cfg")
    staged = _staged(folder, [*(folder / name for name in names), *paths_read])
    relevant = {name: pyproject.get(name) for name in ("project", "build-system")}
    tool = pyproject.get("tool", {})
    relevant["tool"] = tool if _dynamic(pyproject) else tool.get("uv")
    others = {name: content.decode(errors="replace") for name, content in staged.items() if name != "pyproject.toml"}
    return Wanted(
        origin="pyproject.toml",
        root=folder,
        files=frozenset(folder / name for name in staged),
        staged=staged,
        packages=frozenset(PurePosixPath(path).as_posix() for path in paths),
        python=_requires_python(pyproject),
        meaning={**others, "pyproject.toml": json.dumps(relevant, sort_keys=True, default=str)},
        elsewhere=_elsewhere(pyproject),
    )


def _of_requirements(folder: Path) -> Wanted:
    found = read_requirements(folder / "requirements.txt")
    settings = _staged(folder, [folder / "uv.toml", folder / "pyproject.toml"])
    own = {"setup.py", "setup.cfg", "pyproject.toml"} if "." in found.packages else set[str]()
    settings |= _staged(folder, [folder / name for name in own])
    meaning = {name: content.decode(errors="replace") for name, content in {**settings, **found.files}.items()}
    if "." not in found.packages and "pyproject.toml" in meaning:
        uv = (_toml(folder / "pyproject.toml") or {}).get("tool", {}).get("uv")
        meaning["pyproject.toml"] = json.dumps(uv, sort_keys=True, default=str)
    return Wanted(
        origin="requirements.txt",
        root=folder,
        files=frozenset(folder / name for name in {**settings, **found.files}),
        staged={**settings, **found.files},
        packages=found.packages - {"."},
        meaning=meaning,
        options=found.options,
    )


# inline metadata --------------------------------------------------------------------------------------------------
def _of_handler(project: Project) -> Wanted | None:
    """The module of the handler, as far as it is known before anything is read."""
    named = (project.handler or "").rpartition(".")[0].replace(".", "/")
    for module in (named,) if named else MODULES:
        if (path := project.source / f"{module}.py").is_file():
            return _of_script(path)
    return None


def _of_script(path: Path) -> Wanted | None:
    match = _SCRIPT.search(_bytes(path)) if path.suffix == ".py" else None
    if match is None:
        return None
    try:
        text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in match["content"].decode().splitlines())
        metadata = tomllib.loads(text)
    except ValueError as error:  # no TOML, or no UTF-8
        raise SourceError(path.name, 0, f"its inline metadata can't be read: {error}") from error
    if wrong := misshapen(metadata):
        raise SourceError(path.name, 0, f"its inline metadata can't be read: {wrong}")
    lines = metadata.get("dependencies", [])
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise SourceError(path.name, 0, "its inline metadata can't be read: `dependencies` is a list of texts")
    if not lines:
        return None
    if _sources(metadata):
        todo = "name the sources in the dependencies themselves, as in `name @ git+https://...`"
        raise SourceError(path.name, 0, "[tool.uv.sources] of inline metadata is not understood here", todo=todo)
    settings = _uv_settings(metadata.get("tool", {}).get("uv", {}))
    requirements = "\n".join((*settings, *sorted(lines))).encode()
    return Wanted(
        origin="script",
        root=path.parent,
        files=frozenset({path}),
        staged={"requirements.txt": requirements},
        python=str(metadata.get("requires-python", "")),
        meaning={"script": json.dumps([metadata.get("requires-python"), sorted(lines), settings])},
        options=settings,
    )


def _uv_settings(uv: Mapping[str, Any]) -> tuple[str, ...]:
    """Where a script's packages come from: its indexes, as lines of a requirements.txt."""
    indexes = [one for one in uv.get("index", ()) if isinstance(one, dict) and "url" in one]
    return tuple(f"{'--index-url' if one.get('default') else '--extra-index-url'} {one['url']}" for one in indexes)


# files ------------------------------------------------------------------------------------------------------------
def _staged(root: Path, paths: list[Path]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in paths:
        if path.is_file():
            found[_from(root, path)] = _bytes(path)
    return found


def _from(root: Path, path: Path) -> str:
    return PurePosixPath(os.path.relpath(path, root)).as_posix()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise GenesysError(f"{path} can't be read", why=error.strerror or str(error)) from error


def _text(path: Path) -> str:
    return _bytes(path).decode("utf-8", errors="replace")


def _toml(path: Path) -> Mapping[str, Any] | None:
    if not path.is_file():
        return None
    try:
        found = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise GenesysError(f"{path.name} can't be read", why=str(error), todo="correct it") from error
    if wrong := misshapen(found):
        raise GenesysError(f"{path.name} can't be read", why=wrong, todo="correct it")
    return found


def _sources(pyproject: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The sources of [tool.uv.sources], by the name of their package: a table each, or a list of them."""
    named = pyproject.get("tool", {}).get("uv", {}).get("sources", {})
    return [(name, table) for name, one in named.items() for table in (one if isinstance(one, list) else [one])]


def _elsewhere(*pyprojects: Mapping[str, Any]) -> frozenset[str]:
    """By their normal form (PEP 503)."""
    sources = (source for pyproject in pyprojects for source in _sources(pyproject))
    return frozenset(re.sub(r"[-_.]+", "-", name).lower() for name, source in sources if "index" in source)


def _dynamic(pyproject: Mapping[str, Any]) -> bool:
    """Whether its dependencies are."""
    return "dependencies" in pyproject.get("project", {}).get("dynamic", ())


def _requires_python(pyproject: Mapping[str, Any]) -> str | None:
    found = pyproject.get("project", {}).get("requires-python")
    return str(found) if found else None
