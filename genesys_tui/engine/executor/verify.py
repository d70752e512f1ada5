"""Reading back: what was answered with success is looked at before it is called done.

One bulk listing a kind says whether each new thing is there. The managed fields are read too when the plan is small
enough that this costs less than the writes did; for more than that the acknowledged writes must do, since S3 and EC2
answer a write only when it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import sleep
from typing import Final

from genesys_tui.engine.model.document import Document, differences, dotted, nest
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.history import StepRecord
from genesys_tui.engine.model.kind import Placement, Reading
from genesys_tui.engine.model.references import Outputs, resolved
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers import registry
from genesys_tui.engine.providers.aws.session import Session

IN_DETAIL: Final = 25
"""Up to so many steps every managed field is read back."""
PAUSES: Final = (0.0, 0.5, 1.0, 2.0)
"""Seconds before each look: a listing may lag behind a write."""
MADE: Final = frozenset({"create", "update", "replace", "adopt"})


@dataclass
class Seen:
    """`created`: the provider's time of creation by address. `missing`: what is not as it should be, in words."""

    created: dict[str, datetime] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


def read_back(done: Sequence[StepRecord], reader: Session, outputs: Outputs, *, stopped: Callable[[], bool]) -> Seen:
    """Look until all is as it should be, or the bound is reached."""
    seen = Seen()
    open_steps = [step for step in done if step.action in MADE and step.changes]
    for pause in PAUSES:
        if not open_steps or stopped():
            break
        sleep(pause)
        seen.missing.clear()
        _look(open_steps, reader, outputs, seen)
        open_steps = [step for step in open_steps if step.address in seen.missing]
    return seen


def _look(steps: Sequence[StepRecord], reader: Session, outputs: Outputs, seen: Seen) -> None:
    in_detail = len(steps) <= IN_DETAIL
    listed = _listings({step.kind for step in steps if not in_detail or step.action != "update"}, reader)
    readings = [_read(step) for step in steps] if in_detail else []
    answers = reader.run(readings) if readings else [None] * len(steps)
    for step, answer in zip(steps, answers, strict=True):
        id = _id(step)
        there = listed.get(step.kind)
        if there is not None and id not in there:
            seen.missing[step.address] = "it was made, but is not in the listing"
            continue
        if there is not None and (created := there[id].created) is not None:
            seen.created[step.address] = created
        if readings and answer is None:
            seen.missing[step.address] = "it was made, but is not there"
        if isinstance(answer, Actual):
            off = differences(resolved(_written(step), outputs), answer.spec)
            if off:
                fields = ", ".join(f"{dotted(change.path)} is {change.before!r}" for change in off)
                seen.missing[step.address] = f"reading back shows that {fields}"


def _listings(kinds: set[str], reader: Session) -> Mapping[str, Mapping[str, Actual] | None]:
    """By kind, all there is of it by id; None where it can't be listed (denied): then the answers must do."""
    listings: dict[str, Mapping[str, Actual] | None] = {}
    for name in kinds:
        listings[name] = _listing(name, reader)
    return listings


def _listing(name: str, reader: Session) -> Mapping[str, Actual] | None:
    if not registry.kind(name).listed:
        return None
    found: dict[str, Actual] = {}
    place = Placement(reader.region, account=reader.identity().account)
    listing = registry.kind(name).discover(place)
    [answer] = reader.run([listing], on_found=lambda page: found.update({item.id: item for item in page}))
    return None if isinstance(answer, CallError) else found


def _read(step: StepRecord) -> Reading[Actual | None]:
    return registry.kind(step.kind).read(_id(step), frozenset(_written(step)))


def _written(step: StepRecord) -> Document:
    """What the step itself changed and can be read; what others changed beside it is no failure of the step."""
    hidden = registry.kind(step.kind).spec.write_only
    return nest((change.path, change.after) for change in step.changes if change.path[0] not in hidden)


def _id(step: StepRecord) -> str:
    return (step.remember.id if step.remember else "") or step.id or ""
