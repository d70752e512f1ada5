"""A network of two zones."""

from tests.engine.kinds.sample import Sample

SAMPLE = Sample(
    name="main",
    spec={"cidr": "10.40.0.0/16", "zones": 2, "internet": True, "tags": {"team": "shop"}},
    updates={
        "tags": ({"team": "mill", "stage": "prod"}, 2),
        "endpoints": ({"s3": "gateway", "secretsmanager": "interface"}, 4),
    },
    replaces={"cidr": "10.50.0.0/16"},
    blind={"nat": "a NAT gateway of the emulator leaves its network interface behind, so that its network can't go"},
)
