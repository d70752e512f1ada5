"""What an account has room for is known before a database is made; and what is waited for when it was changed."""

from __future__ import annotations

from typing import Any

import jmespath
import pytest

from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.database import DatabaseSpec
from genesys_tui.engine.providers.aws.database.database import Database
from genesys_tui.engine.providers.aws.database.database_quotas import Known
from tests.engine.aws.fed import PLACE, Fed

KIND = Database()


def known(**quotas: tuple[int, int]) -> Known:
    """What is read before a create: of each quota how much there is, and how much there may be."""
    told = [{"AccountQuotaName": name, "Used": used, "Max": most} for name, (used, most) in quotas.items()]
    found: Known = Fed({"DescribeAccountAttributes": {"AccountQuotas": told}}).run(
        KIND.prepare("app", DatabaseSpec.of({}), None)
    )
    return found


def refusal(facts: Known, siblings: int = 0, **wish: Any) -> GenesysError | None:
    before = [KIND.fill(DatabaseSpec.of({}), Known(), ())] * siblings
    try:
        KIND.fill(DatabaseSpec.of(wish), facts, before)
    except GenesysError as error:
        return error
    return None


def test_a_database_beyond_the_quota_is_refused_with_the_command_that_asks_for_more() -> None:
    error = refusal(known(DBInstances=(40, 40)))
    assert error is not None
    assert "40 of 40 database instances are there already" in error.why
    assert error.command.endswith("--service-code rds --quota-code L-7B6409FD --desired-value 41")
    assert refusal(known(DBInstances=(39, 40))) is None


def test_those_that_the_plan_makes_before_it_count_too() -> None:
    error = refusal(known(DBInstances=(38, 40)), siblings=2)
    assert error is not None and "2 more would be made before it" in error.why
    assert refusal(known(DBInstances=(38, 40)), siblings=1) is None


@pytest.mark.parametrize(
    ("quotas", "wish", "what"),
    [
        ({"AllocatedStorage": (99_950, 100_000)}, {"storage": 100}, "GB of storage"),
        ({"AllocatedStorage": (100_000, 100_000)}, {"engine": "aurora-mysql"}, ""),
        ({"DBClusters": (40, 40)}, {"engine": "aurora-mysql"}, "40 clusters"),
        ({"DBClusters": (40, 40)}, {"engine": "mysql"}, ""),
        ({"DBInstances": (39, 40)}, {"engine": "aurora-mysql", "multi_az": True}, "it takes 2"),
        ({"DBSubnetGroups": (50, 50)}, {"subnets": ["subnet-0a1b2c3d"]}, "subnet groups"),
        ({"DBSubnetGroups": (50, 50)}, {}, ""),
    ],
)
def test_each_takes_of_its_own_quotas(quotas: dict[str, tuple[int, int]], wish: dict[str, Any], what: str) -> None:
    error = refusal(known(**quotas), **wish)
    assert (error is not None) is bool(what)
    assert error is None or what in error.why


def test_quotas_that_can_t_be_read_stand_in_nobodys_way() -> None:
    error = CallError("rds:DescribeAccountAttributes", "denied", "AccessDenied", "no")
    fed = Fed({"DescribeAccountAttributes": error})
    assert refusal(fed.run(KIND.prepare("app", DatabaseSpec.of({}), None))) is None


def test_only_a_create_asks_for_quotas() -> None:
    have = Actual("database", "app", "app", "eu-west-1")
    fed = Fed({"DescribeDBSnapshots": {"DBSnapshots": [{"DBSnapshotIdentifier": "app-final-1"}]}})
    assert fed.run(KIND.prepare("app", DatabaseSpec.of({"engine": "mysql"}), have)).snapshots == ("app-final-1",)
    assert fed.run(KIND.prepare("app", DatabaseSpec.of({"size": "large"}), have)) == Known()
    assert [call.operation for call in fed.asked] == ["DescribeDBSnapshots"]


@pytest.mark.parametrize(
    ("raw", "done"),
    [
        ({"DBInstanceStatus": "available"}, True),
        ({"DBInstanceStatus": "available", "PendingModifiedValues": {}}, True),
        ({"DBInstanceStatus": "available", "PendingModifiedValues": {"DBInstanceClass": "db.r6g.large"}}, False),
        ({"DBInstanceStatus": "modifying"}, False),
        ({"DBInstanceStatus": "storage-optimization"}, True),
    ],
)
def test_a_change_is_waited_for_though_the_state_lags_behind_and_not_for_the_layout_of_storage(
    raw: dict[str, Any], done: bool
) -> None:
    have = Actual("database", "app", "app", "", provider_data={"AllocatedStorage": 20})
    [line] = KIND.update(have, DatabaseSpec.of({"storage": 40}), PLACE, Known())
    [call] = line.calls
    assert call.wait is not None
    assert bool(jmespath.search(call.wait.done, {"DBInstances": [raw]})) is done
