"""Builds as JSON-able documents: the shape that `--json` prints."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from genesys_tui.engine.model.build import Built, BuiltImage, BuiltLayer
from genesys_tui.engine.model.document import Json

MB = 1024 * 1024


def build_document(built: Built, artifacts: Path) -> Json:
    """`{name, runtime, architecture, artifact, code_sha256, handler, mb, layers[] {key, name, path, reused, mb,
    unzipped_mb}, image {id, digest}, seconds {resolve, install, zip, total}, hints[]}`. `artifact` and `path`: of the
    zips, in the folder `artifacts`; of an image of its configuration and its layer. `code_sha256`: in base64, as Lambda
    tells it. `image`: null where it is none; its `digest` is that of its manifest, as a repository tells it."""
    seconds = built.seconds
    return {
        "name": built.project.name,
        "runtime": built.project.target.runtime,
        "architecture": built.project.target.architecture,
        "artifact": str(artifacts / built.sha256),
        "code_sha256": b64encode(bytes.fromhex(built.sha256)).decode(),
        "handler": built.handler,
        "mb": megabytes(built.size),
        "layers": [_layer(layer, artifacts) for layer in built.layers],
        "image": _image(built.image) if built.image else None,
        "seconds": {
            "resolve": round(seconds.resolve, 4),
            "install": round(seconds.install, 4),
            "zip": round(seconds.zip, 4),
            "total": round(seconds.total, 4),
        },
        "hints": list(built.hints),
    }


def _image(image: BuiltImage) -> Json:
    return {"id": image.id, "digest": f"sha256:{sha256(image.manifest.encode()).hexdigest()}"}


def _layer(layer: BuiltLayer, artifacts: Path) -> Json:
    return {
        "key": layer.key,
        "name": layer.name,
        "path": str(artifacts / layer.sha256),
        "reused": layer.reused,
        "mb": megabytes(layer.size),
        "unzipped_mb": megabytes(layer.unzipped),
    }


def megabytes(size: int) -> float:
    """Of so many bytes."""
    return round(size / MB, 4)
