"""A log group of a function."""

from tests.engine.kinds.sample import Sample

SAMPLE = Sample(
    name="/aws/lambda/answer",
    spec={"retention": 14, "tags": {"team": "shop"}},
    updates={
        "retention": (30, 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    hostile=("aws/x", "a b"),
)
