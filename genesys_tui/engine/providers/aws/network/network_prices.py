"""What a network costs: us-east-1, November 2026. Its ranges, subnets, routes and internet gateway cost nothing."""

from __future__ import annotations

from genesys_tui.engine.model.plan import Price
from genesys_tui.engine.model.specs.network import NetworkSpec

HOURS = 730
NAT = Price("NAT gateway", "hour", 0.045, low=HOURS, typical=HOURS, high=HOURS)
ADDRESS = Price("public address of a NAT gateway", "hour", 0.005, low=HOURS, typical=HOURS, high=HOURS)
NAT_DATA = Price("data through NAT gateways", "GB", 0.045, low=1, typical=50, high=1_000)
ENDPOINT = Price("VPC endpoint in one zone", "hour", 0.01, low=HOURS, typical=HOURS, high=HOURS)
ENDPOINT_DATA = Price("data through VPC endpoints", "GB", 0.01, low=1, typical=10, high=500)


def network_prices(want: NetworkSpec) -> tuple[Price, ...]:
    """Of a filled spec."""
    subnets = [subnet for subnet in (want.subnets or {}).values() if subnet]
    private = {subnet.zone for subnet in subnets if not subnet.public}
    nats = {"single": 1, "per-zone": len(private)}.get(want.nat or "off", 0)
    interfaces = sum(type == "interface" for type in (want.endpoints or {}).values())
    return (
        *(NAT, ADDRESS) * nats,
        *((NAT_DATA,) if nats else ()),
        *(ENDPOINT,) * interfaces * len({subnet.zone for subnet in subnets}),
        *((ENDPOINT_DATA,) if interfaces else ()),
    )
