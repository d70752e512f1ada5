"""Layers between stacks and colleagues, on a real server: published once, used by all, deleted when nobody does."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from genesys_tui.engine.functions.starters import starter_zip
from genesys_tui.engine.local import keep_artifact
from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.history import ExecutionRecord
from genesys_tui.engine.model.layers import YOUNG
from genesys_tui.engine.model.plan import Plan
from genesys_tui.engine.workspace import Settings, Workspace, candidates, read_stack_file

REGION = "eu-west-1"
ZIP = starter_zip("python")
ONE, OTHER = (f"genesys-python3-13-x86_64-{digit * 16}" for digit in "1f")


class Colleague:
    """Somebody with a machine, a stack, and a function that needs layers."""

    def __init__(self, name: str, endpoint: str, folder: Path) -> None:
        self.name = name
        self.folder = folder / name
        self.folder.mkdir()
        keep_artifact(ZIP, self.folder, sha256(ZIP).hexdigest())
        self.workspace = Workspace(Settings(region=REGION, endpoint=endpoint, stack=name, home=self.folder))

    def plan(self, *layers: str, function: bool = True) -> Plan:
        code = b64encode(sha256(ZIP).digest()).decode()
        entries: list[dict[str, Any]] = [{"name": layer, "type": "layer", "code": code} for layer in layers]
        if function:
            arns = [f"${{layer.{layer}.arn}}" for layer in layers]
            entries.append({"name": self.name, "runtime": "python3.13", "layers": arns or None})
        path = self.folder / "genesys.yaml"
        path.write_text(yaml.safe_dump({"stack": self.name, "resources": {"serverless": entries}}))
        plan = self.workspace.plan(read_stack_file(path))
        assert not plan.blocked, plan.findings
        return plan

    def apply(self, plan: Plan) -> ExecutionRecord:
        record = self.workspace.apply(plan).wait()
        assert record.status == "done", [(step.address, step.why) for step in record.steps]
        return record

    def have(self, *layers: str) -> Plan:
        plan = self.plan(*layers)
        self.apply(plan)
        assert self.plan(*layers).steps == ()
        return plan


def actions(plan: Plan) -> dict[str, str]:
    return {step.address: step.action for step in plan.steps if step.kind == "layer"}


def versions(name: str) -> int:
    return len(boto3.client("lambda", region_name=REGION).list_layer_versions(LayerName=name)["LayerVersions"])


def used_by(function: str) -> list[str]:
    told = boto3.client("lambda", region_name=REGION).get_function_configuration(FunctionName=function)
    return [layer["Arn"] for layer in told.get("Layers", ())]


@pytest.fixture
def ann(aws: str, tmp_path: Path) -> Colleague:
    return Colleague("ann", aws, tmp_path)


@pytest.fixture
def ben(aws: str, tmp_path: Path) -> Colleague:
    return Colleague("ben", aws, tmp_path)


def test_what_a_colleague_published_is_used(ann: Colleague, ben: Colleague) -> None:
    assert actions(ann.have(ONE)) == {f"layer.{ONE}": "create"}
    plan = ben.have(ONE)
    assert actions(plan) == {f"layer.{ONE}": "use"}
    assert not any("Layer" in call.operation for step in plan.steps for call in step.calls if call.effect == "write")
    assert versions(ONE) == 1
    assert used_by("ann") == used_by("ben") != []


def test_other_dependencies_leave_the_old_layer_to_others(ann: Colleague) -> None:
    ann.have(ONE)
    plan = ann.have(OTHER)
    assert actions(plan) == {f"layer.{ONE}": "forget", f"layer.{OTHER}": "create"}
    [function] = [step for step in plan.steps if step.address == "function.ann"]
    assert [call.operation for call in function.calls] == ["UpdateFunctionConfiguration"]
    assert (versions(ONE), versions(OTHER)) == (1, 1)
    back = ann.workspace.plan_undo()
    assert back.conflicts == ()
    ann.apply(back)
    assert ann.plan(ONE).changes == 0
    assert (versions(ONE), versions(OTHER)) == (1, 0)


def test_an_undo_leaves_nothing_when_nobody_else_uses_it(ann: Colleague) -> None:
    ann.have(ONE)
    ann.apply(ann.workspace.plan_undo())
    assert versions(ONE) == 0


def test_an_undo_leaves_what_others_use(ann: Colleague, ben: Colleague) -> None:
    ann.have(ONE)
    ben.have(ONE)
    back = ann.workspace.plan_undo()
    assert actions(back) == {f"layer.{ONE}": "forget"}
    assert any("stays: used by ben" in finding.message for finding in back.findings)
    ann.apply(back)
    assert versions(ONE) == 1
    assert ann.workspace.plan_destroy("ann").steps == ()


def test_a_destroy_deletes_it_with_its_last_user(ann: Colleague, ben: Colleague) -> None:
    ann.have(ONE)
    ben.have(ONE)
    assert actions(ann.workspace.plan_destroy("ann")) == {f"layer.{ONE}": "forget"}
    ben.apply(ben.workspace.plan_destroy("ben"))
    assert versions(ONE) == 1, "it was not ben's"
    last = ann.workspace.plan_destroy("ann")
    assert actions(last) == {f"layer.{ONE}": "delete"}
    ann.apply(last)
    assert versions(ONE) == 0


def test_a_published_version_of_a_function_goes_on_using_it(ann: Colleague) -> None:
    ann.have(ONE)
    ann.have(ONE, OTHER)
    boto3.client("lambda", region_name=REGION).publish_version(FunctionName="ann")
    back = ann.workspace.plan_undo()
    assert actions(back) == {f"layer.{OTHER}": "forget"}
    assert any("ann:1" in finding.message for finding in back.findings)


def test_one_that_was_deleted_by_others_is_published_again(ann: Colleague, ben: Colleague) -> None:
    ann.have(ONE)
    ben.have(ONE)
    boto3.client("lambda", region_name=REGION).delete_layer_version(LayerName=ONE, VersionNumber=1)
    assert actions(ben.have(ONE)) == {f"layer.{ONE}": "create"}
    assert actions(ann.have(ONE)) == {f"layer.{ONE}": "use"}
    assert versions(ONE) == 1


def test_two_that_plan_at_once_publish_one(ann: Colleague, ben: Colleague) -> None:
    plan = ben.plan(ONE)
    ann.have(ONE)
    record = ben.workspace.apply(plan).wait()
    assert record.status == "failed"
    assert versions(ONE) == 1
    assert actions(ben.have(ONE)) == {f"layer.{ONE}": "use"}


# pruning ----------------------------------------------------------------------------------------------------------
NOW = timedelta()


def test_what_no_function_uses_is_listed_and_deleted(ann: Colleague) -> None:
    ann.have(ONE)
    ann.have(OTHER)
    boto3.client("lambda", region_name=REGION).publish_layer_version(LayerName="lib", Content={"ZipFile": ZIP})
    [unused] = ann.workspace.layers(NOW, unused=True)
    assert (unused.name, unused.version, unused.size) == (ONE, 1, len(ZIP))
    plan = ann.workspace.plan_prune_layers(NOW)
    assert [call.operation for step in plan.steps for call in step.calls] == ["DeleteLayerVersion"]
    assert plan.permissions.actions == ("lambda:DeleteLayerVersion",)
    assert [step.reversal.kind for step in plan.steps] == ["irreversible"]
    ann.apply(plan)
    assert (versions(ONE), versions(OTHER), versions("lib")) == (0, 1, 1)
    assert ann.workspace.plan_prune_layers(NOW).steps == ()


def test_what_is_pruned_and_remembered_is_forgotten(ann: Colleague) -> None:
    ann.apply(ann.plan(ONE, function=False))
    plan = ann.workspace.plan_prune_layers(NOW)
    assert [step.address for step in plan.steps] == [f"layer.{ONE}"]
    ann.apply(plan)
    assert ann.workspace.plan_destroy("ann").steps == ()


def test_a_young_one_may_be_on_its_way(ann: Colleague) -> None:
    ann.apply(ann.plan(ONE, function=False))
    assert ann.workspace.layers(YOUNG, unused=True) == []
    assert ann.workspace.plan_prune_layers().steps == ()


def test_a_layer_is_nobodys_own_to_adopt(ann: Colleague, ben: Colleague) -> None:
    ann.have(ONE)
    inventory = ben.workspace.inventory()
    assert any(one.actual.name == ONE for one in inventory.resources)
    with pytest.raises(UsageError, match="shared"):
        ben.workspace.wish_to_adopt(inventory, [ONE])
    assert not [one for one in candidates(inventory) if one.actual.kind == "layer"]
