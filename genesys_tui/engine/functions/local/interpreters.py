"""The interpreters of this machine, each by its version, and what AWS's own runtime brings to them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from shutil import rmtree, which
from tempfile import mkdtemp

from genesys_tui.engine.model.errors import GenesysError

_PROBE = "import sys; print('%d.%d' % sys.version_info[:2], sys.base_prefix, sep='\\n')"
_OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"
_BROUGHT = ("awslambdaric", "boto3")
"""What Lambda's Python has beside the standard library. Source: "Building Lambda functions with Python", guide."""
_NOT_HAD: set[Path] = set()


@cache
def python(minor: str) -> Path:
    """This machine's Python of a version (`3.12`), outside of any virtual environment. Raises GenesysError where it
    has none: another version would not see the dependencies that were built for this one."""
    if minor == _OWN and (own := Path(sys.base_prefix) / "bin" / f"python{minor}").exists():
        return own
    for candidate in _pythons(minor):
        said = _said([str(candidate), "-c", _PROBE]).splitlines()
        if len(said) == 2 and said[0] == minor:
            base = Path(said[1]) / "bin" / f"python{minor}"
            return base if base.exists() else candidate
    raise GenesysError(
        f"this machine has no Python {minor}, which the function runs on",
        todo="install it, let a container run it (with podman, docker or finch and an image of the runtime), or choose "
        f"the runtime of a Python that is here (python{_OWN})",
        command=f"uv python install {minor}",
    )


def newest(minors: Iterable[str]) -> str | None:
    """The first of these versions that this machine has."""
    for minor in minors:
        with suppress(GenesysError):
            python(minor)
            return minor
    return None


def node(major: str) -> tuple[Path, str]:
    """This machine's Node.js of a version (`22`), else another one, and its own version (`22.11.0`). Raises
    GenesysError where it has none."""
    found = [(path, version) for path in _nodes() if (version := node_version(path))]
    for path, version in found:
        if version.partition(".")[0] == major:
            return path, version
    if found:
        return found[0]
    raise GenesysError(
        f"this machine has no Node.js, which the function runs on (version {major})",
        todo="install it, so that `node --version` answers, or let a container run it (with podman, docker or finch "
        "and an image of the runtime)",
    )


@cache
def node_version(path: Path) -> str:
    """Empty where the program does not answer."""
    return _said([str(path), "--version"]).strip().removeprefix("v")


def brought(minor: str, interpreter: Path, home: Path, told: Callable[[str], None], platform: str = "") -> Path | None:
    """The folder of what AWS's Python brings, for this machine; installed by uv when it is first needed, which is told.
    None where it can't be had, because nothing can be downloaded or there is none for this machine; it is not tried
    again while we run. `platform`: what wheels must fit instead of this machine; then any Python can fetch them."""
    folder = home / "functions" / "ric" / (f"{minor}-{platform}" if platform else minor)
    if folder.is_dir():
        return folder
    if folder in _NOT_HAD:
        return None
    told(f"fetching {' and '.join(_BROUGHT)} for Python {minor}, once")
    elsewhere = ("--python-version", minor, "--python-platform", platform) if platform else ()
    if _installed(interpreter, folder, elsewhere):
        return folder
    _NOT_HAD.add(folder)
    return None


def _installed(interpreter: Path, folder: Path, elsewhere: Sequence[str]) -> bool:
    from uv import find_uv_bin

    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    install = [find_uv_bin(), "pip", "install", "--quiet", "--only-binary", ":all:"]
    try:
        subprocess.run(
            [*install, "--python", str(interpreter), *elsewhere, "--target", str(staging), *_BROUGHT],
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
        )
        staging.replace(folder)
    except (OSError, subprocess.SubprocessError):
        return folder.is_dir()  # another process was faster
    finally:
        rmtree(staging, ignore_errors=True)
    return True


def _pythons(minor: str) -> Iterator[Path]:
    """Where one may be: on PATH, pyenv's, uv's."""
    yield from _on_path(f"python{minor}")
    yield from _on_path("python3")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for folder in sorted(pyenv.glob(f"versions/{minor}.*"), key=_numbers, reverse=True):
        yield folder / "bin" / f"python{minor}"
    from uv import find_uv_bin

    managed = _said([find_uv_bin(), "python", "find", "--managed-python", "--no-python-downloads", minor])
    if managed.strip():
        yield Path(managed.strip())


def _nodes() -> Iterator[Path]:
    """Where one may be: on PATH, nvm's, fnm's."""
    yield from _on_path("node")
    for root, pattern in (
        (Path(os.environ.get("NVM_DIR") or Path.home() / ".nvm"), "versions/node/v*/bin/node"),
        (Path.home() / ".local" / "share" / "fnm", "node-versions/v*/installation/bin/node"),
    ):
        yield from sorted(root.glob(pattern), key=_numbers, reverse=True)


def _on_path(name: str) -> Iterator[Path]:
    """Each of that name: the first may be a shim that leads nowhere."""
    for folder in filter(None, os.get_exec_path()):
        if found := which(name, path=folder):
            yield Path(found)


def _numbers(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(path))]


def _said(command: list[str]) -> str:
    """What a program prints; empty where it fails."""
    try:
        return subprocess.run(
            command, capture_output=True, check=True, text=True, timeout=20, stdin=subprocess.DEVNULL
        ).stdout
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
