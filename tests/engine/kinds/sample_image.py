"""An image, as a build leaves it: its layers and its configuration lie among the artifacts."""

from __future__ import annotations

import gzip
import json
from hashlib import sha256

from tests.engine.kinds.sample import Beside, Sample

LAYER = gzip.compress(b"code", mtime=0)
CONFIG = json.dumps({"architecture": "amd64", "os": "linux"}).encode()


def _named(content: bytes, type: str) -> dict[str, object]:
    media = f"application/vnd.oci.image.{type}"
    return {"mediaType": media, "digest": f"sha256:{sha256(content).hexdigest()}", "size": len(content)}


SAMPLE = Sample(
    name="functions/answer:0123456789abcdef",
    beside=(Beside("repository", "functions/answer"),),
    artifacts=(LAYER, CONFIG),
    spec={
        "manifest": json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": _named(CONFIG, "config.v1+json"),
                "layers": [_named(LAYER, "layer.v1.tar+gzip")],
            }
        )
    },
    blind={"adopt": "what is shared is used, not taken over"},
    hostile=("answer", "answer:latest", "Answer:0123456789abcdef", "answer:0123456789ABCDEF", "a:b:0123456789abcdef"),
)
