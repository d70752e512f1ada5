"""The images that those of functions stand on, taken from a container engine once and kept as layers."""

from __future__ import annotations

import gzip
import json
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event
from typing import IO, Any, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from genesys_tui.engine.functions.images.image_layers import Compressed, ImageLayer, kept
from genesys_tui.engine.functions.staging import staged
from genesys_tui.engine.functions.workshop.child import follow
from genesys_tui.engine.functions.workshop.engine import PULL_LIMIT, Engine, EngineError, Image, find_engine
from genesys_tui.engine.functions.workshop.workshop import StoppedError, Told
from genesys_tui.engine.model.build import Architecture
from genesys_tui.engine.model.errors import GenesysError

_PIECE = 1 << 20
_GZIPPED = b"\x1f\x8b"


class _Layer(BaseModel):
    model_config = ConfigDict(frozen=True)

    diff_id: str
    sha256: str
    size: int
    unpacked: int


class _Record(BaseModel):
    """`<id>.json`."""

    model_config = ConfigDict(frozen=True)

    configuration: dict[str, Any]
    layers: tuple[_Layer, ...]


@dataclass(frozen=True, slots=True)
class Base:
    """`configuration`: as its image says it. Its layers lie among the artifacts."""

    configuration: Mapping[str, Any]
    layers: tuple[ImageLayer, ...]


class BaseImages:
    """`folder`: where builds keep what they made. `wanted`: the engine, as settings name it."""

    def __init__(self, folder: Path, artifacts: Path, wanted: str, told: Told, stop: Event) -> None:
        self._folder = folder / "bases"
        self._staging = folder / "staging"
        self._artifacts = artifacts
        self._wanted = wanted
        self._told = told
        self._stop = stop
        self._known: dict[tuple[str, Architecture], Base] = {}

    def base(self, name: str, architecture: Architecture) -> Base:
        """An image by its name. Raises GenesysError where it can't be had, StoppedError."""
        known = self._known.get((name, architecture))
        if known is None or not self._whole(known.layers):
            known = self._known[name, architecture] = self._looked_up(name, architecture)
        return known

    def _looked_up(self, name: str, architecture: Architecture) -> Base:
        try:
            engine = find_engine(self._wanted)
            image = engine.image(name)
            if image is None or image.architecture != architecture:
                image = engine.pull(name, architecture, self._told, self._stop.is_set)
            if image.architecture != architecture:
                raise EngineError(f"{name} is for {image.architecture}", todo=f"name one for {architecture}")
            return self._find(image) or self._make(engine, image)
        except EngineError as error:
            raise GenesysError(
                f"no image can be made without its base, {name}",
                why=str(error),
                todo="see that podman, docker or finch runs here and has it or can pull it, or name another base: "
                "GENESYS_BASE, or `base` in builder.toml",
            ) from error

    def _find(self, image: Image) -> Base | None:
        """What was taken from an engine before; None where it is not there, or not whole."""
        try:
            record = _Record.model_validate_json((self._folder / f"{image.id}.json").read_bytes())
        except (OSError, ValidationError):
            return None
        layers = tuple(ImageLayer(**one.model_dump()) for one in record.layers)
        return Base(record.configuration, layers) if self._whole(layers) else None

    def _whole(self, layers: tuple[ImageLayer, ...]) -> bool:
        return all((self._artifacts / one.sha256).is_file() for one in layers)

    def _make(self, engine: Engine, image: Image) -> Base:
        with staged(self._staging, "base", "the base can't be kept") as staging:
            archive = staging / "base.tar"
            self._save(engine, image, archive)
            base = self._taken(archive, staging / "layer")
            record = _Record(
                configuration=dict(base.configuration), layers=tuple(_Layer(**asdict(one)) for one in base.layers)
            )
            (staging / "record").write_text(record.model_dump_json(), "utf-8")
            self._folder.mkdir(parents=True, exist_ok=True)
            (staging / "record").replace(self._folder / f"{image.id}.json")
        return base

    def _save(self, engine: Engine, image: Image, archive: Path) -> None:
        """In the format of `docker load`, which all engines write."""
        self._told(f"taking {image.name} as a base")
        said: list[str] = []
        try:
            code = follow(
                [engine.path, "save", "-o", str(archive), image.name], said.append, self._stop.is_set, PULL_LIMIT
            )
        except TimeoutError:
            if self._stop.is_set():
                raise StoppedError("the build was stopped") from None
            raise EngineError(f"{engine.path} hangs", todo="start it again") from None
        if code:
            raise EngineError(f"{engine.path} can't save {image.name}", why=said[-1][-500:] if said else "")

    def _taken(self, archive: Path, staging: Path) -> Base:
        """Of an archive of one image. Its layers are compressed anew, by what is equal on every machine."""
        try:
            with tarfile.open(archive, "r:") as tar:
                [manifest] = json.load(_member(tar, "manifest.json"))
                configuration = json.load(_member(tar, manifest["Config"]))
                layers = tuple(self._layer(_member(tar, name), staging) for name in manifest["Layers"])
        except (KeyError, ValueError, tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise EngineError("the engine saved what is no image", why=str(error)) from error
        if [f"sha256:{one.diff_id}" for one in layers] != configuration["rootfs"]["diff_ids"]:
            raise EngineError("the engine saved layers that are not the image's", todo="pull it again")
        return Base(configuration, layers)

    def _layer(self, source: IO[bytes], staging: Path) -> ImageLayer:
        with staging.open("wb") as file, _unpacked(source) as plain:
            packed = Compressed(file)
            while piece := plain.read(_PIECE):
                if self._stop.is_set():
                    raise StoppedError("the build was stopped")
                packed.write(piece)
            layer = packed.end()
        return kept(layer, staging, self._artifacts)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    found = tar.extractfile(name)
    if found is None:
        raise KeyError(f"{name} is no file")
    return found


@contextmanager
def _unpacked(source: IO[bytes]) -> Iterator[_Readable]:
    """Engines save layers plain or, since Docker 25, as they were pulled."""
    first = source.read(2)
    source.seek(0)
    if first != _GZIPPED:
        yield source
        return
    with gzip.GzipFile(fileobj=source) as plain:
        yield plain
