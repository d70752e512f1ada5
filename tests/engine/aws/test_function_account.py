"""The function kind in an account that others use too: its code, its neighbours, and what others do to it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from genesys_tui.engine.functions.packing.archive import zipped
from genesys_tui.engine.functions.starters import starter_zip
from genesys_tui.engine.model.build import Member
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.history import ExecutionRecord
from genesys_tui.engine.model.plan import Plan
from genesys_tui.engine.model.resource import Wish
from genesys_tui.engine.model.specs.function import RUNTIMES
from genesys_tui.engine.providers import registry
from genesys_tui.engine.providers.aws.serverless import function_parts
from genesys_tui.engine.workspace import Settings, Workspace, parse_intent, read_stack_file

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:jobs"


@pytest.fixture
def client(aws: str) -> Any:
    return boto3.client("lambda", region_name="eu-west-1", endpoint_url=aws)


@pytest.fixture
def workspace(aws: str, world: Path) -> Iterator[Workspace]:
    opened = Workspace(Settings(region="eu-west-1", endpoint=aws, stack="shop", home=world))
    yield opened
    opened.close()


def filed(folder: Path, *functions: Mapping[str, Any], queues: tuple[str, ...] = ()) -> Wish:
    """A stack file with these."""
    listed = [{"name": name, "type": "queue", "visibility_timeout": 180} for name in queues]
    path = folder / "genesys.yaml"
    resources = {"messaging": listed, "serverless": list(functions)}
    path.write_text(yaml.safe_dump({"stack": "shop", "region": "eu-west-1", "resources": resources}))
    return read_stack_file(path)


def done(workspace: Workspace, plan: Plan) -> ExecutionRecord:
    assert not plan.blocked, plan.findings
    record = workspace.apply(plan).wait()
    assert record.status == "done", [(step.address, step.why) for step in record.steps]
    return record


def actions(plan: Plan) -> dict[str, str]:
    return {step.address: step.action for step in plan.steps}


def test_code_is_sent_when_it_changes_and_comes_back_by_undo(workspace: Workspace, client: Any, tmp_path: Path) -> None:
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "main.py").write_text("def handler(event, context):\n    return 1\n")
    entry = {"name": "answer", "runtime": "python3.13", "source": "./src"}
    done(workspace, workspace.plan(filed(tmp_path, entry)))
    first = client.get_function_configuration(FunctionName="answer")
    assert first["Handler"] == "main.handler"
    assert workspace.plan(filed(tmp_path, entry)).steps == ()
    (folder / "main.py").write_text("def handler(event, context):\n    return 2\n")
    plan = workspace.plan(filed(tmp_path, entry))
    [step] = plan.steps
    assert [call.operation for call in step.calls] == ["UpdateFunctionCode"]
    done(workspace, plan)
    assert client.get_function_configuration(FunctionName="answer")["CodeSha256"] != first["CodeSha256"]
    done(workspace, workspace.plan_undo())
    assert client.get_function_configuration(FunctionName="answer")["CodeSha256"] == first["CodeSha256"]


def test_a_starter_is_called_by_the_handler_that_is_asked_for(
    workspace: Workspace, client: Any, tmp_path: Path
) -> None:
    entry = {"name": "answer", "runtime": "python3.11", "handler": "main.handler"}
    done(workspace, workspace.plan(filed(tmp_path, entry)))
    told = client.get_function_configuration(FunctionName="answer")
    assert told["Handler"] == "main.handler"
    assert told["CodeSha256"] == b64encode(sha256(starter_zip("python", "main.handler")).digest()).decode()
    assert workspace.plan(filed(tmp_path, entry)).steps == ()


def test_what_others_deploy_over_a_starter_stays(workspace: Workspace, client: Any, tmp_path: Path) -> None:
    words = parse_intent(["function", "answer", "--runtime", "python"])
    done(workspace, workspace.plan(words))
    theirs = tmp_path / "lambda_function.py"
    theirs.write_text("def handler(event, context): ...\n")
    client.update_function_code(FunctionName="answer", ZipFile=zipped([Member(theirs.name, theirs.read_bytes())]))
    assert workspace.plan(words).steps == ()


def test_variables_of_others_survive_and_are_not_overwritten_meanwhile(workspace: Workspace, client: Any) -> None:
    done(workspace, workspace.plan(parse_intent(["function", "answer", "--environment", "STAGE=prod"])))
    client.update_function_configuration(
        FunctionName="answer", Environment={"Variables": {"STAGE": "prod", "THEIRS": "1"}}
    )
    plan = workspace.plan(parse_intent(["modify", "function", "answer", "--environment", "STAGE=test"]))
    late = {"STAGE": "prod", "THEIRS": "2"}
    client.update_function_configuration(FunctionName="answer", Environment={"Variables": late})
    record = workspace.apply(plan).wait()
    assert record.status == "failed"
    assert "changed by somebody" in record.steps[0].why
    done(workspace, workspace.plan(parse_intent(["modify", "function", "answer", "--environment", "STAGE=test"])))
    variables = client.get_function_configuration(FunctionName="answer")["Environment"]["Variables"]
    assert variables == {"STAGE": "test", "THEIRS": "2"}


def test_all_that_a_function_brings_along_comes_and_goes_with_it(workspace: Workspace, tmp_path: Path) -> None:
    clock = {"type": "schedule", "schedule": "rate(5 minutes)"}
    triggers = [
        {"type": "http", "path": "/api/*", "methods": ["get", "POST"]},
        {"type": "url", "auth": "iam"},
        clock,
        {"type": "event", "pattern": {"source": ["aws.s3"]}},
        {"type": "queue", "queue": "jobs", "batch": 5},
    ]
    entry = {"name": "answer", "runtime": "python", "timeout": 29, "log_retention": 7, "triggers": triggers}
    plan = workspace.plan(filed(tmp_path, entry, queues=("jobs",)))
    assert set(actions(plan)) == {
        "queue.jobs",
        "log-group./aws/lambda/answer",
        "role.answer",
        "function.answer",
        "api.answer",
        "rule.answer-schedule",
        "rule.answer-event",
    }
    done(workspace, plan)
    assert workspace.plan(filed(tmp_path, entry, queues=("jobs",))).steps == ()
    less = {**entry, "triggers": [one for one in triggers if one is not clock]}
    plan = workspace.plan(filed(tmp_path, less, queues=("jobs",)))
    assert actions(plan) == {"rule.answer-schedule": "delete"}
    done(workspace, workspace.plan_destroy())
    made = ("function", "answer"), ("role", "answer"), ("log-group", "/aws/lambda/answer"), ("api", "answer")
    looks = [registry.kind(kind).locate(name) for kind, name in (*made, ("rule", "answer-event"))]
    assert workspace._reader.run(looks) == [None] * len(looks)


def test_its_role_may_do_only_what_it_needs(workspace: Workspace, aws: str, tmp_path: Path) -> None:
    entry = {"name": "answer", "runtime": "python", "queues": ["jobs"]}
    done(workspace, workspace.plan(filed(tmp_path, entry, queues=("jobs",))))
    iam = boto3.client("iam", region_name="eu-west-1", endpoint_url=aws)
    names = iam.list_role_policies(RoleName="answer")["PolicyNames"]
    documents = [iam.get_role_policy(RoleName="answer", PolicyName=name)["PolicyDocument"] for name in names]
    allowed = {tuple(one["Resource"]): one["Action"] for document in documents for one in document["Statement"]}
    log = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/answer:*"
    assert allowed == {
        (log,): ["logs:CreateLogStream", "logs:PutLogEvents"],
        (QUEUE,): ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    }


def test_an_adopted_function_keeps_its_role_and_its_log(
    workspace: Workspace, aws: str, client: Any, tmp_path: Path
) -> None:
    iam = boto3.client("iam", region_name="eu-west-1", endpoint_url=aws)
    role = iam.create_role(RoleName="theirs", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    code = {"ZipFile": starter_zip("python")}
    client.create_function(FunctionName="answer", Runtime="python3.12", Role=role, Handler="a.b", Code=code)
    boto3.client("logs", region_name="eu-west-1", endpoint_url=aws).create_log_group(logGroupName="/aws/lambda/answer")
    done(workspace, workspace.plan(parse_intent(["adopt", "function", "answer"])))
    entry = {"name": "answer", "memory": 512}
    assert actions(workspace.plan(filed(tmp_path, entry))) == {"function.answer": "update"}
    done(workspace, workspace.plan(filed(tmp_path, entry)))
    plan = workspace.plan(filed(tmp_path, {**entry, "log_retention": 7}))
    assert actions(plan) == {"log-group./aws/lambda/answer": "adopt"}
    done(workspace, plan)
    assert workspace.plan(filed(tmp_path, {**entry, "log_retention": 7})).steps == ()
    assert client.get_function_configuration(FunctionName="answer")["Role"] == role


def test_words_bring_along_only_what_they_are_about(workspace: Workspace) -> None:
    done(workspace, workspace.plan(parse_intent(["function", "answer", "--runtime", "python3.13"])))
    for words, changed in (
        (["--memory", "512"], {"function.answer"}),
        (["--log-retention", "14"], {"log-group./aws/lambda/answer"}),
        (["--tracing", "on"], {"function.answer", "role.answer"}),
    ):
        plan = workspace.plan(parse_intent(["modify", "function", "answer", *words]))
        assert actions(plan) == dict.fromkeys(changed, "update")


def test_a_runtime_once_resolved_is_not_resolved_anew(
    workspace: Workspace, client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = {"name": "answer", "runtime": "python"}
    done(workspace, workspace.plan(filed(tmp_path, entry)))
    assert client.get_function_configuration(FunctionName="answer")["Runtime"] == "python3.14"
    later = {**RUNTIMES, "python": ("python3.99", *RUNTIMES["python"])}
    monkeypatch.setattr(function_parts, "RUNTIMES", later)
    assert workspace.plan(filed(tmp_path, entry)).steps == ()


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"runtime": "go1.21"}, "has no code"),
        ({"source": "./src"}, "has no runtime"),
        ({"source": "./src", "runtime": "java21"}, "has no handler"),
    ],
)
def test_half_a_function_is_refused_in_words(
    workspace: Workspace, tmp_path: Path, entry: dict[str, str], says: str
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "x.txt").write_text("x")
    plan = workspace.plan(filed(tmp_path, {"name": "answer", **entry}))
    [blocked] = [item for item in plan.findings if item.severity == "blocked"]
    assert says in blocked.message
    assert blocked.fix


def test_a_source_that_is_not_there_is_refused_in_words(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(GenesysError, match="it is not there"):
        workspace.plan(filed(tmp_path, {"name": "answer", "runtime": "python", "source": "./nowhere"}))
