"""A function with a URL, a queue that starts it, and what it brings along."""

from tests.engine.kinds.sample import Beside, Sample

SAMPLE = Sample(
    name="answer",
    beside=(Beside("queue", "jobs", {"visibility_timeout": 90}), Beside("role", "runner", {"trusts": "lambda"})),
    spec={
        "runtime": "python",
        "role": "runner",
        "memory": 512,
        "timeout": 15,
        "environment": {"STAGE": "prod", "QUEUE": "${queue.jobs.url}"},
        "url": {"auth": "none"},
        "queues": ["jobs"],
        "tags": {"team": "shop"},
    },
    updates={
        "memory": (1024, 1),
        "timeout": (20, 1),
        "environment": ({"STAGE": "test", "QUEUE": "${queue.jobs.url}"}, 1),
        "description": ("answers", 1),
        "concurrency": (5, 1),
        "url": ({"auth": "iam"}, 3),
        "queues": ([{"queue": "jobs", "batch": 5}], 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    hostile=("a.b", "x" * 65),
)
