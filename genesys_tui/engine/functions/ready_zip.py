"""A source that is a zip already, and the size that Lambda takes."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from shlex import quote
from zipfile import ZipFile

from genesys_tui.engine.functions.archive import BROKEN, MB, UNZIPPED_LIMIT, files_of
from genesys_tui.engine.model.build import BuiltLayer, Member, Project
from genesys_tui.engine.model.errors import GenesysError


def ready_zip(project: Project) -> bytes | None:
    """The bytes of a source that is a zip already. Raises GenesysError where it can't be read."""
    if project.source.suffix != ".zip" or not project.source.is_file():
        return None
    try:
        return project.source.read_bytes()
    except OSError as error:
        raise GenesysError(f"{project.source} can't be read", why=error.strerror or str(error)) from error


def members_of(project: Project, content: bytes) -> list[Member]:
    """Raises GenesysError for what is no zip, or one that holds too much or a name that leads out of it: Lambda might
    take it, but it is unzipped here too."""
    try:
        with ZipFile(BytesIO(content)) as zip:
            files = files_of(zip)
            if (size := sum(info.file_size for _, info in files)) > UNZIPPED_LIMIT:
                raise _too_big(project, size, ())
            return [
                Member(name.decode(), zip.read(info), bool(info.external_attr >> 16 & 0o100)) for name, info in files
            ]
    except BROKEN as error:
        raise GenesysError(
            f"{project.source} can't be sent",
            why=f"it is no zip: {error}",
            todo="correct `source`: a folder, file or .zip",
        ) from error


def check_total(project: Project, unzipped: int, layers: Sequence[BuiltLayer]) -> None:
    """`unzipped`: bytes of the code. Raises GenesysError where Lambda would not unzip it with its layers."""
    total = unzipped + sum(layer.unzipped for layer in layers)
    if total > UNZIPPED_LIMIT:
        raise _too_big(project, total, layers)


def _too_big(project: Project, total: int, layers: Sequence[BuiltLayer]) -> GenesysError:
    packages = sorted((one for layer in layers for one in layer.contents), key=lambda one: -one[1])[:5]
    biggest = ", ".join(f"{name} {size / MB:.0f} MB" for name, size in packages)
    return GenesysError(
        f"function '{project.name}' is too big",
        why=f"unzipped it is {total / MB:.0f} MB, and Lambda takes {UNZIPPED_LIMIT / MB:.0f} MB"
        + (f"; the biggest are {biggest}" if biggest else ""),
        todo="leave out what it does not need, or make it a container image, which may hold 10 GB: `package: image`",
        command=f"genesys execute function {project.name} --source {quote(str(project.source))} --package image",
    )
