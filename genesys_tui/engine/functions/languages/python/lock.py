"""Resolves what a Python project wants for its target, once: the answer is kept by the content of what was asked."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from genesys_tui.engine.functions.languages.python.install import must_compile
from genesys_tui.engine.functions.languages.python.pylock import File, Package, packages_in
from genesys_tui.engine.functions.languages.python.uv import LEFT_OUT, Uv, staged
from genesys_tui.engine.functions.languages.python.wanted import Wanted
from genesys_tui.engine.functions.workshop.workshop import CommandError
from genesys_tui.engine.model.errors import GenesysError

_FORM = 1
"""Of what is kept: another number resolves everything anew."""
_WITHOUT_WHEELS = re.compile(r"Wheels are required for `([^`]+)`")
"""uv's hint on a package that only comes as source."""
_BUILD_TO_KNOW = "Building source distributions is disabled"
"""uv on source whose metadata is not written down."""

_BESIDE = ("UV_CACHE_DIR", "UV_LINK_MODE", "UV_HTTP_", "UV_CONCURRENT_", "UV_OFFLINE", "UV_PYTHON", "UV_PROJECT")
"""Settings of uv that change nothing of its answer."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """All packages by name, and those that come as source and do not become the same on every machine."""

    packages: tuple[Package, ...]
    compiled: tuple[str, ...] = ()


def resolve(wanted: Wanted, uv: Uv) -> Resolution:
    """What to install for a target. Starts no process for what was asked before. Raises GenesysError for what can't be
    resolved."""
    path = uv.shop.folder / "locks" / f"{_key(wanted, uv)}.json"
    if (known := _kept(path)) is not None:
        return known
    found = _resolved(wanted, uv)
    _keep(path, found)
    return found


def text_of(resolution: Resolution, root: Path) -> str:
    """One form for one content: a line for each package; local ones by what is in them, wherever they are."""
    return "".join(f"{line}\n" for line in sorted(_line(package, root) for package in resolution.packages))


def _line(package: Package, root: Path) -> str:
    if package.source != "local":
        return package.line
    return f"{package.name} @ local --hash=sha256:{content_of(root / package.where)}"


def content_of(place: Path) -> str:
    """The SHA-256 of a local package: of its files, by name. Raises GenesysError where it is not there."""
    digest = sha256()
    try:
        if place.is_file():
            return sha256(place.read_bytes()).hexdigest()
        if not place.is_dir():
            raise GenesysError(f"the package {place} is not there", todo="correct the path that names it")
        for path in sorted(_files(place)):
            content = sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(place).as_posix()}\0{content}\n".encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise GenesysError(f"the package {place} can't be read", why=error.strerror or str(error)) from error
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for above, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        yield from (Path(above, name) for name in names if not name.endswith(".pyc"))


# what was asked ---------------------------------------------------------------------------------------------------
def _key(wanted: Wanted, uv: Uv) -> str:
    settings = {
        name: value for name, value in os.environ.items() if name.startswith("UV_") and not name.startswith(_BESIDE)
    }
    asked = {
        "form": _FORM,
        "origin": wanted.origin,
        "meaning": wanted.meaning,
        "options": wanted.options,
        "member": wanted.member,
        "packages": {name: content_of(wanted.root / name) for name in sorted(wanted.packages)},
        "target": [uv.version, uv.platform],
        "settings": settings,
    }
    return sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _kept(path: Path) -> Resolution | None:
    """What was found before; None where nothing was, or it is broken."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        said = json.loads(path.read_bytes())
        return Resolution(tuple(map(_package, said["packages"])), tuple(said["compiled"]))
    return None


def _package(kept: Mapping[str, Any]) -> Package:
    """Locks of before hold `hashes` alone: what was resolved once stays."""
    files = kept.get("files") or [{"sha256": one} for one in kept.get("hashes", ())]
    return Package(kept["name"], kept["source"], kept["where"], tuple(File(**file) for file in files))


