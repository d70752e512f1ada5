"""A cache of MemoryDB: the emulator never ends the deletion of one of ElastiCache, which test_cache.py holds."""

from tests.engine.kinds.sample import Beside, Sample

SUBNETS = ["${network.main.subnet_private_a}", "${network.main.subnet_private_b}"]

SAMPLE = Sample(
    name="sessions",
    beside=(
        Beside("network", "main"),
        Beside("security-group", "data", {"network": "main"}),
    ),
    spec={
        "engine": "memorydb",
        "version": "7.1",
        "size": "small",
        "nodes": 2,
        "subnets": SUBNETS,
        "security_groups": ["data"],
        "snapshot": {"retention_days": 3, "window": "03:00-04:00"},
        "tags": {"team": "shop"},
    },
    # by fed answers: `security_groups` (the emulator never tells those of an update)
    updates={
        "version": ("7.2", 1),
        "size": ("db.r7g.large", 1),
        "nodes": (3, 1),
        "snapshot": ({"retention_days": 7, "window": "03:00-04:00"}, 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    replaces={"port": 7000, "transit_encryption": False},
    hostile=("Sessions", "a--b", "1a", "x" * 41),
)
