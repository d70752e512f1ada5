"""How new code comes to a function, on a real server: save after save, against others, and through a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
import yaml

from genesys_tui.engine.functions.starters import starter_zip
from genesys_tui.engine.model.plan import Plan
from genesys_tui.engine.model.resource import Wish
from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file

REGION = "eu-west-1"
BUCKET = f"genesys-artifacts-123456789012-{REGION}"


@pytest.fixture
def workspace(aws: str, tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(Settings(region=REGION, endpoint=aws, stack="loop", home=tmp_path / "home"))
    yield workspace
    workspace.close()


def saved(folder: Path, answer: int) -> Wish:
    """The wish for a function, after a save."""
    (folder / "src").mkdir(exist_ok=True)
    (folder / "src" / "main.py").write_text(f"def handler(event, context):\n    return {answer}\n")
    entry = {"name": "answer", "runtime": "python3.13", "handler": "main.handler", "source": "src"}
    path = folder / "genesys.yaml"
    path.write_text(yaml.safe_dump({"stack": "loop", "resources": {"serverless": [entry]}}))
    return read_stack_file(path)


def sent(plan: Plan) -> list[str]:
    return [call.operation for step in plan.steps if step.kind == "function" for call in step.calls]


def code() -> str:
    told = boto3.client("lambda", region_name=REGION).get_function_configuration(FunctionName="answer")
    return str(told["CodeSha256"])


def test_save_after_save_is_sent_without_looking_at_all_again(workspace: Workspace, tmp_path: Path) -> None:
    assert workspace.apply(workspace.plan(saved(tmp_path, 0))).wait().status == "done"
    seen = {code()}
    for answer in (1, 2, 0, 3):
        plan = workspace.plan(saved(tmp_path, answer), refresh=False)
        assert sent(plan) == ["UpdateFunctionCode"]
        assert workspace.apply(plan).wait().status == "done"
        seen.add(code())
    assert len(seen) == 4


def test_what_others_sent_meanwhile_is_not_overwritten(workspace: Workspace, tmp_path: Path) -> None:
    assert workspace.apply(workspace.plan(saved(tmp_path, 0))).wait().status == "done"
    plan = workspace.plan(saved(tmp_path, 1))
    client = boto3.client("lambda", region_name=REGION)
    client.update_function_code(FunctionName="answer", ZipFile=starter_zip("nodejs"))
    theirs = code()
    record = workspace.apply(plan).wait()
    assert record.status == "failed"
    assert "changed by somebody" in record.steps[0].why
    assert code() == theirs


def test_code_that_is_too_big_for_one_call_goes_through_a_bucket(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("genesys_tui.engine.local.DIRECT_LIMIT", 10)
    through = ["CreateBucket", "PutBucketLifecycleConfiguration", "PutObject"]
    for answer, last in ((0, "CreateFunction"), (1, "UpdateFunctionCode")):
        plan = workspace.plan(saved(tmp_path, answer))
        assert sent(plan) == [*through, last]
        assert {"s3:PutObject", "s3:GetObject"} <= set(plan.permissions.actions)
        assert workspace.apply(plan).wait().status == "done"
        assert workspace.plan(saved(tmp_path, answer)).changes == 0
    s3 = boto3.client("s3", region_name=REGION)
    assert len(s3.list_objects_v2(Bucket=BUCKET)["Contents"]) == 2
    [rule] = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert rule["Expiration"] == {"Days": 1}
    back = workspace.plan_undo()
    assert sent(back) == [*through, "UpdateFunctionCode"]
    assert workspace.apply(back).wait().status == "done"
