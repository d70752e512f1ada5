"""A base for images of functions that a container engine, which is only a script, has and saves."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from genesys_tui.engine.model.build import BuiltImage
from tests.engine.functions.containers import DOCKER, FakeEngine, fake_engine

BASE = "lambda/python:1"
ENV = ["LAMBDA_TASK_ROOT=/var/task"]


def tar_of(files: Mapping[str, bytes]) -> bytes:
    """A tar of these files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def archive(*layers: bytes, stored: bytes | None = None) -> bytes:
    """What an engine saves of an image of these tars. `stored`: what it has of each layer, where not the tar itself."""
    configuration = {
        "architecture": "amd64",
        "os": "linux",
        "created": "2026-11-01T00:00:00Z",
        "config": {"Env": ENV, "Cmd": ["bash"]},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{sha256(layer).hexdigest()}" for layer in layers]},
        "history": [{"created_by": "base"} for _ in layers],
    }
    named = {f"{number}.tar": stored or layer for number, layer in enumerate(layers)}
    manifest = [{"Config": "config.json", "Layers": [*named]}]
    documents = {"config.json": json.dumps(configuration).encode(), "manifest.json": json.dumps(manifest).encode()}
    return tar_of(named | documents)


def engine_with_base(folder: Path, saved: bytes) -> FakeEngine:
    """An engine that saves this when it is asked for its image."""
    engine = fake_engine(folder / "bin", "docker", DOCKER)
    (engine.folder / "saved").write_bytes(saved)
    engine.does("save", f'/bin/cp "{engine.folder}/saved" "$3"')
    return engine


def configuration_of(image: BuiltImage, artifacts: Path) -> dict[str, Any]:
    """The configuration of an image, as it lies among the artifacts."""
    document: dict[str, Any] = json.loads((artifacts / image.id).read_bytes())
    return document


def files_of(image: BuiltImage, artifacts: Path) -> list[dict[str, tarfile.TarInfo]]:
    """What is in each layer of an image; each is checked against its digests."""
    found = []
    diff_ids = configuration_of(image, artifacts)["rootfs"]["diff_ids"]
    for layer, diff_id in zip(json.loads(image.manifest)["layers"], diff_ids, strict=True):
        content = (artifacts / layer["digest"].removeprefix("sha256:")).read_bytes()
        assert (len(content), f"sha256:{sha256(content).hexdigest()}") == (layer["size"], layer["digest"])
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as tar:
            found.append({entry.name: entry for entry in tar})
        assert diff_id == f"sha256:{sha256(gzip.decompress(content)).hexdigest()}"
    return found
