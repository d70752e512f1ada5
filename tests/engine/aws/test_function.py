"""The function kind as data: what the emulator lacks, the edges of AWS's answers, limits, and what a wish may say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import botocore.session
import pytest

from genesys_tui.engine.executor.params import holds
from genesys_tui.engine.model.call import Blob, Call
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.base import WISH
from genesys_tui.engine.model.specs.function import DEPRECATED, RUNTIMES, FunctionSpec
from genesys_tui.engine.providers.aws.serverless.function import Function
from genesys_tui.engine.providers.aws.serverless.function_limits import Limits
from tests.engine.aws.fed import Fed, check_permissions
from tests.engine.aws.test_iam import allowed, real, statements, supports

PLACE = Placement("eu-west-1", "shop", "123456789012")
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:answer"
ROLE = "arn:aws:iam::123456789012:role/runner"
OPEN = "lambda:InvokeFunctionUrl"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:jobs"
SHA = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
TOLD: Mapping[str, Any] = {
    "FunctionName": "answer",
    "FunctionArn": ARN,
    "Runtime": "python3.13",
    "Role": ROLE,
    "Handler": "main.handler",
    "CodeSha256": SHA,
    "MemorySize": 256,
    "Timeout": 30,
    "PackageType": "Zip",
    "Architectures": ["x86_64"],
    "State": "Active",
    "LastUpdateStatus": "Successful",
}


# as data ----------------------------------------------------------------------------------------------------------
def told(configuration: Mapping[str, Any] = {}, *others: Any, **whole: Any) -> Actual:
    """What is read when AWS tells this; `others`: the URL with the policy, and the mappings."""
    fields = frozenset({"url", "queues"} if others else ())
    reading = Function().read("answer", fields or frozenset({"memory"}))
    asked = next(reading)
    assert isinstance(asked, list)
    with pytest.raises(StopIteration) as end:
        reading.send([{"Configuration": {**TOLD, **configuration}, **whole}, *others])
    found: Actual = end.value.value
    return found


def spec(**fields: Any) -> FunctionSpec:
    return FunctionSpec.model_validate(fields)


def wish(**fields: Any) -> FunctionSpec:
    return FunctionSpec.model_validate(fields, context=WISH)


def updated(have: Actual, limits: Limits | None = None, **fields: Any) -> list[Call]:
    return [call for line in Function().update(have, spec(**fields), PLACE, limits) for call in line.calls]


def deleted(have: Actual) -> list[Call]:
    return [call for line in Function().delete(have, None) for call in line.calls]


def statement(action: str, principal: object = "*") -> str:
    return f'{{"Sid":"{action[7:]}","Effect":"Allow","Principal":{principal},"Action":"{action}"}}'


def policy(*statements: str) -> dict[str, str]:
    return {"Policy": f'{{"Statement":[{",".join(statements)}]}}'}


def test_settings_that_the_emulator_forgets_are_sent_as_aws_takes_them() -> None:
    [call] = updated(
        told({"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}}),
        tracing=True,
        disk=1024,
        dead_letter=None,
        layers="arn:aws:lambda:eu-west-1:123456789012:layer:b:1, arn:aws:lambda:eu-west-1:123456789012:layer:a:2",
        security_groups=["sg-2"],
    )
    assert call.name == "lambda:UpdateFunctionConfiguration"
    assert call.params == {
        "FunctionName": "answer",
        "TracingConfig": {"Mode": "Active"},
        "EphemeralStorage": {"Size": 1024},
        "DeadLetterConfig": {"TargetArn": ""},
        "Layers": [
            "arn:aws:lambda:eu-west-1:123456789012:layer:b:1",
            "arn:aws:lambda:eu-west-1:123456789012:layer:a:2",
        ],
        "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-2"]},
    }


def test_and_read_as_aws_tells_them() -> None:
    found = told(
        {
            "TracingConfig": {"Mode": "Active"},
            "EphemeralStorage": {"Size": 1024},
            "DeadLetterConfig": {"TargetArn": QUEUE},
            "Layers": [{"Arn": "arn:b", "CodeSize": 1}, {"Arn": "arn:a", "CodeSize": 1}],
            "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"},
            "LastUpdateStatus": "InProgress",
        },
        Concurrency={"ReservedConcurrentExecutions": 0},
    )
    shown = {"tracing": True, "disk": 1024, "dead_letter": QUEUE, "layers": "arn:b, arn:a", "subnets": ["subnet-1"]}
    assert {field: found.spec[field] for field in shown} == shown
    assert found.spec["concurrency"] == 0
    assert found.transition == "updating"


def test_an_image_has_no_code_of_its_own() -> None:
    found = told({"PackageType": "Image", "Runtime": None, "Handler": None}, Code={"ImageUri": "1.dkr.ecr/app:2"})
    assert (found.spec["image"], found.spec["code"], found.spec["runtime"]) == ("1.dkr.ecr/app:2", None, None)
    [call] = updated(found, image="1.dkr.ecr/app:3")
    assert call.params == {"FunctionName": "answer", "ImageUri": "1.dkr.ecr/app:3"}
    with pytest.raises(GenesysError, match="between a zip and an image"):
        updated(found, code=SHA)
    with pytest.raises(GenesysError, match="between a zip and an image"):
        updated(told(), image="1.dkr.ecr/app:3")


def test_code_and_configuration_change_one_after_the_other() -> None:
    calls = updated(told(), memory=512, code="AAAA", architecture="arm64")
    assert [call.name for call in calls] == ["lambda:UpdateFunctionConfiguration", "lambda:UpdateFunctionCode"]
    assert all(call.wait and call.wait.failed == "LastUpdateStatus=='Failed'" for call in calls)
    assert all("ResourceConflictException" in {rule.code for rule in call.retry_on} for call in calls)


def test_an_architecture_is_changed_by_sending_the_same_code_again() -> None:
    [call] = updated(told(), architecture="arm64")
    assert call.params["Architectures"] == ["arm64"]
    assert isinstance(call.params["ZipFile"], Blob)


def test_a_url_without_authentication_is_open_only_when_its_policy_says_so() -> None:
    url = {"FunctionUrl": "https://x.lambda-url.eu-west-1.on.aws/", "AuthType": "NONE"}
    half = policy(statement(OPEN, '"*"'))
    both = policy(*(statement(f"lambda:Invoke{what}", '{"AWS":"*"}') for what in ("FunctionUrl", "Function")))
    for lets_in, auth in ((None, None), (half, None), (both, "none")):
        found = told({}, {"url": url, "policy": lets_in}, {"EventSourceMappings": []})
        assert found.spec["url"] == {"auth": auth, "cors": None}
    mended = updated(told({}, {"url": url, "policy": half}, {}), url={"auth": "none"})
    assert [call.operation for call in mended] == ["UpdateFunctionUrlConfig", "AddPermission"]
    assert mended[1].params["Action"] == "lambda:InvokeFunction"
    closed = updated(told({}, {"url": url, "policy": both}, {}), url={"auth": "iam"})
    assert [call.params.get("StatementId") for call in closed[1:]] == ["InvokeFunctionUrl", "InvokeFunction"]


def test_who_may_call_a_url_is_left_alone_where_something_else_changes() -> None:
    """One without authentication whose policy lets in an organization only stays so."""
    url = {"FunctionUrl": "https://x", "AuthType": "NONE"}
    anybody = statement(OPEN, '"*"')
    theirs = anybody.replace("{", '{"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}},', 1)
    have = told({}, {"url": url, "policy": policy(theirs)}, {})
    assert [call.operation for call in updated(have, url={"cors": {"max_age": 60}})] == ["UpdateFunctionUrlConfig"]
    assert [call.operation for call in updated(have, url={"auth": "iam"})] == ["UpdateFunctionUrlConfig"]
    by_url = anybody.replace("{", '{"Condition":{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}},', 1)
    ours = told({}, {"url": url, "policy": policy(by_url)}, {})
    assert [call.operation for call in updated(ours, url=None)] == ["DeleteFunctionUrlConfig", "RemovePermission"]


def test_a_queue_whose_tie_is_going_is_tied_anew_once_that_is_gone() -> None:
    going = [{"UUID": "4", "EventSourceArn": QUEUE, "State": "Deleting"}]
    have = told({}, {"url": None, "policy": None}, {"EventSourceMappings": going})
    [call] = updated(have, queues={"jobs": {"queue": QUEUE, "batch": 5}})
    assert call.operation == "CreateEventSourceMapping"
    assert "ResourceConflictException" in {rule.code for rule in call.retry_on}


def test_a_fifo_queue_is_given_no_window() -> None:
    ready = {"role": ROLE, "runtime": "python3.13", "handler": "a.b", "code": SHA}
    for queue, window, sent in ((f"{QUEUE}.fifo", 0, None), (QUEUE, 5, 5)):
        want = spec(**ready, queues={"jobs": {"queue": queue, "batch": 10, "window": window}})
        call = [call for line in Function().create("answer", want, PLACE, None) for call in line.calls][-1]
        assert call.operation == "CreateEventSourceMapping"
        assert call.params.get("MaximumBatchingWindowInSeconds") == sent


def test_out_of_its_network_it_has_neither_subnets_nor_groups() -> None:
    """Lambda takes both or none; and what others said of IPv6 there stays."""
    network = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "Ipv6AllowedForDualStack": True}
    [out] = updated(told({"VpcConfig": network}), subnets=None)
    assert out.params["VpcConfig"] == {"SubnetIds": [], "SecurityGroupIds": []}
    [moved] = updated(told({"VpcConfig": network}), subnets=["subnet-2"])
    assert moved.params["VpcConfig"] == {**network, "SubnetIds": ["subnet-2"]}


@pytest.mark.parametrize(
    ("other", "alone"),
    [
        ({}, True),
        ({"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-2"]}, True),
        ({"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}, False),
    ],
)
def test_its_network_interfaces_go_before_the_role_that_lets_lambda_take_them(other: Any, alone: bool) -> None:
    """Unless another function has the same ones: then they stay."""
    network = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    have = told({"VpcConfig": network})
    functions = [{**TOLD, "VpcConfig": network}, {"FunctionName": "other", "VpcConfig": other}]
    facts = Fed({"ListFunctions": {"Functions": functions}}).run(Function().prepare("answer", spec(), have))
    delete, *free = [call for line in Function().delete(have, facts) for call in line.calls]
    assert delete.operation == "DeleteFunction"
    assert [call.operation for call in free] == ["DescribeNetworkInterfaces"] * alone
    for call in free:
        assert call.wait and not holds(call.wait.done, {"NetworkInterfaces": [{"InterfaceType": "lambda"}]})
        assert {"Name": "subnet-id", "Values": ["subnet-1"]} in call.wait.read.params["Filters"]  # type: ignore[operator]


def test_without_a_network_nobody_is_asked_before_it_is_deleted() -> None:
    fed = Fed({})
    fed.run(Function().prepare("answer", spec(), told()))
    assert fed.asked == []


def test_an_image_needs_its_repository_to_let_lambda_in() -> None:
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/answer:3"
    repository = ("arn:aws:ecr:eu-west-1:123456789012:repository/answer",)
    made = [
        call for line in Function().create("answer", spec(role=ROLE, image=image), PLACE, None) for call in line.calls
    ]
    changed = updated(told({"PackageType": "Image"}), image=image)
    for call in (made[0], changed[0]):
        assert call.also_needs["ecr:SetRepositoryPolicy"] == call.also_needs["ecr:GetRepositoryPolicy"] == repository
    check_permissions([made[0], changed[0]])


def test_cors_is_written_whole() -> None:
    cors = {"AllowOrigins": ["https://a"], "AllowMethods": ["GET"]}
    have = told({}, {"url": {"FunctionUrl": "https://x", "AuthType": "AWS_IAM", "Cors": cors}, "policy": None}, {})
    [call] = updated(have, url={"cors": {"max_age": 60}})
    assert call.params["Cors"] == {**cors, "MaxAge": 60, "AllowCredentials": False}
    [call] = updated(have, url={"cors": None})
    assert call.params["Cors"] == {}


def test_other_sources_than_queues_are_left_alone_and_go_with_the_function() -> None:
    """A self-managed Kafka has no ARN, a stream's has a time in it, and what is being deleted is no more."""
    mappings = [
        {"UUID": "1", "SelfManagedEventSource": {}},
        {"UUID": "2", "EventSourceArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks", "State": "Enabled"},
        {"UUID": "3", "EventSourceArn": QUEUE, "BatchSize": 5, "State": "Disabling"},
        {"UUID": "4", "EventSourceArn": f"{QUEUE}-old", "State": "Deleting"},
    ]
    have = told({}, {"url": None, "policy": None}, {"EventSourceMappings": mappings})
    assert have.spec["queues"] == {"jobs": {"queue": QUEUE, "batch": 5, "window": 0, "enabled": False}}
    [call] = updated(have, queues={"jobs": {"enabled": True}})
    assert call.params == {"UUID": "3", "Enabled": True}
    assert [call.params.get("UUID") for call in deleted(have)] == ["1", "2", "3", "4", None]


