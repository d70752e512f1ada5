"""Layers of this machine: made once for a key, then found by it.

`layers/<key>/opt` is the content as it stands under /opt, `layers/<key>/layer.json` tells what is in it, and its zips,
where it was zipped: these lie among the artifacts. The content is made beside and renamed into place, so that what is
there is whole, whenever a process is killed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from hashlib import sha256
from json import dumps
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from genesys_tui.engine.functions.packing.archive import RECIPE, write_zip
from genesys_tui.engine.functions.packing.packages import Package, kept_packages
from genesys_tui.engine.functions.packing.splitting import Part, part_of, split
from genesys_tui.engine.functions.packing.walk import walk
from genesys_tui.engine.functions.staging import staged
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
    contents: tuple[tuple[str, int], ...]


class _Record(BaseModel):
    """`layer.json`. `contents`: packages and their bytes. `state`: of the files as they were made. `parts`: the zips;
    none before one was asked for."""

    model_config = ConfigDict(frozen=True)

    contents: tuple[tuple[str, int], ...]
    state: str
    parts: tuple[_Part, ...] = ()


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


def _state(opt: Path) -> str:
    """Another one once a file was changed, be it by accident."""
    files = sorted((name, entry.stat(follow_symlinks=False)) for name, entry in walk(opt))
    said = (f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\0" for name, facts in files)
    return sha256("".join(said).encode("utf-8", "surrogateescape")).hexdigest()


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
        self._home = artifacts.parent
        self._folder = folder / "layers"
        self._staging = folder / "staging"
        self._artifacts = artifacts

    def content(self, key: str, name: str, fill: Fill) -> BuiltLayer:
        """What belongs to a key as it stands under /opt, found or made, however big it is: no zip yet. Raises what
        `fill` raises, and GenesysError for what can't be written."""
        found = self._record(key)
        contents = (found or self._filled(key, fill)).contents
        unzipped = sum(size for _, size in contents)
        opt = self._folder / key / "opt"
        return BuiltLayer(name, key, "", 0, unzipped, opt, found is not None, contents)

    def zips(self, content: BuiltLayer) -> tuple[BuiltLayer, ...]:
        """The same in as many zips as it takes. Raises GenesysError for what can't be written, and for files that were
        changed since they were made."""
        record = self._record(content.key)
        if record is None:
            raise GenesysError(f"layer {content.name} went away while it was built", todo="build again")
        kept = bool(record.parts) and all(is_kept(self._home, one.sha256, one.size) for one in record.parts)
        parts = record.parts if kept else self._zipped(content, record)
        several = len(parts) > 1
        return tuple(
            replace(
                content,
                name=_part_name(content.name, number) if several else content.name,
                sha256=part.sha256,
                size=part.size,
                unzipped=part.unzipped,
                contents=part.contents,
                reused=content.reused and bool(record.parts),
            )
            for number, part in enumerate(parts, 1)
        )

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

    def _filled(self, key: str, fill: Fill) -> _Record:
        with self._staged(key) as staging:
            opt = staging / "opt"
            opt.mkdir()
            fill(opt)
            _protect(opt)
            record = _Record(contents=part_of(_packages(opt)).contents, state=_state(opt))
            (staging / "layer.json").write_text(record.model_dump_json(), "utf-8")
            self._keep(staging, key)
        return record

    def _zipped(self, content: BuiltLayer, record: _Record) -> tuple[_Part, ...]:
        """As a whole first, for that mostly does; what is too big for one call is zipped anew, in parts."""
        opt = content.folder
        with self._staged(content.key) as staging:
            if content.reused and _state(opt) != record.state:
                opt.parent.rename(staging / "changed")
                raise GenesysError(
                    f"the files of layer {content.name} were changed on this machine", todo="build again"
                )
            found = _packages(opt)
            one = self._part(opt, part_of(found), staging)
            parts: tuple[_Part, ...] = (one,)
            if one.size > DIRECT_LIMIT:
                parts = tuple(self._part(opt, part, staging) for part in split(opt, found))
                if one.sha256 not in {part.sha256 for part in parts}:
                    (self._artifacts / one.sha256).unlink(missing_ok=True)
            told = staging / "layer.json"
            told.write_text(record.model_copy(update={"parts": parts}).model_dump_json(), "utf-8")
            told.replace(opt.parent / "layer.json")
        return parts

    def _part(self, opt: Path, part: Part, staging: Path) -> _Part:
        path = staging / "layer.zip"
        zip = write_zip(opt, path, part.files)
        self._artifacts.mkdir(parents=True, exist_ok=True)
        path.replace(self._artifacts / zip.sha256)
        return _Part(sha256=zip.sha256, size=zip.size, unzipped=zip.unzipped, contents=part.contents)

    def _staged(self, key: str) -> AbstractContextManager[Path]:
        return staged(self._staging, key[:16], "the layer can't be written")

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
