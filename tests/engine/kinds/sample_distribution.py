"""A distribution before a private bucket."""

from tests.engine.kinds.sample import Beside, Sample

SAMPLE = Sample(
    name="shop",
    beside=(Beside("bucket", "acme-shop-site"),),
    spec={"bucket": "acme-shop-site", "root": "index.html", "spa": True, "tags": {"team": "shop"}},
    updates={
        "root": ("home.html", 1),
        "price_class": ("all", 1),
        "enabled": (False, 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    hostile=("a b", "x" * 65),
)