def test_a_listing_tells_no_variables() -> None:
    reading = Function().discover(PLACE)
    next(reading)
    found: Any = reading.send({"Functions": [{**TOLD, "Environment": {"Variables": {"DB_PASSWORD": "hunter2"}}}]})
    assert found.actuals[0].spec["memory"] == 256
    assert "hunter2" not in repr(found)


def test_a_young_role_is_waited_for() -> None:
    [line] = Function().create("answer", spec(role=ROLE, runtime="python3.13", handler="a.b", code=SHA), PLACE, None)
    [call] = line.calls
    assert ("InvalidParameterValueException", "cannot be assumed by Lambda", 60) in {
        (rule.code, rule.message, rule.seconds) for rule in call.retry_on
    }
    assert call.also_needs["iam:PassRole"] == (ROLE,)


def test_every_call_needs_real_permissions_on_what_they_can_be_restricted_to() -> None:
    url = {"url": {"FunctionUrl": "https://x", "AuthType": "NONE"}, "policy": policy(statement(OPEN, '"*"'))}
    have = told({}, url, {"EventSourceMappings": [{"UUID": "1", "EventSourceArn": QUEUE}]})
    layer = "arn:aws:lambda:eu-west-1:123456789012:layer:lib:1"
    whole = spec(
        role=ROLE,
        runtime="python3.13",
        handler="a.b",
        code=SHA,
        concurrency=5,
        layers=layer,
        subnets=["subnet-1"],
        security_groups=["sg-1"],
        url={"auth": "none"},
        queues={"jobs": {"queue": QUEUE}},
    )
    made = [call for line in Function().create("answer", whole, PLACE, None) for call in line.calls]
    changed = updated(
        have, memory=512, code="AAAA", concurrency=None, url={"auth": "iam"}, queues={"jobs": {"batch": 5}}
    )
    gone = [*updated(have, url=None, queues={"jobs": None}), *deleted(have)]
    tagged = [call for line in Function().mark(have, {"a": "b", "c": None}, None) for call in line.calls]
    for call in (*made, *changed, *gone, *tagged):
        for action, resources in allowed(statements(call)).items():
            assert action in real(action.partition(":")[0]), action
            assert all(supports(action, resource) for resource in resources), (action, resources)


