"""Saved plans: the wish, what its plan came to, and a digest of every call in it.

A saved plan is not replayed: it is planned again and applied only if that comes to the very same calls. So it can
neither undo what happened meanwhile nor smuggle a call in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from genesys_tui.engine.local import place_of
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.plan import Plan
from genesys_tui.engine.model.resource import Desired, Outcome, Wish
from genesys_tui.engine.providers import registry
from genesys_tui.engine.state.values import from_wire, to_wire

FORMAT: Final = 1


class SavedDesired(BaseModel):
    """One resource of the wish; `spec` as state writes documents, so that references stay references."""

    model_config = ConfigDict(extra="forbid")

    address: str
    kind: str
    name: str
    spec: dict[str, Any]
    complete: bool
    adopt: bool
    modify: bool
    needs: tuple[str, ...]
    tagged: bool = True


class SavedOutcome(BaseModel):
    """One outcome of the wish."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    name: str
    spec: dict[str, Any]
    complete: bool


class SavedPlan(BaseModel):
    """The file. `plan` is for people and scripts; only `wish`, `stack` and `digest` are read again."""

    model_config = ConfigDict(extra="forbid")

    genesys_plan: Literal[1]
    account: str
    region: str
    stack: str
    source: str
    whole: bool
    wish: tuple[SavedDesired, ...]
    outcomes: tuple[SavedOutcome, ...] = ()
    delete_data: bool = False
    digest: str
    plan: dict[str, Any]

    def asked(self) -> Wish:
        """The wish, to be planned again."""
        resources = tuple(
            Desired(
                item.address,
                item.kind,
                item.name,
                from_wire(item.spec),
                item.complete,
                item.adopt,
                item.modify,
                needs=item.needs,
                tagged=item.tagged,
            )
            for item in self.wish
        )
        outcomes = tuple(Outcome(item.kind, item.name, from_wire(item.spec), item.complete) for item in self.outcomes)
        return Wish(resources, self.source, self.whole, self.stack, self.region, outcomes, self.delete_data)


def digest(plan: Plan) -> str:
    """The same for two plans that would send the same calls to the same addresses of the same account."""
    calls = [
        (step.action, step.address, step.id, [(call.name, call.params) for call in step.calls]) for step in plan.steps
    ]
    return sha256(repr((plan.account, plan.region, plan.stack, calls)).encode()).hexdigest()


def save(plan: Plan, wish: Wish, document: Mapping[str, object], path: Path) -> None:
    """Raises GenesysError when the file can't be written."""
    saved = {
        "genesys_plan": FORMAT,
        "account": plan.account,
        "region": plan.region,
        "stack": plan.stack,
        "source": wish.source,
        "whole": wish.whole,
        "wish": [_desired(desired) for desired in wish.resources],
        "outcomes": [
            {"kind": one.kind, "name": one.name, "spec": to_wire(_placed(one)), "complete": one.complete}
            for one in wish.outcomes
        ],
        "delete_data": wish.delete_data,
        "digest": digest(plan),
        "plan": document,
    }
    try:
        path.write_text(json.dumps(saved, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise GenesysError(f"the plan can't be saved to {path}", why=error.strerror or str(error)) from error


def load(path: Path) -> SavedPlan:
    """Raises GenesysError when the file is missing or is no saved plan."""
    try:
        saved = SavedPlan.model_validate_json(path.read_bytes())
        for item in saved.wish:
            registry.kind(item.kind).spec.of(from_wire(item.spec))
    except OSError as error:
        todo = "give the path of a plan that was saved with --out"
        raise GenesysError(f"{path} can't be read", why=error.strerror or str(error), todo=todo) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise _no_plan(path, f"{place or 'the file'}: {first['msg']}") from error
    except (KeyError, ValueError, TypeError) as error:
        raise _no_plan(path, f"its wish can't be read: {error}") from error
    return saved


def _no_plan(path: Path, why: str) -> GenesysError:
    todo = "save one first, under a name of its own"
    return GenesysError(f"{path} is no saved plan", why=why, todo=todo, command="genesys plan --out saved.plan")


def _desired(desired: Desired) -> dict[str, object]:
    return {
        "address": desired.address,
        "kind": desired.kind,
        "name": desired.name,
        "spec": to_wire(_placed(desired)),
        "complete": desired.complete,
        "adopt": desired.adopt,
        "modify": desired.modify,
        "needs": desired.needs,
        "tagged": desired.tagged,
    }


def _placed(wanted: Desired | Outcome) -> Document:
    """Its spec, with the path of its source as it is from anywhere: the file that it stood in is not read again."""
    source = wanted.spec.get("source")
    if isinstance(source, str) and (path := place_of(source, wanted.mark)).exists():
        return {**wanted.spec, "source": str(path.resolve())}
    return wanted.spec
