"""VPC endpoints: the way to AWS's own services that does not leave its network. Pure.

Those of type `gateway` (S3 and DynamoDB) stand in route tables and cost nothing; `interface` ones stand in subnets, one
in each zone, behind a security group that lets the network's own addresses in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from genesys_tui.engine.model.call import Call, Capture, Find, RetryOn, Value, Wait, read
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.providers.aws.ec2 import filters
from genesys_tui.engine.providers.aws.network import network_calls as ec2
from genesys_tui.engine.providers.aws.network.network_nat import Standing, WayOut
from genesys_tui.engine.providers.aws.network.network_parts import NO_PARTS, EndpointPart, Parts
from genesys_tui.engine.providers.aws.network.network_shape import refuse

GROUP: Final = "endpoints"
"""The part key of the security group of interface endpoints."""

NOT_THERE: Final = ("InvalidVpcEndpointId.NotFound",)
GROUP_NAME: Final = "genesys-endpoints"
PRIVATE_NAMES: Final[Mapping[str, tuple[str, ...]]] = {"route53:AssociateVPCWithHostedZone": ()}
"""A service's own name leads to its interface endpoint by a private zone of AWS's."""

PARTS_THERE: Final = (
    *(ec2.VPC_THERE, ec2.SUBNET_THERE, ec2.TABLE_THERE, RetryOn("InvalidGroup.NotFound")),
    *(RetryOn(f"Invalid{what}Id.NotFound") for what in ("Vpc", "Subnet", "RouteTable", "SecurityGroup")),
)
"""The calls of endpoints spell the codes in another way than those of their parts."""

MAIN_TABLE: Final = Output("_main_table")
NEW_GROUP: Final = Output("_endpoints_group")

BY_GATEWAY: Final = frozenset({"s3", "dynamodb"})
"""Their names lead elsewhere only in more intricate ways, so that an interface endpoint of theirs takes none."""


def endpoint_lines(
    site: ec2.Site, wishes: Mapping[str, str | None], subnets: Sequence[Standing], tables: Sequence[ec2.Id], cidr: str
) -> Iterator[Line]:
    """Those of a new network. `tables`: those that are made with it, besides the main one."""
    wanted = {key: type for key, type in wishes.items() if type}
    yield from _made(site, wanted, subnets, (MAIN_TABLE, *tables), NO_PARTS, cidr)


def endpoint_changes(
    site: ec2.Site,
    wishes: Mapping[str, str | None],
    subnets: Sequence[Standing],
    way: WayOut,
    parts: Parts,
    cidr: str,
) -> Iterator[Line]:
    """Those that come, go and change their type; those that stay follow the route tables. A gateway goes before it
    comes as another type: both would have the same route."""
    there = {part.key: part for part in parts.endpoints}
    gone = [there[key] for key, type in wishes.items() if key in there and there[key].type != type]
    wanted = {key: type for key, type in wishes.items() if type and (key not in there or there[key].type != type)}
    yield from _taken(site.vpc, parts, gone, keep_group="interface" in wanted.values())
    staying = [part for part in parts.endpoints if part.ours and part not in gone and part.type == "gateway"]
    if way.tables or way.leaving:
        for part in staying:
            yield _follows(part, way)
    own = [table.id for table in parts.tables if (table.ours or table.main) and table.id not in way.leaving]
    yield from _made(site, wanted, subnets, (*own, *way.tables), parts, cidr)


def gone(vpc: str, parts: Parts) -> Iterator[Line]:
    """Ours taken away, before the network itself goes."""
    yield from _taken(vpc, parts, [part for part in parts.endpoints if part.ours], keep_group=False)


def _made(
    site: ec2.Site,
    wanted: Mapping[str, str],
    subnets: Sequence[Standing],
    tables: Sequence[ec2.Id],
    parts: Parts,
    cidr: str,
) -> Iterator[Line]:
    group: ec2.Id = parts.groups[0] if parts.groups else NEW_GROUP
    if "interface" in wanted.values() and not parts.groups:
        yield _group(site, cidr)
    looks = (_main_table(site),) if MAIN_TABLE in tables else ()
    for key, type in sorted(wanted.items()):
        first: tuple[Call, ...] = ()
        if type == "gateway":
            where: Mapping[str, Value] = {"RouteTableIds": list(tables)}
            first, looks = looks, ()
            reason = "What is in the network reaches it without the internet, at no cost"
        else:
            places = _places(subnets)
            where = {"SubnetIds": places, "SecurityGroupIds": [group], "PrivateDnsEnabled": key not in BY_GATEWAY}
            reason = f"It is reached without the internet; it costs $0.01 an hour in each of {len(places)} zones"
        yield Line(
            f"Create {'a gateway' if type == 'gateway' else 'an interface'} endpoint for {key}",
            reason,
            (*first, _create(site, key, type, where)),
        )


def _main_table(site: ec2.Site) -> Call:
    """A new network's own is known only once it is there."""
    main = filters({"vpc-id": site.vpc, "association.main": "true"})
    call = read("ec2", "DescribeRouteTables", {"Filters": main})
    return replace(call, captures={MAIN_TABLE.name: Capture("RouteTables[0].RouteTableId")})


def _places(subnets: Sequence[Standing]) -> list[Value]:
    """A subnet in each zone, a private one where there is one."""
    found: dict[str, ec2.Id] = {}
    for one in sorted(subnets, key=lambda one: (one.public, one.key)):
        found.setdefault(one.zone, one.id)
    if not found:
        refuse("an interface endpoint stands in subnets, and the network has none", "add a subnet")
    return [found[zone] for zone in sorted(found)]


