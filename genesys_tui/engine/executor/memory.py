"""What is remembered of a step, however it ended. Pure, so that a crash and a failure are remembered alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from genesys_tui.engine.model.history import StepRecord
from genesys_tui.engine.model.plan import Step
from genesys_tui.engine.model.resource import Fragment

Memory = Mapping[str, Fragment | None]
"""What to merge into the state: by address, None removes."""


@dataclass(frozen=True, slots=True)
class Trace:
    """How far a step came: its outputs, whether a write was sent, whether the fate of one is unknown."""

    token: str
    outputs: Mapping[str, str]
    wrote: bool = False
    unsettled: bool = False


def after_success(step: Step | StepRecord, outputs: Mapping[str, str]) -> Memory:
    """The step's own fragment with its outputs; None for what was deleted or forgotten."""
    if step.remember is None:
        return {step.address: None}
    told = {**step.remember.outputs, **outputs}
    known = {name: value for name, value in told.items() if not name.startswith("_")}
    id = outputs.get("id") or step.remember.id
    return {step.address: replace(step.remember, id=id, outputs=known, pending="")}


def after_cut(step: Step | StepRecord, trace: Trace) -> Memory:
    """A step that failed or whose process died. A thing that was begun is remembered, so that the next plan completes
    it; one of which it is not known whether it was begun is remembered as pending, so that it is looked for."""
    if step.remember is None or not trace.wrote:
        return {}
    if step.action in ("update", "adopt"):
        return {step.address: step.remember}
    if "id" in trace.outputs:
        return after_success(step, trace.outputs)
    pending = trace.token if trace.unsettled else ""
    if step.action == "replace" and (old := step.remembered):
        wanted = replace(step.remember, id=old.id, outputs=old.outputs, created=old.created)
        return {step.address: replace(wanted, pending=pending)}
    return {step.address: replace(step.remember, pending=pending)} if pending else {}
