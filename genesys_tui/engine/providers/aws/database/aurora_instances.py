"""The instances of an Aurora cluster: one writes, the others read and take over. Source: the RDS API reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from genesys_tui.engine.model.call import Call, Capture, Find, Params, Value, Wait, read
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.database import SIZES, DatabaseSpec
from genesys_tui.engine.providers.aws.database import database_instance as instance
from genesys_tui.engine.providers.aws.described import present
from genesys_tui.engine.providers.aws.tags import marked, tags_on_wire, users_tags

FIELDS = frozenset({"size", "public", "multi_az"})
"""What they tell."""
TOLD = "Instances"
"""Where the provider data of a cluster holds what was told of them."""


def describe(cluster: str) -> Call:
    """All of a cluster."""
    filters = [{"Name": "db-cluster-id", "Values": [cluster]}]
    return read("rds", "DescribeDBInstances", {"Filters": filters}, absent_on=instance.GONE)


def told(instances: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The fields of a spec that they tell. Where they are of several sizes, all are named."""
    sizes = sorted({one.get("DBInstanceClass", "") for one in instances})
    return {
        "size": instance.WORDS.get(sizes[0], sizes[0]) if len(sizes) == 1 else ", ".join(sizes) or None,
        "public": any(one.get("PubliclyAccessible") for one in instances),
        "multi_az": len(instances) > 1,
    }


def create(name: str, engine: str | None, want: DatabaseSpec, place: Placement) -> Iterator[Call]:
    """As many as the zones it is to stand in."""
    count = 2 if want.multi_az else 1
    for n in range(1, count + 1):
        class_ = SIZES.get(want.size or "", want.size)
        yield _create(f"{name}-{n}", name, engine, class_, want.public, want.tags, place)
    yield _ready(name, count)


def update(have: Actual, changed: DatabaseSpec, place: Placement) -> Iterator[Call]:
    """Those that are missing (of a create that was cut off, even the first), none that are too many; and what they are
    of."""
    there = names(have)
    class_ = SIZES.get(changed.size or "", changed.size)
    count = 2 if changed.multi_az else 1
    if len(there) < count and (changed.multi_az or class_):
        for member in _free_names(have, count - len(there)):
            yield _another(have, member, class_, changed.public, place)
        yield _ready(have.name, count)
    if changed.multi_az is False:
        for reader in there[:-1]:
            why = f"until {reader} is gone"
            gone = Wait(instance.describe(reader), "!DBInstances", why, interval=15, limit=1_800)
            yield replace(delete(have, reader), wait=gone)
        there = there[-1:]
    settings = present({"DBInstanceClass": class_, "PubliclyAccessible": changed.public})
    for member in there if settings else ():
        yield _modify(have, member, settings)


def delete(have: Actual, member: str) -> Call:
    """Its data is the cluster's."""
    params: Params = {"DBInstanceIdentifier": member, "SkipFinalSnapshot": True}
    gone = (*instance.GONE, "InvalidDBInstanceState")
    arn = _arn(have, member)
    return Call("rds", "DeleteDBInstance", params, absent_on=gone, idempotent=True, on=(arn,), seconds=200)


def names(have: Actual) -> list[str]:
    """Their names; the one that writes is last, so that it is changed when others can take over."""
    there = have.provider_data.get("DBClusterMembers") or ()
    in_order = sorted(there, key=lambda one: (bool(one.get("IsClusterWriter")), one["DBInstanceIdentifier"]))
    return [one["DBInstanceIdentifier"] for one in in_order]


def _free_names(have: Actual, count: int) -> list[str]:
    there = names(have)
    return [one for n in range(1, len(there) + count + 1) if (one := f"{have.name}-{n}") not in there][:count]


def _another(have: Actual, member: str, class_: str | None, public: bool | None, place: Placement) -> Call:
    """Where nothing else is said, as those are that there are already."""
    raw = have.provider_data
    alike: Mapping[str, Any] = next(iter(raw.get(TOLD) or ()), {})
    class_ = class_ or alike.get("DBInstanceClass")
    public = alike.get("PubliclyAccessible", False) if public is None else public
    return _create(member, have.name, raw["Engine"], class_, public, users_tags(have.tags), place)


def _create(
    member: str,
    cluster: str,
    engine: str | None,
    class_: str | None,
    public: bool | None,
    tags: Mapping[str, str | None],
    place: Placement,
) -> Call:
    arn = place.arn("rds", f"db:{member}")
    params: Params = present(
        {
            "DBInstanceIdentifier": member,
            "DBClusterIdentifier": cluster,
            "Engine": engine,
            "DBInstanceClass": class_,
            "PubliclyAccessible": public,
            "Tags": tags_on_wire(marked(tags, place)),
        }
    )
    found = {"_instance": Capture("DBInstances[0].DBInstanceArn")}
    return Call(
        "rds",
        "CreateDBInstance",
        params,
        captures={"_instance": Capture("DBInstance.DBInstanceArn")},
        find=Find(instance.describe(member), found, ("DBInstanceAlreadyExists",)),
        on=(arn, place.arn("rds", f"cluster:{cluster}"), *instance.groups(place)),
        also_needs={"rds:AddTagsToResource": (arn,)},
        seconds=10,
    )


def _ready(cluster: str, count: int) -> Call:
    """They start side by side."""
    done = f"DBInstances[{count - 1}] && !(DBInstances[?DBInstanceStatus!='available'])"
    failed = f"DBInstances[?{instance.FAILED.format(status='DBInstanceStatus')}]"
    why = f"until the instances of database '{cluster}' answer"
    wait = Wait(describe(cluster), done, why, failed=failed, interval=15, limit=2_400)
    return replace(describe(cluster), wait=wait, seconds=420)


def _modify(have: Actual, member: str, settings: Mapping[str, Value]) -> Call:
    params: Params = {"DBInstanceIdentifier": member, **settings, "ApplyImmediately": True}
    done, why = instance.ANSWERS.format(it="DBInstances[0]"), f"until {member} is as changed"
    wait = Wait(instance.describe(member), done, why, interval=15, limit=2_400)
    arn = _arn(have, member)
    return Call("rds", "ModifyDBInstance", params, idempotent=True, wait=wait, on=(arn,), seconds=200)


def _arn(have: Actual, member: str) -> str:
    return ":".join((*have.arn.split(":")[:5], "db", member))
