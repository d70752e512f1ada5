"""The dependencies of a Node project as they stand in a layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from genesys_tui.engine.functions.languages.node.lock import CPU, QUIET, Dependencies, name_of, npm
from genesys_tui.engine.functions.workshop.workshop import Workshop
from genesys_tui.engine.model.build import Architecture
from genesys_tui.engine.model.errors import GenesysError


def install(
    needs: Dependencies, architecture: Architecture, excludes: Sequence[str], shop: Workshop, into: Path
) -> None:
    """Put them into `into/nodejs/node_modules`. Install scripts of packages are not run: what they make differs from
    machine to machine. Raises GenesysError for what is not there without them."""
    folder = into / "nodejs"
    folder.mkdir()
    ours = needs.laid_out(folder)
    platform = ("--os=linux", f"--cpu={CPU[architecture]}", "--libc=glibc")
    shop.told(f"installing the packages of package.json for {CPU[architecture]}")
    try:
        npm(shop, "ci", "--omit=dev", "--prefer-offline", *QUIET, *platform, folder=folder)
        _finish(folder, needs.scripted, CPU[architecture], shop)
    finally:
        for path in ours:
            path.unlink(missing_ok=True)
    _leave_out(folder / "node_modules", excludes)


def _finish(folder: Path, scripted: Iterable[str], cpu: str, shop: Workshop) -> None:
    """Compile what must be, where that gives what the target needs; say what was not run."""
    there = [path for path in scripted if (folder / path).is_dir()]
    sources = [path for path in there if (folder / path / "binding.gyp").is_file()]
    compiled = [path for path in sources if not _prebuilt(folder / path, cpu)]
    if compiled and shop.where == "host":
        why = "it holds C or C++, and what this machine makes of it may not run on Lambda"
        todo = "build in a container (--builder container), or choose a package that brings its binaries"
        raise GenesysError(f"{_names(compiled)} must be compiled", why=why, todo=todo)
    if compiled:
        shop.told(f"compiling {_names(compiled)}")
        shop.run(["npm", "rebuild", "--ignore-scripts=false", *map(name_of, compiled)], folder=folder)
    if silent := [path for path in there if path not in compiled]:
        shop.told(f"left out the install scripts of {_names(silent)}")


def _names(paths: Iterable[str]) -> str:
    return ", ".join(sorted(map(name_of, paths)))


def _prebuilt(package: Path, cpu: str) -> bool:
    """Whether it brings a binary for Linux on such a processor, as prebuildify and napi-rs lay them."""
    return any(package.glob(f"prebuilds/linux-*{cpu}*/*.node"))


def _leave_out(modules: Path, excludes: Sequence[str]) -> None:
    """Links are left out too: npm makes none but those to commands."""
    for path in modules.rglob("*"):
        name = path.relative_to(modules).as_posix()
        if path.is_symlink() or (path.is_file() and any(fnmatchcase(name, pattern) for pattern in excludes)):
            path.unlink()
