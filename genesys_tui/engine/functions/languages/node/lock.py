"""The dependencies of a Node project, resolved: its own lock, or one that npm makes of package.json, once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from genesys_tui.engine.functions.languages import Lock
from genesys_tui.engine.functions.languages.node.packages import (
    LOCKS,
    MANIFEST,
    Locked,
    Manifest,
    PackageLock,
    manifest_in,
    parsed,
)
from genesys_tui.engine.functions.languages.toolchain import keep, place_of, staging
from genesys_tui.engine.functions.workshop.workshop import CommandError, Workshop
from genesys_tui.engine.model.build import Architecture
from genesys_tui.engine.model.errors import GenesysError

CPU: Mapping[Architecture, str] = {"x86_64": "x64", "arm64": "arm64"}
"""Processors, as npm calls them."""

_FOREIGN = {"yarn.lock": "yarn", "pnpm-lock.yaml": "pnpm", "bun.lock": "bun", "bun.lockb": "bun"}
_COMPILERS = frozenset(
    {"bindings", "cmake-js", "nan", "napi-macros", "node-addon-api", "node-gyp", "node-gyp-build"}
    | {"@mapbox/node-pre-gyp", "node-pre-gyp", "prebuild-install", "install-artifact-from-github"}
)
"""What packages of C and C++ need to be made or to be found. A lock tells no more of them."""
_PACKAGES = "node_modules/"
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


@dataclass(frozen=True, slots=True)
class Dependencies:
    """A lock, and what npm makes of it: the contents of package.json, of the lock, and of the project's .npmrc (which
    index, whose token), if it has one. `scripted`: the paths of packages that have an install
    script."""

    lock: Lock
    scripted: tuple[str, ...]
    manifest: bytes
    locked: bytes
    settings: bytes | None

    def laid_out(self, folder: Path) -> tuple[Path, ...]:
        """Write them where npm is to run. The files that it wrote."""
        contents = {MANIFEST: self.manifest, "package-lock.json": self.locked, ".npmrc": self.settings}
        return written(folder, contents)


def written(folder: Path, contents: Mapping[str, bytes | None]) -> tuple[Path, ...]:
    """Write these files; the paths of them."""
    paths = []
    for name, content in contents.items():
        if content is not None:
            (folder / name).write_bytes(content)
            paths.append(folder / name)
    return tuple(paths)


def dependencies_of(folder: Path, architecture: Architecture, shop: Workshop) -> Dependencies | None:
    """What the project in a folder depends on where it runs; None: on nothing. Raises GenesysError for what can't be
    resolved."""
    manifest = manifest_in(folder)
    if manifest is None or not manifest.at_run_time:
        return None
    settings = _content(folder / ".npmrc")
    path = next((folder / name for name in LOCKS if (folder / name).is_file()), None)
    content = path.read_bytes() if path else None
    found = parsed(PackageLock, content, path.name) if path and content is not None else None
    if path and found and content is not None and found.packages:
        _check_fresh(manifest, found, path.name)
        source = (folder / MANIFEST).read_bytes()
    else:
        _check_no_other(folder)
        source = _wanted(manifest)
        content = _resolved(source, content, settings, shop)
        found = parsed(PackageLock, content, LOCKS[-1])
    packages = found.at_run_time()
    _check_no_folder(packages)
    cpu = CPU[architecture]
    scripted = {path: one for path, one in packages.items() if one.has_install_script and one.runs_on(cpu)}
    compiled = sorted({name_of(path) for path, one in scripted.items() if not _COMPILERS.isdisjoint(one.at_run_time)})
    files = frozenset({folder / MANIFEST, *([path] if path else [])})
    lock = Lock(_text(packages), files, tuple(compiled))
    return Dependencies(lock, tuple(sorted(scripted)), source, content, settings)


def _text(packages: Mapping[str, Locked]) -> str:
    """What is installed, a line each: where, which version, and what its content must be. Where the content is known,
    the index that it came from says nothing."""
    lines = (f"{path} {one.version} {one.integrity or one.resolved}" for path, one in packages.items())
    return "".join(f"{line}\n" for line in sorted(lines))


def name_of(path: str) -> str:
    """The name of the package at a path of a lock."""
    return path.rpartition(_PACKAGES)[2]


# what can't be resolved -------------------------------------------------------------------------------------------
def _check_fresh(manifest: Manifest, lock: PackageLock, name: str) -> None:
    asked, locked = manifest.at_run_time, lock.root.at_run_time
    changed = [package for package in {**asked, **locked} if asked.get(package) != locked.get(package)]
    if changed:
        why = f"they differ in {', '.join(sorted(changed))}"
        raise GenesysError(f"{name} is not of this {MANIFEST}", why=why, todo="lock anew", command="npm install")


def _check_no_other(folder: Path) -> None:
    for name, tool in _FOREIGN.items():
        if (folder / name).is_file():
            todo = "bundle the code with esbuild, or make a lock for npm"
            command = "npm install --package-lock-only"
            raise GenesysError(f"{name} is a lock of {tool}", why="layers are made by npm", todo=todo, command=command)


def _check_no_folder(packages: Mapping[str, Locked]) -> None:
    for path, one in packages.items():
        if one.link:
            why = f"{one.resolved} lies outside of the packages that npm fetches"
            todo = "bundle the code with esbuild (npm install --save-dev esbuild)"
            raise GenesysError(f"the dependency {name_of(path)} is a folder", why=why, todo=todo)


# resolving --------------------------------------------------------------------------------------------------------
def _wanted(manifest: Manifest) -> bytes:
    """The part of package.json that decides what is installed."""
    fields = {"dependencies", "optional_dependencies", "peer_dependencies", "overrides"}
    return json.dumps(manifest.model_dump(by_alias=True, include=fields), sort_keys=True).encode()


def _resolved(source: bytes, old: bytes | None, settings: bytes | None, shop: Workshop) -> bytes:
    """The lock that npm makes of a package.json (of an `old` lock in npm 6's form too), kept by their content."""
    kept = shop.folder / "cache" / "locks" / f"{sha256(source + b'|' + (old or b'')).hexdigest()}.json"
    if (content := _content(kept)) is not None:
        return content
    for package, wanted in parsed(Manifest, source, MANIFEST).at_run_time.items():
        if wanted.startswith(("file:", "link:", "workspace:")):
            _check_no_folder({package: Locked(link=True, resolved=wanted)})
    shop.told("resolving the packages of package.json")
    with staging(shop) as folder:
        written(folder, {MANIFEST: source, LOCKS[-1]: old, ".npmrc": settings})
        npm(shop, "install", "--package-lock-only", *QUIET, folder=folder)
        content = (folder / LOCKS[-1]).read_bytes()
        keep(kept, content)
    return content


def npm(shop: Workshop, *arguments: str, folder: Path) -> str:
    """Run npm in a folder. Raises GenesysError."""
    why, todo = "it resolves and installs the packages of package.json", "install Node.js, which brings it"
    place = place_of("npm", shop, why=why, todo=todo)
    try:
        return place.run(
            ["npm", *arguments], folder=folder, env={"npm_config_cache": str(shop.folder / "cache" / "npm")}
        )
    except CommandError as error:
        todo = "correct package.json, or check the network and the registry that npm is set to"
        raise CommandError(error.what, error.code, error.said, todo=todo) from error


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
