"""Networks: a VPC with its subnets, gateways, route tables and endpoints. Source: the EC2 API reference; prices of
us-east-1, November 2026.

A network goes by its tag `Name`. `zones` and `private` choose the subnets of a new network; from then on the subnets
themselves are what is managed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.kind import Fields, Found, Kind, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual, address_of
from genesys_tui.engine.model.specs.network import NetworkSpec
from genesys_tui.engine.providers.aws.ec2 import filters
from genesys_tui.engine.providers.aws.network.network_calls import subnet_output
from genesys_tui.engine.providers.aws.network.network_lines import create_lines, delete_lines, tag_lines, update_lines
from genesys_tui.engine.providers.aws.network.network_parts import (
    NETWORK_TAG,
    PART_TAG,
    STACK_TAG,
    STEP_TAG,
)
from genesys_tui.engine.providers.aws.network.network_prices import network_prices
from genesys_tui.engine.providers.aws.network.network_shape import NetworkFacts, filled
from genesys_tui.engine.providers.aws.network.network_told import bare, parts_of, spec_of, tags_of
from genesys_tui.engine.providers.aws.quotas import Quota, asking, refuse_beyond, service_quota

NEEDS: Mapping[str, frozenset[str]] = {
    "private": frozenset({"RouteTables"}),
    "internet": frozenset({"RouteTables", "InternetGateways"}),
    "subnets": frozenset({"RouteTables"}),
    "nat": frozenset({"RouteTables", "NatGateways"}),
    "endpoints": frozenset({"VpcEndpoints"}),
}
"""The listings that each field is read from, by the word for their records. That of the subnets is always asked: they
are outputs, and they alone tell the region."""

PARTS = ("Subnets", "RouteTables", "InternetGateways", "NatGateways", "VpcEndpoints")
OURS = ("Addresses", "SecurityGroups")
"""Listings of which only what bears our mark is a part."""

PEERINGS = "VpcPeeringConnections"

VPCS = "L-F678F1CE"
"""The code of the quota: networks in a region."""


class Network(Kind[NetworkSpec]):
    """A VPC. Its id is the VPC's."""

    name = "network"
    title = "network"
    purpose = "network"
    spec = NetworkSpec
    create_only = frozenset({"cidr"})
    kept = frozenset({"zones", "private"})
    defaults: ClassVar[Document] = {"internet": True, "nat": "off"}
    outputs = frozenset({"id", "arn", "name", "cidr", "subnet_*"})

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("ec2", "DescribeVpcs", paginate=True)
        found = map(bare, answer.get("Vpcs", ()))
        yield Found(tuple(replace(one, arn=_arn(place.region, one)) for one in found))

    def locate(self, name: str) -> Reading[Actual | None]:
        # The whole listing: it is asked once for all names of a plan, and a filter would read `*` as a pattern.
        answer = yield read("ec2", "DescribeVpcs", paginate=True)
        found = [one for one in map(bare, answer.get("Vpcs", ())) if one.tags.get("Name") == name]
        made_for_it = f"/{address_of(self.name, name)}"
        found = [one for one in found if one.tags.get(STEP_TAG, "").endswith(made_for_it)] or found
        found = [one for one in found if STACK_TAG in one.tags] or found
        if len(found) > 1:
            raise GenesysError(
                f"There are {len(found)} networks named '{name}'",
                why=f"{', '.join(sorted(one.id for one in found))} all carry this name",
                todo="Rename all but the one you mean (its tag `Name`), or use another name",
            )
        return found[0] if found else None

    def read(self, id: str, fields: Fields) -> Reading[Actual | None]:
        needed = [part for part in PARTS if part == "Subnets" or any(part in NEEDS.get(field, ()) for field in fields)]
        whole = fields >= NEEDS.keys()
        vpc, *answers = yield from _all(
            read("ec2", "DescribeVpcs", {"VpcIds": [id]}, absent_on=("InvalidVpcID.NotFound",)),
            *(_listing(part, id) for part in needed),
            *((_peerings(),) if whole else ()),
        )
        if not vpc or not vpc.get("Vpcs"):
            return None
        listed = [*needed, *((PEERINGS,) if whole else ())]
        raw = {part: answer.get(part, ()) for part, answer in zip(listed, answers, strict=True)}
        found = _actual(bare(vpc["Vpcs"][0]), raw, fields)
        if not found.arn:
            zones = yield _zones()
            region = next((zone["RegionName"] for zone in zones.get("AvailabilityZones", ())), "")
            found = replace(found, region=region, arn=_arn(region, found)) if region else found
        return found

    def prepare(self, name: str, want: NetworkSpec, have: Actual | None) -> Reading[NetworkFacts]:
        if have is None:
            facts = yield from self._before_create(want)
        elif want.model_fields_set == {"tags"}:
            facts = NetworkFacts()
        else:
            facts = yield from self._of_existing(have, removal=not want.model_fields_set)
        return facts

    def _before_create(self, want: NetworkSpec) -> Reading[NetworkFacts]:
        zones, vpcs = yield from _all(_zones(), read("ec2", "DescribeVpcs", paginate=True))
        there = vpcs.get("Vpcs", ())
        most = yield from service_quota("vpc", VPCS)
        quota = None if most is None else Quota("networks in a region", most, len(there), asking("vpc", VPCS, most * 2))
        facts = NetworkFacts(_zone_names(zones), tuple(_ranges(vpcs)), quota=quota)
        default = next((vpc for vpc in there if vpc.get("IsDefault")), None)
        if default and want.private is False:
            facts = replace(facts, default=(yield from self.read(default["VpcId"], self.fields)))
        return facts

    def _of_existing(self, have: Actual, *, removal: bool) -> Reading[NetworkFacts]:
        # All gateways: one that was made for the network but not attached yet is found by its tag.
        listings = {
            **{part: _listing(part, have.id) for part in (*PARTS, "SecurityGroups", "NetworkInterfaces")},
            "InternetGateways": read("ec2", "DescribeInternetGateways", paginate=True),
            "Addresses": read("ec2", "DescribeAddresses", {"Filters": filters({f"tag:{NETWORK_TAG}": have.id})}),
            "AvailabilityZones": _zones(),
            "Vpcs": read("ec2", "DescribeVpcs", paginate=True),
            **({PEERINGS: _peerings()} if removal else {}),
        }
        answers = yield from _all(*listings.values())
        told = dict(zip(listings, answers, strict=True))
        raw = {part: answer.get(part, ()) for part, answer in told.items()}
        parts = parts_of(have, raw)
        return NetworkFacts(
            _zone_names(told["AvailabilityZones"]),
            tuple(_ranges(told["Vpcs"])),
            parts,
            _by_subnet(raw["NetworkInterfaces"], parts.interfaces),
            (*_groups(raw["SecurityGroups"]), *_peers(raw.get(PEERINGS, ()), have.id)) if removal else (),
        )

    # lowering -----------------------------------------------------------------------------------------------------
    def fill(self, want: NetworkSpec, facts: NetworkFacts, siblings: Sequence[NetworkSpec]) -> NetworkSpec:
        refuse_beyond(facts.quota, siblings, "the network")
        return filled(want, facts, siblings)

    def made_by(self, have: Actual, token: str) -> bool:
        return have.tags.get(STEP_TAG) == token

    def blank(self) -> Document:
        return {"internet": False, "subnets": {}, "nat": "off", "endpoints": {}, "tags": {}}

    def use(self, want: NetworkSpec, facts: NetworkFacts) -> Actual | None:
        """The account's default network has public subnets only: it suits who asks for no private ones, and for
        nothing that would have to be made or changed."""
        asks_for_more = (want.cidr, want.subnets, want.tags, want.endpoints, want.internet is False)
        if facts.default is None or want.private is not False or any(asks_for_more) or want.nat not in (None, "off"):
            return None
        there = self.spec.of(facts.default.spec)
        suits = there.internet and not there.private and (want.zones or 1) <= (there.zones or 0)
        return facts.default if suits else None

    def create(self, name: str, want: NetworkSpec, place: Placement, facts: NetworkFacts) -> Iterator[Line]:
        return create_lines(name, want, place, facts)

    def update(self, have: Actual, changed: NetworkSpec, place: Placement, facts: NetworkFacts) -> Iterator[Line]:
        return update_lines(have, changed, place, facts)

    def delete(self, have: Actual, facts: NetworkFacts) -> Iterator[Line]:
        return delete_lines(have, facts)

    def mark(self, have: Actual, tags: Mapping[str, str | None], facts: NetworkFacts) -> Iterator[Line]:
        return tag_lines(have, tags)

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        subnets: Mapping[str, str] = have.provider_data.get("subnets", {})
        return {
            **super().outputs_of(have),
            "cidr": have.provider_data["cidr"],
            **{subnet_output(key): id for key, id in subnets.items()},
        }

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: NetworkSpec) -> tuple[Price, ...]:
        return network_prices(want)

    def clashes(
        self, address: str, want: NetworkSpec, facts: NetworkFacts, siblings: Sequence[NetworkSpec]
    ) -> Iterator[Finding]:
        taken = [*facts.taken, *(IPv4Network(one.cidr) for one in siblings if one.cidr)]
        other = next((one for one in taken if want.cidr and one.overlaps(IPv4Network(want.cidr))), None)
        if other is not None:
            message = f"its addresses {want.cidr} overlap those of another network here, {other}: they can't be peered"
            yield Finding("warning", address, message, "leave `cidr` out, and a free range is chosen")

    def foreign(self, have: Actual) -> str:
        return ", ".join(_peers(have.provider_data.get("peerings", ()), have.id))

    def removal(self, have: Actual, facts: NetworkFacts) -> Reversal:
        return Reversal("reversible", "a new network of the same shape gets new ids")

    def refuses_removal(self, have: Actual, facts: NetworkFacts) -> str:
        held = [
            *(thing for things in facts.interfaces.values() for thing in things),
            *(f"subnet '{part.key}'" for part in facts.parts.subnets if not part.ours),
            *(f"route table {table.id}" for table in facts.parts.tables if not (table.ours or table.main)),
            *(f"internet gateway {part.id}" for part in facts.parts.gateways if not part.ours),
            *(f"NAT gateway {part.id}" for part in facts.parts.nats if not part.key),
            *(f"VPC endpoint {part.id} ({part.key})" for part in facts.parts.endpoints if not part.ours),
            *facts.others,
        ]
        more = f" and {len(held) - 5} more" if len(held) > 5 else ""
        return f"it holds what is no part of it: {', '.join(held[:5])}{more}" if held else ""


