"""uv for a container: our own, where it runs there, else the same version made for it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from genesys_tui.engine.functions.workshop.child import ask
from genesys_tui.engine.functions.workshop.workshop import CommandError
from genesys_tui.engine.model.errors import GenesysError

if TYPE_CHECKING:
    from genesys_tui.engine.functions.workshop.container import Container

_MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
_INSTALL_LIMIT = 300.0


def uv_for(container: Container) -> Path:
    """The path of a uv that runs in a container, in its `folder/bin`; made once for a version and an architecture.
    Raises GenesysError."""
    from importlib.metadata import version

    wanted = version("uv")
    uv = container.folder / "bin" / f"uv-{wanted}-{container.architecture}"
    if not uv.exists():
        uv.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(mkdtemp(dir=uv.parent, prefix=".uv-"))
        try:
            made = _copied(container, staging) or _installed(container, staging, wanted)
            made.replace(uv)
        except OSError as error:
            raise GenesysError(f"uv can't be put into {uv.parent}", why=error.strerror or str(error)) from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return uv


def _copied(container: Container, staging: Path) -> Path | None:
    """Our own; None where the container can't run it: another system, architecture or libc."""
    import uv

    if sys.platform != "linux" or container.architecture != container.engine.architecture:
        return None
    copy = staging / "uv"
    shutil.copyfile(uv.find_uv_bin(), copy)
    copy.chmod(0o755)
    try:
        container.run([str(copy), "--version"], limit=60)
    except CommandError:
        return None
    return copy


def _installed(container: Container, staging: Path, wanted: str) -> Path:
    import uv

    platform = f"{_MACHINES[container.architecture]}-manylinux_2_17"
    container.told(f"installing uv {wanted} for the container")
    command = [
        *(uv.find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"),
        *(
            "--python",
            sys.executable,
            "--target",
            str(staging / "wheel"),
            "--python-platform",
            platform,
            f"uv=={wanted}",
        ),
    ]
    try:
        answer = ask(command, _INSTALL_LIMIT)
    except TimeoutError as error:
        raise GenesysError("uv can't be installed for the container", why=str(error), todo="try again") from error
    if answer.code:
        raise CommandError("uv can't be installed for the container", answer.code, answer.err)
    return staging / "wheel" / "bin" / "uv"
