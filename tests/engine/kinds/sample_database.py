"""A small PostgreSQL."""

from tests.engine.kinds.sample import Sample

SAMPLE = Sample(
    name="app-db",
    spec={
        "engine": "postgres",
        "version": 16,
        "size": "medium",
        "storage": 100,
        "backup": {"retention_days": 7, "window": "03:00-04:00"},
        "tags": {"team": "shop"},
    },
    updates={
        "size": ("large", 1),
        "multi_az": (True, 1),
        "backup": ({"retention_days": 14, "window": "03:00-04:00"}, 1),
        "deletion_protection": (False, 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    blind={"undelete": "the emulator names its automatic snapshots by the minute: the same name fails within one"},
    hostile=("App", "a--b", "1a"),
)
