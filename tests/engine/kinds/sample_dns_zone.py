"""A public zone."""

from tests.engine.kinds.sample import Sample

SAMPLE = Sample(
    name="example.com",
    spec={"comment": "the shop", "tags": {"team": "shop"}},
    updates={"comment": ("another shop", 1), "tags": ({"team": "mill", "stage": "prod"}, 1)},
    hostile=("example", "*.example.com", "Example.com"),
)