# limits -----------------------------------------------------------------------------------------------------------
def limits_of(want: FunctionSpec, *answers: Any) -> Limits:
    reading = Function().prepare("answer", want, None)
    next(reading)
    with pytest.raises(StopIteration) as end:
        reading.send(list(answers))
    found: Limits = end.value.value
    return found


def test_what_the_account_has_no_room_for_is_refused_in_the_plan() -> None:
    ready = {"role": ROLE, "runtime": "python3.13", "handler": "a.b", "code": SHA}
    room = {"AccountLimit": {"UnreservedConcurrentExecutions": 150, "TotalCodeSize": 10}}
    known = limits_of(spec(**ready), {**room, "AccountUsage": {"TotalCodeSize": 9}})
    assert list(Function().create("answer", spec(**ready, concurrency=50), PLACE, known))
    with pytest.raises(GenesysError, match=r"can't reserve 51 .* 50 left"):
        list(Function().create("answer", spec(**ready, concurrency=51), PLACE, known))
    full = limits_of(spec(**ready), {**room, "AccountUsage": {"TotalCodeSize": 10}})
    with pytest.raises(GenesysError, match="used up"):
        list(Function().create("answer", spec(**ready), PLACE, full))
    have = told(Concurrency={"ReservedConcurrentExecutions": 30})
    assert updated(have, known, concurrency=80), "what it has reserved itself is there for it"
    with pytest.raises(GenesysError, match="80 left"):
        updated(have, known, concurrency=81)


