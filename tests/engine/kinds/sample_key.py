"""A key."""

from tests.engine.kinds.sample import Sample

SAMPLE = Sample(
    name="shop/data",
    spec={"description": "the shop's data", "tags": {"team": "shop"}},
    updates={
        "description": ("data of the shop", 1),
        "rotation": (False, 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    replaces={"multi_region": True},
    hostile=("aws/s3", "alias/x", "a b"),
)
