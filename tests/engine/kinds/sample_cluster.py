"""A cluster without services."""

from tests.engine.kinds.sample import Sample

SAMPLE = Sample(
    name="shop",
    spec={"tags": {"team": "shop"}},
    updates={"insights": (True, 1), "tags": ({"team": "mill", "stage": "prod"}, 1)},
    hostile=("a.b", "a/b", "x" * 256),
)
