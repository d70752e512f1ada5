"""A whole apply: what is done, what is not, what history, events and memory say; and that it always ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from genesys_tui.engine.executor import run, step, verify
from genesys_tui.engine.executor.execution import Execution
from genesys_tui.engine.model import events
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError, MovedError
from genesys_tui.engine.model.history import ExecutionRecord
from genesys_tui.engine.model.resource import Desired, Fragment, Reference, Wish
from genesys_tui.engine.state.backend import Scope
from genesys_tui.engine.state.sqlite import SqliteBackend
from genesys_tui.engine.workspace import Settings, Workspace, parse_intent
from tests.engine.accounts import count_all
from tests.engine.default_network import complete_default_network
from tests.faults import LOSE, Fault, FaultProxy, Request, deny, on

HERE = Scope("eu-west-1", "default")
SMALL = ("network", "main", "--zones", "1", "--internet", "off")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "SETTLING", (0.0, 0.05))
    monkeypatch.setattr(verify, "PAUSES", (0.0, 0.05))


@pytest.fixture
def opened(proxy: FaultProxy, world: Path) -> Iterator[Callable[[], Workspace]]:
    """Opens workspaces on the same state."""
    workspaces: list[Workspace] = []

    def open() -> Workspace:
        workspaces.append(Workspace(Settings(region="eu-west-1", endpoint=proxy.url, home=world / "state")))
        return workspaces[-1]

    yield open
    for each in workspaces:
        each.close()


@pytest.fixture
def workspace(opened: Callable[[], Workspace]) -> Workspace:
    return opened()


def bucket(name: str, *needs: str, **spec: Any) -> Desired:
    return Desired(f"bucket.{name}", "bucket", name, spec, needs=needs)


def network(spec: Document) -> Desired:
    return Desired("network.main", "network", "main", spec)


def wish(*resources: Desired) -> Wish:
    return Wish(resources, "a test")


def remembered(workspace: Workspace) -> dict[str, Fragment]:
    return dict(workspace._backend.load(HERE).fragments)


def statuses(record: ExecutionRecord) -> dict[str, str]:
    return {step.address: step.status for step in record.steps}


def chain(*names: str) -> Wish:
    """Each needs the one before."""
    pairs = zip(names, (None, *names[:-1]), strict=True)
    return wish(*(bucket(name, *([f"bucket.{before}"] if before else [])) for name, before in pairs))


def tags_of(endpoint: str, name: str) -> dict[str, str]:
    import boto3

    s3 = boto3.client("s3", region_name="eu-west-1", endpoint_url=endpoint)
    return {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=name)["TagSet"]}


# order, failures and cancelling ---------------------------------------------------------------------------------------
def test_a_failure_stops_what_depends_on_it_and_nothing_else(workspace: Workspace, proxy: FaultProxy) -> None:
    proxy.fault = lambda request: deny() if request.operation == "CreateBucket" and "/acme-a" in request.path else None
    asked = wish(*chain("acme-a", "acme-b", "acme-c").resources, bucket("acme-z"))
    execution = workspace.apply(workspace.plan(asked))
    record = execution.wait()
    assert statuses(record) == {
        "bucket.acme-a": "failed", "bucket.acme-b": "skipped", "bucket.acme-c": "skipped", "bucket.acme-z": "done",
    }  # fmt: skip
    assert list(remembered(workspace)) == ["bucket.acme-z"]
    ended = [event.address for event in execution.events() if isinstance(event, events.StepSkipped)]
    assert ended == ["bucket.acme-b", "bucket.acme-c"]


def start(workspace: Workspace, asked: Wish, proxy: FaultProxy, operation: str) -> Execution:
    """Apply, and cancel at the first such operation. The execution is known before the first call leaves."""
    from threading import Event

    known = Event()
    running: list[Execution] = []

    def cancel(_: Request) -> None:
        known.wait(10)
        running[0].cancel()

    plan = workspace.plan(asked)
    proxy.fault = on(operation, Fault(before=cancel), times=1)
    running.append(workspace.apply(plan))
    known.set()
    return running[0]


@pytest.mark.parametrize("operation", ["CreateBucket", "PutBucketVersioning", "PutPublicAccessBlock"])
def test_a_cancelled_apply_says_of_every_step_how_it_ended(
    workspace: Workspace, proxy: FaultProxy, operation: str
) -> None:
    execution = start(workspace, chain("acme-a", "acme-b", "acme-c"), proxy, operation)
    record = execution.wait()
    assert record.status == "cancelled"
    told = {event.address for event in execution.events() if isinstance(event, events.StepSkipped)}
    assert statuses(record)["bucket.acme-b"] == statuses(record)["bucket.acme-c"] == "skipped"
    assert told == {"bucket.acme-b", "bucket.acme-c"}
    assert workspace.history(1) == [record]
    assert remembered(workspace)["bucket.acme-a"].id == "acme-a"
    assert sum(request.operation == "CreateBucket" for request in proxy.requests) == 1
    proxy.clear()
    assert workspace.apply(workspace.plan(chain("acme-a", "acme-b", "acme-c"))).wait().status == "done"


def test_whoever_comes_late_sees_the_same_events_in_the_same_order(workspace: Workspace) -> None:
    execution = workspace.apply(workspace.plan(chain("acme-a", "acme-b")))
    early = list(execution.events())
    assert early == list(execution.events())
    assert isinstance(early[-1], events.Finished)
    assert [event.address for event in early if isinstance(event, events.StepStarted | events.StepDone)] == [
        "bucket.acme-a", "bucket.acme-a", "bucket.acme-b", "bucket.acme-b",
    ]  # fmt: skip


# lost answers ---------------------------------------------------------------------------------------------------------
def test_a_create_that_was_lost_and_can_not_be_looked_for_is_found_by_the_next_plan(
    workspace: Workspace, proxy: FaultProxy, aws: str
) -> None:
    plan = workspace.plan(parse_intent(SMALL))
    before = count_all(aws)["vpcs"]

    def fault(request: Request) -> Fault | None:
        if request.operation == "CreateVpc":
            return LOSE
        return deny() if request.operation == "DescribeVpcs" else None

    proxy.fault = fault
    assert workspace.apply(plan).wait().status == "failed"
    assert remembered(workspace)["network.main"].pending
    proxy.clear()
    again = workspace.plan(parse_intent(SMALL))
    assert not again.blocked
    assert workspace.apply(again).wait().status == "done"
    assert count_all(aws)["vpcs"] == before + 1


def test_a_replace_whose_create_was_lost_is_found_by_the_next_plan(
    workspace: Workspace, proxy: FaultProxy, aws: str
) -> None:
    first, second = (*SMALL, "--cidr", "10.1.0.0/16"), (*SMALL, "--cidr", "10.2.0.0/16")
    workspace.apply(workspace.plan(parse_intent(first))).wait()
    old = remembered(workspace)["network.main"].id
    expected = count_all(aws)
    plan = workspace.plan(parse_intent(second))

    lost = []

    def fault(request: Request) -> Fault | None:
        if request.operation == "CreateVpc":
            lost.append(request)
            return LOSE
        return deny() if request.operation == "DescribeVpcs" and lost else None

    proxy.fault = fault
    assert workspace.apply(plan).wait().status == "failed"
    proxy.clear()
    assert workspace.apply(workspace.plan(parse_intent(second))).wait().status == "done"
    assert count_all(aws) == expected
    fragment = remembered(workspace)["network.main"]
    assert old not in {fragment.id, fragment.outputs["id"], fragment.outputs["arn"].rpartition("/")[2]}
    assert workspace.plan(parse_intent(second)).steps == ()


# outputs --------------------------------------------------------------------------------------------------------------
def test_what_is_only_used_can_be_referred_to_in_the_same_plan(workspace: Workspace, aws: str) -> None:
    vpc = complete_default_network(aws)
    tagged = bucket("acme-a", "network.main", tags={"net": Reference("${network.main.id}")})
    record = workspace.apply(workspace.plan(wish(network({"private": False}), tagged))).wait()
    assert record.status == "done", record.steps
    assert tags_of(aws, "acme-a")["net"] == vpc


def test_what_is_adopted_can_be_referred_to_in_the_same_plan(workspace: Workspace, aws: str) -> None:
    import boto3

    ec2 = boto3.client("ec2", region_name="eu-west-1", endpoint_url=aws)
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "main"}]}]
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=tags)["Vpc"]["VpcId"]
    adopted = Desired("network.main", "network", "main", {}, adopt=True)
    tagged = bucket("acme-a", "network.main", tags={"net": Reference("${network.main.id}")})
    record = workspace.apply(workspace.plan(wish(adopted, tagged))).wait()
    assert record.status == "done", record.steps
    assert tags_of(aws, "acme-a")["net"] == vpc


# it always ends -------------------------------------------------------------------------------------------------------
def test_an_apply_ends_when_the_state_can_not_be_written(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = workspace.plan(chain("acme-a", "acme-b"))

    def full(*_: object) -> None:
        raise GenesysError("the disk is full")

    monkeypatch.setattr(SqliteBackend, "settle", full)
    record = workspace.apply(plan).wait()
    assert statuses(record) == {"bucket.acme-a": "failed", "bucket.acme-b": "skipped"}
    assert "the disk is full" in record.steps[0].why


def test_what_could_not_be_stored_is_recovered_by_the_next_plan(
    workspace: Workspace, opened: Callable[[], Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk was full, and is not any more: what was made is ours, and is not taken for somebody else's."""
    plan = workspace.plan(chain("acme-a"))

    def full(*_: object) -> None:
        raise GenesysError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(SqliteBackend, "settle", full)
        assert workspace.apply(plan).wait().status != "done"
    again = opened().plan(chain("acme-a"))
    assert not again.blocked
    assert again.unchanged == ("bucket.acme-a",)


