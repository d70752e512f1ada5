"""A certificate for CloudFront, proven in a zone of ours."""

from tests.engine.kinds.sample import Beside, Sample

SAMPLE = Sample(
    name="shop.example.com",
    beside=(Beside("dns-zone", "example.com"),),
    spec={"names": ["www.shop.example.com"], "zone": "example.com", "cdn": True, "tags": {"team": "shop"}},
    updates={"tags": ({"team": "mill", "stage": "prod"}, 1)},
    replaces={"names": ["api.shop.example.com"]},
    hostile=("shop", "Shop.example.com"),
)
