"""A queue with all that a queue can have."""

from tests.engine.kinds.sample import Beside, Sample

SAMPLE = Sample(
    name="orders",
    beside=(Beside("queue", "failed"),),
    spec={
        "visibility_timeout": 90,
        "receive_wait": 20,
        "dead_letter": {"queue": "failed", "after": 5},
        "tags": {"team": "shop"},
    },
    updates={
        "visibility_timeout": (120, 1),
        "retention": (86_400, 1),
        "dead_letter": ({"queue": "failed", "after": 3}, 1),
        "encryption": ("arn:aws:kms:eu-west-1:123456789012:key/0ab1c2d3-0000-4000-8000-0123456789ab", 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    hostile=("a.fifo.fifo", "x" * 81),
)
