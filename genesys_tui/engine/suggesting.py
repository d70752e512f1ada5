"""What would be better about what a plan takes over: told beside the plan, never planned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from shlex import quote
from typing import Final

from genesys_tui.engine.inventory.practices import practices
from genesys_tui.engine.model.document import overlay
from genesys_tui.engine.model.plan import Finding
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.planner.decide import Decision
from genesys_tui.engine.providers.aws.session import Session

CLOSELY: Final = 20
"""Of so many at once the details are read: a bucket's are a dozen calls."""


def findings(session: Session, decided: Sequence[Decision]) -> Iterator[Finding]:
    """How what is to be adopted will differ from good practice once the plan is applied."""
    taking = [(item, item.actual) for item in decided if item.verdict == "adopt" and item.actual]
    if not taking or len(taking) > CLOSELY:
        return
    answers = session.run([item.kind.read(there.id, item.kind.fields) for item, there in taking])
    for (item, _), answer in zip(taking, answers, strict=True):
        if isinstance(answer, Actual):
            for one in practices(replace(answer, spec=overlay(answer.spec, item.changed))):
                yield Finding("note", item.address, f"suggestion: {one.words}", _command(item, one.fix))


def _command(item: Decision, fix: str) -> str:
    """What sets it, once the thing is ours."""
    return f"then: genesys execute {item.kind.name} {quote(item.name)} {fix}" if fix.startswith("--") else fix
