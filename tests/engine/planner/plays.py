"""A stack of buckets without a cloud: wishes are planned, plans are played on hand-made specs, and undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from genesys_tui.engine.executor.memory import after_success
from genesys_tui.engine.model.document import Document, leaves, nest, overlay
from genesys_tui.engine.model.history import StepRecord
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Plan, Step
from genesys_tui.engine.model.references import resolve
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual, Desired, Fragment, Wish
from genesys_tui.engine.planner.plan import as_undo, decisions, draft, known_outputs
from genesys_tui.engine.planner.undo import undo
from genesys_tui.engine.providers import registry
from genesys_tui.engine.providers.aws.storage.bucket_documents import tag_set

HERE = Placement("eu-west-1", "dev", "123456789012")
EMPTY: Document = {
    "versioning": False,
    "encryption": None,
    "public_access": True,
    "lifecycle": dict.fromkeys(
        ("delete_after_days", "archive_after_days", "delete_old_versions_after_days", "abort_uploads_after_days")
    ),
    "tags": {},
}
"""What a bucket shows that nobody configured."""


def words(name: str, *, needs: tuple[str, ...] = (), adopt: bool = False, **spec: Any) -> Desired:
    return Desired(f"bucket.{name}", "bucket", name, spec, adopt=adopt, needs=needs)


def entry(name: str, *, needs: tuple[str, ...] = (), **spec: Any) -> Desired:
    return Desired(f"bucket.{name}", "bucket", name, spec, complete=True, needs=needs)


@dataclass
class Play:
    """What is there (`actuals`) and what we remember of it (`fragments`), by address."""

    fragments: dict[str, Fragment] = field(default_factory=dict)
    actuals: dict[str, Actual] = field(default_factory=dict)
    days: count[int] = field(default_factory=count)

    # others -----------------------------------------------------------------------------------------------------------
    def others_make(self, name: str, **spec: Any) -> None:
        born = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=next(self.days))
        self.actuals[f"bucket.{name}"] = Actual("bucket", name, name, "", {**EMPTY, **spec}, {}, "", born)

    def others_change(self, name: str, **spec: Any) -> None:
        there = self.actuals[f"bucket.{name}"]
        self.actuals[there.kind + "." + name] = replace(there, spec=overlay(there.spec, spec))

    # ours -------------------------------------------------------------------------------------------------------------
    def plan(self, *resources: Desired, whole: bool = False) -> Plan:
        actuals = {address: self.actuals.get(address) for address in {item.address for item in resources}}
        actuals |= {address: self.actuals.get(address) for address in self.fragments}
        decided = decisions(Wish(resources, "a test", whole), self.fragments, self._read(actuals), registry.kind, {})
        return draft(decided, {}, HERE, source="a test", version=0).plan

    def undo(self, *records: StepRecord) -> Plan:
        undone = {
            record.address: undo(
                registry.kind(record.kind),
                record,
                self.fragments.get(record.address),
                self._read({record.address: self.actuals.get(record.address)})[record.address],
                f"e1/{record.address}",
            )
            for record in records
        }
        decided = [item.decision for item in undone.values() if item.decision]
        return as_undo(draft(decided, {}, HERE, source="an undo", version=0).plan, undone, "e1")

    def apply(self, plan: Plan) -> tuple[StepRecord, ...]:
        assert not plan.blocked, plan.findings
        return tuple(self._do(step) for step in plan.steps)

    def do(self, *resources: Desired, whole: bool = False) -> tuple[StepRecord, ...]:
        return self.apply(self.plan(*resources, whole=whole))

    def _do(self, step: Step) -> StepRecord:
        name = step.address.partition(".")[2]
        assert self.fragments.get(step.address) == step.remembered, "the executor would refuse it"
        if step.action == "create":
            assert step.address not in self.actuals
            self.others_make(name)
        if step.action == "delete":
            del self.actuals[step.address]
        elif step.address in self.actuals:
            known = known_outputs(self.fragments)
            self.others_change(name, **nest((one.path, resolve(one.after, known)) for one in step.changes))
        if step.action in ("adopt", "forget") and step.address in self.actuals:
            marks = {f"{MARK_PREFIX}stack": "dev"} if step.action == "adopt" else {}
            self.actuals[step.address] = replace(self.actuals[step.address], tags=marks)
        outputs = {"id": name, "arn": f"arn:aws:s3:::{name}", "name": name} if step.action == "create" else {}
        memory = after_success(step, outputs)[step.address]
        if memory is None:
            self.fragments.pop(step.address, None)
        else:
            self.fragments[step.address] = memory = replace(memory, created=self.actuals[step.address].created)
        return StepRecord(
            step.address, step.kind, step.action, "done", step.id, step.changes, step.had, step.remembered, memory
        )

    def _read(self, actuals: Mapping[str, Actual | None]) -> dict[str, Actual | None]:
        return {address: actual and _with_documents(actual) for address, actual in actuals.items()}

    def spec(self, name: str) -> Mapping[str, Any]:
        """What is there that is not empty."""
        there = self.actuals[f"bucket.{name}"].spec
        return nest((path, value) for path, value in leaves(there) if value not in (None, False))


def _with_documents(actual: Actual) -> Actual:
    tags = actual.spec["tags"]
    assert isinstance(tags, Mapping)
    there = {key: value for key, value in tags.items() if value is not None}
    spec = {**actual.spec, "tags": there}
    marks = {key: value for key, value in actual.tags.items() if key.startswith(MARK_PREFIX)}
    return replace(actual, spec=spec, tags=there | marks, provider_data={"tag_set": tag_set(there), "rules": []})  # type: ignore[arg-type]  # texts all
