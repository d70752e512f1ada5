"""A volume with all that a volume can have."""

from tests.engine.kinds.sample import Sample

SAMPLE = Sample(
    name="data",
    spec={
        "size": 100,
        "volume_type": "gp3",
        "iops": 4000,
        "throughput": 250,
        "zone": "b",
        "tags": {"team": "shop"},
    },
    # by fed answers: `size`, which no undo makes smaller
    updates={
        "iops": (6000, 1),
        "throughput": (500, 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    replaces={
        "zone": "c",
        "encryption": "arn:aws:kms:eu-west-1:123456789012:key/0ab1c2d3-0000-4000-8000-0123456789ab",
    },
    hostile=(" data", "x" * 129),
)
