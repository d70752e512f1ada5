"""Load balancers of ELBv2, with their listeners and target groups. Source: the ELBv2 API reference; prices of
us-east-1, November 2026."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Call, Capture, Find, RetryOn, Value, Wait, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import MARK_PREFIX, Actual, address_of
from genesys_tui.engine.model.specs.load_balancer import LoadBalancerSpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.ec2 import filters
from genesys_tui.engine.providers.aws.network import load_balancer_lines as lines
from genesys_tui.engine.providers.aws.network import load_balancer_parts as parts
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags
from genesys_tui.engine.providers.aws.words import settings_in_words

HOUR = Price("load balancer", "hour", 0.0225, low=730, typical=730, high=730)
UNITS: Mapping[str, Price] = {
    "application": Price("capacity units", "LCU-hour", 0.008, low=10, typical=730, high=7_300),
    "network": Price("capacity units", "NLCU-hour", 0.006, low=10, typical=730, high=7_300),
}
SCHEMES: Mapping[str, str] = {"internet": "internet-facing", "internal": "internal"}
ATTRIBUTES: Mapping[str, str] = {
    "deletion_protection": "deletion_protection.enabled",
    "idle_timeout": "idle_timeout.timeout_seconds",
}
IDLE = 60
"""Seconds, of a new one."""

FIRST, LAST = Output("_first_subnet"), Output("_last_subnet")


class LoadBalancer(Described[LoadBalancerSpec]):
    """A load balancer. Its id is its ARN."""

    name = "load-balancer"
    title = "load balancer"
    noun = "load balancer"
    purpose = "load balancer"
    spec = LoadBalancerSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"type", "scheme", "network"})
    kept: ClassVar[frozenset[str]] = frozenset({"subnets", "security_groups"})
    defaults: ClassVar[Document] = {
        "type": "application",
        "scheme": "internet",
        "deletion_protection": False,
    }
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "dns_name", "zone_id", "target_*"})
    tagging = Tagging("elbv2", "AddTags", "RemoveTags", on="ResourceArns")
    parts: ClassVar[Mapping[str, Part]] = {
        "balancer": Part(
            lambda arn: read("elbv2", "DescribeLoadBalancers", {"LoadBalancerArns": [arn]}, absent_on=parts.GONE)
        ),
        "attributes": Part(
            lambda arn: read("elbv2", "DescribeLoadBalancerAttributes", {"LoadBalancerArn": arn}, absent_on=parts.GONE),
            frozenset({"deletion_protection", "idle_timeout", "aws"}),
        ),
        "parts": Part(parts.parts_told, frozenset({"listeners", "targets"}), outputs=True),
        "tags": Part(
            lambda arn: read("elbv2", "DescribeTags", {"ResourceArns": [arn]}, absent_on=parts.GONE),
            frozenset({"tags"}),
        ),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("elbv2", "DescribeLoadBalancers", paginate=True)
        yield Found(tuple(map(_bare, answer.get("LoadBalancers", ()))))

    def locate(self, name: str) -> Reading[Actual | None]:
        answer = yield _by_name(name)
        return next(map(_bare, (answer or {}).get("LoadBalancers", ())), None)

    def composed(self, id: str, told: Told) -> Actual | None:
        raw = next(iter((told["balancer"] or {}).get("LoadBalancers", ())), None)
        if raw is None:
            return None
        found = _bare(raw)
        spec: dict[str, Any] = dict(found.spec)
        data: dict[str, Any] = {"raw": raw}
        tags: Mapping[str, str] = {}
        if attributes := told.get("attributes"):
            spec |= _attributes(attributes, raw.get("Type", ""))
        if whole := told.get("parts"):
            groups = parts.groups_by_key(whole, found.name)
            listeners = parts.listeners_by_key(whole)
            arns = {key: group["TargetGroupArn"] for key, group in groups.items()}
            keys = {arn: key for key, arn in arns.items()}
            spec["targets"] = {key: parts.target_of(group, whole["Targets"]) for key, group in groups.items()}
            spec["listeners"] = {key: parts.listener_of(one, keys) for key, one in listeners.items()}
            data |= {"groups": arns, "listeners": {key: one["ListenerArn"] for key, one in listeners.items()}}
            data["ours"] = [arn for arn in arns.values() if parts.PART_TAG in whole["Tags"].get(arn, {})]
        if "tags" in told:
            tags = next((tags_from_wire(one["Tags"]) for one in (told["tags"] or {}).get("TagDescriptions", ())), {})
            spec["tags"] = users_tags(tags)
        return replace(found, spec=spec, tags=tags, provider_data=data)

    def prepare(self, name: str, want: LoadBalancerSpec, have: Actual | None) -> Reading[Facts]:
        """Target groups of ours that no listener leads to: a create that was cut off left them."""
        if have is None or (want.model_fields_set and not want.has("targets")):
            return {}
        answer = yield read("elbv2", "DescribeTargetGroups", paginate=True)
        free = {
            one["TargetGroupArn"]: one["TargetGroupName"]
            for one in answer.get("TargetGroups", ())
            if not one.get("LoadBalancerArns") and one["TargetGroupName"].startswith(name[:25].rstrip("-"))
        }
        tags = yield from parts.tags_told(list(free))
        step = f"/{address_of(self.name, name)}"
        return {free[arn]: arn for arn, some in tags.items() if some.get(f"{MARK_PREFIX}step", "").endswith(step)}

    # lowering -----------------------------------------------------------------------------------------------------
    def fill(self, want: LoadBalancerSpec, facts: Facts, siblings: Sequence[LoadBalancerSpec]) -> LoadBalancerSpec:
        if not (want.network or want.subnets):
            raise GenesysError(
                "A load balancer stands in a network", why="it names none", todo="give it a `network`, or its `subnets`"
            )
        type = want.type or "application"
        idle = {"idle_timeout": IDLE} if type == "application" else {}
        document = {**self.defaults, **idle, **want.document}
        for field, whole in (("targets", parts.whole_target), ("listeners", parts.whole_listener)):
            asked = document.get(field)
            if isinstance(asked, Mapping):
                document[field] = {key: whole(one, type) for key, one in asked.items() if isinstance(one, Mapping)}
        return self.spec.of(document)

    def blank(self) -> Document:
        return {"deletion_protection": False, "listeners": {}, "targets": {}, "tags": {}}

    def create(self, name: str, want: LoadBalancerSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        site = lines.Site(name, want.type or "application", Output("id"), Output("_vpc"), place)
        how = "reachable from the internet" if want.scheme == "internet" else "inside its network"
        yield Line(
            f"Create load balancer '{name}' ({site.type}, {how})",
            "One door for many servers, that leaves out those that are not well",
            (*(() if want.subnets else (_places(want),)), _create(site, want)),
        )
        yield from lines.created(site, want)
        attributes = {"deletion_protection": want.deletion_protection or None, "idle_timeout": want.idle_timeout}
        usual = {"idle_timeout": IDLE}
        beyond = {key: value for key, value in attributes.items() if value is not None and usual.get(key) != value}
        if beyond or want.aws:
            asked = self.spec.of({**beyond, **({"aws": want.aws} if want.aws else {})})
            yield from _set(name, asked, Output("id"), site)
        there = read("elbv2", "DescribeLoadBalancers", {"LoadBalancerArns": [Output("id")]})
        wait = Wait(
            there,
            done="LoadBalancers[0].State.Code == 'active'",
            failed="LoadBalancers[0].State.Code == 'failed'",
            why="until it is there",
            interval=5,
            limit=900,
        )
        yield Line("Wait until it is there", "It takes a minute or two", (replace(there, wait=wait, seconds=120),))

    def update(self, have: Actual, changed: LoadBalancerSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        raw: Mapping[str, Any] = have.provider_data["raw"]
        groups: Mapping[str, str] = have.provider_data.get("groups", {})
        site = lines.Site(have.name, raw["Type"], have.arn, raw["VpcId"], place, groups, facts or {})
        if changed.subnets:
            params: Mapping[str, Value] = {"LoadBalancerArn": have.arn, "Subnets": list(changed.subnets)}
            call = Call("elbv2", "SetSubnets", params, idempotent=True, on=(have.arn,))
            yield Line(f"Have load balancer '{have.name}' in {len(changed.subnets)} subnets", "Asked for", (call,))
        if changed.security_groups:
            params = {"LoadBalancerArn": have.arn, "SecurityGroups": list(changed.security_groups)}
            call = Call("elbv2", "SetSecurityGroups", params, idempotent=True, on=(have.arn,))
            yield Line(f"Set the security groups of load balancer '{have.name}'", "Asked for", (call,))
        if changed.has("listeners") or changed.has("targets"):
            there: Any = {field: have.spec.get(field) or {} for field in ("listeners", "targets")}
            yield from lines.changed(site, changed, there, have.provider_data.get("listeners", {}))
        if changed.model_fields_set & {*ATTRIBUTES, "aws"}:
            yield from _set(have.name, changed, have.arn, site)
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        """What stands in its subnets is let go some minutes after it; target groups of others stay."""
        interfaces = read(
            "ec2",
            "DescribeNetworkInterfaces",
            {"Filters": filters({"description": f"ELB {have.arn.partition(':loadbalancer/')[2]}"})},
        )
        call = Call(
            "elbv2",
            "DeleteLoadBalancer",
            {"LoadBalancerArn": have.arn},
            absent_on=parts.GONE,
            wait=Wait(
                interfaces,
                done="length(NetworkInterfaces || `[]`) == `0`",
                why="until AWS has let go of its subnets",
                interval=10,
                limit=900,
            ),
            idempotent=True,
            on=(have.arn,),
            seconds=60,
        )
        yield self.removal_line(have, call)
        ours: Sequence[str] = have.provider_data.get("ours", ())
        keys = {arn: key for key, arn in have.provider_data.get("groups", {}).items()}
        left: Mapping[str, str] = facts or {}
        arns = [*ours, *left.values()]
        if arns:
            yield lines.removed_groups(arns, [*(keys[arn] for arn in ours), *left])

    def tag_target(self, have: Actual) -> Value:
        return [have.arn]

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        raw: Mapping[str, Any] = have.provider_data.get("raw", {})
        groups: Mapping[str, str] = have.provider_data.get("groups", {})
        return {
            **super().outputs_of(have),
            "dns_name": raw.get("DNSName", ""),
            "zone_id": raw.get("CanonicalHostedZoneId", ""),
            **{parts.target_output(key): arn for key, arn in groups.items()},
        }

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: LoadBalancerSpec) -> tuple[Price, ...]:
        hours = 730 * len(want.subnets or (FIRST, LAST))
        addresses = Price(
            "public IPv4 addresses, one in each zone", "hour", 0.005, low=hours, typical=hours, high=hours
        )
        return (HOUR, UNITS[want.type or "application"], *((addresses,) if want.scheme == "internet" else ()))

    def findings(self, address: str, want: LoadBalancerSpec) -> Iterator[Finding]:
        if want.type == "application" and not want.security_groups:
            what = "it gets the network's default security group, which lets in only its own members"
            yield Finding("warning", address, what, "give it `security_groups`")
        for name, listener in (want.listeners or {}).items():
            if listener and listener.protocol == "HTTP" and listener.target and want.scheme == "internet":
                what = f"door '{name}' is not encrypted"
                yield Finding("warning", address, what, "give it a `certificate`, or `redirect_to_https`")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "a new one of these settings gets another DNS name")

    def refuses_removal(self, have: Actual, facts: Facts) -> str:
        return "its deletion protection is on" if have.spec.get("deletion_protection") else ""


def _by_name(name: str) -> Call:
    return read("elbv2", "DescribeLoadBalancers", {"Names": [name]}, absent_on=parts.GONE)


def _bare(raw: Mapping[str, Any]) -> Actual:
    arn = raw["LoadBalancerArn"]
    state = raw.get("State", {}).get("Code")
    facing = {wire: word for word, wire in SCHEMES.items()}
    spec: Document = {
        "type": raw.get("Type"),
        "scheme": facing.get(raw.get("Scheme", "")),
        "network": raw.get("VpcId"),
        "subnets": [zone["SubnetId"] for zone in raw.get("AvailabilityZones", ()) if zone.get("SubnetId")],
        "security_groups": list(raw.get("SecurityGroups") or ()) or None,
    }
    return Actual(
        "load-balancer",
        arn,
        raw["LoadBalancerName"],
        arn.split(":")[3],
        spec,
        arn=arn,
        created=raw.get("CreatedTime"),
        provider_data={"raw": raw},
        transition="creating" if state == "provisioning" else "",
    )


def _attributes(answer: Mapping[str, Any], type: str) -> dict[str, Any]:
    """What is not told is as AWS has it in a new one."""
    told = {one["Key"]: one["Value"] for one in answer.get("Attributes", ())}
    idle = int(told.get(ATTRIBUTES["idle_timeout"], IDLE)) if type == "application" else None
    protected = told.get(ATTRIBUTES["deletion_protection"]) == "true"
    return {"deletion_protection": protected, "idle_timeout": idle, "aws": told}


def _places(want: LoadBalancerSpec) -> Call:
    """A subnet in the first zone and one in the last: which there are is known only once the network is."""
    public = "true" if want.scheme == "internet" else "false"
    where = filters({"vpc-id": want.network, "map-public-ip-on-launch": public})
    zones = "sort_by(Subnets, &AvailabilityZone)"
    captures = {FIRST.name: Capture(f"{zones}[0].SubnetId"), LAST.name: Capture(f"{zones}[-1].SubnetId")}
    return replace(read("ec2", "DescribeSubnets", {"Filters": where}, paginate=True), captures=captures)


def _create(site: lines.Site, want: LoadBalancerSpec) -> Call:
    on = site.on(f"loadbalancer/{site.path}/*")
    outputs = {
        "id": Capture("LoadBalancers[0].LoadBalancerArn"),
        "arn": Capture("LoadBalancers[0].LoadBalancerArn"),
        "name": fixed(site.name),
        "dns_name": Capture("LoadBalancers[0].DNSName"),
        "zone_id": Capture("LoadBalancers[0].CanonicalHostedZoneId"),
        "_vpc": Capture("LoadBalancers[0].VpcId"),
    }
    linked = site.place.arn(
        "iam",
        "role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing",
        region="",
    )
    return Call(
        "elbv2",
        "CreateLoadBalancer",
        {
            "Name": site.name,
            "Type": site.type,
            "Scheme": SCHEMES[want.scheme or "internet"],
            "Subnets": list(want.subnets) if want.subnets else [FIRST, LAST],
            **({"SecurityGroups": list(want.security_groups)} if want.security_groups else {}),
            "Tags": tags_on_wire(marked(want.tags, site.place)),
        },
        captures=outputs,
        find=Find(_by_name(site.name), outputs, codes=("DuplicateLoadBalancerName",)),
        retry_on=(RetryOn("SubnetNotFound"), RetryOn("InvalidSubnet"), RetryOn("InvalidSecurityGroup")),
        on=(on,),
        also_needs={"elasticloadbalancing:AddTags": (on,), "iam:CreateServiceLinkedRole": (linked,)},
        seconds=3,
    )


def _set(name: str, changed: LoadBalancerSpec, arn: Value, site: lines.Site) -> Iterator[Line]:
    """Attributes, all in one call. None can be taken away: what is not wanted any more stays as it is."""
    settings = changed.model_dump(exclude_unset=True, include={*ATTRIBUTES, "aws"})
    wire = {ATTRIBUTES.get(field, field): value for field, value in {**settings, **(settings.get("aws") or {})}.items()}
    attributes: Value = [
        {"Key": key, "Value": str(value).lower() if isinstance(value, bool) else str(value)}
        for key, value in wire.items()
        if key != "aws" and value is not None
    ]
    if attributes:
        on = arn if isinstance(arn, str) else site.on(f"loadbalancer/{site.path}/*")
        params: Mapping[str, Value] = {"LoadBalancerArn": arn, "Attributes": attributes}
        call = Call("elbv2", "ModifyLoadBalancerAttributes", params, idempotent=True, on=(on,))
        yield Line(f"Set {settings_in_words(settings)} on load balancer '{name}'", "Asked for", (call,))
