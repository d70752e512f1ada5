"""Aurora: a cluster with its instances is one database. On a server through the real engine; else by fed answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jmespath
import pytest
from pydantic import ValidationError

from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.base import WISH
from genesys_tui.engine.model.specs.database import DatabaseSpec
from genesys_tui.engine.providers.aws.database.database import Database
from genesys_tui.engine.providers.aws.database.database_quotas import Known
from genesys_tui.engine.workspace import Settings, Workspace, parse_intent
from tests.engine.aws.fed import PLACE, Fed, calls_of, check_permissions
from tests.engine.kinds.sample import Sample
from tests.engine.kinds.stage import REGION, Stage
from tests.faults import LOSE, FaultProxy

KIND = Database()
SPEC: dict[str, Any] = {
    "engine": "aurora-postgres",
    "version": 16,
    "size": "medium",
    "backup": {"retention_days": 7, "window": "03:00-04:00"},
    "tags": {"team": "shop"},
}
ARN = "arn:aws:rds:eu-west-1:123456789012:cluster:ledger"
CLUSTER: dict[str, Any] = {
    "DBClusterIdentifier": "ledger",
    "DBClusterArn": ARN,
    "Engine": "aurora-mysql",
    "EngineVersion": "8.0.mysql_aurora.3.08.0",
    "Status": "available",
    "DBSubnetGroup": "ledger-subnets",
    "DeletionProtection": True,
    "DBClusterMembers": [
        {"DBInstanceIdentifier": "ledger-1", "IsClusterWriter": True},
        {"DBInstanceIdentifier": "ledger-2", "IsClusterWriter": False},
    ],
}
PARTS = [
    {"DBInstanceIdentifier": f"ledger-{n}", "DBClusterIdentifier": "ledger", "DBInstanceClass": "db.r6g.large"}
    for n in (1, 2)
]
LONE = {"DBInstanceIdentifier": "ledger", "Engine": "postgres", "DBInstanceArn": "arn:aws:rds:eu-west-1:1:db:ledger"}


@pytest.fixture
def stage(aws: str, tmp_path: Path) -> Iterator[Stage]:
    workspace = Workspace(Settings(region=REGION, endpoint=aws, stack="stage", home=tmp_path))
    yield Stage("database", Sample("ledger", SPEC), workspace, tmp_path)
    workspace.close()


def there(*instances: dict[str, Any], **more: Any) -> Actual:
    answers = {
        "DescribeDBClusters": {"DBClusters": [{**CLUSTER, **more}]},
        "DescribeDBInstances": {"DBInstances": list(instances) or PARTS},
    }
    found = Fed(answers).run(KIND.read(ARN, KIND.fields))
    assert found is not None
    return found


def updates(have: Actual, **changed: Any) -> list[tuple[str, str]]:
    """Operations, and the instance or cluster they are about; reads are waits."""
    calls = calls_of(KIND.update(have, DatabaseSpec.of(changed), PLACE, Known()))
    names = ("DBInstanceIdentifier", "DBClusterIdentifier")
    return [
        (call.operation, str(next((call.params[one] for one in names if one in call.params), ""))) for call in calls
    ]


def refused(wish: dict[str, Any]) -> str:
    """What is said to be right instead."""
    try:
        return "; ".join(todo for _, todo in DatabaseSpec.model_validate(wish, context=WISH).mistakes())
    except ValidationError as error:
        return str(error)


# on a server ------------------------------------------------------------------------------------------------------
def test_it_is_made_changed_undone_and_deleted_as_one_database(stage: Stage) -> None:
    stage.bring_about(SPEC)
    [found] = stage.listed()
    assert found.id == ARN
    assert {field: found.spec[field] for field in ("engine", "version", "size", "multi_az")} == {
        "engine": "aurora-postgres",
        "version": "16",
        "size": "medium",
        "multi_az": False,
    }
    changes: list[dict[str, Any]] = [{"size": "large", "multi_az": True}, {"tags": {"team": "mill"}}]
    for change in changes:
        plan = stage.plan({**SPEC, **change})
        assert stage.step(plan).action == "update"
        stage.bring_about({**SPEC, **change})
        back = stage.workspace.plan_undo()
        assert back.conflicts == ()
        stage.apply(back)
        assert stage.plan(SPEC).changes == 0
    plan = stage.plan(None, delete_data=True)
    assert "its tables" in stage.step(plan).reversal.why
    stage.apply(plan)
    assert stage.listed() == []


def test_it_is_adopted_as_it_is(stage: Stage, aws: str, tmp_path: Path) -> None:
    stage.bring_about({**SPEC, "multi_az": True})
    ours = Workspace(Settings(region=REGION, endpoint=aws, stack="stage", home=tmp_path / "ours"))
    try:
        wish = parse_intent(["adopt", "database", "ledger"])
        assert ours.apply(ours.plan(wish)).wait().status == "done"
        assert ours.plan(wish).steps == ()
    finally:
        ours.close()


def test_lost_answers_are_settled_by_looking(proxy: FaultProxy, tmp_path: Path) -> None:
    workspace = Workspace(Settings(region=REGION, endpoint=proxy.url, stack="stage", home=tmp_path))
    try:
        stage = Stage("database", Sample("ledger", SPEC), workspace, tmp_path)
        spec = {**SPEC, "multi_az": True}
        plan = stage.plan(spec)
        proxy.clear()
        lost = dict.fromkeys((1, 2, 3), LOSE)
        proxy.fault = lambda request: lost.pop(request.write_number, None)
        stage.apply(plan)
        assert lost == {}
        writes = [request.operation for request in proxy.writes]
        assert writes == ["CreateDBCluster", "CreateDBInstance", "CreateDBInstance"]
        assert stage.plan(spec).steps == ()
    finally:
        workspace.close()


# by fed answers ---------------------------------------------------------------------------------------------------
def test_a_sweep_tells_a_cluster_once_and_none_of_its_instances() -> None:
    answers = {
        "DescribeDBInstances": {"DBInstances": [*PARTS, LONE]},
        "DescribeDBClusters": {"DBClusters": [CLUSTER]},
    }
    fed = Fed(answers)
    fed.run(KIND.discover(PLACE))
    assert [(one.id, one.spec["engine"]) for one in fed.found] == [("ledger", "postgres"), (ARN, "aurora-mysql")]
    cluster = fed.found[1].spec
    assert (cluster["version"], cluster["size"], cluster["multi_az"]) == ("8.0", "large", True)


def test_an_instance_of_a_cluster_is_not_taken_for_the_database() -> None:
    part = {**PARTS[0], "DBInstanceIdentifier": "ledger"}
    answers = {"DescribeDBInstances": {"DBInstances": [part]}, "DescribeDBClusters": {"DBClusters": [CLUSTER]}}
    found = Fed(answers).run(KIND.locate("ledger"))
    assert found is not None and found.id == ARN
    found = Fed({**answers, "DescribeDBInstances": {"DBInstances": [LONE]}}).run(KIND.locate("ledger"))
    assert found is not None and found.id == "ledger"


def test_only_its_instances_are_asked_for_what_they_tell() -> None:
    fed = Fed({"DescribeDBClusters": {"DBClusters": [CLUSTER]}})
    assert fed.run(KIND.read(ARN, frozenset({"backup", "version"}))) is not None
    assert [call.operation for call in fed.asked] == ["DescribeDBClusters"]


def test_the_one_that_writes_is_changed_last_and_stays() -> None:
    assert updates(there(), size="xlarge") == [("ModifyDBInstance", "ledger-2"), ("ModifyDBInstance", "ledger-1")]
    assert updates(there(), multi_az=False) == [("DeleteDBInstance", "ledger-2")]
    alone = there(PARTS[0], DBClusterMembers=CLUSTER["DBClusterMembers"][:1])
    assert updates(alone, multi_az=True)[0] == ("CreateDBInstance", "ledger-2")
    create, *_ = calls_of(KIND.update(alone, DatabaseSpec.of({"multi_az": True}), PLACE, Known()))
    assert create.params["DBInstanceClass"] == "db.r6g.large"


def test_what_a_create_that_was_cut_off_left_out_is_made() -> None:
    bare = there(DBClusterMembers=[])
    bare.provider_data["Instances"].clear()
    made = [("CreateDBInstance", "ledger-1"), ("CreateDBInstance", "ledger-2"), ("DescribeDBInstances", "")]
    assert updates(bare, size="large", multi_az=True) == made
    assert updates(bare, size="large") == [made[0], made[2]]
    assert updates(bare, deletion_protection=False) == [("ModifyDBCluster", "ledger")]


def test_a_setting_of_the_cluster_is_one_call() -> None:
    assert updates(there(), backup={"retention_days": 14}) == [("ModifyDBCluster", "ledger")]


def test_instances_are_waited_for_until_all_answer() -> None:
    calls = calls_of(
        KIND.create("ledger", KIND.fill(DatabaseSpec.of({**SPEC, "multi_az": True}), None, ()), PLACE, None)
    )
    wait = calls[-1].wait
    assert wait is not None and wait.failed is not None
    up, starting, broken = ({"DBInstanceStatus": status} for status in ("available", "creating", "failed"))
    answers = [{}, {"DBInstances": [up]}, {"DBInstances": [up, starting]}, {"DBInstances": [up, up]}]
    assert [bool(jmespath.search(wait.done, answer)) for answer in answers] == [False, False, False, True]
    assert not jmespath.search(wait.failed, {}) and not jmespath.search(wait.failed, answers[2])
    assert jmespath.search(wait.failed, {"DBInstances": [up, broken]})


def test_its_instances_go_before_it_and_its_data_stays() -> None:
    have = there()
    fed = Fed(
        {"DescribeDBClusterSnapshots": {"DBClusterSnapshots": [{"DBClusterSnapshotIdentifier": "ledger-final-1"}]}}
    )
    calls = calls_of(KIND.delete(have, fed.run(KIND.prepare("ledger", DatabaseSpec.of({}), have))))
    assert [call.operation for call in calls] == [
        "ModifyDBCluster",
        "DeleteDBInstance",
        "DeleteDBInstance",
        "DeleteDBCluster",
        "DeleteDBSubnetGroup",
    ]
    assert calls[3].params["FinalDBSnapshotIdentifier"] == "ledger-final-2"
    check_permissions(calls)


def test_every_call_is_one_that_can_be_allowed() -> None:
    want = DatabaseSpec.of({**SPEC, "multi_az": True, "subnets": ["subnet-0a1b2c3d"]})
    check_permissions(calls_of(KIND.create("ledger", KIND.fill(want, None, ()), PLACE, None)))
    changed = DatabaseSpec.of({"size": "large", "backup": {"retention_days": 3}, "tags": {"team": None}})
    check_permissions(calls_of(KIND.update(there(), changed, PLACE, Known())))
    lone = DatabaseSpec.of({"engine": "mysql", "subnets": ["subnet-0a1b2c3d"]})
    check_permissions(calls_of(KIND.create("shop", KIND.fill(lone, None, ()), PLACE, None)))


@pytest.mark.parametrize(
    ("wish", "right"),
    [
        ({"engine": "aurora-postgres", "storage": 100}, "grows by itself"),
        ({"engine": "aurora-mysql", "backup": {"retention_days": 0}}, "1 to 35"),
        ({"engine": "aurora-mysql", "version": "8"}, "8.0"),
        ({"engine": "aurora-postgres", "version": "16.4"}, "16"),
        ({"engine": "oracle"}, "'aurora-postgres' or 'aurora-mysql'"),
    ],
)
def test_wishes_that_aurora_can_t_fulfil_are_refused_with_what_is_right(wish: dict[str, Any], right: str) -> None:
    assert right in refused(wish)


def test_the_smallest_of_aurora_is_medium() -> None:
    for size in ("small", "db.t4g.small", "medium"):
        assert DatabaseSpec.of({"engine": "aurora-postgresql", "size": size}).document == {
            "engine": "aurora-postgres",
            "size": "medium",
        }
    assert DatabaseSpec.of({"engine": "postgres", "size": "small"}).size == "small"
    with pytest.raises(GenesysError, match="can't be small"):
        updates(there(), size="small")


def test_words_can_t_set_the_storage_of_aurora() -> None:
    with pytest.raises(GenesysError, match="grows by itself"):
        updates(there(), storage=100)
