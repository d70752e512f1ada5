"""A bucket with all that a bucket can have."""

from tests.engine.kinds.sample import Sample

SAMPLE = Sample(
    name="acme-conformance",
    spec={"versioning": True, "lifecycle": {"delete_after_days": 90}, "tags": {"team": "shop"}},
    updates={
        "versioning": (False, 1),
        "encryption": ("kms", 1),
        "public_access": (True, 1),
        "lifecycle": ({"delete_after_days": 30, "archive_after_days": 7}, 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    hostile=("Upper", "a..b", "192.168.0.1"),
)