def test_limits_that_nobody_may_read_stop_nobody() -> None:
    denied = CallError("lambda:GetAccountSettings", "denied", "AccessDenied", "no")
    assert limits_of(spec(concurrency=5, queues={"jobs": {"queue": QUEUE}}), denied, denied) == Limits()


def test_a_queue_that_shows_its_messages_too_early_is_named() -> None:
    known = limits_of(spec(queues={"jobs": {"queue": QUEUE}}), {}, 30)
    ready = spec(
        role=ROLE, runtime="python3.13", handler="a.b", code=SHA, timeout=60, queues={"jobs": {"queue": QUEUE}}
    )
    *_, line = Function().create("answer", ready, PLACE, known)
    assert "30 s now, and Lambda wants 60 s or more" in line.reason
    assert "360" in line.reason
    [slower] = Function().update(told({"Timeout": 20}), spec(timeout=45), PLACE, known)
    assert "jobs: It hides a message for 30 s" in slower.reason
    [calm] = Function().update(told({"Timeout": 20}), spec(timeout=30), PLACE, known)
    assert calm.reason == "Asked for"


# wishes -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("word", "runtime"),
    [("nodejs22", "nodejs22.x"), ("python3.11", "python3.11"), ("go1.21", "go"), ("go1.x", "go"), ("node", "nodejs")],
)
def test_words_of_older_files_for_runtimes(word: str, runtime: str) -> None:
    assert wish(runtime=word).runtime == runtime


