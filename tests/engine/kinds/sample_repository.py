"""A repository that clears itself."""

from tests.engine.kinds.sample import Sample

SAMPLE = Sample(
    name="shop/web",
    spec={"immutable": True, "keep_images": 20, "tags": {"team": "shop"}},
    updates={
        "scan_on_push": (False, 1),
        "immutable": (False, 1),
        "keep_images": (10, 1),
        "delete_untagged_after_days": (3, 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    replaces={"key": "arn:aws:kms:eu-west-1:123456789012:key/0ab1c2d3-0000-4000-8000-0123456789ab"},
    hostile=("Shop", "a", "a//b"),
)
