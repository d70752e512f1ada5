"""Records of Route 53. Source: the Route 53 API reference. They cost nothing; questions do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Params, Value, Wait, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Line, Reversal
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.dns_record import DnsRecordSpec, taken_apart
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.network.dns_zone import ZONE
from genesys_tui.engine.providers.aws.tags import Tagging
from genesys_tui.engine.providers.aws.words import plain

GONE = ("NoSuchHostedZone",)
TTL = 300
"""Seconds."""


class DnsRecord(Described[DnsRecordSpec]):
    """A record set. Its id is its zone's and its name: `Z0123456789/www.example.com A`."""

    name = "dns-record"
    title = "Route 53 record"
    noun = "DNS record"
    purpose = "DNS record"
    spec = DnsRecordSpec
    everywhere = True
    create_only: ClassVar[frozenset[str]] = frozenset({"zone"})
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "name"})
    tagging = Tagging("route53")
    parts: ClassVar[Mapping[str, Part]] = {"record": Part(lambda id: _listed(*_id(id)))}

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        """One call for each zone: Route 53 lists records in no other way."""
        zones = yield read("route53", "ListHostedZones", paginate=True)
        ids = [zone["Id"].removeprefix(ZONE) for zone in zones.get("HostedZones", ())]
        answers = yield [read("route53", "ListResourceRecordSets", {"HostedZoneId": id}, paginate=True) for id in ids]
        for id, answer in zip(ids, answers, strict=True):
            if isinstance(answer, CallError):
                raise answer
            yield Found(tuple(_actual(id, one) for one in answer.get("ResourceRecordSets", ()) if _plain(one)))

    def locate(self, name: str) -> Reading[Actual | None]:
        """In the zone that is nearest to it."""
        domain, _ = taken_apart(name)
        answer = yield read("route53", "ListHostedZones", paginate=True)
        zones = {
            zone["Name"].removesuffix("."): zone["Id"].removeprefix(ZONE) for zone in answer.get("HostedZones", ())
        }
        over = [zone for zone in zones if domain == zone or domain.endswith(f".{zone}")]
        if not over:
            return None
        return (yield from self.read(f"{zones[max(over, key=len)]}/{name}", frozenset()))

    def composed(self, id: str, told: Told) -> Actual | None:
        zone, name = _id(id)
        found = (told["record"] or {}).get("ResourceRecordSets", ())
        return next((_actual(zone, one) for one in found if _called(one) == name), None)

    # lowering -----------------------------------------------------------------------------------------------------
    def fill(self, want: DnsRecordSpec, facts: Facts, siblings: Sequence[DnsRecordSpec]) -> DnsRecordSpec:
        """An alias is remembered as long as AWS says."""
        return want if want.alias else DnsRecordSpec.of({"ttl": TTL, **want.document})

    def blank(self) -> Document:
        return {"values": None, "ttl": None, "alias": None}

    def create(self, name: str, want: DnsRecordSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if not want.zone:
            raise GenesysError(f"record '{name}' has no zone", todo="say which: --zone example.com")
        if not want.values and not want.alias:
            raise GenesysError(f"record '{name}' stands for nothing", todo="give it `values` or an `alias`")
        # Its id is made of its zone's, which may be known only when the zone is made.
        id = {"id": Capture(f"join('', [HostedZone.Id, '/{name}'])", drop=ZONE), "name": fixed(name)}
        known = read("route53", "GetHostedZone", {"Id": want.zone})
        look = Call("route53", "GetHostedZone", known.params, effect="read", captures=id, idempotent=True)
        call = _change("UPSERT", want.zone, _record_set(name, want.document), place)
        yield Line(f"Let '{name}' stand for {_meaning(want.document)}", "Others find it by name", (look, call))

    def update(self, have: Actual, changed: DnsRecordSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        zone, _ = _id(have.id)
        whole = {**have.provider_data["spec"], **changed.document}
        if changed.alias and (before := have.provider_data["spec"].get("alias")):
            whole["alias"] = {**before, **changed.alias.model_dump(exclude_unset=True)}
        call = _change("UPSERT", zone, _record_set(have.name, whole), place)
        yield Line(f"Let '{have.name}' stand for {_meaning(whole)}", "Asked for", (call,))

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        zone, _ = _id(have.id)
        params = _batch("DELETE", zone, have.provider_data["raw"])
        absent = ("InvalidChangeBatch", *GONE)
        call = Call(
            "route53", "ChangeResourceRecordSets", params, absent_on=absent, idempotent=True, on=_on(zone, "aws")
        )
        yield self.removal_line(have, call)

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        return {"id": have.id, "name": have.name}

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal()


def _id(id: str) -> tuple[str, str]:
    """Zone and name."""
    zone, _, name = id.partition("/")
    return zone, name


def _listed(zone: str, name: str) -> Call:
    domain, record = taken_apart(name)
    params: Params = {
        "HostedZoneId": zone,
        "StartRecordName": domain,
        "StartRecordType": record,
        "MaxItems": "1",
    }
    return read("route53", "ListResourceRecordSets", params, absent_on=GONE)


def _called(record: Mapping[str, Any]) -> str:
    """As we name it. Route 53 writes `*` as an octal escape."""
    domain = record["Name"].removesuffix(".").replace("\\052", "*")
    return domain if record["Type"] == "A" else f"{domain} {record['Type']}"


def _plain(record: Mapping[str, Any]) -> bool:
    """Those with a routing policy share their name with others: they are left to whoever made them."""
    return "SetIdentifier" not in record


def _actual(zone: str, record: Answer) -> Actual:
    name = _called(record)
    alias = record.get("AliasTarget")
    spec: dict[str, Any] = {
        "zone": zone,
        "values": [value["Value"] for value in record.get("ResourceRecords") or ()] or None,
        "ttl": record.get("TTL"),
        "alias": {"target": alias["DNSName"].removesuffix("."), "zone": alias["HostedZoneId"]} if alias else None,
    }
    of_aws = "made with its zone" if record["Type"] in ("NS", "SOA") else ""
    raw = {"spec": spec, "raw": record}
    return Actual("dns-record", f"{zone}/{name}", name, "", spec, provider_data=raw, of_aws=of_aws)


def _record_set(name: str, spec: Mapping[str, Any]) -> Params:
    domain, record = taken_apart(name)
    plain: dict[str, Value] = {"Name": f"{domain}.", "Type": record}
    if alias := spec.get("alias"):
        target: Params = {"DNSName": alias["target"], "HostedZoneId": alias["zone"], "EvaluateTargetHealth": False}
        return {**plain, "AliasTarget": target}
    values: list[Value] = [{"Value": value} for value in spec.get("values") or ()]
    return {**plain, "TTL": spec.get("ttl") or TTL, "ResourceRecords": values}


def _batch(action: str, zone: Value, record_set: Params) -> Params:
    return {"HostedZoneId": zone, "ChangeBatch": {"Changes": [{"Action": action, "ResourceRecordSet": record_set}]}}


def _on(zone: Value, partition: str) -> tuple[str, ...]:
    id = zone if isinstance(zone, str) and "$" not in zone else "*"
    return (f"arn:{partition}:route53:::hostedzone/{id}",)


def _change(action: str, zone: Value, record_set: Params, place: Placement) -> Call:
    known = read("route53", "GetChange", {"Id": Output("_change")})
    why = "until all name servers know it"
    return Call(
        "route53",
        "ChangeResourceRecordSets",
        _batch(action, zone, record_set),
        captures={"_change": Capture("ChangeInfo.Id")},
        idempotent=True,
        wait=Wait(known, "ChangeInfo.Status=='INSYNC'", why, interval=5, limit=300),
        on=_on(zone, place.partition),
        seconds=1,
    )


def _meaning(spec: Mapping[str, Any]) -> str:
    if alias := spec.get("alias"):
        return plain(str(alias["target"]))
    return plain(", ".join(map(str, spec.get("values") or ()))) or "nothing"
