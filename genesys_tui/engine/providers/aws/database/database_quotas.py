"""Whether an account has room for one more database, known before anything is sent. Source: DescribeAccountAttributes,
RDS API reference; "Quotas and constraints for Amazon RDS"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from genesys_tui.engine.model.call import read
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.kind import Reading
from genesys_tui.engine.model.specs.database import DatabaseSpec, is_aurora
from genesys_tui.engine.providers.aws.quotas import asking

CODES: Mapping[str, tuple[str, str]] = {
    "DBInstances": ("database instances", "L-7B6409FD"),
    "DBClusters": ("clusters", "L-952B80B8"),
    "DBSubnetGroups": ("subnet groups", "L-48C6BF61"),
    "AllocatedStorage": ("GB of storage", "L-7ADDB58A"),
}
"""The quotas that a create takes of, by RDS's names: our words, and the code by which AWS is asked for more."""


@dataclass(frozen=True, slots=True)
class Quota:
    """How much there may be in this account and region, and how much there is."""

    most: int
    used: int


@dataclass(frozen=True, slots=True)
class Known:
    """What a database must know before it is made or deleted. `quotas`: those that could be read. `snapshots`: the
    names that it has given to its snapshots already."""

    quotas: Mapping[str, Quota] = field(default_factory=dict)
    snapshots: tuple[str, ...] = ()


def quotas() -> Reading[Known]:
    """What can't be read stands in nobody's way, and is not asked for again."""
    [answer] = yield [replace(read("rds", "DescribeAccountAttributes"), idempotent=False)]
    if isinstance(answer, CallError):
        return Known()
    told = {one.get("AccountQuotaName"): one for one in answer.get("AccountQuotas", ())}
    return Known({name: Quota(told[name]["Max"], told[name]["Used"]) for name in CODES if name in told})


def refuse_too_many(want: DatabaseSpec, siblings: Sequence[DatabaseSpec], known: Known) -> None:
    """Raises GenesysError when the account has no room for it, with `siblings` made before it."""
    taken = {name: sum(_takes(one)[name] for one in siblings) for name in CODES}
    for name, needs in _takes(want).items():
        quota = known.quotas.get(name)
        if quota is None or needs == 0 or quota.used + taken[name] + needs <= quota.most:
            continue
        what, code = CODES[name]
        planned = f", and {taken[name]} more would be made before it" if taken[name] else ""
        raise GenesysError(
            f"there is no room for another {want.engine} database",
            why=f"{quota.used} of {quota.most} {what} are there already{planned}, and it takes {needs}",
            todo="delete what nobody uses, or ask AWS for more",
            command=asking("rds", code, quota.used + taken[name] + needs),
        )


def _takes(want: DatabaseSpec) -> dict[str, int]:
    """The storage of Aurora counts towards no quota."""
    cluster = is_aurora(want.engine)
    return {
        "DBInstances": 2 if cluster and want.multi_az else 1,
        "DBClusters": 1 if cluster else 0,
        "DBSubnetGroups": 1 if want.subnets else 0,
        "AllocatedStorage": 0 if cluster else want.storage or 0,
    }
