"""The code of a function, as it is sent: a reproducible zip of a folder, known by its hash.

The same files always come to the same bytes: sorted paths, one date, two modes, one compression.
"""

from __future__ import annotations

import re
import stat
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from genesys_tui.engine.local import keep_artifact
from genesys_tui.engine.model.document import Leaf
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import Desired, Mark
from genesys_tui.engine.model.specs.function import STARTERS

SKIPPED = frozenset(
    {".git", "__pycache__", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".DS_Store", ".idea"}
)
DIRECT_LIMIT = 50 * 1024 * 1024
UNZIPPED_LIMIT = 250 * 1024 * 1024
"""Bytes: what Lambda takes in one call, and what it unzips with all layers (Lambda quotas)."""
_DATE = (1980, 1, 1, 0, 0, 0)

LANGPACKS: Mapping[str, str] = {"python": "python", "nodejs": "node"}
"""The folder of each language that has a starter."""

MODULES = ("lambda_function", "main", "app", "handler", "index", "function")
_PYTHON_HANDLER = re.compile(rb"^(?:async )?def (lambda_handler|handler|main)\(", re.MULTILINE)
_NODE_HANDLER = re.compile(rb"\bexports?\b[^;\n]*\bhandler\b")


def sealed(desired: Desired, home: Path) -> Desired:
    """The same, with `source` become `code`, the hash of its zip; the zip itself lies in `home/artifacts`. So does the
    starter of a function that has no code yet. Where no handler is named it is looked for. Raises GenesysError for a
    source that can't be sent."""
    spec: dict[str, Leaf] = dict(desired.spec)
    source, starter = spec.pop("source", None), spec.get("starter")
    if isinstance(source, str):
        content = zipped(place_of(source, desired.mark))
        spec["code"] = _kept(content, home)
        runtime = spec.get("runtime")
        if isinstance(runtime, str) and not spec.get("handler") and (found := handler_in(content, runtime)):
            spec["handler"] = found
    if isinstance(starter, str) and starter in STARTERS:
        spec["starter"] = _kept(starter_zip(starter, str(spec.get("handler") or "")), home)
    return replace(desired, spec=spec)


def place_of(source: str, mark: Mark | None) -> Path:
    """A file's paths start where the file is."""
    path = Path(source).expanduser()
    return Path(mark.file).parent / path if mark else path


def _kept(content: bytes, home: Path) -> str:
    """Put an artifact aside. Its SHA-256, in base64 as Lambda tells it."""
    digest = sha256(content)
    keep_artifact(content, home, digest.hexdigest())
    return b64encode(digest.digest()).decode()


# the zip ----------------------------------------------------------------------------------------------------------
def zipped(source: Path) -> bytes:
    """The zip of a folder, of a single file, or a .zip as it is. Raises GenesysError where Lambda would not take it."""
    try:
        if source.suffix == ".zip" and source.is_file():
            return _as_it_is(source)
        files = sorted(_files(source))
        if not files:
            raise _unusable(source, "there is nothing in it" if source.is_dir() else "it is not there")
        _check_unzipped(source, sum(path.stat().st_size for _, path in files))
        content = _zip((name, path.read_bytes(), _executable(path)) for name, path in files)
    except UnicodeEncodeError as error:
        raise _unusable(source, f"{error.object!r} is no name in UTF-8", "rename it") from error
    except OSError as error:
        raise _unusable(source, error.strerror or type(error).__name__) from error
    return _within_limit(source, content)


def _as_it_is(source: Path) -> bytes:
    try:
        with ZipFile(source) as zip:
            _check_unzipped(source, sum(info.file_size for info in zip.infolist()))
    except BadZipFile as error:
        raise _unusable(source, "it is no zip") from error
    return _within_limit(source, source.read_bytes())


def _check_unzipped(source: Path, size: int) -> None:
    if size > UNZIPPED_LIMIT:
        raise _unusable(source, f"it holds {_mb(size)}; Lambda unzips {_mb(UNZIPPED_LIMIT)} at most", _SMALLER)


def _within_limit(source: Path, content: bytes) -> bytes:
    if len(content) > DIRECT_LIMIT:
        why = f"zipped it is {_mb(len(content))}; Lambda takes {_mb(DIRECT_LIMIT)} in one call"
        raise _unusable(source, why, _SMALLER)
    return content


def _files(source: Path) -> Iterator[tuple[str, Path]]:
    """Names in the zip and where they are. Links are followed, for Lambda has none; one that leads back is not."""
    if source.is_file():
        yield source.name, source
    else:
        for path in _walked(source, frozenset()):
            yield path.relative_to(source).as_posix(), path


def _walked(folder: Path, above: frozenset[Path]) -> Iterator[Path]:
    if (real := folder.resolve()) in above:
        return
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name in SKIPPED or path.suffix == ".pyc":
            continue
        if path.is_dir():
            yield from _walked(path, above | {real})
        elif path.is_file():
            yield path


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


# what is in it ----------------------------------------------------------------------------------------------------
def handler_in(content: bytes, runtime: str) -> str | None:
    """The handler that the code of a zip seems to have, by the names that people give it; None where none is found."""
    if runtime.startswith("provided"):
        return "bootstrap"
    suffixes, pattern = _HANDLERS.get(runtime.rstrip("0123456789.x"), ((), _PYTHON_HANDLER))
    with ZipFile(BytesIO(content)) as zip:
        names = {PurePosixPath(name): name for name in zip.namelist() if "/" not in name}
        only = [path.stem for path in names if path.suffix in suffixes]
        for module in (*MODULES, *(only if len(only) == 1 else ())):
            for suffix in suffixes:
                name = names.get(PurePosixPath(f"{module}{suffix}"))
                if name and (found := pattern.search(zip.read(name))):
                    return f"{module}.{found[1].decode() if pattern.groups else 'handler'}"
    return None


_HANDLERS: Mapping[str, tuple[tuple[str, ...], re.Pattern[bytes]]] = {
    "python": ((".py",), _PYTHON_HANDLER),
    "nodejs": ((".mjs", ".js", ".cjs"), _NODE_HANDLER),
}


def starter_zip(language: str, handler: str = "") -> bytes:
    """A handler that answers, by the name it is called by, from the langpack of the language. Raises GenesysError for
    a name that can't be one."""
    module, _, function = (handler or STARTERS[language]).rpartition(".")
    if not re.fullmatch(r"\w[\w-]*([./]\w[\w-]*)*", module, re.ASCII) or not function.isidentifier():
        todo = "write it as in main.handler, or give the `source` of the code"
        raise GenesysError(f"no starter can be called by {handler!r}", todo=todo)
    [template] = (langpacks() / LANGPACKS[language] / "templates" / "plain").iterdir()
    text = re.sub(rb"\b(def|const) handler\b", rb"\1 " + function.encode(), template.read_bytes())
    return _zip([(f"{module.replace('.', '/')}{template.suffix}", text, False)])


def langpacks() -> Path:
    """In the wheel beside the engine; in a checkout at its root."""
    package = Path(__file__).resolve().parents[2]
    packed = package / "langpacks"
    return packed if packed.is_dir() else package.parent / "langpacks"


_SMALLER = "leave out what it does not need, put libraries into a layer, or use an image"


def _mb(size: int) -> str:
    return f"{size / (1 << 20):.0f} MB"


def _unusable(source: Path, why: str, todo: str = "correct `source`: a folder, file or .zip") -> GenesysError:
    with suppress(OSError):
        source = source.resolve()
    return GenesysError(f"the code in {source} can't be sent", why=why, todo=todo)
