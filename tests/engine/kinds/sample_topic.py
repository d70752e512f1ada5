"""A topic that tells a queue and a person."""

from tests.engine.kinds.sample import Beside, Sample

MAIL = "ops@example.com"

SAMPLE = Sample(
    name="orders-news",
    beside=(Beside("queue", "orders"),),
    spec={"display_name": "Orders", "subscriptions": [{"queue": "orders", "raw": True}], "tags": {"team": "shop"}},
    updates={
        "display_name": ("News", 1),
        "encryption": ("arn:aws:kms:eu-west-1:123456789012:key/0ab1c2d3-0000-4000-8000-0123456789ab", 1),
        "subscriptions": ([{"queue": "orders", "filter": {"kind": ["new"]}}, MAIL], 3),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    hostile=("a.b", "x" * 257),
)
