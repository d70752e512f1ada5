"""A filesystem with all that a filesystem can have."""

from tests.engine.kinds.sample import Beside, Sample

SAMPLE = Sample(
    name="shared",
    beside=(
        Beside("network", "main"),
        Beside("security-group", "files", {"network": "main"}),
        Beside("security-group", "others", {"network": "main"}),
    ),
    spec={
        "performance": "general",
        "throughput": "elastic",
        "lifecycle": {"infrequent_after_days": 30, "back_on_access": True},
        "network": "main",
        "subnets": ["${network.main.subnet_private_a}", "${network.main.subnet_private_b}"],
        "security_groups": ["files"],
        "tags": {"team": "shop"},
    },
    # by fed answers: `throughput` and `backups` (the emulator can't change them)
    updates={
        "lifecycle": ({"infrequent_after_days": 60, "archive_after_days": 90}, 1),
        "subnets": (["${network.main.subnet_private_a}"], 1),
        "security_groups": (["others"], 2),
        "tags": ({"team": "mill", "stage": "prod"}, 2),
    },
    replaces={"encryption": None},
    hostile=(" shared", "x" * 257),
)
