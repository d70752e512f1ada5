"""uv, as it is called for a target: never for the interpreter that calls it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from shutil import copy2, copytree, ignore_patterns, rmtree
from tempfile import mkdtemp

from genesys_tui.engine.functions.languages.python.wanted import Wanted
from genesys_tui.engine.functions.workshop.workshop import CommandError, Workshop
from genesys_tui.engine.model.errors import GenesysError

_ENV: Mapping[str, str] = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}
LEFT_OUT = (".git", ".venv", "venv", "__pycache__", "*.pyc", "node_modules", ".tox", ".mypy_cache", ".pytest_cache")
"""What is no part of a local package."""

_UNREACHABLE = re.compile(
    r"error sending request|dns error|Connection refused|tcp connect error|operation timed out|Request failed after"
)
_FULL = re.compile(r"No space left on device|os error 28|Disk quota exceeded")


class UnreachableError(GenesysError):
    """The package index, or where it says that its files are."""


@dataclass(frozen=True, slots=True)
class Uv:
    """uv in a workshop. `version`: of the target's Python (`3.13`); `platform`: as uv calls it
    (`x86_64-manylinux_2_34`)."""

    shop: Workshop
    version: str
    platform: str

    @property
    def machine(self) -> str:
        return self.platform.partition("-")[0]

    @property
    def words(self) -> str:
        """What it is for."""
        return f"Python {self.version} on {self.machine}"

    @property
    def target(self) -> list[str]:
        """The options that say so. On the host the interpreter is ours: it only builds what is pure."""
        python = ["--python", sys.executable] if self.shop.where == "host" else []
        return [*python, "--python-version", self.version, "--python-platform", self.platform]

    def run(self, arguments: Sequence[str], folder: Path, env: Mapping[str, str] = {}) -> str:
        """Run it, and say what is in the way where that is known. Raises CommandError, UnreachableError, GenesysError
        for what else can be named."""
        try:
            return self.shop.run([self.shop.uv(), *arguments], folder=folder, env={**_ENV, **env})
        except CommandError as error:
            if _FULL.search(error.said):
                todo = f"make room on the disk of {self.shop.folder}, then build again"
                raise GenesysError("the disk is full", why=_last(error.said), todo=todo) from error
            if _UNREACHABLE.search(error.said):
                todo = "check the network, the proxy, and the index that UV_INDEX or uv.toml names"
                raise UnreachableError(
                    "the package index can't be reached", why=_last(error.said), todo=todo
                ) from error
            raise


@contextmanager
def staged(wanted: Wanted, shop: Workshop) -> Iterator[Path]:
    """A copy, in the workshop's sight, of what uv has to see; the folder in it that stands for `wanted.root`."""
    names = [*wanted.staged, *wanted.packages]
    depth = max((PurePosixPath(name).parts.count("..") for name in names), default=0)
    try:
        above = shop.folder / "staging"
        above.mkdir(parents=True, exist_ok=True)
        base = Path(mkdtemp(prefix="python-", dir=above))
    except OSError as error:
        raise GenesysError(f"{shop.folder} can't be written", why=error.strerror or str(error)) from error
    try:
        root = base.joinpath(*["d"] * depth)
        root.mkdir(parents=True, exist_ok=True)
        for name in sorted(wanted.packages):
            put(wanted.root / name, root / name)
        for name, content in wanted.staged.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
        yield root
    except OSError as error:
        raise GenesysError(f"{base} can't be written", why=error.strerror or str(error)) from error
    finally:
        rmtree(base, ignore_errors=True)


def put(source: Path, place: Path) -> None:
    """A copy of a local package. Raises GenesysError where it is not there."""
    if source.is_dir():
        copytree(source, place, ignore=ignore_patterns(*LEFT_OUT), dirs_exist_ok=True)
    elif source.is_file():
        place.parent.mkdir(parents=True, exist_ok=True)
        copy2(source, place)
    else:
        raise GenesysError(f"the package {source} is not there", todo="correct the path that names it")


def _last(said: str) -> str:
    """The line that says most: the innermost cause."""
    lines = [line.strip().removeprefix("cause: ") for line in said.splitlines() if line.strip()]
    causes = [line for line in lines if _UNREACHABLE.search(line) or _FULL.search(line)]
    return (causes or lines)[-1][:300]