def _all(*calls: Call) -> Reading[list[Any]]:
    """The answers to calls that run side by side; the first failure is raised."""
    answers = yield list(calls)
    for answer in answers:
        if isinstance(answer, CallError):
            raise answer
    return list(answers)


def _listing(part: str, vpc: str) -> Call:
    key = "attachment.vpc-id" if part == "InternetGateways" else "vpc-id"
    by = "Filter" if part == "NatGateways" else "Filters"
    return read("ec2", f"Describe{part}", {by: filters({key: vpc})}, paginate=True)


def _peerings() -> Call:
    """All: a network is on either side, and filters are joined by and."""
    return read("ec2", f"Describe{PEERINGS}", paginate=True)


def _peers(raws: Sequence[Mapping[str, Any]], vpc: str) -> Iterator[str]:
    """The peering connections of a network, in words."""
    for raw in raws:
        ends = [raw.get(end, {}) for end in ("RequesterVpcInfo", "AccepterVpcInfo")]
        there = [end for end in ends if end.get("VpcId") != vpc]
        gone = raw.get("Status", {}).get("Code") in ("deleted", "deleting", "rejected", "expired", "failed")
        if len(there) == 1 and not gone:
            other = f"{there[0].get('VpcId', 'another network')} ({there[0].get('CidrBlock') or 'range not told'})"
            yield f"peering connection {raw['VpcPeeringConnectionId']} with {other}"


