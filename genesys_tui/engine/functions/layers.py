"""Layers of this machine: made once for a key, then found by it.

`layers/<key>/opt` is the content as it stands under /opt, `layers/<key>/layer.json` tells its zips, which lie among the
artifacts. A layer is made beside and renamed into place, so that what is there is whole, whenever a process is killed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from json import dumps
from pathlib import Path
from secrets import token_hex

from pydantic import BaseModel, ConfigDict, ValidationError

from genesys_tui.engine.functions.archive import RECIPE, write_zip
from genesys_tui.engine.functions.packages import Package, kept_packages
from genesys_tui.engine.functions.splitting import Part, sizes, split, whole
from genesys_tui.engine.functions.walk import walk
from genesys_tui.engine.local import DIRECT_LIMIT, is_kept
from genesys_tui.engine.model.build import BuiltLayer, Target
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.layers import LAYERS

Fill = Callable[[Path], None]
"""Puts the content of a layer into an empty folder."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)

    sha256: str
    size: int
    unzipped: int
    files: tuple[str, ...]
    contents: tuple[tuple[str, int], ...]


class _Record(BaseModel):
    """`layer.json`."""

    model_config = ConfigDict(frozen=True)

    parts: tuple[_Part, ...]


Parts = Callable[[Path, Sequence[Package], Path], tuple[_Part, ...]]
"""What a layer consists of: its content, the packages in it, and where there is room for what is not whole yet."""


def key_of(*decides: str) -> str:
    """The key of a layer: SHA-256 of all that decides its content."""
    return sha256(dumps([RECIPE, *decides]).encode()).hexdigest()


def name_of(target: Target, key: str) -> str:
    """How it is called in an account: letters, digits, hyphens and underscores; the key is its end. Source:
    PublishLayerVersion, Lambda API reference."""
    version = target.version.replace(".", "-")
    return f"{LAYERS}{target.language}{version}-{target.architecture}-{key[:16]}"


def _part_name(name: str, number: int) -> str:
    start, _, key = name.rpartition("-")
    return f"{start}-{number}-{key}"


def _unzipped(_opt: Path, found: Sequence[Package], _staging: Path) -> tuple[_Part, ...]:
    contents = sizes(found)
    return (_Part(sha256="", size=0, unzipped=sum(size for _, size in contents), files=(), contents=contents),)


def _packages(opt: Path) -> Sequence[Package]:
    return kept_packages(opt, opt.parent / "packages.json")


def _protect(opt: Path) -> None:
    """Code that runs here can't write into it, as in Lambda: files may be the very ones of a cache, from which other
    layers are made. (Nothing of this stops root.)"""
    for _, entry in walk(opt):
        if not entry.is_symlink() and (mode := entry.stat().st_mode) & 0o222:
            Path(entry).chmod(mode & 0o555)


class Layers:
    """`folder`: where builds keep what they made. `artifacts`: where zips lie, by their hash."""

    def __init__(self, folder: Path, artifacts: Path) -> None:
        self._folder = folder / "layers"
        self._staging = folder / "staging"
        self._artifacts = artifacts

    def find(self, key: str, name: str) -> tuple[BuiltLayer, ...] | None:
        """What was made for a key, in as many parts as it takes; None where it is not there, or not whole."""
        record = self._record(key)
        for part in record.parts if record else ():
            if not is_kept(self._artifacts.parent, part.sha256, part.size) and not self._zipped_again(key, part):
                return None
        return tuple(self._layers(record, key, name, reused=True)) if record else None

    def make(self, key: str, name: str, fill: Fill) -> tuple[BuiltLayer, ...]:
        """Make it. Raises what `fill` raises, and GenesysError for what is too big or can't be written; then nothing
        is left."""
        return tuple(self._layers(self._made(key, fill, self._parts), key, name, reused=False))

    def unzipped(self, key: str, name: str, fill: Fill) -> BuiltLayer:
        """The content alone, found or made, however big it is: in an image it is no zip. Raises as `make` does. What
        has a key for this is not asked for as zips."""
        found = self._record(key)
        [layer] = self._layers(found or self._made(key, fill, _unzipped), key, name, reused=found is not None)
        return layer

    def packages(self, content: Path) -> Sequence[Package]:
        """The packages of a layer, by its folder; nothing where it can't be read. What is in it never changes: it is
        looked through once, and then told beside it."""
        with suppress(OSError, GenesysError):
            return _packages(content)
        return ()

    def _record(self, key: str) -> _Record | None:
        try:
            return _Record.model_validate_json((self._folder / key / "layer.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def _made(self, key: str, fill: Fill, parts: Parts) -> _Record:
        with self._staged(key) as staging:
            opt = staging / "opt"
            opt.mkdir()
            fill(opt)
            _protect(opt)
            record = _Record(parts=parts(opt, _packages(opt), staging))
            (staging / "layer.json").write_text(record.model_dump_json(), "utf-8")
            self._keep(staging, key)
        return record

    def _parts(self, opt: Path, found: Sequence[Package], staging: Path) -> tuple[_Part, ...]:
        """Zipped as a whole first, for that mostly does; what is too big for one call is zipped anew, in parts."""
        one = self._part(opt, whole(found), staging)
        if one.size <= DIRECT_LIMIT:
            return (one,)
        parts = tuple(self._part(opt, part, staging) for part in split(opt, found))
        if one.sha256 not in {part.sha256 for part in parts}:
            (self._artifacts / one.sha256).unlink(missing_ok=True)
        return parts

    def _part(self, opt: Path, part: Part | _Part, staging: Path) -> _Part:
        path = staging / "layer.zip"
        zip = write_zip(opt, path, part.files)
        self._artifacts.mkdir(parents=True, exist_ok=True)
        path.replace(self._artifacts / zip.sha256)
        return _Part(sha256=zip.sha256, size=zip.size, unzipped=zip.unzipped, files=part.files, contents=part.contents)

    def _zipped_again(self, key: str, part: _Part) -> bool:
        """Artifacts may be thrown away; the layer itself still holds it all."""
        with self._staged(key) as staging:
            try:
                again = self._part(self._folder / key / "opt", part, staging)
            except GenesysError:
                return False
        return again.sha256 == part.sha256

    @contextmanager
    def _staged(self, key: str) -> Iterator[Path]:
        staging = self._staging / f"{key[:16]}-{os.getpid()}-{token_hex(4)}"
        try:
            staging.mkdir(parents=True)
            yield staging
        except OSError as error:
            why = f"{error.filename or staging}: {error.strerror or error}"
            raise GenesysError("the layer can't be written", why=why, todo="make room on the disk") from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _keep(self, staging: Path, key: str) -> None:
        """One that is there already is as good, or was never whole."""
        place = self._folder / key
        self._folder.mkdir(parents=True, exist_ok=True)
        if place.exists() and self._record(key) is None:
            shutil.rmtree(place)
        if not place.exists():
            try:
                staging.rename(place)
            except OSError:
                if not (place / "layer.json").is_file():
                    raise

    def _layers(self, record: _Record, key: str, name: str, *, reused: bool) -> Iterator[BuiltLayer]:
        several = len(record.parts) > 1
        for number, part in enumerate(record.parts, 1):
            yield BuiltLayer(
                _part_name(name, number) if several else name,
                key,
                part.sha256,
                part.size,
                part.unzipped,
                self._folder / key / "opt",
                reused,
                part.contents,
            )
