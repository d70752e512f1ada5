"""Where a kind is put to the test: one account, its own home, the real engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from genesys_tui.engine.local import keep_artifact
from genesys_tui.engine.model.history import ExecutionRecord
from genesys_tui.engine.model.plan import Plan, Step
from genesys_tui.engine.model.resource import Actual, Wish, address_of
from genesys_tui.engine.providers import registry
from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file
from tests.engine.kinds.sample import Beside, Sample

REGION = "eu-west-1"


def sample_of(kind: str) -> Sample:
    """The sample of a registered kind: there is one for each."""
    found: Sample = import_module(f"tests.engine.kinds.sample_{kind.replace('-', '_')}").SAMPLE
    return found


class Stage:
    """A stack file that grows and shrinks, and the workspace that brings it about."""

    def __init__(self, kind: str, sample: Sample, workspace: Workspace, folder: Path) -> None:
        self.kind = registry.kind(kind)
        self.sample = sample
        self.address = address_of(kind, sample.name)
        self.workspace = workspace
        self._folder = folder

    def wish(self, spec: Mapping[str, Any] | None, *, only_beside: bool = False) -> Wish:
        """What is wanted: what stands beside, and the sample with this spec (None: without it)."""
        sections: dict[str, list[dict[str, Any]]] = {}
        entries = [*self.sample.beside]
        if spec is not None:
            entries.append(Beside(self.kind.name, self.sample.name, spec))
        for entry in entries:
            written = {"name": entry.name, "type": entry.kind, **entry.spec}
            sections.setdefault(registry.section(entry.kind), []).append(written)
        path = self._folder / "genesys.yaml"
        path.write_text(yaml.safe_dump({"stack": "stage", "region": REGION, "resources": sections}, allow_unicode=True))
        return read_stack_file(path)

    def plan(self, spec: Mapping[str, Any] | None, *, delete_data: bool = False) -> Plan:
        plan = self.workspace.plan(self.wish(spec), delete_data=delete_data)
        assert not plan.blocked, plan.findings
        return plan

    def bring_about(self, spec: Mapping[str, Any] | None) -> ExecutionRecord:
        """Apply what differs; then nothing does."""
        record = self.apply(self.plan(spec, delete_data=True))
        again = self.plan(spec)
        assert again.steps == (), [line.sentence for step in again.steps for line in step.lines]
        return record

    def apply(self, plan: Plan) -> ExecutionRecord:
        record = self.workspace.apply(plan).wait()
        assert record.status == "done", [(step.address, step.why) for step in record.steps]
        return record

    def step(self, plan: Plan) -> Step:
        """The sample's own step."""
        [step] = [step for step in plan.steps if step.address == self.address]
        return step

    def listed(self) -> list[Actual]:
        """All of the kind that a sweep finds under the sample's name, those that are on their way out left aside."""
        if not self.kind.listed:
            found = self.workspace._reader.ask(self.kind.locate(self.sample.name))
            return [found] if found else []
        return [
            resource.actual
            for resource in self.workspace.inventory().resources
            if resource.actual.kind == self.kind.name
            and resource.actual.name == self.sample.name
            and resource.actual.transition != "deleting"
        ]


@contextmanager
def staged(kind: str, endpoint: str, folder: Path) -> Iterator[Stage]:
    """An empty account, what the sample prepares, and a workspace with a home of its own."""
    sample = sample_of(kind)
    if sample.prepare:
        sample.prepare(endpoint)
    folder.mkdir(exist_ok=True)
    for content in sample.artifacts:
        keep_artifact(content, folder, sha256(content).hexdigest())
    workspace = Workspace(Settings(region=REGION, endpoint=endpoint, stack="stage", home=folder))
    try:
        yield Stage(kind, sample, workspace, folder)
    finally:
        workspace.close()
