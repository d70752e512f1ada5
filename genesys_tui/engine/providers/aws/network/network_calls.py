"""The EC2 calls of a network, each with what AWS answers when it is sent again. Source: the EC2 API reference and its
error codes; EC2 is eventually consistent, so a call that names what was just made may be told that it is not there.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from json import dumps
from typing import Final, TypeAlias

from genesys_tui.engine.model.call import Call, Capture, Find, RetryOn, Token, Value, Wait, read
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.providers.aws.ec2 import filters
from genesys_tui.engine.providers.aws.network.network_parts import (
    ANYWHERE,
    GATEWAY,
    GROWN_TAG,
    NETWORK_TAG,
    PART_TAG,
    PUBLIC_ROUTES,
    STACK_TAG,
    STEP_TAG,
    GatewayPart,
    TablePart,
)

Id: TypeAlias = "str | Output"

NEW: Final = Output("id")
NEW_GATEWAY: Final = Output("_internet_gateway")
NEW_TABLE: Final = Output("_route_table")

TAGGING: Final[Mapping[str, tuple[str, ...]]] = {"ec2:CreateTags": ()}
"""Tags within a create need it too."""

VPC_THERE: Final = RetryOn("InvalidVpcID.NotFound")
SUBNET_THERE: Final = RetryOn("InvalidSubnetID.NotFound")
TABLE_THERE: Final = RetryOn("InvalidRouteTableID.NotFound")
GATEWAY_THERE: Final = (RetryOn("InvalidInternetGatewayID.NotFound"), RetryOn("InvalidGatewayID.NotFound"))
LET_GO: Final = RetryOn("DependencyViolation", 120)
"""What was just deleted may still be counted for a while."""


@dataclass(frozen=True, slots=True)
class Site:
    """The network that calls are made for. `vpc` is an output while it is only being created."""

    name: str
    vpc: Id
    place: Placement


def is_ours(have: Actual) -> bool:
    """We made the network; an adopted one has no `genesys:step`."""
    return STEP_TAG in have.tags


def subnet_output(key: str) -> str:
    """`subnet_public_a`: the output that holds the id of subnet `public-a`."""
    return "subnet_" + key.lower().replace("-", "_")


def new_subnet(key: str) -> Output:
    return Output(subnet_output(key))


# making ---------------------------------------------------------------------------------------------------------------
def create_vpc(site: Site, cidr: str, tags: Mapping[str, Value]) -> Call:
    mine = {key: value for key, value in tags.items() if value is not None}
    marks = {"Name": site.name, STACK_TAG: site.place.stack, STEP_TAG: Token(), **mine}
    return Call(
        "ec2",
        "CreateVpc",
        {"CidrBlock": cidr, "TagSpecifications": [{"ResourceType": "vpc", "Tags": tag_list(marks)}]},
        captures=_vpc_outputs("[Vpc][]", site),
        find=Find(
            read("ec2", "DescribeVpcs", {"Filters": filters({f"tag:{STEP_TAG}": Token()})}),
            _vpc_outputs("Vpcs[]", site),
        ),
        wait=Wait(
            read("ec2", "DescribeVpcs", {"Filters": filters({"vpc-id": NEW})}),
            done="Vpcs[0].State == 'available'",
            why="the network is being made",
        ),
        also_needs=TAGGING,
        seconds=0.8,
    )


def dns_names(site: Site) -> Call:
    return Call(
        "ec2",
        "ModifyVpcAttribute",
        {"VpcId": site.vpc, "EnableDnsHostnames": {"Value": True}},
        retry_on=(VPC_THERE,),
        idempotent=True,
    )


def create_gateway(site: Site) -> Call:
    tags = part_tags(site, GATEWAY) | {NETWORK_TAG: site.vpc}
    return Call(
        "ec2",
        "CreateInternetGateway",
        {"TagSpecifications": [{"ResourceType": "internet-gateway", "Tags": tag_list(tags)}]},
        captures={NEW_GATEWAY.name: Capture("InternetGateway.InternetGatewayId")},
        find=Find(
            read("ec2", "DescribeInternetGateways", {"Filters": our_part(GATEWAY)}),
            {NEW_GATEWAY.name: Capture("InternetGateways[0].InternetGatewayId")},
        ),
        also_needs=TAGGING,
    )


def attach_gateway(site: Site, gateway: GatewayPart | None) -> Call:
    """Sent again, it is told that the gateway is attached already: by us, if it is to this very network."""
    id: Id = gateway.id if gateway else NEW_GATEWAY
    return Call(
        "ec2",
        "AttachInternetGateway",
        {"InternetGatewayId": id, "VpcId": site.vpc},
        find=Find(
            read(
                "ec2",
                "DescribeInternetGateways",
                {"Filters": filters({"internet-gateway-id": id, "attachment.vpc-id": site.vpc})},
            ),
            {"_attached": Capture("InternetGateways[0].InternetGatewayId")},
            codes=("Resource.AlreadyAssociated",),
        ),
        retry_on=(VPC_THERE, *GATEWAY_THERE),
    )


def create_table(site: Site) -> Call:
    return Call(
        "ec2",
        "CreateRouteTable",
        {
            "VpcId": site.vpc,
            "TagSpecifications": [{"ResourceType": "route-table", "Tags": tag_list(part_tags(site, PUBLIC_ROUTES))}],
        },
        captures={NEW_TABLE.name: Capture("RouteTable.RouteTableId")},
        find=Find(
            read("ec2", "DescribeRouteTables", {"Filters": our_part(PUBLIC_ROUTES) + filters({"vpc-id": site.vpc})}),
            {NEW_TABLE.name: Capture("RouteTables[0].RouteTableId")},
        ),
        retry_on=(VPC_THERE,),
        also_needs=TAGGING,
    )


def default_route(table: TablePart | None, gateway: GatewayPart | None) -> Call:
    """A default route that leads elsewhere, or to a gateway that is gone, is replaced: that may be sent twice."""
    table_id: Id = table.id if table else NEW_TABLE
    gateway_id: Id = gateway.id if gateway else NEW_GATEWAY
    route: Mapping[str, Value] = {
        "RouteTableId": table_id,
        "DestinationCidrBlock": ANYWHERE,
        "GatewayId": gateway_id,
    }
    if table and table.default:
        return Call("ec2", "ReplaceRoute", route, retry_on=GATEWAY_THERE, idempotent=True)
    there = {"route-table-id": table_id, "route.destination-cidr-block": ANYWHERE, "route.gateway-id": gateway_id}
    return Call(
        "ec2",
        "CreateRoute",
        route,
        find=Find(
            read("ec2", "DescribeRouteTables", {"Filters": filters(there)}),
            {"_routed": Capture("RouteTables[0].RouteTableId")},
            codes=("RouteAlreadyExists",),
        ),
        retry_on=(TABLE_THERE, *GATEWAY_THERE),
    )


def create_subnet(site: Site, key: str, cidr: str, zone: str, *, grown: bool) -> Call:
    tags = part_tags(site, key) | ({GROWN_TAG: "yes"} if grown else {})
    return Call(
        "ec2",
        "CreateSubnet",
        {
            "VpcId": site.vpc,
            "CidrBlock": cidr,
            "AvailabilityZone": zone,
            "TagSpecifications": [{"ResourceType": "subnet", "Tags": tag_list(tags)}],
        },
        captures={subnet_output(key): Capture("Subnet.SubnetId")},
        find=Find(
            read("ec2", "DescribeSubnets", {"Filters": our_part(key) + filters({"vpc-id": site.vpc})}),
            {subnet_output(key): Capture("Subnets[0].SubnetId")},
            codes=("InvalidSubnet.Conflict",),
        ),
        retry_on=(VPC_THERE,),
        also_needs=TAGGING,
    )


def associate(subnet: Id, table: Id) -> Call:
    """Sent again, AWS answers the association that is there, or that there is one already."""
    return Call(
        "ec2",
        "AssociateRouteTable",
        {"SubnetId": subnet, "RouteTableId": table},
        find=associated(subnet, table, "Resource.AlreadyAssociated"),
        retry_on=(SUBNET_THERE, TABLE_THERE),
    )


def reassociate(subnet: Id, association: str, table: Id) -> Call:
    """Gives the association a new id: sent again, the old one is unknown."""
    return Call(
        "ec2",
        "ReplaceRouteTableAssociation",
        {"AssociationId": association, "RouteTableId": table},
        find=associated(subnet, table, "InvalidAssociationID.NotFound"),
        retry_on=(TABLE_THERE,),
    )


def map_public_ip(subnet: Id, *, on: bool) -> Call:
    return Call(
        "ec2",
        "ModifySubnetAttribute",
        {"SubnetId": subnet, "MapPublicIpOnLaunch": {"Value": on}},
        retry_on=(SUBNET_THERE,),
        idempotent=True,
    )


def create_tags(id: str, tags: Mapping[str, Value]) -> Call:
    return Call("ec2", "CreateTags", {"Resources": [id], "Tags": tag_list(tags)}, idempotent=True)


def lambda_gone(where: Mapping[str, Value]) -> Call:
    """Waits until Lambda has let go of its network interfaces there. `where`: EC2's filters. Source: "Giving Lambda
    functions access to resources in an Amazon VPC", Lambda developer guide: after the last function that used one, some
    20 minutes, at times more."""
    look = read("ec2", "DescribeNetworkInterfaces", {"Filters": filters(where)}, paginate=True)
    wait = Wait(
        look,
        done="!(NetworkInterfaces[?InterfaceType=='lambda'])",
        why="until Lambda has let go of its network interfaces",
        interval=10,
        limit=2700,
    )
    return replace(look, wait=wait)


# removing: what is gone already is as good as removed -----------------------------------------------------------------
def delete_tags(id: str, keys: Sequence[str]) -> Call:
    return Call("ec2", "DeleteTags", {"Resources": [id], "Tags": [{"Key": key} for key in keys]}, idempotent=True)


def disassociate(association: str) -> Call:
    return removal("DisassociateRouteTable", {"AssociationId": association}, "InvalidAssociationID.NotFound")


def delete_default_route(table: str) -> Call:
    return removal("DeleteRoute", {"RouteTableId": table, "DestinationCidrBlock": ANYWHERE}, "InvalidRoute.NotFound")


def delete_table(table: TablePart, done: Container[str | None] = ()) -> list[Call]:
    """With its associations, less those that are `done` already."""
    associations = [disassociate(id) for id in table.associations.values() if id not in done]
    return [*associations, removal("DeleteRouteTable", {"RouteTableId": table.id}, "InvalidRouteTableID.NotFound")]


def delete_gateway(gateway: GatewayPart, vpc: str) -> list[Call]:
    gone = "InvalidInternetGatewayID.NotFound"
    id = {"InternetGatewayId": gateway.id}
    detach = [removal("DetachInternetGateway", {**id, "VpcId": vpc}, gone, "Gateway.NotAttached")]
    return [*(detach if gateway.attached else ()), removal("DeleteInternetGateway", id, gone)]


def delete_subnet(id: str) -> Call:
    return removal("DeleteSubnet", {"SubnetId": id}, "InvalidSubnetID.NotFound")


def delete_vpc(id: str) -> Call:
    return removal("DeleteVpc", {"VpcId": id}, "InvalidVpcID.NotFound")


def removal(operation: str, params: Mapping[str, Value], *gone: str) -> Call:
    return Call("ec2", operation, params, absent_on=gone, retry_on=(LET_GO,), idempotent=True)


def associated(subnet: Id, table: Id, code: str) -> Find:
    there = {"association.subnet-id": subnet, "association.route-table-id": table}
    return Find(
        read("ec2", "DescribeRouteTables", {"Filters": filters(there)}),
        {"_associated": Capture("RouteTables[0].RouteTableId")},
        codes=(code,),
    )


def _vpc_outputs(found: str, site: Site) -> Mapping[str, Capture]:
    """`found`: JMESPath of a list of VPC records. AWS does not answer the ARN of a VPC; it is composed."""
    region, partition = site.place.region, site.place.partition
    return {
        "id": Capture(f"{found}.VpcId | [0]"),
        "arn": Capture(f"{found}.join('', ['arn:{partition}:ec2:{region}:', OwnerId, ':vpc/', VpcId]) | [0]"),
        "name": Capture("`" + dumps(site.name).replace("`", "\\`") + "`"),
        "cidr": Capture(f"{found}.CidrBlock | [0]"),
    }


def part_tags(site: Site, part: str) -> dict[str, Value]:
    return {
        "Name": f"{site.name}-{part}",
        STACK_TAG: site.place.stack,
        STEP_TAG: Token(),
        PART_TAG: part,
    }


def our_part(part: str) -> list[Value]:
    return filters({f"tag:{STEP_TAG}": Token(), f"tag:{PART_TAG}": part})


def tag_list(tags: Mapping[str, Value]) -> list[Value]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
