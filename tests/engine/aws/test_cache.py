"""ElastiCache, which the emulator knows in part only: by fed answers, and on a server that is helped to its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jmespath
import pytest
from pydantic import ValidationError

from genesys_tui.engine.model.errors import CallError, GenesysError, WishError
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.base import WISH
from genesys_tui.engine.model.specs.cache import CacheSpec
from genesys_tui.engine.providers.aws.database.cache import Cache
from genesys_tui.engine.workspace import Settings, Workspace, parse_intent
from tests.engine.aws.fed import PLACE, Fed, calls_of, check_permissions
from tests.engine.kinds.sample import Sample
from tests.engine.kinds.stage import REGION, Stage
from tests.faults import Fault, FaultProxy, Request

KIND = Cache()
ARN = "arn:aws:elasticache:eu-west-1:123456789012:replicationgroup:sessions"
GROUP: dict[str, Any] = {
    "ReplicationGroupId": "sessions",
    "ARN": ARN,
    "Status": "available",
    "Engine": "valkey",
    "CacheNodeType": "cache.t4g.medium",
    "MemberClusters": ["sessions-001", "sessions-002"],
    "NodeGroups": [
        {
            "PrimaryEndpoint": {"Address": "master.sessions.example", "Port": 6379},
            "ReaderEndpoint": {"Address": "replica.sessions.example", "Port": 6379},
            "NodeGroupMembers": [{"CacheClusterId": "sessions-001"}, {"CacheClusterId": "sessions-002"}],
        }
    ],
    "ClusterEnabled": False,
    "MultiAZ": "enabled",
    "TransitEncryptionEnabled": True,
    "AtRestEncryptionEnabled": True,
    "SnapshotRetentionLimit": 0,
    "SnapshotWindow": "03:00-04:00",
}
NODE = {
    "CacheClusterId": "sessions-001",
    "NumCacheNodes": 1,
    "EngineVersion": "8.0.1",
    "CacheSubnetGroupName": "sessions-subnets",
    "SecurityGroups": [{"SecurityGroupId": "sg-0a1b2c3d", "Status": "active"}],
}
MEMCACHED: dict[str, Any] = {
    "CacheClusterId": "pages",
    "ARN": "arn:aws:elasticache:eu-west-1:123456789012:cluster:pages",
    "CacheClusterStatus": "available",
    "Engine": "memcached",
    "EngineVersion": "1.6.22",
    "CacheNodeType": "cache.t4g.small",
    "NumCacheNodes": 3,
    "CacheNodes": [{"CacheNodeId": f"000{n}"} for n in (1, 2, 3)],
    "ConfigurationEndpoint": {"Address": "pages.cfg.example", "Port": 11211},
}


def there(**more: Any) -> Actual:
    """The group, read whole."""
    answers = {
        "DescribeReplicationGroups": {"ReplicationGroups": [{**GROUP, **more}]},
        "DescribeCacheClusters": {"CacheClusters": [NODE]},
        "ListTagsForResource": {"TagList": [{"Key": "team", "Value": "shop"}]},
    }
    found = Fed(answers).run(KIND.read(ARN, KIND.fields))
    assert found is not None
    return found


def memcached() -> Actual:
    found = Fed({"DescribeCacheClusters": {"CacheClusters": [MEMCACHED]}}).run(KIND.read(MEMCACHED["ARN"], frozenset()))
    assert found is not None
    return found


def updates(have: Actual, **changed: Any) -> list[tuple[str, Any]]:
    lines = KIND.update(have, CacheSpec.of(changed), PLACE, None)
    return [(call.operation, call.params) for call in calls_of(lines)]


def test_a_group_is_told_together_with_one_of_its_nodes() -> None:
    spec = there().spec
    assert {field: spec[field] for field in KIND.fields - {"subnets", "tags", "snapshot"} if field in spec} == {
        "engine": "valkey",
        "version": "8.0",
        "size": "medium",
        "nodes": 2,
        "multi_az": True,
        "security_groups": ["sg-0a1b2c3d"],
        "port": 6379,
        "encryption": "managed",
        "transit_encryption": True,
    }
    assert spec["tags"] == {"team": "shop"}


def test_only_what_is_asked_for_costs_a_call() -> None:
    fed = Fed({"DescribeReplicationGroups": {"ReplicationGroups": [GROUP]}})
    found = fed.run(KIND.read(ARN, frozenset({"size", "nodes"})))
    assert found is not None
    assert len(fed.asked) == 1
    assert KIND.outputs_of(found)["reader_endpoint"] == "replica.sessions.example"


def test_a_sweep_lists_all_three_and_no_node_of_a_group() -> None:
    memorydb = {"Name": "ledger", "ARN": "arn:aws:memorydb:eu-west-1:123456789012:cluster/ledger", "Status": "creating"}
    fed = Fed(
        {
            "DescribeReplicationGroups": {"ReplicationGroups": [GROUP]},
            "DescribeCacheClusters": {"CacheClusters": [MEMCACHED]},
            "DescribeClusters": {"Clusters": [memorydb]},
        }
    )
    fed.run(KIND.discover(PLACE))
    assert [(one.name, one.spec["engine"], one.transition) for one in fed.found] == [
        ("sessions", "valkey", ""),
        ("pages", "memcached", ""),
        ("ledger", "memorydb", "creating"),
    ]
    [lone] = [call for call in fed.asked if call.operation == "DescribeCacheClusters"]
    assert lone.params["ShowCacheClustersNotInReplicationGroups"] is True


@pytest.mark.parametrize("failure", ["unreachable", "denied"])
def test_a_region_without_memorydb_has_none(failure: Any) -> None:
    error = CallError("memorydb:DescribeClusters", failure, "Error", "no")
    answers = {"DescribeReplicationGroups": None, "DescribeCacheClusters": None, "DescribeClusters": error}
    if failure == "unreachable":
        assert Fed(answers).run(KIND.locate("sessions")) is None
    else:
        with pytest.raises(CallError):
            Fed(answers).run(KIND.locate("sessions"))


def test_a_node_comes_before_what_needs_it_and_goes_after_it() -> None:
    one = {"NodeGroups": [{"NodeGroupMembers": [{}]}], "MemberClusters": ["sessions-001"]}
    grown = updates(there(**one), nodes=2, multi_az=True)
    assert [name for name, _ in grown] == ["IncreaseReplicaCount", "ModifyReplicationGroup"]
    assert grown[0][1]["NewReplicaCount"] == 1
    shrunk = updates(there(), nodes=1, multi_az=False)
    assert [name for name, _ in shrunk] == ["ModifyReplicationGroup", "DecreaseReplicaCount"]
    assert shrunk[0][1]["AutomaticFailoverEnabled"] is False


def test_the_first_snapshots_name_the_node_they_are_made_of() -> None:
    [(_, params)] = updates(there(), snapshot={"retention_days": 3})
    assert (params["SnapshotRetentionLimit"], params["SnapshottingClusterId"]) == (3, "sessions-001")
    [(_, params)] = updates(there(SnapshottingClusterId="sessions-002"), snapshot={"retention_days": 3})
    assert "SnapshottingClusterId" not in params


@pytest.mark.parametrize(
    ("group", "sharded", "version", "wanted"),
    [
        ("default.valkey7", False, "8.0", "default.valkey8"),
        ("default.valkey7.cluster.on", True, "8.0", "default.valkey8.cluster.on"),
        ("default.valkey8", False, "8.1", None),
        ("ours", False, "8.0", None),
    ],
)
def test_a_release_of_another_family_takes_its_default_parameters(
    group: str, sharded: bool, version: str, wanted: str | None
) -> None:
    have = there(ClusterEnabled=sharded, CacheParameterGroup={"CacheParameterGroupName": group})
    [(_, params)] = updates(have, version=version)
    assert (params["EngineVersion"], params.get("CacheParameterGroupName")) == (version, wanted)


def test_a_change_is_waited_for_though_the_state_lags_behind() -> None:
    [line] = KIND.update(there(), CacheSpec.of({"size": "large"}), PLACE, None)
    wait = line.calls[0].wait
    assert wait is not None
    for raw, done in (
        ({}, False),
        ({"CacheNodeType": "cache.r7g.large"}, True),
        ({"CacheNodeType": "cache.r7g.large", "Status": "modifying"}, False),
        ({"CacheNodeType": "cache.r7g.large", "PendingModifiedValues": {"AutomaticFailoverStatus": "enabled"}}, False),
    ):
        assert bool(jmespath.search(wait.done, {"ReplicationGroups": [{**GROUP, **raw}]})) is done
    assert not jmespath.search(wait.done, {})
    [line] = KIND.update(there(), CacheSpec.of({"nodes": 3}), PLACE, None)
    assert line.calls[0].wait is not None
    assert not jmespath.search(line.calls[0].wait.done, {"ReplicationGroups": [GROUP]})


def test_nodes_of_memcached_that_go_are_named() -> None:
    [(operation, params)] = updates(memcached(), nodes=1)
    assert operation == "ModifyCacheCluster"
    assert (params["NumCacheNodes"], params["CacheNodeIdsToRemove"]) == (1, ["0002", "0003"])
    [(_, params)] = updates(memcached(), nodes=5)
    assert "CacheNodeIdsToRemove" not in params
    assert params["AZMode"] == "cross-az"


def test_security_groups_of_memorydb_are_set_whole() -> None:
    arn = "arn:aws:memorydb:eu-west-1:123456789012:cluster/ledger"
    raw = {"Name": "ledger", "ARN": arn, "Status": "available"}
    [(operation, params)] = updates(
        Actual("cache", arn, "ledger", "", {}, {}, arn, None, raw), security_groups=["sg-1"]
    )
    assert (operation, params) == ("UpdateCluster", {"ClusterName": "ledger", "SecurityGroupIds": ["sg-1"]})


@pytest.mark.parametrize(("days", "final"), [(3, "sessions-final-2"), (0, None)])
def test_what_snapshots_were_made_of_leaves_a_last_one(days: int, final: str | None) -> None:
    have = there(SnapshotRetentionLimit=days)
    fed = Fed({"DescribeSnapshots": {"Snapshots": [{"SnapshotName": "sessions-final-1"}]}})
    facts = fed.run(KIND.prepare("sessions", CacheSpec.of({}), have))
    assert bool(KIND.holds(have, facts)) is (final is not None)
    delete, forget = calls_of(KIND.delete(have, facts))
    assert delete.params.get("FinalSnapshotIdentifier") == final
    assert delete.wait is not None
    assert jmespath.search(delete.wait.done, {}) is True
    assert jmespath.search(delete.wait.done, {"ReplicationGroups": [{**GROUP, "Status": "deleting"}]}) is False
    assert (forget.operation, forget.params) == (
        "DeleteCacheSubnetGroup",
        {"CacheSubnetGroupName": "sessions-subnets"},
    )
    check_permissions([delete, forget])


def test_subnets_that_others_named_stay_named() -> None:
    have = there()
    theirs = Actual(
        have.kind, have.id, have.name, "", have.spec, {}, ARN, None, {**GROUP, "CacheSubnetGroupName": "shared"}
    )
    assert [call.operation for call in calls_of(KIND.delete(theirs, ()))] == ["DeleteReplicationGroup"]


@pytest.mark.parametrize(
    ("wish", "right"),
    [
        ({"engine": "memcached", "snapshot": {"retention_days": 1}}, "memcached keeps nothing"),
        ({"engine": "memcached", "nodes": 41}, "less than or equal to 40"),
        ({"engine": "valkey", "nodes": 7}, "1 to 6"),
        ({"engine": "memorydb", "multi_az": True}, "several zones anyway"),
        ({"engine": "valkey", "multi_az": True, "nodes": 1}, "2 to 6"),
        ({"engine": "memcached", "version": "1.6"}, "all three numbers"),
        ({"engine": "valkey", "version": "8.0.1"}, "two numbers"),
        ({"engine": "memorydb", "size": "cache.t4g.micro"}, "db.t4g.medium"),
        ({"size": "tiny"}, "small, medium, large, xlarge"),
        ({"snapshot": {"window": "3-4"}}, "03:00-04:00"),
        ({"engine": "mongo"}, "'valkey', 'redis', 'memcached' or 'memorydb'"),
    ],
)
def test_wishes_out_of_range_are_refused_with_what_is_right(wish: dict[str, Any], right: str) -> None:
    try:
        mistakes = CacheSpec.model_validate(wish, context=WISH).mistakes()
        assert any(right in todo for _, todo in mistakes)
    except ValidationError as error:
        assert right in str(error)


def test_words_that_name_no_engine_are_refused_when_it_lacks_what_they_ask_for() -> None:
    with pytest.raises(GenesysError, match="of memcached has no `snapshot`"):
        list(KIND.update(memcached(), CacheSpec.of({"snapshot": {"retention_days": 1}}), PLACE, None))


def test_one_node_can_t_outlive_its_zone() -> None:
    alone = there(NodeGroups=[{"NodeGroupMembers": [{}]}])
    with pytest.raises(GenesysError, match="one node"):
        list(KIND.update(alone, CacheSpec.of({"multi_az": True}), PLACE, None))


@pytest.mark.parametrize("engine", ["valkey", "redis", "memcached", "memorydb"])
def test_every_call_is_one_that_can_be_allowed(engine: str) -> None:
    want = CacheSpec.of({"engine": engine, "subnets": ["subnet-0a1b2c3d"], "tags": {"team": "shop"}})
    calls = calls_of(KIND.create("sessions", KIND.fill(want, None, ()), PLACE, None))
    changes: dict[str, Any] = {"size": "large", "nodes": 4, "tags": {"team": "mill", "cost": None}}
    have = memcached() if engine == "memcached" else there()
    check_permissions([*calls, *calls_of(KIND.update(have, CacheSpec.of(changes), PLACE, None))])


def test_elasticache_is_made_changed_and_deleted(proxy: FaultProxy, tmp_path: Path) -> None:
    """On the emulator a group is being deleted forever: the proxy ends that."""
    spec = {"engine": "valkey", "size": "medium", "snapshot": {"retention_days": 2}, "tags": {"team": "shop"}}
    gone: list[Request] = []

    def end_of_deletion(request: Request) -> Fault | None:
        if request.operation == "DeleteReplicationGroup":
            gone.append(request)
        code = "ReplicationGroupNotFoundFault"
        deleted = bool(gone) and request.operation == "DescribeReplicationGroups"
        return Fault(forward=False, status=404, code=code) if deleted else None

    proxy.fault = end_of_deletion
    workspace = Workspace(Settings(region=REGION, endpoint=proxy.url, stack="stage", home=tmp_path))
    try:
        stage = Stage("cache", Sample("sessions", spec), workspace, tmp_path)
        stage.bring_about(spec)
        stage.bring_about({**spec, "size": "large", "tags": {"team": "mill"}})
        found = workspace._reader.ask(KIND.locate("sessions"))
        assert found is not None and found.arn == ARN
        assert found.spec["size"] == "large"
        stage.apply(stage.plan(None, delete_data=True))
        assert b"sessions-final-1" in gone[0].body
        with pytest.raises(WishError, match="memcached keeps nothing"):
            workspace.plan(parse_intent(["cache", "pages", "--engine", "memcached", "--retention-days", "3"]))
    finally:
        workspace.close()