def test_an_apply_ends_when_its_record_can_not_be_stored(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = workspace.plan(chain("acme-a"))

    def full(*_: object) -> None:
        raise GenesysError("the disk is full")

    monkeypatch.setattr(SqliteBackend, "finish", full)
    assert workspace.apply(plan).wait().status == "interrupted"


@pytest.mark.parametrize("where", [verify, run])
def test_a_bug_in_the_end_of_an_apply_does_not_hang_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, where: object
) -> None:
    plan = workspace.plan(chain("acme-a"))

    def bug(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(where, "_look" if where is verify else "after_success", bug)
    record = workspace.apply(plan).wait()
    assert record.status != "done"
    assert "ZeroDivisionError" in record.steps[0].why


def test_an_apply_ends_when_the_workspace_is_closed(workspace: Workspace, proxy: FaultProxy) -> None:
    plan = workspace.plan(wish(*(bucket(f"acme-{number}") for number in range(40))))
    proxy.fault = on("CreateBucket", Fault(delay=0.2))
    execution = workspace.apply(plan)
    while not proxy.writes:
        pass
    workspace.close()
    assert execution.wait().status in {"failed", "cancelled", "interrupted"}


def test_a_lost_lease_ends_the_apply_and_says_why(
    workspace: Workspace, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = workspace.plan(chain("acme-a", "acme-b"))
    monkeypatch.setattr(run, "HEARTBEAT_SECONDS", 0.01)
    monkeypatch.setattr(SqliteBackend, "heartbeat", lambda *_: False)
    proxy.fault = on("CreateBucket", Fault(delay=0.2))
    record = workspace.apply(plan).wait()
    assert record.status == "cancelled"
    assert any("lease" in step.why for step in record.steps)


# a plan that is too old -----------------------------------------------------------------------------------------------
def test_a_plan_that_somebody_overtook_leaves_no_trace(workspace: Workspace, opened: Callable[[], Workspace]) -> None:
    old = workspace.plan(parse_intent(("bucket", "acme-a")))
    other = opened()
    done = other.apply(other.plan(parse_intent(("bucket", "acme-a")))).wait()
    with pytest.raises(MovedError):
        workspace.apply(old)
    assert [record.id for record in workspace.history()] == [done.id]
    assert workspace.apply(workspace.plan(parse_intent(("bucket", "acme-a", "--tag", "a=b")))).wait().status == "done"
