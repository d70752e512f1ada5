"""Plans against an account: regions, stacks, networks, what is only used, and what was read before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from genesys_tui.engine.executor import verify
from genesys_tui.engine.executor.execution import Execution
from genesys_tui.engine.model.errors import BlockedError, GenesysError, MovedError, WishError
from genesys_tui.engine.model.history import ExecutionRecord
from genesys_tui.engine.model.resource import Desired, Fragment, Wish
from genesys_tui.engine.state.backend import Scope
from genesys_tui.engine.workspace import Settings, Workspace, parse_intent, read_stack_file
from tests.engine.accounts import count_all
from tests.engine.default_network import complete_default_network

Open = Callable[..., Workspace]
SMALL = ("network", "main", "--zones", "1", "--internet", "off")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "PAUSES", (0.0, 0.05))


@pytest.fixture
def opened(aws: str, world: Path) -> Iterator[Open]:
    """Opens workspaces on the same state."""
    workspaces: list[Workspace] = []

    def open(region: str = "eu-west-1", **settings: Any) -> Workspace:
        workspaces.append(Workspace(Settings(region=region, endpoint=aws, home=world / "state", **settings)))
        return workspaces[-1]

    yield open
    for each in workspaces:
        each.close()


@pytest.fixture
def workspace(opened: Open) -> Workspace:
    return opened()


def do(workspace: Workspace, *words: str) -> ExecutionRecord:
    record = workspace.apply(workspace.plan(parse_intent(words))).wait()
    assert record.status == "done", record.steps
    return record


def undo(workspace: Workspace, execution: str | None = None) -> ExecutionRecord:
    record = workspace.apply(workspace.plan_undo(execution)).wait()
    assert record.status == "done", record.steps
    return record


def remembered(workspace: Workspace, stack: str = "default") -> dict[str, Fragment]:
    return dict(workspace._backend.load(Scope(workspace.settings.region or "", stack)).fragments)


def file(folder: Path, text: str) -> Wish:
    path = folder / "genesys.yaml"
    path.write_text(text)
    return read_stack_file(path)


def s3(endpoint: str) -> Any:
    return boto3.client("s3", region_name="eu-west-1", endpoint_url=endpoint)


# regions and stacks ---------------------------------------------------------------------------------------------------
def test_undo_keeps_to_its_region(opened: Open) -> None:
    """Two regions may hold a network of the same name and shape: the one's undo must not take the other's."""
    here, there = opened("eu-west-1"), opened("us-east-1")
    done = do(here, "bucket", "acme-a")
    made = do(there, "bucket", "acme-b")
    assert here.plan_undo().undoes == done.id
    with pytest.raises(GenesysError) as caught:
        here.plan_undo(made.id)
    assert "us-east-1" in str(caught.value)
    assert "us-east-1" in caught.value.command


def test_a_plan_is_applied_where_it_was_made(opened: Open) -> None:
    here, there = opened("eu-west-1"), opened("us-east-1")
    plan = here.plan(parse_intent(("bucket", "acme-a")))
    with pytest.raises(MovedError):
        there.apply(plan)


def test_what_another_stack_owns_is_not_adopted(opened: Open) -> None:
    one, other = opened(stack="one"), opened(stack="other")
    do(one, "bucket", "acme-a")
    plan = other.plan(parse_intent(("adopt", "bucket", "acme-a")))
    assert plan.blocked
    assert "one" in plan.findings[0].message
    with pytest.raises(BlockedError):
        other.apply(plan)


# undo -----------------------------------------------------------------------------------------------------------------
def test_undo_without_a_name_takes_what_did_something(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    done = do(workspace, "bucket", "acme-a")
    with monkeypatch.context() as hurried:
        hurried.setattr(Execution, "cancelled", True)
        nothing = workspace.apply(workspace.plan(parse_intent(("bucket", "acme-b")))).wait()
    assert (nothing.status, len(nothing.at("skipped"))) == ("cancelled", 1)
    assert workspace.plan_undo().undoes == done.id


def test_undo_without_a_name_undoes_what_was_done_again(workspace: Workspace) -> None:
    do(workspace, "bucket", "acme-a")
    made = do(workspace, *SMALL)
    undone = undo(workspace)
    assert (undone.undoes, list(remembered(workspace))) == (made.id, ["bucket.acme-a"])
    redone = undo(workspace, undone.id)
    assert workspace.plan_undo().undoes == redone.id
    undo(workspace)
    assert list(remembered(workspace)) == ["bucket.acme-a"]


def test_undo_of_a_create_leaves_a_later_one_of_that_name(workspace: Workspace) -> None:
    first = do(workspace, *SMALL)
    workspace.apply(workspace.plan_destroy()).wait()
    do(workspace, *SMALL)
    plan = workspace.plan_undo(first.id)
    assert plan.steps == ()
    assert plan.conflicts


def test_undo_of_a_replace_replaces_it_back(workspace: Workspace, aws: str) -> None:
    do(workspace, *SMALL, "--cidr", "10.1.0.0/16")
    before, expected = remembered(workspace)["network.main"], count_all(aws)
    do(workspace, *SMALL, "--cidr", "10.2.0.0/16")
    undo(workspace)
    after = remembered(workspace)["network.main"]
    assert (after.spec["cidr"], after.asked) == ("10.1.0.0/16", before.asked)
    assert count_all(aws) == expected
    assert workspace.plan(parse_intent(("network", "main"))).steps == ()
    undo(workspace, workspace.history(1)[0].id)
    assert remembered(workspace)["network.main"].spec["cidr"] == "10.2.0.0/16"
    assert workspace.plan(parse_intent(("network", "main"))).steps == ()


SUBNETS = """
stack: default
resources:
  network:
    - name: main
      cidr: 10.1.0.0/16
      subnets:
        - {name: one, public: true}