def _keep(path: Path, found: Resolution) -> None:
    """Whole or not at all. Where it can't be kept it is only resolved again."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            json.dump(asdict(found), file)
        Path(file.name).replace(path)


def _check_python(wanted: Wanted, version: str) -> None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    with suppress(InvalidSpecifier):
        allowed = SpecifierSet(wanted.python or "")
        if not any(allowed.contains(f"{version}.{patch}") for patch in (0, 99)):
            why = f"it asks for Python {wanted.python}, and the runtime has {version}"
            todo = "take another runtime, or widen requires-python"
            raise GenesysError(f"{wanted.root.name or wanted.origin} can't run there", why=why, todo=todo)


# the answer of uv -------------------------------------------------------------------------------------------------
def _resolved(wanted: Wanted, uv: Uv) -> Resolution:
    _check_python(wanted, uv.version)
    uv.shop.told(f"resolving the dependencies in {wanted.origin} for {uv.words}")
    with staged(wanted, uv.shop) as root:
        said = _exported(wanted, uv, root) if wanted.origin == "uv.lock" else _solved(wanted, uv, root)
        packages = packages_in(said, uv.version, uv.platform, wanted.elsewhere)
        source = [one for one in packages if one.source in ("sdist", "vcs")]
        compiled = [one.name for one in source if must_compile(one, wanted, uv, root)]
    return Resolution(tuple(packages), tuple(compiled))


def _exported(wanted: Wanted, uv: Uv, root: Path) -> str:
    member = ["--package", wanted.member] if wanted.member else []
    options = ["--frozen", "--no-default-groups", "--no-emit-project", "--format", "pylock.toml", "--quiet"]
    try:
        return uv.run(["export", *options, *member], root)
    except CommandError as error:
        why = _causes(error)
        raise GenesysError("uv.lock can't be used", why=why, todo="lock anew", command="uv lock") from error


def _solved(wanted: Wanted, uv: Uv, root: Path) -> str:
    """With wheels for all, and source only for those that have none: an older wheel wins over newer source."""
    name = "pyproject.toml" if wanted.origin == "pyproject.toml" else "requirements.txt"
    command = ["pip", "compile", name, "--format", "pylock.toml", "--quiet", "--no-header", *uv.target]
    options = ["--only-binary", ":all:"]
    while True:
        try:
            return uv.run([*command, *options], root)
        except CommandError as error:
            if _BUILD_TO_KNOW in error.said:
                return _built_to_know(wanted, uv, root, command)
            more = [one for one in _without_wheels(error) if one not in options]
            if not more:
                raise _unresolvable(wanted, error) from error
            options += [word for one in more for word in ("--no-binary", one)]


def _built_to_know(wanted: Wanted, uv: Uv, root: Path, command: list[str]) -> str:
    """Where a local package or a repository has to be built to say what it needs: at first with source for all, then
    with wheels for those of an index that came as source, as far as they have any."""
    try:
        said = uv.run(command, root)
    except CommandError as error:
        raise _unresolvable(wanted, error) from error
    source = [one.name for one in packages_in(said, uv.version, uv.platform) if one.source == "sdist"]
    while source:
        try:
            return uv.run([*command, *(word for one in source for word in ("--only-binary", one))], root)
        except CommandError as error:
            without = _without_wheels(error)
            source = [one for one in source if one not in without] if without else []
    return said


def _without_wheels(error: CommandError) -> list[str]:
    return list(dict.fromkeys(_WITHOUT_WHEELS.findall(error.said)))


def _unresolvable(wanted: Wanted, error: CommandError) -> GenesysError:
    what = f"the dependencies in {wanted.origin} can't be resolved"
    return GenesysError(what, why=_causes(error), todo="correct them")


def _causes(error: CommandError) -> str:
    said = (line.strip().removeprefix("error: ").removeprefix("cause: ") for line in error.said.split("\n") if line)
    return "; ".join(said)[-2_000:]