def _zones() -> Call:
    wanted = {"state": "available", "zone-type": "availability-zone"}
    return read("ec2", "DescribeAvailabilityZones", {"Filters": filters(wanted)})


def _zone_names(answer: Answer) -> dict[str, str]:
    return {zone["ZoneName"][-1]: zone["ZoneName"] for zone in answer.get("AvailabilityZones", ())}


def _ranges(answer: Answer) -> Iterator[IPv4Network]:
    """The first and all further ranges of every network."""
    for vpc in answer.get("Vpcs", ()):
        ranges = {one["CidrBlock"] for one in vpc.get("CidrBlockAssociationSet", ())} | {vpc["CidrBlock"]}
        yield from map(IPv4Network, sorted(ranges))


def _arn(region: str, found: Actual) -> str:
    """A shared network is another account's."""
    return Placement(region, account=found.provider_data["owner"]).arn("ec2", f"vpc/{found.id}")


def _actual(found: Actual, raw: Mapping[str, Sequence[Mapping[str, Any]]], fields: Fields) -> Actual:
    """EC2 does not answer region and ARN for the VPC: they are told by a subnet's."""
    parts = parts_of(found, raw)
    spec = {field: value for field, value in spec_of(found, parts).items() if field in fields}
    subnets = {part.key: part.id for part in parts.subnets}
    arn = next((subnet["SubnetArn"] for subnet in raw.get("Subnets", ()) if subnet.get("SubnetArn")), "")
    region = arn.split(":")[3] if arn else ""
    return replace(
        found,
        spec=spec,
        region=region,
        arn=_arn(region, found) if region else "",
        provider_data={**found.provider_data, "subnets": subnets, "peerings": raw.get(PEERINGS, ())},
    )


def _by_subnet(raws: Sequence[Mapping[str, Any]], ours: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """What is in each subnet, by its network interfaces, without those of our own parts."""
    inside: dict[str, tuple[str, ...]] = {}
    for raw in raws:
        if raw["NetworkInterfaceId"] in ours:
            continue
        what = raw.get("Attachment", {}).get("InstanceId") or raw.get("Description") or raw.get("InterfaceType", "")
        words = f"network interface {raw['NetworkInterfaceId']}" + (f" ({what})" if what else "")
        subnet = raw.get("SubnetId", "")
        inside[subnet] = (*inside.get(subnet, ()), words)
    return inside


def _groups(raws: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each security group but the default one, which goes with the network, and our own."""
    for group in raws:
        if group["GroupName"] != "default" and PART_TAG not in tags_of(group):
            yield f"security group '{group['GroupName']}' ({group['GroupId']})"
