"""Hosted zones of Route 53. Source: the Route 53 API reference; prices of November 2026."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Params, Token, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.dns_zone import DnsZoneSpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags

MONTHLY = Price("zone", "zone-month", 0.50, low=1, typical=1, high=1)
QUERIES = Price("questions", "million", 0.40, low=0, typical=1, high=100)
GONE = ("NoSuchHostedZone",)
ZONE = "/hostedzone/"


class DnsZone(Described[DnsZoneSpec]):
    """A hosted zone. Its id is the one that Route 53 gives, without its path."""

    name = "dns-zone"
    title = "Route 53 zone"
    noun = "DNS zone"
    purpose = "DNS zone"
    spec = DnsZoneSpec
    everywhere = True
    create_only: ClassVar[frozenset[str]] = frozenset({"network"})
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "name", "name_servers"})
    parts: ClassVar[Mapping[str, Part]] = {
        "zone": Part(lambda id: read("route53", "GetHostedZone", {"Id": id}, absent_on=GONE)),
        "tags": Part(
            lambda id: read("route53", "ListTagsForResource", {"ResourceType": "hostedzone", "ResourceId": id}),
            frozenset({"tags"}),
        ),
    }
    tagging = Tagging("route53", "ChangeTagsForResource", on="ResourceId", tags="AddTags")

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("route53", "ListHostedZones", paginate=True)
        yield Found(tuple(_actual(zone, {}) for zone in answer.get("HostedZones", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        answer = yield _by_name(name)
        zones = answer.get("HostedZones", ())
        return next((_actual(zone, {}) for zone in zones if zone["Name"] == f"{name}."), None)

    def composed(self, id: str, told: Told) -> Actual | None:
        whole = told["zone"] or {}
        networks = [network["VPCId"] for network in whole.get("VPCs") or ()]
        tags = tags_from_wire(((told.get("tags") or {}).get("ResourceTagSet") or {}).get("Tags"))
        more: dict[str, Any] = {"network": networks[0] if networks else None}
        if "tags" in told:
            more["tags"] = users_tags(tags)
        servers = ",".join((whole.get("DelegationSet") or {}).get("NameServers") or ())
        return _actual(whole["HostedZone"], more, tags, servers)

    def prepare(self, name: str, want: DnsZoneSpec, have: Actual | None) -> Reading[Facts]:
        """Before a delete: the records in it."""
        if have is None or want.model_fields_set:
            return None
        answer: Answer = yield read("route53", "ListResourceRecordSets", {"HostedZoneId": have.id}, paginate=True)
        return answer

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"comment": None, "network": None, "tags": {}}

    def create(self, name: str, want: DnsZoneSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        servers = "join(',', DelegationSet.NameServers || `[]`)"
        outputs = {"id": Capture("HostedZone.Id", drop=ZONE), "name": fixed(name), "name_servers": Capture(servers)}
        params: Params = {
            "Name": name,
            "CallerReference": Token(),
            "HostedZoneConfig": {"Comment": want.comment or "", "PrivateZone": want.network is not None},
            **({"VPC": {"VPCRegion": place.region, "VPCId": want.network}} if want.network else {}),
        }
        ours = Capture(f"HostedZones[?Name=='{name}.'] | [0].Id", drop=ZONE)
        found = {**outputs, "id": ours, "name_servers": fixed("")}
        call = Call(
            "route53",
            "CreateHostedZone",
            params,
            captures=outputs,
            find=Find(_by_name(name), found, ("HostedZoneAlreadyExists",)),
            seconds=2,
        )
        yield Line(f"Create DNS zone '{name}'", "Say what the names under it stand for", (call,))
        tags: Params = {
            "ResourceType": "hostedzone",
            "ResourceId": Output("id"),
            "AddTags": tags_on_wire(marked(want.tags, place)),
        }
        on = (f"arn:{place.partition}:route53:::hostedzone/*",)
        yield Line(
            f"Tag DNS zone '{name}' as ours",
            "Others can see who manages it",
            (Call("route53", "ChangeTagsForResource", tags, idempotent=True, on=on),),
        )

    def update(self, have: Actual, changed: DnsZoneSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if changed.has("comment"):
            params: Params = {"Id": have.id, "Comment": changed.comment or ""}
            call = Call("route53", "UpdateHostedZoneComment", params, idempotent=True, on=(have.arn,))
            yield Line(f"Describe DNS zone '{have.name}' as '{changed.comment or ''}'", "Asked for", (call,))
        yield from self.retag(have, changed)

    def tag_calls(self, have: Actual, tags: Mapping[str, str | None]) -> tuple[Call, ...]:
        """One call writes and removes."""
        put: dict[str, Value] = {key: value for key, value in tags.items() if value is not None}
        gone = sorted(key for key, value in tags.items() if value is None)
        params: Params = {
            "ResourceType": "hostedzone",
            "ResourceId": have.id,
            **({"AddTags": tags_on_wire(put)} if put else {}),
            **({"RemoveTagKeys": gone} if gone else {}),
        }
        return (Call("route53", "ChangeTagsForResource", params, idempotent=True, on=(have.arn,)),)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        params = {"Id": have.id}
        call = Call("route53", "DeleteHostedZone", params, absent_on=GONE, idempotent=True, on=(have.arn,))
        yield self.removal_line(have, call)

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        servers = have.provider_data.get("name_servers", "")
        return {"id": have.id, "name": have.name, "name_servers": servers}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: DnsZoneSpec) -> tuple[Price, ...]:
        return (MONTHLY, QUERIES)

    def findings(self, address: str, want: DnsZoneSpec) -> Iterator[Finding]:
        if want.network is None:
            what = "the world asks it only once its name servers are entered where the domain was bought"
            yield Finding("note", address, what, "see its output name_servers")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "it is made again with other name servers, which must be entered again")

    def refuses_removal(self, have: Actual, facts: Facts) -> str:
        records = (facts or {}).get("ResourceRecordSets", ())
        others = [one for one in records if one["Type"] not in ("NS", "SOA") or one["Name"] != f"{have.name}."]
        return f"it has {len(others)} records" if others else ""


def _by_name(name: str) -> Call:
    return read("route53", "ListHostedZonesByName", {"DNSName": name})


def _actual(
    zone: Mapping[str, Any], more: Mapping[str, Any], tags: Mapping[str, str] = {}, servers: str = ""
) -> Actual:
    id, name = zone["Id"].removeprefix(ZONE), zone["Name"].removesuffix(".")
    spec: dict[str, Any] = {"comment": (zone.get("Config") or {}).get("Comment") or None, **more}
    owner = (zone.get("LinkedService") or {}).get("ServicePrincipal")
    of_aws = f"kept by {owner}" if owner else ""
    arn = f"arn:aws:route53:::hostedzone/{id}"
    return Actual("dns-zone", id, name, "", spec, tags, arn, provider_data={"name_servers": servers}, of_aws=of_aws)
