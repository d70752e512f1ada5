"""A rule that starts a function every hour."""

from tests.engine.kinds.sample import Beside, Sample

SAMPLE = Sample(
    name="hourly",
    beside=(Beside("function", "answer"), Beside("queue", "jobs")),
    spec={
        "schedule": "rate(1 hour)",
        "targets": {"answer": {"function": "answer", "input": {"why": "the clock"}}},
        "tags": {"team": "shop"},
    },
    updates={
        "schedule": ("cron(0 3 * * ? *)", 1),
        "enabled": (False, 1),
        "description": ("each hour", 1),
        "targets": ({"answer": {"function": "answer"}, "jobs": {"queue": "jobs"}}, 4),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    hostile=("a b", "x" * 65),
)
