"""The EC2 calls of NAT gateways, of the addresses they go by, and of the routes to them. Source: the EC2 API reference.

A NAT gateway takes a minute or two to come and to go; until it is gone, its address and its subnet are held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from genesys_tui.engine.model.call import Call, Capture, Find, RetryOn, Value, Wait, read
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.providers.aws.ec2 import filters
from genesys_tui.engine.providers.aws.network.network_calls import (
    SUBNET_THERE,
    TABLE_THERE,
    TAGGING,
    VPC_THERE,
    Id,
    Site,
    our_part,
    part_tags,
    tag_list,
)
from genesys_tui.engine.providers.aws.network.network_parts import ANYWHERE, NETWORK_TAG, NatPart, TablePart

RELEASED: Final = RetryOn("InvalidIPAddress.InUse", 120)
"""An address is let go some seconds after its NAT gateway."""
NOT_THERE: Final = ("NatGatewayNotFound", "InvalidNatGatewayID.NotFound")
NAT_THERE: Final = tuple(RetryOn(code) for code in NOT_THERE)


def address_output(key: str) -> Output:
    return Output(f"_address_{key}")


def nat_output(key: str) -> Output:
    return Output(f"_{key}")


def table_output(key: str) -> Output:
    return Output(f"_{key}")


def allocate_address(site: Site, key: str) -> Call:
    tags = part_tags(site, key) | {NETWORK_TAG: site.vpc}
    name = address_output(key).name
    return Call(
        "ec2",
        "AllocateAddress",
        {"Domain": "vpc", "TagSpecifications": [{"ResourceType": "elastic-ip", "Tags": tag_list(tags)}]},
        captures={name: Capture("AllocationId")},
        find=Find(
            read("ec2", "DescribeAddresses", {"Filters": our_part(key)}), {name: Capture("Addresses[0].AllocationId")}
        ),
        also_needs=TAGGING,
    )


def create_nat(site: Site, key: str, subnet: Id, address: Id) -> Call:
    name = nat_output(key).name
    look = {"Filter": [*our_part(key), *filters({"subnet-id": subnet})]}
    return Call(
        "ec2",
        "CreateNatGateway",
        {
            "SubnetId": subnet,
            "AllocationId": address,
            "TagSpecifications": [{"ResourceType": "natgateway", "Tags": tag_list(part_tags(site, key))}],
        },
        captures={name: Capture("NatGateway.NatGatewayId")},
        find=Find(read("ec2", "DescribeNatGateways", look), {name: Capture("NatGateways[0].NatGatewayId")}),
        retry_on=(SUBNET_THERE, RetryOn("InvalidAllocationID.NotFound")),
        also_needs=TAGGING,
    )


def until_there(nat: Id) -> Call:
    """Of its own, so that several come side by side."""
    there = read("ec2", "DescribeNatGateways", {"NatGatewayIds": [nat]}, absent_on=NOT_THERE)
    wait = Wait(
        there,
        done="NatGateways[0].State == 'available'",
        failed="NatGateways[0].State == 'failed'",
        why="until the NAT gateway is there",
        interval=5,
        limit=600,
    )
    return replace(there, wait=wait, seconds=90)


def create_private_table(site: Site, key: str) -> Call:
    tags = part_tags(site, key)
    name = table_output(key).name
    return Call(
        "ec2",
        "CreateRouteTable",
        {"VpcId": site.vpc, "TagSpecifications": [{"ResourceType": "route-table", "Tags": tag_list(tags)}]},
        captures={name: Capture("RouteTable.RouteTableId")},
        find=Find(
            read("ec2", "DescribeRouteTables", {"Filters": [*our_part(key), *filters({"vpc-id": site.vpc})]}),
            {name: Capture("RouteTables[0].RouteTableId")},
        ),
        retry_on=(VPC_THERE,),
        also_needs=TAGGING,
    )


def route_to_nat(table: TablePart | None, table_id: Id, nat: Id) -> Call:
    """A default route that leads elsewhere is replaced: that may be sent twice."""
    route: Mapping[str, Value] = {"RouteTableId": table_id, "DestinationCidrBlock": ANYWHERE, "NatGatewayId": nat}
    if table and table.default:
        return Call("ec2", "ReplaceRoute", route, retry_on=NAT_THERE, idempotent=True)
    there = {"route-table-id": table_id, "route.destination-cidr-block": ANYWHERE, "route.nat-gateway-id": nat}
    return Call(
        "ec2",
        "CreateRoute",
        route,
        find=Find(
            read("ec2", "DescribeRouteTables", {"Filters": filters(there)}),
            {"_routed": Capture("RouteTables[0].RouteTableId")},
            codes=("RouteAlreadyExists",),
        ),
        retry_on=(TABLE_THERE, *NAT_THERE),
    )


def delete_nats(nats: Sequence[NatPart]) -> tuple[Call, ...]:
    """All of them, and then the wait until AWS has let go of them."""
    gone = read("ec2", "DescribeNatGateways", {"Filter": filters({"nat-gateway-id": [nat.id for nat in nats]})})
    wait = Wait(
        gone,
        done="length((NatGateways || `[]`)[?State!='deleted']) == `0`",
        why="until AWS has let go of the NAT gateways",
        interval=5,
        limit=600,
    )
    deletes = (
        Call("ec2", "DeleteNatGateway", {"NatGatewayId": nat.id}, absent_on=NOT_THERE, idempotent=True) for nat in nats
    )
    return (*deletes, *((replace(gone, wait=wait, seconds=60),) if nats else ()))


def release_address(id: str) -> Call:
    gone = ("InvalidAllocationID.NotFound",)
    return Call("ec2", "ReleaseAddress", {"AllocationId": id}, absent_on=gone, retry_on=(RELEASED,), idempotent=True)
