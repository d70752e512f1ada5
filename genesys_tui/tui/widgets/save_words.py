"""What came of a save, in words: the lines of the timeline, and the pane beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from genesys_tui.engine.model.errors import NoCredentialsError, WishError
from genesys_tui.tui.saves import Save
from genesys_tui.tui.text import count, crop, lines, took
from genesys_tui.tui.widgets.plan_words import OUTCOMES
from genesys_tui.tui.widgets.words import Page

if TYPE_CHECKING:
    from genesys_tui.engine.model.invocation import Answer, Json
    from genesys_tui.engine.model.loop import BuildDone, Deployed, Planned
    from genesys_tui.tui.bench import Bench

PAYLOAD = 24
"""Lines of an answer that are shown."""
LOG = 8
"""Lines of a log that are always shown, if there are so many."""
SENTENCES = 60
_FRAME = re.compile(r"^(START|END|REPORT) RequestId: \S+\s*")
"""What Lambda itself writes around each invocation: of it only the report is worth a line."""
SIGNS = {"create": "+", "update": "~", "delete": "-", "replace": "±", "adopt": "↻"}

Said = tuple[str, str]
"""Words and their tone."""


def size(number: int) -> str:
    """`14 kB`, `3.1 MB`: bytes."""
    if number < 1000:
        return f"{number} B"
    return f"{number / 1000:.0f} kB" if number < 1_000_000 else f"{number / 1e6:.1f} MB"


def seconds(ms: float) -> str:
    """Milliseconds as they are spoken of: `12 ms`, `0.9 s`."""
    return took(ms / 1000)


def lines_of(save: Save) -> list[Said]:
    """What came of it, a line each: build, answer, plan."""
    if save.unsent:
        return [_failure(save), ("nothing was sent", "faint")]
    said = [_build(save)]
    if save.asked or save.invoked or "invoke" in save.failed:
        said.append(_answer(save))
    return [*said, *_plan(save)]


def _failure(save: Save) -> Said:
    error = save.failed.get("read") or save.failed["build"]
    if isinstance(error, WishError) and error.problems:
        first, *more = error.problems
        place = f"{Path(first.mark.file).name}:{first.mark.line}: " if first.mark else ""
        others = f" (and {count(len(more), 'more mistake')})" if more else ""
        return f"✗ {place}{first.what}{others}", "bad"
    return f"✗ {error}", "bad"


def _build(save: Save) -> Said:
    if save.built is None:
        return (f"build  {save.note}" if save.note else "build  …"), "faint"
    done = save.built
    what = f"image {size(done.built.size)}" if done.built.image else size(done.built.size)
    parts = [f"build  {seconds(done.built.seconds.total * 1000)}", what, *_layers(done)]
    return " · ".join(parts), ""


def _layers(done: BuildDone) -> list[str]:
    """`layer a91f… reused`; of a new one how big it is, and how long it took."""
    said = []
    for layer in done.built.layers:
        words = f"layer {layer.key[:4]}… "
        said.append(words + ("reused" if layer.reused else f"new · {size(layer.size)}"))
    if any(not layer.reused for layer in done.built.layers):
        said.append(f"built {took(done.built.seconds.resolve + done.built.seconds.install)}")
    return said


def _answer(save: Save) -> Said:
    if error := save.failed.get("invoke"):
        return f"answer ✗ {error}", "bad"
    if save.invoked is None:
        return "answer …", "faint"
    answer = save.invoked.answer
    if answer.ok:
        return f"answer {seconds(save.invoked.ms)}  → {_short(answer.payload)}", "good"
    place = answer.error.place if answer.error else None
    where = f"{place.file}:{place.line}  " if place else ""
    what = f"{answer.error.type}: {answer.error.message}" if answer.error else answer.ending
    return f"answer ✗ {where}{what}", "bad"


def _plan(save: Save) -> list[Said]:
    error = save.failed.get("deploy") or save.failed.get("plan")
    if isinstance(error, NoCredentialsError):
        return [("plan   none without an account: it is built and run here", "faint")]
    wrong: list[Said] = [(f"plan   ✗ {error}", "bad")] if error else []
    if save.planned is None:
        return wrong or [("plan   …", "faint")]
    return [_standing(save, save.planned), *wrong]


def _standing(save: Save, planned: Planned) -> Said:
    """How it stands comes first: a narrow screen cuts the rest."""
    changes = _changes(planned)
    if save.sending:
        return f"plan   ▸ sending…  {changes}", "accent"
    if save.deployed is not None:
        tone = "good" if save.deployed.record.status == "done" else "bad"
        return f"plan   {_sent(save, save.deployed)}  {changes}", tone
    if planned.plan.blocked:
        return f"plan   ✗ blocked: {changes}", "bad"
    return (f"plan   waits for a: {changes}", "warn") if save.changes else (f"plan   {changes}", "faint")


def _changes(planned: Planned) -> str:
    if planned.width == "nothing":
        return "nothing to send"
    if planned.width == "code":
        return "~ code only"
    steps = [step for step in planned.plan.steps if step.action in SIGNS]
    return ", ".join(f"{SIGNS[step.action]} {step.kind}" for step in steps) or planned.plan.title


def _sent(save: Save, deployed: Deployed) -> str:
    record = deployed.record
    if record.status != "done":
        return OUTCOMES[record.status]
    if deployed.back:
        return f"● the code of before is back, in {took(record.seconds)}"
    if save.by_hand:
        return f"● applied in {took(record.seconds)}"
    return f"● live in {seconds(deployed.ms)} (ours {seconds(max(0.0, deployed.ms - record.seconds * 1000))})"


def _short(payload: Json) -> str:
    """`200 {"pages": 3}` where it is an answer of the web, else the document in one line."""
    if isinstance(payload, dict) and "statusCode" in payload:
        return f"{payload['statusCode']} {_body(payload.get('body'))}"
    return crop(json.dumps(payload, ensure_ascii=False), 400)


def _body(body: Json) -> str:
    return crop(body if isinstance(body, str) else json.dumps(body, ensure_ascii=False), 400)


# the pane beside it ---------------------------------------------------------------------------------------------------
def pane(bench: Bench, save: Save, width: int, height: int) -> Page:
    """The answer, the log's end (as many lines of it as there is room for, in cells) and the plan."""
    page, below = Page(), Page()
    _said(page, bench, save)
    _errors(page, save)
    _planned(below, save)
    _hints(below, save)
    _log(page, bench, width, height - len(page.laid(width)) - len(below.laid(width)) - 3)
    page.blank().lines += below.lines
    return page