"""


def test_undo_of_a_dropped_subnet_brings_it_and_its_memory_back(workspace: Workspace, tmp_path: Path) -> None:
    two = SUBNETS + "        - {name: two, public: false}\n"
    workspace.apply(workspace.plan(file(tmp_path, two))).wait()
    before = remembered(workspace)["network.main"]
    record = workspace.apply(workspace.plan(file(tmp_path, SUBNETS))).wait()
    assert record.status == "done", record.steps
    undo(workspace, record.id)
    after = remembered(workspace)["network.main"]
    assert after.spec == before.spec
    assert after.asked == before.asked
    assert workspace.plan(file(tmp_path, two)).steps == ()


NEVER_ABSENT = {
    "storage": ("bucket.versioning", "bucket.encryption", "bucket.public_access"),
    "network": ("network.cidr", "network.zones", "network.private", "network.internet", "network.subnets"),
}


# dropped fields -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "field"),
    [(storage, field) for storage, fields in NEVER_ABSENT.items() for field in fields],
)
def test_what_is_always_there_can_not_be_wished_away(tmp_path: Path, kind: str, field: str) -> None:
    """An empty `versioning:` would never be as it is asked for."""
    text = f"resources:\n  {kind}:\n    - name: acme-a\n      type: {field.partition('.')[0]}\n"
    with pytest.raises(WishError) as caught:
        file(tmp_path, f"{text}      {field.partition('.')[2]}:\n")
    assert "leave it out" in str(caught.value)


@pytest.mark.parametrize(
    "field", ["zones: 2", "private: true", "private: false", "internet: true", "cidr: 10.1.0.0/16"]
)
def test_a_field_of_a_network_that_the_file_drops(workspace: Workspace, tmp_path: Path, field: str) -> None:
    entry = "stack: default\nresources:\n  network:\n    - name: main\n      tags: {a: b}\n"
    workspace.apply(workspace.plan(file(tmp_path, f"{entry}      {field}\n"))).wait()
    plan = workspace.plan(file(tmp_path, entry))
    if plan.steps:
        record = workspace.apply(plan).wait()
        assert record.status == "done", record.steps
    assert workspace.plan(file(tmp_path, entry)).steps == ()


# what is only used ----------------------------------------------------------------------------------------------------
def test_a_default_network_that_suits_no_more_is_left_for_one_of_our_own(workspace: Workspace, aws: str) -> None:
    complete_default_network(aws)
    before = count_all(aws)["vpcs"]
    do(workspace, "network", "main", "--private", "off")
    assert not remembered(workspace)["network.main"].owned
    plan = workspace.plan(parse_intent(("network", "main", "--private", "on", "--zones", "1")))
    assert [step.action for step in plan.steps] == ["create"]
    assert "does not suit" in plan.steps[0].lines[0].reason
    workspace.apply(plan).wait()
    assert remembered(workspace)["network.main"].owned
    assert count_all(aws)["vpcs"] == before + 1
    workspace.apply(workspace.plan_destroy()).wait()
    assert count_all(aws)["vpcs"] == before


def test_a_default_network_is_never_destroyed(workspace: Workspace, aws: str) -> None:
    complete_default_network(aws)
    before = count_all(aws)
    used = do(workspace, "network", "main", "--private", "off")
    assert workspace.plan(parse_intent(("network", "main", "--private", "off"))).steps == ()
    assert [step.action for step in workspace.plan_destroy().steps] == ["forget"]
    undo(workspace, used.id)
    assert remembered(workspace) == {}
    undo(workspace, workspace.history(1)[0].id)
    assert not remembered(workspace)["network.main"].owned
    workspace.apply(workspace.plan_destroy()).wait()
    assert count_all(aws) == before


# destroy --------------------------------------------------------------------------------------------------------------
def test_what_others_need_is_not_destroyed_without_a_word(workspace: Workspace) -> None:
    both = (Desired("bucket.acme-a", "bucket", "acme-a", {}), Desired("bucket.acme-b", "bucket", "acme-b", {}))
    wish = Wish((both[0], replace(both[1], needs=("bucket.acme-a",))), "both")
    workspace.apply(workspace.plan(wish)).wait()
    plan = workspace.plan_destroy(addresses=("bucket.acme-a",))
    assert [(finding.severity, finding.address) for finding in plan.findings] == [("warning", "bucket.acme-a")]
    assert workspace.plan_destroy().findings == ()


# adopt ----------------------------------------------------------------------------------------------------------------
def test_what_is_not_there_can_not_be_adopted(workspace: Workspace) -> None:
    plan = workspace.plan(parse_intent(("adopt", "bucket", "acme-typo")))
    assert plan.blocked
    assert "to adopt" in plan.findings[0].message


# what was read before -------------------------------------------------------------------------------------------------
def test_what_was_read_during_an_apply_is_not_believed_after_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file saved while an apply runs is planned at once, from what is there just then."""
    wish = parse_intent(("bucket", "acme-a", "--tag", "a=b"))
    look = verify.read_back
    seen = []

    def meanwhile(*args: Any, **options: Any) -> Any:
        seen.append(workspace.plan(Wish((Desired("bucket.acme-b", "bucket", "acme-b", {}),), "b"), refresh=False))
        return look(*args, **options)

    monkeypatch.setattr("genesys_tui.engine.executor.run.read_back", meanwhile)
    first = workspace.plan(wish)
    workspace.apply(first).wait()
    assert seen[0].steps
    s3(str(workspace.settings.endpoint)).create_bucket(
        Bucket="acme-b", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    assert workspace.plan(Wish((Desired("bucket.acme-b", "bucket", "acme-b", {}),), "b"), refresh=False).blocked


def test_what_was_read_before_is_believed_until_it_is_asked_anew(workspace: Workspace) -> None:
    do(workspace, "bucket", "acme-a")
    wish = parse_intent(("bucket", "acme-a"))
    assert workspace.plan(wish).steps == ()
    calls = workspace._reader.counts.calls
    assert workspace.plan(wish, refresh=False).steps == ()
    assert workspace._reader.counts.calls == calls
    suspended = {"Bucket": "acme-a", "VersioningConfiguration": {"Status": "Suspended"}}
    s3(str(workspace.settings.endpoint)).put_bucket_versioning(**suspended)
    assert workspace.plan(wish, refresh=False).steps == ()
    assert len(workspace.plan(wish).steps) == 1


def test_opened_from_many_threads_at_once_it_is_opened_once(opened: Open) -> None:
    for _ in range(5):
        workspace = opened()
        with ThreadPoolExecutor(16) as threads:
            planners = list(threads.map(lambda _, it=workspace: id(it._planning), range(16)))
        assert len(set(planners)) == 1
