"""ECS clusters. Source: the ECS API reference. A cluster costs nothing; detailed measures of it do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Params, Wait, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.cluster import ClusterSpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags

MEASURES = Price("detailed measures", "metric", 0.30, low=5, typical=20, high=100)
AT_ONCE = 100
"""Clusters that one call tells of."""
TRANSITIONS = {"PROVISIONING": "creating", "DEPROVISIONING": "deleting"}


def describe(*clusters: str) -> Call:
    """What is known of these clusters, by name or ARN; those that are none are left out."""
    return read("ecs", "DescribeClusters", {"clusters": list(clusters), "include": ["SETTINGS", "TAGS"]})


class Cluster(Described[ClusterSpec]):
    """An ECS cluster. Its id is its name."""

    name = "cluster"
    title = "ECS cluster"
    noun = "cluster"
    purpose = "cluster"
    spec = ClusterSpec
    defaults: ClassVar[Document] = {"insights": False}
    tagging = Tagging("ecs", on="resourceArn", tags="tags", keys="tagKeys", shape="key")
    parts: ClassVar[Mapping[str, Part]] = {"cluster": Part(describe)}

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        for batch in (yield from listed()):
            answer = yield describe(*batch)
            yield Found(tuple(_actual(one) for one in answer.get("clusters", ()) if one["status"] != "INACTIVE"))

    def locate(self, name: str) -> Reading[Actual | None]:
        return (yield from self.read(name, frozenset()))

    def composed(self, id: str, told: Told) -> Actual | None:
        found = [one for one in (told["cluster"] or {}).get("clusters", ()) if one["status"] != "INACTIVE"]
        return _actual(found[0]) if found else None

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"insights": False, "tags": {}}

    def create(self, name: str, want: ClusterSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        arn = place.arn("ecs", f"cluster/{name}")
        outputs = {"id": fixed(name), "name": fixed(name), "arn": Capture("cluster.clusterArn")}
        found = {**outputs, "arn": Capture("clusters[?status=='ACTIVE'] | [0].clusterArn")}
        tags = tags_on_wire(marked(want.tags, place), "key")
        params: Params = {"clusterName": name, "settings": _settings(bool(want.insights)), "tags": tags}
        linked = place.arn("iam", "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS", region="")
        call = Call(
            "ecs",
            "CreateCluster",
            params,
            captures=outputs,
            find=Find(describe(name), found),
            on=(arn,),
            also_needs={"ecs:TagResource": (arn,), "iam:CreateServiceLinkedRole": (linked,)},
        )
        yield Line(f"Create cluster '{name}'", "A place for containers to run in; it costs nothing by itself", (call,))

    def update(self, have: Actual, changed: ClusterSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if changed.has("insights"):
            params: Params = {"cluster": have.id, "settings": _settings(bool(changed.insights))}
            call = Call("ecs", "UpdateCluster", params, idempotent=True, on=(have.arn,))
            verb = "Measure" if changed.insights else "No longer measure"
            yield Line(f"{verb} cluster '{have.name}' in detail", "Asked for", (call,))
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        """Services that have just ended hold it for a moment."""
        done = "!clusters || clusters[0].status=='INACTIVE'"
        wait = Wait(describe(have.id), done, f"until cluster '{have.name}' is gone", interval=3, limit=300)
        call = Call(
            "ecs",
            "DeleteCluster",
            {"cluster": have.id},
            absent_on=("ClusterNotFoundException",),
            idempotent=True,
            wait=wait,
            on=(have.arn,),
        )
        yield self.removal_line(have, call)

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: ClusterSpec) -> tuple[Price, ...]:
        return (MEASURES,) if want.insights else ()

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal()

    def refuses_removal(self, have: Actual, facts: Facts) -> str:
        raw = have.provider_data
        counts = {
            "services": raw.get("activeServicesCount", 0),
            "tasks": raw.get("runningTasksCount", 0),
            "instances": raw.get("registeredContainerInstancesCount", 0),
        }
        there = [f"{count} {what}" for what, count in counts.items() if count]
        return f"{' and '.join(there)} are in it" if there else ""


def listed() -> Reading[list[list[str]]]:
    """The ARNs of all clusters, in batches that one call can tell of."""
    answer: Answer = yield read("ecs", "ListClusters", paginate=True)
    arns: list[str] = list(answer.get("clusterArns", ()))
    return [arns[start : start + AT_ONCE] for start in range(0, len(arns), AT_ONCE)]


def _settings(insights: bool) -> list[dict[str, str]]:
    return [{"name": "containerInsights", "value": "enabled" if insights else "disabled"}]


def _actual(raw: Mapping[str, Any]) -> Actual:
    name = raw["clusterName"]
    tags = tags_from_wire(raw.get("tags"), "key")
    told = {one["name"]: one["value"] for one in raw.get("settings") or ()}
    spec: dict[str, Any] = {
        "insights": told.get("containerInsights") in ("enabled", "enhanced"),
        "tags": users_tags(tags),
    }
    transition = TRANSITIONS.get(raw["status"], "")
    return Actual("cluster", name, name, "", spec, tags, raw["clusterArn"], provider_data=raw, transition=transition)
