"""What tells whether things are used, beyond their own listings: network interfaces, target groups, and the addresses
that nothing has. Source: the EC2 and ELBv2 API references."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from genesys_tui.engine.model.call import read
from genesys_tui.engine.model.kind import Found, Placement, Reading
from genesys_tui.engine.providers.aws.tagging import of_arn
from genesys_tui.engine.providers.aws.tags import tags_from_wire

ADDRESS: Final = "ec2:elastic-ip"
"""AWS's own type of an address, for which there is no kind."""
ADDRESS_USD: Final = 3.65
"""A month of an IPv4 address that nothing has: 730 hours at $0.005. Source: VPC pricing, us-east-1, November 2026."""


@dataclass(frozen=True, slots=True)
class Usage:
    """`groups`: security groups that a network interface is in. `balancers`: ARNs of load balancers that a target group
    stands behind. None: they could not be listed, so that nothing can be said."""

    groups: frozenset[str] | None = None
    balancers: frozenset[str] | None = None


def read_groups() -> Reading[frozenset[str]]:
    """The security groups that are in use."""
    answer = yield read("ec2", "DescribeNetworkInterfaces", paginate=True)
    return frozenset(group["GroupId"] for raw in answer.get("NetworkInterfaces", ()) for group in raw.get("Groups", ()))


def read_balancers() -> Reading[frozenset[str]]:
    """The load balancers that lead somewhere."""
    answer = yield read("elbv2", "DescribeTargetGroups", paginate=True)
    return frozenset(arn for raw in answer.get("TargetGroups", ()) for arn in raw.get("LoadBalancerArns", ()))


def free_addresses(place: Placement) -> Reading[None]:
    """The addresses that are paid for, and that nothing has."""
    answer = yield read("ec2", "DescribeAddresses")
    found = []
    for raw in answer.get("Addresses", ()):
        if not (raw.get("AssociationId") or raw.get("InstanceId") or raw.get("NetworkInterfaceId")):
            arn = place.arn("ec2", f"elastic-ip/{raw.get('AllocationId') or raw['PublicIp']}")
            one = of_arn(arn, tags_from_wire(raw.get("Tags")))
            found.append(replace(one, name=one.tags.get("Name") or raw["PublicIp"], provider_data={"free": True}))
    yield Found(tuple(found))
