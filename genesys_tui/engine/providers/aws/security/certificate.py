"""Certificates of ACM, proven by DNS. Source: the ACM API reference. Public ones cost nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Call, Capture, Find, Params, Token, Value, Wait, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Reversal
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.certificate import CertificateSpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags

GONE = ("ResourceNotFoundException",)
CDN_REGION = "us-east-1"
STATUSES = ["PENDING_VALIDATION", "ISSUED", "INACTIVE", "EXPIRED", "VALIDATION_TIMED_OUT", "FAILED"]
FAILED = "contains(['FAILED', 'VALIDATION_TIMED_OUT', 'REVOKED'], Certificate.Status)"


def _region(arn: str) -> str:
    return arn.split(":")[3]


class Certificate(Described[CertificateSpec]):
    """A certificate. Its id is its ARN."""

    name = "certificate"
    title = "ACM certificate"
    noun = "certificate"
    purpose = "certificate"
    spec = CertificateSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"names", "cdn"})
    kept: ClassVar[frozenset[str]] = frozenset({"zone"})
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name"})
    tagging = Tagging("acm", "AddTagsToCertificate", "RemoveTagsFromCertificate", on="CertificateArn")
    parts: ClassVar[Mapping[str, Part]] = {
        "certificate": Part(lambda arn: _describe(arn, _region(arn))),
        "tags": Part(
            lambda arn: read("acm", "ListTagsForCertificate", {"CertificateArn": arn}, region=_region(arn)),
            frozenset({"tags"}),
        ),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        """Those of CloudFront are in a region of their own."""
        for answer in (yield [_list(region) for region in dict.fromkeys((place.region, CDN_REGION))]):
            if isinstance(answer, CallError):
                raise answer
            yield Found(tuple(map(_bare, answer.get("CertificateSummaryList", ()))))

    def locate(self, name: str) -> Reading[Actual | None]:
        answers = yield [_list(None), _list(CDN_REGION)]
        for answer in answers:
            if isinstance(answer, CallError):
                raise answer
            for one in answer.get("CertificateSummaryList", ()):
                if one["DomainName"] == name:
                    return _bare(one)
        return None

    def composed(self, id: str, told: Told) -> Actual | None:
        raw: Mapping[str, Any] = (told["certificate"] or {})["Certificate"]
        domain = raw["DomainName"]
        tags = tags_from_wire((told.get("tags") or {}).get("Tags"))
        others = [name for name in raw.get("SubjectAlternativeNames", ()) if name != domain]
        spec: dict[str, Any] = {"names": others or None, "cdn": _region(id) == CDN_REGION}
        if "tags" in told:
            spec["tags"] = users_tags(tags)
        waits = "not proven yet" if raw.get("Status") == "PENDING_VALIDATION" else ""
        region = _region(id)
        return Actual("certificate", id, domain, region, spec, tags, id, raw.get("CreatedAt"), raw, transition=waits)

    def prepare(self, name: str, want: CertificateSpec, have: Actual | None) -> Reading[Facts]:
        """Before it is deleted: the records that prove it, with their zone, where they are in this account and prove no
        other certificate."""
        if have is None or (want.model_fields_set and not want.model_fields_set & self.create_only):
            return None
        zones, *listings = yield [read("route53", "ListHostedZones", paginate=True), _list(None), _list(CDN_REGION)]
        if isinstance(zones, CallError):
            return None
        arns = {one["CertificateArn"] for listing in listings for one in _named(listing, name)}
        over = {
            zone["Name"].removesuffix("."): zone["Id"].removeprefix("/hostedzone/") for zone in zones["HostedZones"]
        }
        near = max((zone for zone in over if name == zone or name.endswith(f".{zone}")), key=len, default=None)
        if near is None or arns - {have.id}:
            return None
        records = _proofs(have)
        looks: list[Call | Reading[Any]] = [_record_at(over[near], record) for record in records]
        answers = yield looks
        there = [_standing(answer, record) for answer, record in zip(answers, records, strict=True)]
        return over[near], [one for one in there if one is not None]

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"names": None, "cdn": False, "tags": {}}

    def create(self, name: str, want: CertificateSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        region = CDN_REGION if want.cdn else place.region
        outputs = {"id": Capture("CertificateArn"), "arn": Capture("CertificateArn"), "name": fixed(name)}
        ours = Capture(f"CertificateSummaryList[?DomainName=='{name}'] | [0].CertificateArn")
        params: Params = {
            "DomainName": name,
            "ValidationMethod": "DNS",
            "IdempotencyToken": Token(digest=True),
            "Tags": tags_on_wire(marked(want.tags, place)),
            **({"SubjectAlternativeNames": want.names} if want.names else {}),
        }
        arn = place.arn("acm", "certificate/*", region=region)
        domains = dict.fromkeys((name, *(want.names or ())))
        call = Call(
            "acm",
            "RequestCertificate",
            params,
            region=region,
            captures=outputs,
            find=Find(_list(region), {**outputs, "id": ours, "arn": ours}),
            wait=_told_what_to_prove(len(domains), region),
            on=(arn,),
            also_needs={"acm:AddTagsToCertificate": (arn,)},
        )
        yield Line(
            f"Request a certificate for {', '.join(domains)}", "Prove to browsers that the site is ours", (call,)
        )
        if want.zone:
            records = tuple(_record(want.zone, place_of) for place_of in range(len(domains)))
            yield Line(f"Prove by DNS records that {name} is ours", "ACM renews the certificate by them", records)
            wait = Wait(
                _describe(Output("id"), region),
                "Certificate.Status=='ISSUED'",
                "until ACM has seen the proof",
                failed=FAILED,
                interval=10,
                limit=1800,
            )
            described = _describe(Output("id"), region)
            issued = Call("acm", "DescribeCertificate", described.params, effect="read", region=region, wait=wait)
            yield Line("Wait until the certificate is issued", "Only then can it be used", (issued,))

    def update(self, have: Actual, changed: CertificateSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        yield from self.retag(have, changed)

    def tag_calls(self, have: Actual, tags: Mapping[str, str | None]) -> tuple[Call, ...]:
        put: dict[str, Value] = {key: value for key, value in tags.items() if value is not None}
        gone: list[Value] = [{"Key": key} for key, value in tags.items() if value is None]
        who, region, on = {"CertificateArn": have.id}, _region(have.id), (have.arn,)
        wire: Params = {**who, "Tags": tags_on_wire(put)}
        add = Call("acm", "AddTagsToCertificate", wire, region=region, idempotent=True, on=on)
        off = Call("acm", "RemoveTagsFromCertificate", {**who, "Tags": gone}, region=region, idempotent=True, on=on)
        return (*((add,) if put else ()), *((off,) if gone else ()))

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        params = {"CertificateArn": have.id}
        call = Call(
            "acm",
            "DeleteCertificate",
            params,
            region=_region(have.id),
            absent_on=GONE,
            idempotent=True,
            on=(have.arn,),
        )
        yield self.removal_line(have, call)
        zone, records = facts or ("", [])
        if records:
            changes: list[Value] = [{"Action": "DELETE", "ResourceRecordSet": record} for record in records]
            params_of: Params = {"HostedZoneId": zone, "ChangeBatch": {"Changes": changes}}
            absent, on = ("InvalidChangeBatch", "NoSuchHostedZone"), (f"arn:aws:route53:::hostedzone/{zone}",)
            drop = Call("route53", "ChangeResourceRecordSets", params_of, absent_on=absent, idempotent=True, on=on)
            yield Line(f"Take the proof for {have.name} out of DNS", "No other certificate needs it", (drop,))

    # words --------------------------------------------------------------------------------------------------------
    def findings(self, address: str, want: CertificateSpec) -> Iterator[Finding]:
        if not want.zone:
            what = "it is issued once the records that ACM names are in the domain's DNS"
            yield Finding("note", address, what, "name the zone, if it is in this account: --zone")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "another one is requested for the same names")

    def refuses_removal(self, have: Actual, facts: Facts) -> str:
        users = have.provider_data.get("InUseBy") or ()
        return f"{users[0]} uses it" if users else ""


def _list(region: str | None) -> Call:
    return read("acm", "ListCertificates", {"CertificateStatuses": STATUSES}, paginate=True, region=region)


def _describe(arn: Value, region: str) -> Call:
    return read("acm", "DescribeCertificate", {"CertificateArn": arn}, absent_on=GONE, region=region)


def _bare(one: Mapping[str, Any]) -> Actual:
    arn = one["CertificateArn"]
    return Actual("certificate", arn, one["DomainName"], _region(arn), arn=arn)


def _told_what_to_prove(domains: int, region: str) -> Wait:
    """ACM names the records some seconds after the request."""
    option = "Certificate.DomainValidationOptions[{}].ResourceRecord"
    captures = {}
    for number in range(domains):
        captures[f"_name{number}"] = Capture(option.format(number) + ".Name")
        captures[f"_value{number}"] = Capture(option.format(number) + ".Value")
    done = " && ".join(option.format(number) for number in range(domains))
    why = "until ACM says what proves the domain"
    return Wait(_describe(Output("id"), region), done, why, failed=FAILED, interval=2, limit=120, captures=captures)


def _record(zone: Value, number: int) -> Call:
    """Each alone: two domains may be proven by the same record, which one batch must not hold twice."""
    record: Params = {
        "Name": Output(f"_name{number}"),
        "Type": "CNAME",
        "TTL": 300,
        "ResourceRecords": [{"Value": Output(f"_value{number}")}],
    }
    batch: Params = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    params: Params = {"HostedZoneId": zone, "ChangeBatch": batch}
    return Call("route53", "ChangeResourceRecordSets", params, idempotent=True, on=("arn:aws:route53:::hostedzone/*",))


def _named(listing: Any, name: str) -> list[Mapping[str, Any]]:
    summaries = [] if isinstance(listing, CallError) else listing.get("CertificateSummaryList", ())
    return [one for one in summaries if one["DomainName"] == name]


def _proofs(have: Actual) -> list[Mapping[str, str]]:
    """The records that ACM named, each once."""
    options = have.provider_data.get("DomainValidationOptions") or ()
    records = {record["Name"]: record for option in options if (record := option.get("ResourceRecord"))}
    return list(records.values())


def _record_at(zone: str, record: Mapping[str, str]) -> Call:
    start: Params = {"StartRecordName": record["Name"], "StartRecordType": "CNAME", "MaxItems": "1"}
    return read("route53", "ListResourceRecordSets", {"HostedZoneId": zone, **start})


def _standing(answer: Any, record: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The record as it stands in the zone; None where it does not."""
    sets = [] if isinstance(answer, CallError) else answer.get("ResourceRecordSets", ())
    name = record["Name"].rstrip(".")
    return next((one for one in sets if one["Name"].rstrip(".") == name and one["Type"] == "CNAME"), None)
