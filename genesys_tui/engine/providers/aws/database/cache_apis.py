"""The three APIs that make a cache: ElastiCache's replication groups (valkey, redis) and its clusters (memcached), and
MemoryDB's clusters. What they say alike is said once; a table holds their names. Pure. Source: their API references."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from genesys_tui.engine.model.call import Value
from genesys_tui.engine.model.specs.cache import SIZES, WORDS, CacheSpec
from genesys_tui.engine.providers.aws.described import present
from genesys_tui.engine.providers.aws.tags import Tagging

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Api:
    """`one`, `many`: what an answer holds it under. `id`: the parameter that names it; `named`: the same in an answer.
    `details`: what a describe call takes besides. `arn`: the end of its ARN without the name. `node`: the setting with
    the node type, and `prefix` what that starts with. `group`: what its API calls a subnet group. `busy`: what it
    answers while something else is under way. `beside`: what a create must be allowed on too. `count`: where an answer
    holds how many nodes there are. `parameters`: the setting with the group of parameters. `settings`: what only a
    create says. `resize`: the operation and parameters that make it so many nodes."""

    service: str
    one: str
    many: str
    id: str
    named: str
    create: str
    describe: str
    modify: str
    delete: str
    gone: str
    exists: str
    busy: str
    status: str
    arn: str
    node: str
    prefix: str
    final: str
    group: str
    group_gone: str
    group_exists: str
    tagging: Tagging
    tags: str
    details: Mapping[str, Value]
    beside: tuple[str, ...]
    count: str
    parameters: str
    settings: Callable[[str, CacheSpec], Mapping[str, Value]]
    resize: Callable[[Raw, int], tuple[str, Mapping[str, Value]]]


def _of_group(name: str, want: CacheSpec) -> Mapping[str, Value]:
    return {
        "ReplicationGroupDescription": f"Cache {name}",
        "Engine": want.engine,
        "NumCacheClusters": want.nodes,
        "AtRestEncryptionEnabled": True,
        "KmsKeyId": _key(want),
        "TransitEncryptionEnabled": want.transit_encryption,
    }


def _of_cluster(_name: str, want: CacheSpec) -> Mapping[str, Value]:
    return {
        "Engine": want.engine,
        "NumCacheNodes": want.nodes,
        "AZMode": _spread(want.nodes or 1),
        "TransitEncryptionEnabled": want.transit_encryption,
    }


def _of_memorydb(name: str, want: CacheSpec) -> Mapping[str, Value]:
    return {
        "Description": f"Cache {name}",
        "Engine": "valkey",
        "ACLName": "open-access",
        "NumReplicasPerShard": (want.nodes or 1) - 1,
        "KmsKeyId": _key(want),
        "TLSEnabled": want.transit_encryption,
    }


def _key(want: CacheSpec) -> str | None:
    return None if want.encryption == "managed" else want.encryption


def _spread(nodes: int) -> str:
    return "cross-az" if nodes > 1 else "single-az"


def _resize_group(raw: Raw, nodes: int) -> tuple[str, Mapping[str, Value]]:
    operation = "IncreaseReplicaCount" if nodes > nodes_of(raw) else "DecreaseReplicaCount"
    return operation, {"NewReplicaCount": nodes - 1, "ApplyImmediately": True}


def _resize_cluster(raw: Raw, nodes: int) -> tuple[str, Mapping[str, Value]]:
    """Those that go have to be named; those that come are spread over the zones."""
    ids = sorted(node["CacheNodeId"] for node in raw.get("CacheNodes") or ())
    how = {"CacheNodeIdsToRemove": ids[nodes:]} if nodes < nodes_of(raw) else {"AZMode": _spread(nodes)}
    return "ModifyCacheCluster", {"NumCacheNodes": nodes, **how, "ApplyImmediately": True}


def _resize_memorydb(_raw: Raw, nodes: int) -> tuple[str, Mapping[str, Value]]:
    return "UpdateCluster", {"ReplicaConfiguration": {"ReplicaCount": nodes - 1}}


_ELASTICACHE_TAGS = Tagging("elasticache", "AddTagsToResource", "RemoveTagsFromResource", on="ResourceName")

GROUPS = Api(
    service="elasticache",
    one="ReplicationGroup",
    many="ReplicationGroups",
    id="ReplicationGroupId",
    named="ReplicationGroupId",
    create="CreateReplicationGroup",
    describe="DescribeReplicationGroups",
    modify="ModifyReplicationGroup",
    delete="DeleteReplicationGroup",
    gone="ReplicationGroupNotFoundFault",
    exists="ReplicationGroupAlreadyExists",
    busy="InvalidReplicationGroupState",
    status="Status",
    arn="replicationgroup:",
    node="CacheNodeType",
    prefix="cache.",
    final="FinalSnapshotIdentifier",
    group="CacheSubnetGroup",
    group_gone="CacheSubnetGroupNotFoundFault",
    group_exists="CacheSubnetGroupAlreadyExists",
    tagging=_ELASTICACHE_TAGS,
    tags="ListTagsForResource",
    details={},
    beside=("cluster:*", "parametergroup:*", "subnetgroup:*"),
    count="length(NodeGroups[0].NodeGroupMembers)",
    parameters="CacheParameterGroupName",
    settings=_of_group,
    resize=_resize_group,
)
CLUSTERS = Api(
    service="elasticache",
    one="CacheCluster",
    many="CacheClusters",
    id="CacheClusterId",
    named="CacheClusterId",
    create="CreateCacheCluster",
    describe="DescribeCacheClusters",
    modify="ModifyCacheCluster",
    delete="DeleteCacheCluster",
    gone="CacheClusterNotFound",
    exists="CacheClusterAlreadyExists",
    busy="InvalidCacheClusterState",
    status="CacheClusterStatus",
    arn="cluster:",
    node="CacheNodeType",
    prefix="cache.",
    final="FinalSnapshotIdentifier",
    group="CacheSubnetGroup",
    group_gone="CacheSubnetGroupNotFoundFault",
    group_exists="CacheSubnetGroupAlreadyExists",
    tagging=_ELASTICACHE_TAGS,
    tags="ListTagsForResource",
    details={"ShowCacheNodeInfo": True},
    beside=("parametergroup:*", "subnetgroup:*"),
    count="NumCacheNodes",
    parameters="CacheParameterGroupName",
    settings=_of_cluster,
    resize=_resize_cluster,
)
MEMORYDB = Api(
    service="memorydb",
    one="Cluster",
    many="Clusters",
    id="ClusterName",
    named="Name",
    create="CreateCluster",
    describe="DescribeClusters",
    modify="UpdateCluster",
    delete="DeleteCluster",
    gone="ClusterNotFoundFault",
    exists="ClusterAlreadyExistsFault",
    busy="InvalidClusterStateFault",
    status="Status",
    arn="cluster/",
    node="NodeType",
    prefix="db.",
    final="FinalSnapshotName",
    group="SubnetGroup",
    group_gone="SubnetGroupNotFoundFault",
    group_exists="SubnetGroupAlreadyExistsFault",
    tagging=Tagging("memorydb"),
    tags="ListTags",
    details={"ShowShardDetails": True},
    beside=("acl/*", "parametergroup/*", "subnetgroup/*"),
    count="Shards[0].NumberOfNodes",
    parameters="ParameterGroupName",
    settings=_of_memorydb,
    resize=_resize_memorydb,
)
APIS = (GROUPS, CLUSTERS, MEMORYDB)
OF_REDIS = frozenset({"6.2", "7.0", "7.1"})
"""The releases of MemoryDB that are Redis; all later ones are Valkey."""


def api_of(engine: str | None) -> Api:
    """The one that makes this engine."""
    return {"memcached": CLUSTERS, "memorydb": MEMORYDB}.get(engine or "", GROUPS)


def api_and_name(arn: str) -> tuple[Api, str]:
    """Whose it is, and its name there. Raises ValueError for what is no cache's ARN."""
    service, rest = arn.split(":", 5)[2], arn.split(":", 5)[-1]
    for api in APIS:
        if api.service == service and rest.startswith(api.arn):
            return api, rest.removeprefix(api.arn)
    raise ValueError(f"{arn} is no cache")