def _said(page: Page, bench: Bench, save: Save) -> None:
    invoked = save.invoked
    event = invoked.event if invoked else bench.event
    if invoked is None:
        page.heading("event", event, "accent")
        page.line("  …" if save.asked and not save.unsent else "  not run", "faint")
        return
    answer = invoked.answer
    memory = f" · {answer.max_memory_mb} MB" if answer.max_memory_mb else ""
    init = f" · init {took(answer.init_ms / 1000)}" if answer.init_ms else ""
    page.heading("event", event, "accent")
    sign, tone = ("→", "good") if answer.ok else ("✗", "bad")
    words = answer.ending if not answer.ok else _status(answer.payload)
    page.line(f"{sign} {words}  {took(answer.ms / 1000)}{memory}{init}", tone)
    _payload(page, answer)
    for note in answer.notes:
        page.line(f"! {note}", "warn", hang=2)


def _status(payload: Json) -> str:
    return str(payload["statusCode"]) if isinstance(payload, dict) and "statusCode" in payload else "answered"


def _payload(page: Page, answer: Answer) -> None:
    if answer.error is not None:
        page.line(f"  {answer.error.type}: {answer.error.message}", "bad")
        for frame in answer.error.trace:
            page.line(f"    {frame}", "" if frame.file else "faint")
        return
    payload = answer.payload
    shown = lines(json.dumps(_opened(payload), indent=2, ensure_ascii=False))
    for line in shown[:PAYLOAD]:
        page.line(f"  {line}")
    if len(shown) > PAYLOAD:
        page.line(f"  … {len(shown) - PAYLOAD} more lines", "faint")


def _opened(payload: Json) -> Json:
    """An answer of the web with its body as what it means."""
    if not isinstance(payload, dict) or not isinstance(body := payload.get("body"), str):
        return payload
    try:
        return {**payload, "body": json.loads(body)}
    except ValueError:
        return payload


def _planned(page: Page, save: Save) -> None:
    planned = save.planned
    if planned is None or planned.width == "nothing":
        return
    words, tone = ("a applies it", "warn") if save.changes and not save.sending else ("", "")
    page.heading("plan", words, tone)
    sentences = [(step, line.sentence) for step in planned.plan.steps for line in step.lines]
    for step, sentence in sentences[:SENTENCES]:
        page.line(f"  {SIGNS.get(step.action, '·')} {sentence}", hang=4)
    if len(sentences) > SENTENCES:
        page.line(f"  … {count(len(sentences) - SENTENCES, 'more line')}", "faint")
    for finding in planned.plan.findings:
        blocked = finding.severity == "blocked"
        page.line(f"  {'✗' if blocked else '!'} {finding.message}", "bad" if blocked else "warn", hang=4)
        if blocked and finding.fix:
            page.line(f"    → {finding.fix}", hang=6)
    page.line(f"  cost {planned.plan.cost.headline}", "faint")


def _errors(page: Page, save: Save) -> None:
    for error in save.failed.values():
        page.blank().error(error)
    if save.deployed and save.deployed.record.status != "done":
        page.heading(OUTCOMES[save.deployed.record.status], "", "bad")
        for step in save.deployed.record.steps:
            if step.why:
                page.line(f"  {step.action} {step.address}: {step.why}", hang=4)


def _hints(page: Page, save: Save) -> None:
    hints: Sequence[str] = save.built.built.hints if save.built else ()
    if hints:
        page.heading("hints")
    for hint in hints:
        page.line(f"  {hint}", "faint")


def _log(page: Page, bench: Bench, width: int, room: int) -> None:
    cloud = bench.cloud
    log = cloud or bench.log
    page.heading("log", "of AWS (CloudWatch)" if cloud else "of this machine", "faint")
    if cloud and bench.cloud_error:
        page.error(bench.cloud_error)
        return
    if not log.lines:
        page.line("  nothing yet", "faint")
    worth = [line for line in log.lines if not line.text.startswith(("START RequestId:", "END RequestId:"))]
    for line in worth[-max(LOG, room) :]:
        text = _FRAME.sub(r"\1 ", line.text)
        shown = crop(text.replace("\t", "  "), max(20, width - 9))
        page.line(f"{line.time.astimezone():%H:%M:%S} {shown}", "faint" if text != line.text else "")
