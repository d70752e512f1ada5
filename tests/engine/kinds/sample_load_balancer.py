"""A door to the web, and what stands behind it."""

from tests.engine.kinds.sample import Beside, Sample

APP = {"port": 8080, "health_path": "/well"}
WEB = {"port": 80, "target": "app"}

SAMPLE = Sample(
    name="shop",
    beside=(
        Beside("network", "main", {"cidr": "10.40.0.0/16"}),
        Beside("security-group", "web", {"network": "main", "rules": {"web": {"ports": 80, "from": "anywhere"}}}),
        Beside("security-group", "ops", {"network": "main"}),
    ),
    spec={
        "network": "main",
        "security_groups": ["web"],
        "targets": {"app": APP},
        "listeners": {"web": WEB},
        "tags": {"team": "shop"},
    },
    updates={
        "listeners": ({"web": WEB, "other": {"port": 8080, "target": "app"}}, 1),
        "targets": ({"app": {"port": 8080, "health_path": "/health"}}, 1),
        "security_groups": (["web", "ops"], 1),
        "subnets": (["${network.main.subnet_private_a}", "${network.main.subnet_private_b}"], 1),
        "deletion_protection": (True, 1),
        "idle_timeout": (30, 1),
        "aws": ({"load_balancing.cross_zone.enabled": True}, 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    replaces={"scheme": "internal"},
    hostile=("internal-x", "a_b", "x" * 33),
)
