"""A whole account is taken over and given back: things of all kinds, made by hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from genesys_tui.engine.demo import Demo
from genesys_tui.engine.demo.records import REGION
from genesys_tui.engine.model.resource import Wish
from genesys_tui.engine.workspace import Workspace

BULK = 140
"""Queues beside what the account holds already: 200 things in all."""

KILLED = """
import sys
from genesys_tui.engine.workspace import Settings, Workspace
from pathlib import Path
workspace = Workspace(Settings(region=sys.argv[2], endpoint=sys.argv[1], stack="mine", home=Path(sys.argv[3])))
wish = workspace.wish_to_adopt(workspace.inventory(), sys.argv[4:], threshold=0.0)
execution = workspace.apply(workspace.plan(wish))
for event in execution.events():
    print(type(event).__name__, flush=True)
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    """The demo's company, and more queues than it had."""
    monkeypatch.setenv("GENESYS_HOME", str(tmp_path / "home"))
    with Demo.start() as demo:
        sqs = boto3.client("sqs", endpoint_url=demo.endpoint, region_name=REGION)
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda n: sqs.create_queue(QueueName=f"bulk-{n}", tags={"n": str(n)}), range(BULK)))
        yield demo


def tags(workspace: Workspace) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Of all there is; AWS makes keys of its own when they are first asked for."""
    found = (one.actual for one in workspace.inventory().resources if not one.actual.of_aws)
    return {(one.kind, one.id): dict(one.tags) for one in found if one.kind != "key"}


def everything(workspace: Workspace) -> Wish:
    """All that nobody else is known to own; what only a closer look shows to be another's is left out."""
    wish = workspace.wish_to_adopt(workspace.inventory(), [], all_from=0.3, threshold=0.0)
    refused = {finding.address for finding in workspace.plan(wish).findings if finding.severity == "blocked"}
    return replace(wish, resources=tuple(one for one in wish.resources if one.address not in refused))


def test_two_hundred_things_are_adopted_by_their_tags_alone_and_given_back(demo: Demo) -> None:
    workspace = Workspace(demo.settings(stack="mine"))
    try:
        before = tags(workspace)
        wish = everything(workspace)
        assert len(wish.resources) >= 200
        assert len({one.kind for one in wish.resources}) >= 20
        done = workspace.apply(workspace.plan(wish)).wait()
        assert done.status == "done", [(step.address, step.why) for step in done.steps if step.status != "done"]
        assert done.writes <= len(wish.resources)
        again = workspace.plan(wish)
        assert again.steps == ()
        back = workspace.apply(workspace.plan_undo()).wait()
        assert back.status == "done"
        assert tags(workspace) == before
    finally:
        workspace.close()


def test_an_adoption_that_was_killed_is_finished_by_the_next(demo: Demo, tmp_path: Path) -> None:
    home = tmp_path / "killed"
    workspace = Workspace(replace(demo.settings(stack="mine"), home=home))
    try:
        before, wish = tags(workspace), everything(workspace)
        words = [one.address for one in wish.resources]
        command = [sys.executable, "-c", KILLED, demo.endpoint, REGION, str(home), *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ.copy()) as process:
            assert process.stdout
            for count, _ in enumerate(process.stdout):
                if count == 120:
                    process.send_signal(signal.SIGKILL)
                    break
        plan = workspace.plan(wish)
        assert 0 < plan.changes < len(wish.resources)
        assert workspace.apply(plan).wait().status == "done"
        assert workspace.plan(wish).steps == ()
        after = tags(workspace)
        ours = {one for one, found in after.items() if found.get("genesys:stack") == "mine"}
        assert len(ours) >= BULK
        assert {one: found for one, found in after.items() if one not in ours} == {
            one: found for one, found in before.items() if one not in ours
        }
    finally:
        workspace.close()
