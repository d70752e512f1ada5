"""What a loop tells, as text: a save, and under it what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from genesys_tui.cli.render.build import build_line, time
from genesys_tui.cli.render.function import facts, failure_lines, payload_text
from genesys_tui.cli.render.paint import Paint
from genesys_tui.cli.render.table import cut
from genesys_tui.cli.render.text import counted
from genesys_tui.engine.model.errors import NoCredentialsError
from genesys_tui.engine.model.loop import BuildDone, Deployed, Failed, Invoked, LoopEvent, Planned, Saved
from genesys_tui.engine.model.shown import shown

INDENT = " " * 10
"""What came of a save stands under it, so far in."""
MARGIN = len(INDENT) + 7
SENTENCES = 3
"""So many of a plan are told in its line."""

Row = tuple[str, str]
"""A word that says what it is about, empty where that is the one before; and text."""


def loop_text(event: LoopEvent, paint: Paint, columns: int | None = None, tail: str = "") -> str:
    """What a loop tells, as a line or several, as wide as `columns`. `tail`: what follows from it."""
    if isinstance(event, Saved):
        return f"{event.at:%H:%M:%S}  {paint.strong(_names(event))}"
    rows = list(_rows(event, paint, (columns or 120) - MARGIN))
    if tail:
        word, text = rows[0]
        rows[0] = word, f"{text} · {tail}"
    return "\n".join(_line(word, text, columns) for word, text in rows)


def _line(word: str, text: str, columns: int | None) -> str:
    start = f"{INDENT}{word:<6} "
    if columns is None or len(text) <= columns - MARGIN:
        return start + text
    lines = wrap(text, columns - MARGIN, break_long_words=False, break_on_hyphens=False, replace_whitespace=False)
    return start + f"\n{' ' * MARGIN}".join(lines)


def _names(event: Saved) -> str:
    names = ", ".join(map(shown, event.names[:3]))
    more = f" and {len(event.names) - 3} more" if len(event.names) > 3 else ""
    other = event.about - {"source"}
    return f"{names}{more}" + (f" ({', '.join(sorted(other))})" if other else "")


def _rows(event: BuildDone | Invoked | Planned | Deployed | Failed, paint: Paint, room: int) -> Iterator[Row]:
    match event:
        case BuildDone(ms=ms, built=built, same=same):
            yield "build", f"{time(ms)} · {build_line(built)}{' · nothing new' if same else ''}"
            if not same:
                yield from (("hint", shown(hint)) for hint in built.hints)
        case Invoked():
            yield from _answered(event, paint, room)
        case Planned():
            yield "plan", _planned(event, paint)
        case Deployed():
            yield from _deployed(event, paint)
        case Failed():
            yield from _failed(event, paint)


def _answered(event: Invoked, paint: Paint, room: int) -> Iterator[Row]:
    answer = event.answer
    if answer.ok:
        start, end = f"{time(event.ms)} · ", f"  {facts(answer)}"
        payload = cut(payload_text(answer.payload, indent=None), max(room - len(start + end), 12))
        yield "answer", f"{start}{payload}{end}"
        return
    yield "answer", f"{paint.bad(answer.ending)}  {facts(answer)}"
    if answer.error:
        yield from (("", line) for line in failure_lines(answer.error))


def _planned(event: Planned, paint: Paint) -> str:
    plan = event.plan
    if plan.blocked:
        reasons = "; ".join(shown(one.message) for one in plan.findings if one.severity == "blocked")
        return f"{paint.bad('blocked')}: {reasons}"
    if event.width != "wider":
        return "the code alone" if event.width == "code" else "nothing changes"
    sentences = [shown(line.sentence) for step in plan.steps for line in step.lines]
    more = f", and {len(sentences) - SENTENCES} more" if len(sentences) > SENTENCES else ""
    return f"{counted(plan.changes, 'change')}: {'; '.join(sentences[:SENTENCES])}{more}"


def _deployed(event: Deployed, paint: Paint) -> Iterator[Row]:
    record, word = event.record, "back" if event.back else "live"
    if record.status == "done":
        yield word, f"{paint.good('done')} in {time(record.seconds * 1000)} · {record.id}"
        return
    yield word, f"{paint.bad(record.status)} · {record.id}"
    yield from (("", f"{shown(step.address)}: {shown(step.why)}") for step in record.steps if step.why)


def _failed(event: Failed, paint: Paint) -> Iterator[Row]:
    error = event.error
    if event.stage == "plan" and isinstance(error, NoCredentialsError):
        yield "plan", f"nothing is planned: {shown(error.what)}"
    else:
        first, *more = str(error).splitlines() or [""]
        yield event.stage, f"{paint.bad('failed')}: {shown(first)}"
        yield from (("", shown(line)) for line in more)
    if error.todo:
        yield "", f"Do: {shown(error.todo)}"
    if error.command:
        yield "", f"Run: {shown(error.command)}"