def changeable(api: Api, want: CacheSpec) -> dict[str, Value]:
    """The settings that are set and that an update takes too, by AWS's names; but for the number of nodes."""
    wire: dict[str, Value] = {}
    if want.size:
        type_ = SIZES.get(want.size)
        wire[api.node] = f"{api.prefix}{type_}" if type_ else want.size
    if want.version:
        wire["EngineVersion"] = want.version
    if want.version and api is MEMORYDB:
        wire["Engine"] = "redis" if want.version in OF_REDIS else "valkey"
    if want.multi_az is not None:
        wire |= {"MultiAZEnabled": want.multi_az, "AutomaticFailoverEnabled": want.multi_az}
    if want.security_groups:
        wire["SecurityGroupIds"] = want.security_groups
    if want.snapshot:
        days, window = want.snapshot.retention_days, want.snapshot.window
        wire |= present({"SnapshotRetentionLimit": days, "SnapshotWindow": window})
    return wire | dict(want.aws or {})


def default_parameters(api: Api, engine: str, version: str, *, sharded: bool) -> str:
    """The name of AWS's own group of parameters for a release: `default.valkey8`, `default.redis6.x`."""
    major, minor = version.split(".")[:2]
    if api is MEMORYDB:
        return f"default.memorydb-{'redis' if version in OF_REDIS else 'valkey'}{major}"
    if engine == "memcached":
        return f"default.memcached{major}.{minor}"
    return f"default.{engine}{major}{'.x' if major == '6' else ''}{'.cluster.on' if sharded else ''}"


