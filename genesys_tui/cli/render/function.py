"""Builds and answers of functions as text. What code prints and answers is untrusted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from genesys_tui.cli.render.paint import Paint
from genesys_tui.cli.render.table import table
from genesys_tui.cli.render.text import duration
from genesys_tui.engine.model.build import Built, BuiltLayer
from genesys_tui.engine.model.invocation import Answer, Failure, LogLine
from genesys_tui.engine.model.layers import PublishedLayer
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
    """`14 kB · layer a91f… reused`"""
    layers = (
        f"layer {layer.key[:4]}… {'reused' if layer.reused else f'new, {size(layer.size)}'}" for layer in built.layers
    )
    return " · ".join((size(built.size), *layers))


def answer_text(answer: Answer, paint: Paint) -> str:
    """How it ended, the document, and the places of an error."""
    word = paint.good("answered") if answer.ok else paint.bad(answer.ending)
    sections = [f"{word} in {facts(answer)}", payload_text(answer.payload) if answer.ok else ""]
    if answer.error:
        sections.append("\n".join(failure_lines(answer.error)))
    sections += [paint.faint(f"note: {shown(note)}") for note in answer.notes]
    return "\n".join(filter(None, sections))


def facts(answer: Answer) -> str:
    """`12 ms · 61 MB · loaded in 38 ms`"""
    memory = f"{answer.max_memory_mb} MB" if answer.max_memory_mb else ""
    loaded = f"loaded in {time(answer.init_ms)}" if answer.init_ms is not None else ""
    return " · ".join(filter(None, (time(answer.ms), memory, loaded)))


def payload_text(payload: object, *, indent: int | None = 2) -> str:
    """JSON as people read it; whatever steers a terminal is made visible."""
    text = json.dumps(payload, indent=indent, ensure_ascii=False)
    return "\n".join(map(shown, text.split("\n")))


def log_text(line: LogLine, paint: Paint) -> str:
    """A line of a log with its time, which is local."""
    text = "\n         ".join(shown(part) for part in line.text.expandtabs().split("\n"))
    return f"{paint.faint(line.time.astimezone().strftime('%H:%M:%S'))} {text}"


def failure_lines(failure: Failure) -> Iterator[str]:
    """The error, then its places, the innermost last."""
    yield shown(f"{failure.type}: {failure.message}" if failure.type else failure.message)
    for frame in failure.trace:
        yield f"  {shown(str(frame))}"


def layers_text(layers: Sequence[PublishedLayer], columns: int | None, paint: Paint) -> str:
    """One line a version."""
    rows = [
        (
            one.name,
            str(one.version),
            "?" if one.size is None else size(one.size),
            age(datetime.now(UTC) - one.created) if one.created else "?",
            ", ".join(dict.fromkeys(_function(user) for user in one.users)) or "-",
        )
        for one in layers
    ]
    return table(("NAME", "VERSION", "SIZE", "AGE", "USED BY"), rows, columns, paint)


def age(since: timedelta) -> str:
    """`5 min`, `3 h`, `12 d`"""
    minutes = int(since.total_seconds() // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} d"


def _function(arn: str) -> str:
    """Its name; of a published version with the number."""
    return ":".join(arn.split(":")[6:])
