"""The code of a function as a cloud keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from genesys_tui.engine.model.build import Architecture


@dataclass(frozen=True, slots=True)
class PulledCode:
    """Where the code of a function lies, and what it is. `url`: of its zip, good for ten minutes, and for whoever has
    it; empty for an image. `code`: SHA-256 of the zip in base64. `size`: its bytes. `layers`: ARNs, in order. `image`:
    the URI of a container image, which has no zip."""

    url: str
    code: str
    size: int
    runtime: str | None
    handler: str | None
    architecture: Architecture
    layers: tuple[str, ...]
    image: str | None = None