# what they tell ---------------------------------------------------------------------------------------------------
def first(parts: Sequence[Raw] | None) -> Raw:
    """The first one, empty where there is none."""
    return parts[0] if parts else {}


def nodes_of(raw: Raw) -> int:
    """How many nodes it has; of one in shards, each shard."""
    if "NumCacheNodes" in raw:
        return int(raw["NumCacheNodes"])
    shard = first(raw.get("NodeGroups") or raw.get("Shards"))
    members = shard.get("NodeGroupMembers") or shard.get("Nodes") or ()
    return len(members) or int(shard.get("NumberOfNodes") or 1)


def endpoint_of(raw: Raw) -> Raw:
    """Where clients write to: `Address` and `Port`; empty while it is being made."""
    places: tuple[Raw | None, ...] = (
        raw.get("ConfigurationEndpoint"),
        raw.get("ClusterEndpoint"),
        first(raw.get("NodeGroups")).get("PrimaryEndpoint"),
        first(raw.get("CacheNodes")).get("Endpoint"),
    )
    return next(filter(None, places), {})


ENDPOINT = "(ConfigurationEndpoint || ClusterEndpoint || NodeGroups[0].PrimaryEndpoint || CacheNodes[0].Endpoint)"
"""The same as JMESPath."""


def spec_of(api: Api, raw: Raw) -> dict[str, Any]:
    """The fields that its own describe call tells. What an engine lacks is not among them."""
    engine = "memorydb" if api is MEMORYDB else raw.get("Engine") or "redis"
    node = raw.get(api.node) or ""
    spec: dict[str, Any] = {
        "engine": engine,
        "size": WORDS.get(node, node),
        "nodes": nodes_of(raw),
        "port": endpoint_of(raw).get("Port"),
        "transit_encryption": bool(raw.get("TLSEnabled" if api is MEMORYDB else "TransitEncryptionEnabled")),
    }
    if engine != "memcached":
        days, window = raw.get("SnapshotRetentionLimit") or 0, raw.get("SnapshotWindow")
        spec["snapshot"] = {"retention_days": days, "window": window}
    if api is GROUPS:
        spec["multi_az"] = raw.get("MultiAZ") == "enabled"
    if api is MEMORYDB or (api is GROUPS and raw.get("AtRestEncryptionEnabled")):
        spec["encryption"] = raw.get("KmsKeyId") or "managed"
    elif api is GROUPS:
        spec["encryption"] = None
    return spec | (spec_of_node(engine, raw) if api is not GROUPS else {})


def spec_of_node(engine: str, raw: Raw) -> dict[str, Any]:
    """What a replication group does not tell, but each of its clusters."""
    groups = [one["SecurityGroupId"] for one in raw.get("SecurityGroups") or ()]
    numbers = str(raw.get("EngineVersion") or "").split(".")
    version = ".".join(numbers if engine == "memcached" else numbers[:2]) or None
    return {"version": version, "security_groups": groups or None}
