"""The code of a function, as it is sent: a reproducible zip of a folder, known by its hash.

The same files always come to the same bytes: sorted paths, one date, two modes, one compression.
"""

from __future__ import annotations

import os
import stat
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import mkstemp
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import Desired

SKIPPED = frozenset(
    {".git", "__pycache__", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".DS_Store", ".idea"}
)
DIRECT_LIMIT = 50 * 1024 * 1024
UNZIPPED_LIMIT = 250 * 1024 * 1024
"""Bytes: what Lambda takes in one call, and what it unzips with all layers (Lambda quotas)."""
_DATE = (1980, 1, 1, 0, 0, 0)

STARTERS = {
    "python": ("lambda_function.py", "lambda_function.handler"),
    "nodejs": ("index.mjs", "index.handler"),
}
"""By the start of a runtime's name: the file and the handler of a function that has no code yet."""


def sealed(desired: Desired, home: Path) -> Desired:
    """The same, with `source` become `code`, the hash of its zip; the zip itself lies in `home/artifacts`. A new one
    that says nothing of its code gets a starter. Raises GenesysError for a source that can't be sent."""
    spec = dict(desired.spec)
    source = spec.pop("source", None)
    if isinstance(source, str):
        content = _starter(source) if source.startswith("starter:") else zipped(Path(source).expanduser())
        digest = keep(content, home)
        spec["code"] = b64encode(bytes.fromhex(digest)).decode()
    return replace(desired, spec=spec)


def keep(content: bytes, home: Path) -> str:
    """Put an artifact among the others, whole or not at all. Its SHA-256, in hexadecimal."""
    digest = sha256(content).hexdigest()
    folder = home / "artifacts"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / digest).exists():
            handle, name = mkstemp(dir=folder)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(folder / digest)
    except OSError as error:
        raise GenesysError(f"{folder} can't keep an artifact", why=error.strerror or str(error)) from error
    return digest


def zipped(source: Path) -> bytes:
    """The zip of a folder, of a single file, or a .zip as it is."""
    try:
        if source.suffix == ".zip" and source.is_file():
            return _as_it_is(source)
        files = sorted(_files(source), key=lambda one: one[0])
        if not files:
            raise _unusable(source, "there is nothing in it" if source.is_dir() else "it is not there")
        size = sum(path.stat().st_size for _, path in files)
        if size > UNZIPPED_LIMIT:
            raise _unusable(source, f"it is {size >> 20} MB large; Lambda unzips 250 MB at most")
        content = _zip((name, path.read_bytes(), _executable(path)) for name, path in files)
    except OSError as error:
        raise _unusable(source, error.strerror or type(error).__name__) from error
    return _within_limit(source, content)


def _as_it_is(source: Path) -> bytes:
    try:
        with ZipFile(source) as zip:
            size = sum(info.file_size for info in zip.infolist())
    except BadZipFile as error:
        raise _unusable(source, "it is no zip") from error
    if size > UNZIPPED_LIMIT:
        raise _unusable(source, f"it holds {size >> 20} MB; Lambda unzips 250 MB at most")
    return _within_limit(source, source.read_bytes())


def _within_limit(source: Path, content: bytes) -> bytes:
    if len(content) > DIRECT_LIMIT:
        raise _unusable(source, f"zipped it is {len(content) >> 20} MB; Lambda takes 50 MB in one call")
    return content


def _files(source: Path) -> Iterator[tuple[str, Path]]:
    """Names in the zip and where they are; links are followed, for Lambda has none."""
    if source.is_file():
        yield source.name, source
        return
    for folder, inner, names in os.walk(source, followlinks=False):
        inner[:] = [one for one in inner if one not in SKIPPED]
        for name in names:
            path = Path(folder) / name
            if name not in SKIPPED and path.suffix != ".pyc" and path.is_file():
                yield path.relative_to(source).as_posix(), path


def _zip(files: Iterable[tuple[str, bytes, bool]]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED, compresslevel=6) as zip:
        for name, content, executable in files:
            info = ZipInfo(name, _DATE)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
            info.compress_type = ZIP_DEFLATED
            zip.writestr(info, content)
    return buffer.getvalue()


def _executable(path: Path) -> bool:
    return bool(path.stat().st_mode & stat.S_IXUSR)


def _starter(source: str) -> bytes:
    """A handler that answers, from the langpack of the language."""
    language = source.partition(":")[2]
    name, _ = STARTERS[language]
    return _zip([(name, (_langpacks() / language / "templates" / name).read_bytes(), False)])


def _langpacks() -> Path:
    """In the wheel beside the engine; in a checkout at its root."""
    package = Path(__file__).resolve().parents[2]
    packed = package / "langpacks"
    return packed if packed.is_dir() else package.parent / "langpacks"


def _unusable(source: Path, why: str) -> GenesysError:
    with suppress(OSError):
        source = source.resolve()
    return GenesysError(f"the code in {source} can't be sent", why=why, todo="correct `source`: a folder, file or .zip")
