"""A group with rules in all directions."""

from tests.engine.kinds.sample import Beside, Sample

WEB = {"ports": 443, "from": "0.0.0.0/0"}
APP = {"ports": "8000-8100", "from": "callers"}
PING = {"protocol": "icmp", "from": "10.40.0.0/16"}

SAMPLE = Sample(
    name="web",
    beside=(
        Beside("network", "main", {"cidr": "10.40.0.0/16", "zones": 1}),
        Beside("security-group", "callers", {"network": "main"}),
    ),
    spec={
        "network": "main",
        "description": "of the shop",
        "rules": {"web": WEB, "app": APP, "among": {"from": "self"}},
        "tags": {"team": "shop"},
    },
    updates={
        "rules": ({"web": {"ports": 443, "from": "10.40.0.0/16"}, "app": APP, "ping": PING, "all-out": None}, 4),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    replaces={"description": "of the mill"},
    hostile=("sg-1", "default", "ä"),
)
