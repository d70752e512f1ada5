"""Functions as container images: the base that the Containerfile of a langpack names, and on it a layer for the
dependencies and one for the code. No container runs for it. Source: the OCI image specification."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any

from pydantic import TypeAdapter, ValidationError

from genesys_tui.engine.functions.images.base_images import Base, BaseImages
from genesys_tui.engine.functions.images.containerfile import CODE, LAYER, Copy, containerfile
from genesys_tui.engine.functions.images.image_layers import ImageLayer, below, keep_layer
from genesys_tui.engine.functions.langpack import Langpack
from genesys_tui.engine.functions.packing.archive import MB
from genesys_tui.engine.functions.packing.parts import Parts
from genesys_tui.engine.functions.staging import staged
from genesys_tui.engine.functions.workshop.settings import BuilderSettings
from genesys_tui.engine.functions.workshop.workshop import Told
from genesys_tui.engine.local import keep_artifact
from genesys_tui.engine.model.build import BuiltImage, BuiltLayer, Project
from genesys_tui.engine.model.errors import GenesysError

UNPACKED_LIMIT = 10_240 * MB
"""Bytes: what an image may unpack to, all layers together (Lambda quotas)."""

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_KEPT = TypeAdapter(ImageLayer)


class Images:
    """`home`: of Genesys. `settings`: name the engine, and other bases."""

    def __init__(self, home: Path, settings: BuilderSettings, told: Told, stop: Event) -> None:
        self._home = home
        self._artifacts = home / "artifacts"
        self._folder = home / "functions" / "image-layers"
        self._staging = home / "functions" / "staging"
        self.settings = settings
        self._bases = BaseImages(home / "functions", self._artifacts, settings.engine, told, stop)

    def build(self, project: Project, pack: Langpack, parts: Parts) -> tuple[BuiltImage, tuple[BuiltLayer, ...]]:
        """The image, whose layers and configuration are put among the artifacts, and the layers of dependencies as they
        are in it. Raises GenesysError for what can't be built, StoppedError."""
        target = project.target
        version = target.version or target.runtime.partition(".")[2]
        named = self.settings.base_for(target.runtime)
        recipe = containerfile(pack.folder / "Containerfile", {"VERSION": version}, named)
        base = self._bases.base(recipe.base, target.architecture)
        with staged(self._staging, "image", "the image can't be written") as staging:
            part = staging / "part"
            own = [(copy, layer) for copy in recipe.copies for layer in self._copied(project, copy, parts, part)]
        layers = (*base.layers, *(layer for _, layer in own))
        _check_size(project, layers)
        configuration = _configuration(base, own, (parts.handler,) if parts.handler else recipe.command)
        id = sha256(configuration).hexdigest()
        keep_artifact(configuration, self._home, id)
        image = BuiltImage(id, _manifest(id, len(configuration), layers), sum(layer.size for _, layer in own))
        [*sent] = (layer for copy, layer in own if copy.source == LAYER)
        return image, tuple(
            replace(one, sha256=layer.sha256, size=layer.size) for one, layer in zip(parts.layers, sent, strict=False)
        )

    def _copied(self, project: Project, copy: Copy, parts: Parts, staging: Path) -> Iterator[ImageLayer]:
        """What an instruction of the Containerfile adds."""
        place = copy.target.strip("/")
        if copy.source == LAYER:
            for layer in parts.layers:
                yield self._dependencies(layer, place, staging)
            return
        wanted = copy.source.removeprefix(CODE)
        found = [one for one in parts.members if wanted in ("", one.name)]
        if not found:
            raise GenesysError(f"function '{project.name}' has no {wanted}", why="it is all that its image takes")
        alone = bool(wanted) and not copy.target.endswith("/")
        named = [replace(one, name=place if alone else f"{place}/{one.name}") for one in found]
        yield keep_layer(named, self._artifacts, staging)

    def _dependencies(self, layer: BuiltLayer, place: str, staging: Path) -> ImageLayer:
        """They are packed once for their key, and for where they stand."""
        path = self._folder / f"{sha256(f'{layer.key} {place}'.encode()).hexdigest()}.json"
        try:
            known = _KEPT.validate_json(path.read_bytes())
        except (OSError, ValidationError):
            known = None
        if known and (self._artifacts / known.sha256).is_file():
            return known
        made = keep_layer(below(layer.folder, place), self._artifacts, staging)
        staging.write_bytes(_KEPT.dump_json(made))
        self._folder.mkdir(parents=True, exist_ok=True)
        staging.replace(path)
        return made


def _configuration(base: Base, own: Sequence[tuple[Copy, ImageLayer]], command: Sequence[str]) -> bytes:
    """The base's with our layers and our command. No date is in it: equal images are equal to the byte."""
    document: dict[str, Any] = dict(base.configuration)
    document["config"] = {**(document.get("config") or {}), "Cmd": list(command)}
    added = [f"sha256:{layer.diff_id}" for _, layer in own]
    document["rootfs"] = {"type": "layers", "diff_ids": [*document["rootfs"]["diff_ids"], *added]}
    history = [{"created_by": f"COPY {copy.source} {copy.target}"} for copy, _ in own]
    document["history"] = [*(document.get("history") or ()), *history]
    return _text(document).encode()


def _manifest(id: str, size: int, layers: Iterable[ImageLayer]) -> str:
    document = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": _named(_CONFIG, id, size),
        "layers": [_named(_LAYER, layer.sha256, layer.size) for layer in layers],
    }
    return _text(document)


def _named(type: str, digest: str, size: int) -> Mapping[str, object]:
    return {"mediaType": type, "digest": f"sha256:{digest}", "size": size}


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _check_size(project: Project, layers: Sequence[ImageLayer]) -> None:
    size = sum(layer.unpacked for layer in layers)
    if size > UNPACKED_LIMIT:
        raise GenesysError(
            f"the image of function '{project.name}' is too big",
            why=f"unpacked it is {size / MB:,.0f} MB, and Lambda takes {UNPACKED_LIMIT / MB:,.0f} MB",
            todo="leave out what it does not need",
        )
