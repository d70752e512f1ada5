"""The calls that make, change and remove a cache, whichever API it is of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from genesys_tui.engine.model.call import Call, Capture, Params, RetryOn, Value, Wait, read
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers.aws.database.cache_apis import (
    ENDPOINT,
    GROUPS,
    MEMORYDB,
    Api,
    default_parameters,
    nodes_of,
)
from genesys_tui.engine.providers.aws.described import fixed
from genesys_tui.engine.providers.aws.tags import marked, tags_on_wire


def describe(api: Api, name: str) -> Call:
    """The one of that name."""
    return read(api.service, api.describe, {api.id: name, **api.details}, absent_on=(api.gone,))


def named(name: str, arn: str) -> dict[str, Capture]:
    """What a create captures: `arn` is where the ARN stands in the answer."""
    return {"id": Capture(arn), "arn": Capture(arn), "name": fixed(name)}


def available(api: Api, name: str, why: str, *also: str) -> Wait:
    """Until it can be used, and `also` (JMESPath on the thing itself) holds: a state may lag behind a change."""
    it = f"{api.many}[0]"
    captures = {
        "endpoint": Capture(f"{it} | {ENDPOINT}.Address"),
        "port": Capture(f"{it} | {ENDPOINT}.Port"),
        "reader_endpoint": Capture(f"{it}.NodeGroups[0].ReaderEndpoint.Address", required=False),
    }
    failed = f"contains(['create-failed', 'incompatible-network', 'restore-failed'], {it}.{api.status})"
    pending = () if api is MEMORYDB else ("!PendingModifiedValues",)  # MemoryDB lists what is only offered there too
    done = f"{it} | " + " && ".join((f"{api.status}=='available'", *pending, *also))
    return Wait(describe(api, name), done, why, failed=failed, interval=15, limit=2_400, captures=captures)


def modify(api: Api, have: Actual, operation: str, settings: Mapping[str, Value], *also: str) -> Call:
    """A change, once nothing else is under way (a snapshot is, each day)."""
    return Call(
        api.service,
        operation,
        {api.id: have.name, **settings},
        idempotent=True,
        retry_on=(RetryOn(api.busy, 900),),
        wait=available(api, have.name, f"until cache '{have.name}' is as changed", *also),
        on=(have.arn,),
        seconds=300,
    )


def change(api: Api, have: Actual, settings: Mapping[str, Value]) -> Call:
    """All settings at once, but for the number of nodes."""
    at_once = {} if api is MEMORYDB else {"ApplyImmediately": True}
    node = settings.get(api.node)
    also = [f"{api.node}=='{node}'"] if isinstance(node, str) else []
    return modify(api, have, api.modify, {**settings, **at_once}, *also)


def resize(api: Api, have: Actual, nodes: int) -> Iterator[Line]:
    """The line that makes it so many nodes, if they are not so many."""
    before = nodes_of(have.provider_data)
    if nodes == before:
        return
    operation, params = api.resize(have.provider_data, nodes)
    verb = "Add a node to" if nodes == before + 1 else f"Add {nodes - before} nodes to"
    if nodes < before:
        verb = "Take a node off" if nodes == before - 1 else f"Take {before - nodes} nodes off"
    call = modify(api, have, operation, params, f"{api.count}==`{nodes}`")
    yield Line(f"{verb} cache '{have.name}': {nodes} then", "Asked for", (call,))


def with_parameters(api: Api, have: Actual, settings: dict[str, Value]) -> dict[str, Value]:
    """A release of another family wants parameters of its own: where they are AWS's, AWS's are chosen anew."""
    raw, version = have.provider_data, settings.get("EngineVersion")
    now = raw.get("ParameterGroupName") or (raw.get("CacheParameterGroup") or {}).get("CacheParameterGroupName")
    if not isinstance(version, str) or api.parameters in settings or not str(now).startswith("default."):
        return settings
    sharded = bool(raw.get("ClusterEnabled"))
    group = default_parameters(api, str(raw.get("Engine")), version, sharded=sharded)
    return settings if group == now else {**settings, api.parameters: group}


def first_snapshots(api: Api, have: Actual, settings: dict[str, Value]) -> dict[str, Value]:
    """A replication group that made no snapshots must be told of which of its nodes to make them (unless in shards)."""
    raw = have.provider_data
    first = api is GROUPS and settings.get("SnapshotRetentionLimit") and not raw.get("SnapshottingClusterId")
    if first and not raw.get("ClusterEnabled") and raw.get("MemberClusters"):
        return {**settings, "SnapshottingClusterId": raw["MemberClusters"][0]}
    return settings


def subnet_group(api: Api, name: str, subnets: Sequence[str], place: Placement) -> Line:
    """The line that names where it may stand."""
    arn = place.arn(api.service, f"subnetgroup{api.arn[-1]}{group_name(name)}")
    params: Params = {
        f"{api.group}Name": group_name(name),
        f"{api.group if api is not MEMORYDB else ''}Description": f"Where cache {name} stands",
        "SubnetIds": subnets,
        "Tags": tags_on_wire(marked({}, place)),
    }
    call = Call(
        api.service,
        f"Create{api.group}",
        params,
        absent_on=(api.group_exists,),
        idempotent=True,
        on=() if api is MEMORYDB else (arn,),
        also_needs={f"{api.service}:{api.tagging.tag}": (arn,)},
    )
    sentence = f"Name the subnets that cache '{name}' may stand in"
    return Line(sentence, "Its nodes are spread over their zones", (call,))


def drop_subnet_group(api: Api, have: Actual) -> Iterator[Line]:
    """Only the one that was made for it."""
    group = group_name(have.name)
    if have.provider_data.get(f"{'' if api is MEMORYDB else 'Cache'}SubnetGroupName") != group:
        return
    call = Call(
        api.service,
        f"Delete{api.group}",
        {f"{api.group}Name": group},
        absent_on=(api.group_gone,),
        idempotent=True,
        on=(sibling(api, have.arn, "subnetgroup", group),),
    )
    yield Line(f"Forget the subnets that cache '{have.name}' stood in", "Nothing stands there now", (call,))


def group_name(name: str) -> str:
    """Of the subnet group that is made for a cache."""
    return f"{name}-subnets"


def sibling(api: Api, arn: str, what: str, name: str) -> str:
    """The ARN of another thing of the same service, account and region."""
    return ":".join((*arn.split(":")[:5], f"{what}{api.arn[-1]}{name}"))
