"""A table with an index."""

from tests.engine.kinds.sample import Sample

BY_CUSTOMER = {"key": "customer", "sort": "created:N"}

SAMPLE = Sample(
    name="orders",
    spec={
        "key": "id",
        "sort": "line:N",
        "indexes": {"by-customer": BY_CUSTOMER},
        "ttl": "gone",
        "tags": {"team": "shop"},
    },
    updates={
        "indexes": ({"by-customer": BY_CUSTOMER, "by-day": {"key": "day", "include": ["total"]}}, 1),
        "ttl": ("end", 2),
        "point_in_time_recovery": (False, 1),
        "deletion_protection": (True, 1),
        "stream": ("both", 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    replaces={"key": "number"},
    hostile=("ab", "a b"),
)
