"""A group that web servers stand in."""

from tests.engine.kinds.sample import Beside, Sample

WEB = {"ports": 443, "from": "anywhere"}

CHANGED = {
    "web": {**WEB, "from": "10.0.0.0/8"},
    "edge": {"ports": 8080, "from": "edge"},
    "ping": {"protocol": "icmp"},
}

SAMPLE = Sample(
    name="web",
    beside=(Beside("network", "main", {"zones": 1}), Beside("security-group", "edge", {"network": "main"})),
    spec={
        "network": "main",
        "description": "web servers",
        "rules": {"web": WEB, "edge": {"ports": "8000-8100", "from": "edge"}},
        "tags": {"team": "shop"},
    },
    updates={
        "rules": (
            {
                "web": {**WEB, "from": "10.0.0.0/8"},
                "edge": {"ports": 8080, "from": "edge"},
                "ping": {"protocol": "icmp"},
            },
            3,
        ),
        "tags": ({"team": "mill", "stage": "prod"}, 2),
    },
    replaces={"description": "other servers"},
    hostile=("sg-1", "x" * 256),
)
