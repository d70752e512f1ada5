"""Builds of functions as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from genesys_tui.cli.render.paint import Paint
from genesys_tui.cli.render.text import duration
from genesys_tui.engine.model.build import Built, BuiltLayer
from genesys_tui.engine.model.shown import shown

BIGGEST = 4
"""So many packages of a layer are named."""


def size(count: int) -> str:
    """Bytes as people say them: `366 B`, `14 kB`, `3.1 MB`."""
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:.0f} kB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MB"


def time(ms: float) -> str:
    """`0.6 ms`, `21 ms`, `1.3 s`"""
    return f"{ms:.1f} ms" if ms < 10 else f"{ms:.0f} ms" if ms < 1000 else duration(ms / 1000)


def build_text(built: Built, artifacts: Path, paint: Paint) -> str:
    """What was built, where it lies, and what to know of it."""
    target, seconds = built.project.target, built.seconds
    facts = (built.project.name, target.runtime, target.architecture, built.handler or "")
    parts = (("dependencies", seconds.resolve), ("layers", seconds.install), ("code", seconds.zip))
    spent = ", ".join(f"{what} {time(spent * 1000)}" for what, spent in parts if spent >= 0.001)
    return "\n".join(
        [
            paint.strong(shown(" · ".join(filter(None, facts)))),
            f"code   {size(built.size)} ({size(built.unzipped)} unzipped)",
            *(line for layer in built.layers for line in _layer(layer)),
            f"time   {time(seconds.total * 1000)}" + (f": {spent}" if spent else ""),
            f"image  sha256:{built.sha256}" if built.image else f"zip    {artifacts / built.sha256}",
            *(f"hint   {shown(hint)}" for hint in built.hints),
        ]
    )


def _layer(layer: BuiltLayer) -> Iterator[str]:
    state = "reused" if layer.reused else "new"
    yield f"layer  {shown(layer.name)} · {state} · {size(layer.size)} ({size(layer.unzipped)} unzipped)"
    if layer.contents:
        biggest = ", ".join(f"{shown(name)} {size(count)}" for name, count in layer.contents[:BIGGEST])
        more = len(layer.contents) - BIGGEST
        yield f"       {biggest}" + (f", and {more} more" if more > 0 else "")


def build_line(built: Built) -> str:
    """`14 kB · layer a91f… reused`; of an image `image 21 MB · layer ...`."""
    layers = (
        f"layer {layer.key[:4]}… {'reused' if layer.reused else f'new, {size(layer.size)}'}" for layer in built.layers
    )
    what = f"image {size(built.size)}" if built.image else size(built.size)
    return " · ".join((what, *layers))
