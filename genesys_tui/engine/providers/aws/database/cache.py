"""Caches: ElastiCache and MemoryDB. Source: their API references; prices of us-east-1, November 2026, on demand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Find, Params, RetryOn, Value, Wait, read
from genesys_tui.engine.model.document import Document, overlay
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.kind import Facts, Fields, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.cache import LACKS, CacheSpec
from genesys_tui.engine.providers.aws.database.cache_apis import (
    APIS,
    CLUSTERS,
    GROUPS,
    MEMORYDB,
    Api,
    Raw,
    api_and_name,
    api_of,
    changeable,
    endpoint_of,
    first,
    nodes_of,
    spec_of,
    spec_of_node,
)
from genesys_tui.engine.providers.aws.database.cache_calls import (
    available,
    change,
    describe,
    drop_subnet_group,
    first_snapshots,
    group_name,
    named,
    resize,
    sibling,
    subnet_group,
    with_parameters,
)
from genesys_tui.engine.providers.aws.described import Described, Part, Told, present
from genesys_tui.engine.providers.aws.tags import marked, tags_from_wire, tags_on_wire, users_tags
from genesys_tui.engine.providers.aws.words import settings_in_words

HOURLY: Mapping[str, Mapping[str, float]] = {
    "valkey": {"small": 0.0256, "medium": 0.052, "large": 0.1752, "xlarge": 0.3496},
    "redis": {"small": 0.032, "medium": 0.065, "large": 0.219, "xlarge": 0.437},
    "memorydb": {"small": 0.0329, "medium": 0.0658, "large": 0.2618, "xlarge": 0.5236},
}
"""Dollars a node; memcached costs what redis does."""
HOURS = 730
OF_A_NODE = frozenset({"version", "security_groups", "aws"})
TOLD_BY_NODE = (
    "CacheParameterGroup",
    "CacheSubnetGroupName",
    "EngineVersion",
    "PreferredMaintenanceWindow",
    "SecurityGroups",
)
PAUSES = frozenset({"size", "version"})
"""What takes connections away for a moment."""


class Cache(Described[CacheSpec]):
    """A replication group of ElastiCache, a cluster of memcached, or a cluster of MemoryDB: its ARN, the id, says."""

    name = "cache"
    title = "cache"
    noun = "cache"
    purpose = "cache"
    spec = CacheSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"engine", "subnets", "port", "encryption", "transit_encryption"})
    kept: ClassVar[frozenset[str]] = frozenset({"version"})
    defaults: ClassVar[Document] = {
        "engine": "valkey",
        "size": "small",
        "nodes": 1,
        "multi_az": False,
        "encryption": "managed",
        "transit_encryption": True,
        "snapshot": {"retention_days": 1},
    }
    practice: ClassVar[frozenset[str]] = frozenset({"encryption", "snapshot", "transit_encryption"})
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "endpoint", "port", "reader_endpoint"})
    parts: ClassVar[Mapping[str, Part]] = {}
    """None that can be asked by the id alone: `read` asks."""

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        lone: Params = {**CLUSTERS.details, "ShowCacheClustersNotInReplicationGroups": True}
        looks: list[Call | Reading[Any]] = [
            read(api.service, api.describe, lone if api is CLUSTERS else api.details, paginate=True) for api in APIS
        ]
        answers = yield looks
        for api, answer in _answered(answers):
            yield Found(tuple(_actual(api, raw) for raw in answer.get(api.many, ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        looks: list[Call | Reading[Any]] = [describe(api, name) for api in APIS]
        answers = yield looks
        for api, answer in _answered(answers):
            for raw in answer.get(api.many, ()):
                if not raw.get("ReplicationGroupId") or api is GROUPS:
                    return _actual(api, raw)
        return None

    def read(self, id: str, fields: Fields) -> Reading[Actual | None]:
        """What a second call asks for stands in the first answer: so they are not side by side."""
        api, name = api_and_name(id)
        first_answer: Answer | None = yield describe(api, name)
        raw = first((first_answer or {}).get(api.many))
        if not raw:
            return None
        looks: dict[str, Call] = {}
        if "tags" in fields:
            looks["tags"] = read(api.service, api.tags, {api.tagging.on: id}, absent_on=(api.gone,))
        if fields & OF_A_NODE and (members := raw.get("MemberClusters")):
            looks["node"] = describe(CLUSTERS, members[0])
        answers = (yield list(looks.values())) if looks else []
        for answer in answers:
            if isinstance(answer, CallError):
                raise answer
        return self.composed(id, {"cache": first_answer, **dict(zip(looks, answers, strict=True))})

    def composed(self, id: str, told: Told) -> Actual | None:
        api, _ = api_and_name(id)
        raw = first((told["cache"] or {}).get(api.many))
        node = first((told.get("node") or {}).get(CLUSTERS.many))
        raw = {**raw, **{key: node[key] for key in TOLD_BY_NODE if key in node}}
        tags = tags_from_wire((told["tags"] or {}).get("TagList")) if "tags" in told else None
        return _actual(api, raw, tags, of_node="node" in told)

    def prepare(self, name: str, want: CacheSpec, have: Actual | None) -> Reading[Facts]:
        """Before one that holds data is deleted: the names that its snapshots have already."""
        if have is None or not self.holds(have, None):
            return ()
        if want.model_fields_set and not want.model_fields_set & self.create_only:
            return ()
        api, _ = api_and_name(have.id)
        answer: Answer | None = yield read(
            api.service, "DescribeSnapshots", {api.id: have.name}, paginate=True, absent_on=(api.gone,)
        )
        return tuple(one.get("SnapshotName") or one.get("Name") for one in (answer or {}).get("Snapshots", ()))

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"tags": {}}

    def fill(self, want: CacheSpec, facts: Facts, siblings: Sequence[CacheSpec]) -> CacheSpec:
        """A cache that outlives a zone has two nodes at least; an engine is asked for nothing that it lacks."""
        lacks = LACKS.get(want.engine or "", {})
        usual = {field: value for field, value in self.defaults.items() if field not in lacks}
        return self.spec.of(overlay({**usual, **({"nodes": 2} if want.multi_az else {})}, want.document))

    def create(self, name: str, want: CacheSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        api = api_of(want.engine)
        if want.subnets:
            yield subnet_group(api, name, want.subnets, place)
        settings = {
            api.id: name,
            **api.settings(name, want),
            "Port": want.port,
            f"{api.group}Name": group_name(name) if want.subnets else None,
            **changeable(api, want),
            "Tags": tags_on_wire(marked(want.tags, place)),
        }
        arn = place.arn(api.service, f"{api.arn}{name}")
        own = () if api is MEMORYDB else (arn,)  # MemoryDB's reference knows no cluster that is yet to be made
        call = Call(
            api.service,
            api.create,
            present(settings),
            captures=named(name, f"{api.one}.ARN"),
            find=Find(describe(api, name), named(name, f"{api.many}[0].ARN"), (api.exists,)),
            wait=available(api, name, f"until cache '{name}' answers"),
            on=(*own, *(place.arn(api.service, beside) for beside in api.beside)),
            also_needs={f"{api.service}:{api.tagging.tag}": (arn,), **_key_use(want)},
            seconds=600,
        )
        what = f"{want.engine} {want.version or ''}".strip()
        reason = "What is asked for often is kept in memory"
        if want.multi_az:
            reason = "Where its zone fails, a copy in another one takes over"
        yield Line(f"Create {what} cache '{name}', {want.size}, {_nodes(want)}", reason, (call,))

    def update(self, have: Actual, changed: CacheSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        """A node that another setting needs comes before it, one that it does not need any more goes after it."""
        api, _ = api_and_name(have.id)
        _refuse(have, changed)
        resized = list(resize(api, have, changed.nodes)) if changed.nodes else []
        grows = bool(changed.nodes and changed.nodes > nodes_of(have.provider_data))
        yield from resized if grows else ()
        settings = with_parameters(api, have, first_snapshots(api, have, changeable(api, changed)))
        if settings:
            others = {"tags", "nodes", *self.spec.write_only}
            fields = {field: value for field, value in changed.document.items() if field not in others}
            pause = "; connections break for a moment" if PAUSES & fields.keys() else ""
            sentence = f"Set {settings_in_words(fields)} of cache '{have.name}'"
            yield Line(sentence, f"Asked for{pause}", (change(api, have, settings),))
        yield from () if grows else resized
        yield from self.retag(have, changed)

    def tag_calls(self, have: Actual, tags: Mapping[str, str | None]) -> tuple[Call, ...]:
        api, _ = api_and_name(have.id)
        return api.tagging.calls(have.arn, tags, on=(have.arn,))

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        api, name = api_and_name(have.id)
        params: dict[str, Value] = {api.id: name}
        sentence, on = f"Delete cache '{have.name}'", [have.arn]
        if self.holds(have, facts):
            taken = set(facts or ())
            last = next(one for n in range(1, 10_000) if (one := f"{name}-final-{n}") not in taken)
            params[api.final] = last
            on.append(sibling(api, have.arn, "snapshot", last))
            sentence = f"{sentence}, and keep its data as snapshot '{last}'"
        why = f"until cache '{have.name}' is gone"
        wait = Wait(describe(api, name), f"!{api.many}", why, interval=15, limit=2_400)
        call = Call(
            api.service,
            api.delete,
            params,
            absent_on=(api.gone,),
            idempotent=True,
            retry_on=(RetryOn(api.busy, 900),),
            wait=wait,
            on=tuple(on),
            seconds=400,
        )
        yield Line(sentence, "No longer wanted", (call,))
        yield from drop_subnet_group(api, have)

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        endpoint = endpoint_of(have.provider_data)
        port = endpoint.get("Port")
        told = {
            "endpoint": endpoint.get("Address"),
            "port": str(port) if port else None,
            "reader_endpoint": (first(have.provider_data.get("NodeGroups")).get("ReaderEndpoint") or {}).get("Address"),
        }
        plain = {"id": have.id, "arn": have.arn, "name": have.name}
        return {**plain, **{name: value for name, value in told.items() if value}}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: CacheSpec) -> tuple[Price, ...] | None:
        engine, nodes = want.engine or "valkey", want.nodes or 1
        hourly = HOURLY.get(engine, HOURLY["redis"]).get(want.size or "small")
        if hourly is None:
            return None
        what = f"{want.size or 'small'} {engine} cache, {_nodes(want)}"
        return (Price(what, "hour", hourly * nodes, HOURS, HOURS, HOURS),)

    def findings(self, address: str, want: CacheSpec) -> Iterator[Finding]:
        if want.transit_encryption is False:
            yield Finding("warning", address, "clients speak to it unencrypted", "--transit-encryption on")
        if want.engine == "memorydb" and want.snapshot and want.snapshot.retention_days == 0:
            yield Finding("warning", address, "no snapshots are made of it", "--retention-days 7")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        if self.holds(have, facts):
            return Reversal("reversible", "an empty one is made again; its data is in the final snapshot")
        return Reversal("reversible", "an empty one is made again, and fills anew")

    def holds(self, have: Actual, facts: Facts) -> str:
        """What nobody ever made a snapshot of is taken for a mere cache."""
        api, _ = api_and_name(have.id)
        kept = api is MEMORYDB or have.provider_data.get("SnapshotRetentionLimit")
        return "its keys and their values" if kept else ""


def _answered(answers: Sequence[Any]) -> Iterator[tuple[Api, Answer]]:
    """What the three told, in order. Where there is no MemoryDB in a region it can't be reached, and has none."""
    for api, answer in zip(APIS, answers, strict=True):
        if isinstance(answer, CallError):
            if api is MEMORYDB and answer.failure == "unreachable":
                continue
            raise answer
        if answer is not None:
            yield api, answer


