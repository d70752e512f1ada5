"""Answers, logs and layers of functions as text. What code prints and answers is untrusted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from genesys_tui.cli.render.build import size, time
from genesys_tui.cli.render.paint import Paint
from genesys_tui.cli.render.table import table
from genesys_tui.engine.model.invocation import Answer, Failure, LogLine
from genesys_tui.engine.model.layers import PublishedLayer
from genesys_tui.engine.model.shown import shown


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