@pytest.mark.parametrize("word", ["python2.7", "nodejs14.x", "java8", "cobol", "python3"])
def test_runtimes_that_lambda_does_not_take_are_refused_with_those_it_takes(word: str) -> None:
    with pytest.raises(ValueError, match=r"Lambda takes python, nodejs, .*python3\.14"):
        wish(runtime=word)
    assert spec(runtime=word).runtime == word, "a cloud may hold it"


def test_every_runtime_is_one_that_the_sdk_knows() -> None:
    model = botocore.session.Session().get_service_model("lambda")
    known = {one for several in RUNTIMES.values() for one in several}
    assert known <= set(model.shape_for("Runtime").enum)
    assert known >= DEPRECATED
    assert not DEPRECATED & {several[0] for several in RUNTIMES.values()}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"image": "x:1", "runtime": "python"}, "leave out"),
        ({"code": SHA}, "write `source`"),
        ({"starter": "python"}, "write `source`"),
        ({"environment": {"1A": "x"}}, "a letter, then"),
        ({"environment": {"AWS_REGION": "x"}}, "for itself"),
        ({"environment": {"AWS_LAMBDA_RUNTIME_API": "x"}}, "for itself"),
        ({"subnets": ["subnet-1"], "security_groups": []}, "both"),
        ({"log_retention": 2}, "1, 3, 5, 7"),
        ({"triggers": [{"type": "schedule"}]}, "its `schedule`"),
        ({"triggers": [{"type": "event"}]}, "its `pattern`"),
        ({"triggers": [{"type": "queue"}]}, "its `queue`"),
        ({"triggers": [{"type": "schedule", "schedule": "rate(1 hour)"}] * 2}, "`name` of its own"),
        ({"triggers": [{"type": "http", "path": "/a"}, {"type": "http", "path": "/a"}]}, "`name` of its own"),
        ({"queues": [{"queue": "jobs", "batch": 11}]}, "`window`"),
        ({"queues": [{"queue": "jobs.fifo", "batch": 11}]}, "FIFO"),
        ({"runtime": None}, "leave it out"),
    ],
)
def test_what_does_not_fit_together_is_told_before_any_call(fields: dict[str, Any], says: str) -> None:
    assert says in " ".join(fix for _, fix in wish(**fields).mistakes())


def test_variables_that_lambda_reads_are_given_by_the_user() -> None:
    ours = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap", "AWS_NODEJS_CONNECTION_REUSE_ENABLED": "1"}
    assert list(wish(environment=ours).mistakes()) == []


def test_two_triggers_of_one_type_are_told_apart_by_names() -> None:
    both = [{"type": "schedule", "schedule": "rate(1 hour)", "name": name} for name in ("one", "other")]
    assert list(wish(triggers=both).mistakes()) == []


def test_findings_name_what_is_old_or_in_plain_text() -> None:
    said = list(
        Function().findings(
            "function.answer",
            spec(
                runtime="python3.9",
                environment={"DB_PASSWORD": "hunter2", "API_TOKEN": "arn:aws:secretsmanager:x", "STAGE": "prod"},
            ),
        )
    )
    assert [item.severity for item in said] == ["warning", "warning"]
    assert "February 2027" in said[0].message
    assert "DB_PASSWORD" in said[1].message
    assert "hunter2" not in repr(said)