def _create(site: ec2.Site, key: str, type: str, where: Mapping[str, Value]) -> Call:
    part = f"endpoint-{key}"
    service = key if key.startswith(("com.", "cn.com.", "aws.")) else f"com.amazonaws.{site.place.region}.{key}"
    if site.place.partition == "aws-cn" and service.startswith("com."):
        service = f"cn.{service}"
    name = f"_endpoint_{key}"
    return Call(
        "ec2",
        "CreateVpcEndpoint",
        {
            "VpcId": site.vpc,
            "ServiceName": service,
            "VpcEndpointType": type.capitalize(),
            **where,
            "TagSpecifications": [{"ResourceType": "vpc-endpoint", "Tags": ec2.tag_list(ec2.part_tags(site, part))}],
        },
        captures={name: Capture("VpcEndpoint.VpcEndpointId")},
        find=Find(
            read("ec2", "DescribeVpcEndpoints", {"Filters": [*ec2.our_part(part), *filters({"vpc-id": site.vpc})]}),
            {name: Capture("VpcEndpoints[0].VpcEndpointId")},
            codes=("RouteAlreadyExists",),
        ),
        wait=Wait(
            read("ec2", "DescribeVpcEndpoints", {"VpcEndpointIds": [Output(name)]}, absent_on=NOT_THERE),
            done="contains(['available', 'Available'], VpcEndpoints[0].State)",
            failed="contains(['failed', 'Failed', 'rejected', 'Rejected'], VpcEndpoints[0].State)",
            why="until the endpoint is there",
            interval=5,
            limit=600,
        ),
        retry_on=PARTS_THERE,
        also_needs=ec2.TAGGING if type == "gateway" else {**ec2.TAGGING, **PRIVATE_NAMES},
        seconds=2 if type == "gateway" else 60,
    )


def _group(site: ec2.Site, cidr: str) -> Line:
    tags = ec2.part_tags(site, GROUP)
    create = Call(
        "ec2",
        "CreateSecurityGroup",
        {
            "GroupName": GROUP_NAME,
            "Description": "HTTPS to VPC endpoints",
            "VpcId": site.vpc,
            "TagSpecifications": [{"ResourceType": "security-group", "Tags": ec2.tag_list(tags)}],
        },
        captures={NEW_GROUP.name: Capture("GroupId")},
        find=Find(
            read("ec2", "DescribeSecurityGroups", {"Filters": ec2.our_part(GROUP)}),
            {NEW_GROUP.name: Capture("SecurityGroups[0].GroupId")},
            codes=("InvalidGroup.Duplicate",),
        ),
        retry_on=(ec2.VPC_THERE,),
        also_needs=ec2.TAGGING,
    )
    https: Value = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": cidr}]}
    allow = Call(
        "ec2",
        "AuthorizeSecurityGroupIngress",
        {"GroupId": NEW_GROUP, "IpPermissions": [https]},
        absent_on=("InvalidPermission.Duplicate",),
        retry_on=(RetryOn("InvalidGroup.NotFound"),),
        idempotent=True,
    )
    return Line(
        f"Create a security group for endpoints, with HTTPS from {cidr}",
        "AWS's own would let nobody in",
        (create, allow),
    )


def _follows(part: EndpointPart, way: WayOut) -> Line:
    """Sent again, it is told that the route is there: by us, if it is this endpoint's."""
    gone = sorted(part.tables & set(way.leaving))
    first: Value = way.tables[0] if way.tables else ""
    call = Call(
        "ec2",
        "ModifyVpcEndpoint",
        {
            "VpcEndpointId": part.id,
            **({"AddRouteTableIds": list(way.tables)} if way.tables else {}),
            **({"RemoveRouteTableIds": gone} if gone else {}),
        },
        find=Find(
            read(
                "ec2",
                "DescribeRouteTables",
                {"Filters": filters({"route-table-id": first, "route.gateway-id": part.id})},
            ),
            {"_follows": Capture("RouteTables[0].RouteTableId")},
            codes=("RouteAlreadyExists",),
        )
        if way.tables
        else None,
        retry_on=PARTS_THERE,
        idempotent=not way.tables,
    )
    return Line(f"Tell the endpoint for {part.key} of the new routes", "It stands in every route table", (call,))


def _taken(vpc: ec2.Id, parts: Parts, gone: Sequence[EndpointPart], *, keep_group: bool) -> Iterator[Line]:
    if gone:
        ids: list[Value] = [part.id for part in gone]
        call = Call(
            "ec2",
            "DeleteVpcEndpoints",
            {"VpcEndpointIds": ids},
            absent_on=NOT_THERE,
            wait=Wait(
                read("ec2", "DescribeVpcEndpoints", {"Filters": filters({"vpc-id": vpc})}, paginate=True),
                done=f"length((VpcEndpoints || `[]`)[?contains({[part.id for part in gone]}, VpcEndpointId)"
                " && State!='deleted' && State!='Deleted']) == `0`",
                why="until AWS has let go of the endpoints",
                interval=5,
                limit=900,
            ),
            idempotent=True,
            seconds=60 if any(part.type == "interface" for part in gone) else 2,
        )
        said = ", ".join(part.key for part in gone)
        yield Line(f"Delete the endpoint{'s' * (len(gone) > 1)} for {said}", "No longer wanted", (call,))
    still = any(part.ours and part.type == "interface" and part not in gone for part in parts.endpoints)
    if parts.groups and not still and not keep_group:
        calls = tuple(
            ec2.removal("DeleteSecurityGroup", {"GroupId": id}, "InvalidGroup.NotFound") for id in parts.groups
        )
        yield Line("Delete the security group of its endpoints", "Nothing uses it any more", calls)
