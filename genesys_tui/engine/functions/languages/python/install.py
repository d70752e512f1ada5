"""Installs the packages of a resolution as they stand in a layer."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fnmatch import translate
from pathlib import Path
from shutil import rmtree

from genesys_tui.engine.functions.languages.python.pylock import Package, pylock_of
from genesys_tui.engine.functions.languages.python.uv import UnreachableError, Uv, put, staged
from genesys_tui.engine.functions.languages.python.wanted import Wanted
from genesys_tui.engine.functions.workshop.workshop import CommandError
from genesys_tui.engine.model.errors import GenesysError

_PLAIN = ("--no-deps", "--no-installer-metadata", "--no-compile-bytecode", "--link-mode", "hardlink")
"""Nothing that differs by machine. Files are hard links to our cache of uv: nobody may write into them."""

NAMED = 4
"""So many packages are named."""
_WHEELS = ("--only-binary", ":all:")
_LOCK = "pylock.wheels.toml"
_OUT_OF_THE_LOCK: Sequence[tuple[Sequence[str], Mapping[str, str]]] = (
    (("--offline",), {}),
    ((), {"UV_HTTP_RETRIES": "0"}),
)
"""Ways to install from there, the cheap one first: options and variables of uv. There is another way after the last,
so that one does not try again."""

_UNBUILT = re.compile(r"Failed to (download and )?build|The built wheel .* is not compatible")
"""uv on source that does not compile here, or compiles to something for this machine."""


def install(packages: Sequence[Package], compiled: Sequence[str], wanted: Wanted, uv: Uv, into: Path) -> None:
    """Put packages into a folder. `compiled`: those that must be. Raises GenesysError."""
    if compiled:
        _check_machine(", ".join(compiled), uv)
    into.mkdir(parents=True, exist_ok=True)
    with staged(wanted, uv.shop) as root:
        wheels = [package for package in packages if package.source == "wheel"]
        if wheels:
            uv.shop.told(f"installing {_names(wheels)} for {uv.words}")
            _install_wheels(wheels, wanted, uv, root, into)
        for package in packages:
            if package.source != "wheel":
                uv.shop.told(f"building {package.name} for {uv.words}")
                _install_own(package, wanted, uv, root, into)


def prune(folder: Path, excludes: Sequence[str]) -> None:
    """Take away what a langpack leaves out, by globs of the path from the folder, and folders that are empty then."""
    left_out = re.compile("|".join(map(translate, excludes)) or r"\b\B")
    for above, folders, names in os.walk(folder, topdown=False):
        place = os.path.relpath(above, folder)
        start = "" if place == os.curdir else f"{place}/"
        gone = [name for name in names if left_out.match(f"{start}{name}")]
        for name in gone:
            Path(above, name).unlink()
        if len(gone) == len(names) and start and not any(Path(above, name).exists() for name in folders):
            Path(above).rmdir()


def must_compile(package: Package, wanted: Wanted, uv: Uv, root: Path) -> bool:
    """Whether a package that comes as source becomes something for one machine only. Found by building it, for nothing
    else tells for certain. Raises GenesysError where it can't even be fetched."""
    into = root / "tried" / package.name
    try:
        _install_source(package, wanted, uv, root, into)
    except CommandError as error:
        if _UNBUILT.search(error.said):
            return True
        raise
    return _platform_specific(into)


def _install_own(package: Package, wanted: Wanted, uv: Uv, root: Path, into: Path) -> None:
    """Build one in a folder of its own, and move what it is made of to the others."""
    own = root / "built" / package.name
    _install_source(package, wanted, uv, root, own)
    if uv.shop.where == "host" and _platform_specific(own) and not package.where.endswith(".whl"):
        raise _needs_container(package.name, uv)
    for path in sorted(own.rglob("*")):
        place = into / path.relative_to(own)
        if path.is_dir() and not path.is_symlink():
            place.mkdir(exist_ok=True)
        else:
            path.replace(place)


def _install_source(package: Package, wanted: Wanted, uv: Uv, root: Path, into: Path) -> None:
    """Build and install one package that comes as source. Raises CommandError where it can't be built."""
    if package.source == "sdist":
        _install_hashed([package], ["--no-binary", package.name], wanted, uv, root, into)
        return
    where = package.where
    if package.source == "local":
        place = root / "local" / package.name / Path(where).name
        put(wanted.root / where, place)
        where = str(place)
    uv.run(["pip", "install", where, "--target", str(into), *_PLAIN, *_options(wanted), *uv.target], root)


def _install_wheels(wheels: Sequence[Package], wanted: Wanted, uv: Uv, root: Path, into: Path) -> None:
    """From where the lock says that they are: out of the cache, which asks nobody, else over the network. Where they
    are no longer there, or never were for us (a lock that was made beside another mirror), as the index has them."""
    if said := pylock_of(wheels):
        (root / _LOCK).write_text(said, "utf-8")
        command = ["pip", "install", "--requirements", _LOCK, "--preview-features", "pylock", "--target", str(into)]
        for options, env in _OUT_OF_THE_LOCK:
            with suppress(CommandError, UnreachableError):
                uv.run([*command, *options, *_PLAIN, *_WHEELS, *uv.target], root, env)
                return
            rmtree(into, ignore_errors=True)
    _install_hashed(wheels, _WHEELS, wanted, uv, root, into)


def _install_hashed(
    packages: Sequence[Package], options: Sequence[str], wanted: Wanted, uv: Uv, root: Path, into: Path
) -> None:
    """Only what has the hashes of the lock."""
    file = root / "hashed.txt"
    file.write_text("".join(f"{line}\n" for line in (*wanted.options, *(one.line for one in packages))), "utf-8")
    command = ["pip", "install", "--requirements", file.name, "--require-hashes", "--target", str(into)]
    uv.run([*command, *_PLAIN, *options, *uv.target], root)


def _names(packages: Sequence[Package]) -> str:
    more = len(packages) - NAMED
    names = ", ".join(package.name for package in packages[:NAMED])
    return f"{names} and {more} more" if more > 0 else names


def _options(wanted: Wanted) -> list[str]:
    """Where packages come from, as options of a command."""
    return [word for line in wanted.options for word in re.split(r"\s*=\s*|\s+", line, maxsplit=1)]


# for which machine --------------------------------------------------------------------------------------------------
def _platform_specific(folder: Path) -> bool:
    """By the tags that the wheels had which were unpacked in a folder."""
    return any(not tag.endswith("-none-any") for tag in _tags(folder))


def _tags(folder: Path) -> Iterator[str]:
    for path in folder.glob("*.dist-info/WHEEL"):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("Tag:"):
                yield line.removeprefix("Tag:").strip()


def _check_machine(names: str, uv: Uv) -> None:
    """What must be compiled is compiled where it runs: in a container that is like the runtime, of its architecture."""
    if uv.shop.where == "host":
        raise _needs_container(names, uv)
    if (own := uv.shop.run(["uname", "-m"]).strip()) != uv.machine:
        why = f"no wheel fits, so it must be compiled on {uv.machine}, and this container runs on {own}"
        todo = f"use a container engine that runs {uv.machine} (natively, or by qemu), or a version that has a wheel"
        raise GenesysError(f"{names} can't be built", why=why, todo=todo)


def _needs_container(names: str, uv: Uv) -> GenesysError:
    why = f"no wheel fits {uv.words}, so it must be compiled, and what this machine compiles may not run there"
    todo = "build in a container (install podman, docker or finch), or take a version that has a wheel"
    return GenesysError(f"{names} can't be built on this machine", why=why, todo=todo)
