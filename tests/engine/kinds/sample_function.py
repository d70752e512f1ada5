"""A function in a network, with a URL, a layer, and a queue that starts it.

The emulator forgets changes of `tracing`, `disk`, `architecture` and `dead_letter`: fed answers hold them.
"""

from contextlib import suppress

import boto3
from botocore.exceptions import ClientError

from genesys_tui.engine.functions.starters import starter_zip
from tests.engine.kinds.sample import Beside, Sample

LAYER = "arn:aws:lambda:eu-west-1:123456789012:layer:lib:"


def layers(endpoint: str) -> None:
    """Two versions of one, which may be there already."""
    client = boto3.client("lambda", endpoint_url=endpoint, region_name="eu-west-1")
    with suppress(ClientError):
        for language in ("python", "nodejs"):
            client.publish_layer_version(LayerName="lib", Content={"ZipFile": starter_zip(language)})


SAMPLE = Sample(
    name="answer",
    prepare=layers,
    beside=(Beside("queue", "jobs", {"visibility_timeout": 90}), Beside("role", "runner", {"trusts": "lambda"})),
    spec={
        "runtime": "python",
        "role": "runner",
        "memory": 512,
        "timeout": 15,
        "environment": {"STAGE": "prod", "QUEUE": "${queue.jobs.url}"},
        "layers": [f"{LAYER}1"],
        "subnets": ["subnet-0a1b2c3d"],
        "security_groups": ["sg-0a1b2c3d"],
        "url": {"auth": "none", "cors": {"origins": ["https://example.com"], "methods": ["GET"]}},
        "queues": ["jobs"],
        "tags": {"team": "shop"},
    },
    updates={
        "runtime": ("python3.12", 1),
        "handler": ("main.handler", 1),
        "memory": (1024, 1),
        "timeout": (20, 1),
        "environment": ({"STAGE": "test", "QUEUE": "${queue.jobs.url}"}, 1),
        "layers": ([f"{LAYER}2", f"{LAYER}1"], 1),
        "subnets": (["subnet-0a1b2c3d", "subnet-1a2b3c4d"], 1),
        "security_groups": (["sg-1a2b3c4d"], 1),
        "description": ("answers", 1),
        "concurrency": (5, 1),
        "url": ({"auth": "iam", "cors": {"origins": ["https://example.com"], "methods": ["GET"]}}, 3),
        "queues": ([{"queue": "jobs", "batch": 5}], 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    hostile=("a.b", "x" * 65),
)
