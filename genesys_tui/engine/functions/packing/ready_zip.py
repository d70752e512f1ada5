"""A source that is a zip already."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

from genesys_tui.engine.functions.packing.archive import BROKEN, UNZIPPED_LIMIT, files_of
from genesys_tui.engine.functions.packing.parts import refused, too_big
from genesys_tui.engine.model.build import Member, Project
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
                raise refused(project, too_big(size))
            return [
                Member(name.decode(), zip.read(info), bool(info.external_attr >> 16 & 0o100)) for name, info in files
            ]
    except BROKEN as error:
        raise GenesysError(
            f"{project.source} can't be sent",
            why=f"it is no zip: {error}",
            todo="correct `source`: a folder, file or .zip",
        ) from error
