"""The calls that push an image. Source: the ECR API reference. Pure.

A blob is named by its digest, and ECR counts it again when an upload is completed. So nothing here does harm when it is
sent twice: a part that has arrived is refused, a blob that is there already is as good, and what came wrong is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json import loads

from genesys_tui.engine.model.call import Blob, Call, Capture, Params
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.providers.aws.described import fixed

MB = 1 << 20
PART = 20 * MB
"""Bytes: what a part may hold. All parts but the last are at least 5 MiB."""
BYTES_PER_SECOND = 8 * MB

ARRIVED = ("InvalidLayerPartException",)
COMPLETE = ("LayerAlreadyExistsException", "UploadNotFoundException")
THERE = ("ImageAlreadyExistsException",)


@dataclass(frozen=True, slots=True)
class Content:
    """A blob of an image. `digest`: `sha256:...`; `size`: bytes."""

    digest: str
    size: int

    @property
    def sha256(self) -> str:
        return self.digest.removeprefix("sha256:")


def content_of(manifest: str | None) -> tuple[Content, ...]:
    """The layers and the configuration that an OCI manifest names, each once."""
    document = loads(manifest or '{"layers": []}')
    named = [*document["layers"], *([document["config"]] if "config" in document else [])]
    return tuple(dict.fromkeys(Content(one["digest"], one["size"]) for one in named))


def digest_of(manifest: str) -> str:
    """How the image is known that a manifest describes."""
    return f"sha256:{sha256(manifest.encode()).hexdigest()}"


def uploads(repository: str, contents: Sequence[Content], on: tuple[str, ...]) -> Iterator[Call]:
    """The calls that bring these blobs into a repository."""
    for number, content in enumerate(contents):
        yield from _upload(repository, content, f"_upload_{number}", on)


def _upload(repository: str, content: Content, upload: str, on: tuple[str, ...]) -> Iterator[Call]:
    where: Params = {"repositoryName": repository}
    to: Params = {**where, "uploadId": Output(upload)}
    captures = {upload: Capture("uploadId")}
    yield Call("ecr", "InitiateLayerUpload", where, captures=captures, idempotent=True, on=on)
    for start in range(0, content.size, PART):
        size = min(PART, content.size - start)
        part: Params = {
            **to,
            "partFirstByte": start,
            "partLastByte": start + size - 1,
            "layerPartBlob": Blob(content.sha256, start, size),
        }
        seconds = 0.3 + size / BYTES_PER_SECOND
        yield Call("ecr", "UploadLayerPart", part, absent_on=ARRIVED, idempotent=True, on=on, seconds=seconds)
    whole: Params = {**to, "layerDigests": [content.digest]}
    yield Call("ecr", "CompleteLayerUpload", whole, absent_on=COMPLETE, idempotent=True, on=on)


def put_image(repository: str, tag: str, manifest: str, uri: str, on: tuple[str, ...]) -> Call:
    """The call that makes an image of blobs that are there."""
    name = f"{repository}:{tag}"
    outputs = {"id": name, "name": name, "uri": uri, "digest": digest_of(manifest)}
    params: Params = {
        "repositoryName": repository,
        "imageManifest": manifest,
        "imageManifestMediaType": loads(manifest)["mediaType"],
        "imageTag": tag,
        "imageDigest": digest_of(manifest),
    }
    captures = {output: fixed(text) for output, text in outputs.items()}
    return Call("ecr", "PutImage", params, captures=captures, absent_on=THERE, idempotent=True, on=on, seconds=1)