def _refuse(have: Actual, changed: CacheSpec) -> None:
    """What only what is there tells to be wrong: words need not name the engine. Raises GenesysError."""
    engine = have.spec.get("engine") or spec_of(api_and_name(have.id)[0], have.provider_data)["engine"]
    for field, todo in LACKS.get(str(engine), {}).items():
        if getattr(changed, field) is not None:
            raise GenesysError(f"a cache of {engine} has no `{field}`, so '{have.name}' can't have it", todo=todo)
    if changed.multi_az and (changed.nodes or nodes_of(have.provider_data)) < 2:
        raise GenesysError(
            f"cache '{have.name}' can't outlive its zone",
            why="it has one node, and nothing stands ready in another zone",
            todo="ask for 2 nodes or more with it",
            command=f"genesys execute modify cache {have.name} --nodes 2 --multi-az on",
        )


def _nodes(want: CacheSpec) -> str:
    return "1 node" if (want.nodes or 1) == 1 else f"{want.nodes} nodes"


def _key_use(want: CacheSpec) -> dict[str, tuple[str, ...]]:
    own = want.encryption not in (None, "managed")
    return {"kms:DescribeKey": (), "kms:CreateGrant": ()} if own else {}


def _actual(api: Api, raw: Raw, tags: Mapping[str, str] | None = None, *, of_node: bool = False) -> Actual:
    spec = spec_of(api, raw)
    if of_node:
        spec |= spec_of_node(spec["engine"], raw)
    if tags is not None:
        spec["tags"] = users_tags(tags)
    status = raw.get(api.status) or "available"
    return Actual(
        "cache",
        raw["ARN"],
        raw[api.named],
        "",
        {**spec, "aws": raw},
        tags or {},
        raw["ARN"],
        raw.get("ReplicationGroupCreateTime") or raw.get("CacheClusterCreateTime"),
        raw,
        transition="" if status == "available" else status,
    )
