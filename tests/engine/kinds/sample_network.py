"""A network of two zones."""

from tests.engine.kinds.sample import Sample

SAMPLE = Sample(
    name="main",
    spec={"cidr": "10.40.0.0/16", "zones": 2, "internet": True, "tags": {"team": "shop"}},
    updates={"tags": ({"team": "mill", "stage": "prod"}, 2)},
    replaces={"cidr": "10.50.0.0/16"},
)
