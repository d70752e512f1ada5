"""A schedule that starts a function each morning of people in Berlin."""

from tests.engine.kinds.sample import Beside, Sample

SAMPLE = Sample(
    name="each-morning",
    beside=(Beside("queue", "jobs"), Beside("role", "clock", {"trusts": "scheduler"})),
    spec={
        "when": "cron(0 7 * * ? *)",
        "timezone": "Europe/Berlin",
        "target": {"queue": "jobs", "input": {"why": "morning"}},
        "role": "clock",
    },
    updates={
        "when": ("rate(1 hour)", 1),
        "timezone": ("UTC", 1),
        "enabled": (False, 1),
        "window": (15, 1),
        "description": ("each morning", 1),
        "target": ({"queue": "jobs", "input": {"why": "evening"}}, 1),
    },
    hostile=("a b", "x" * 65),
)
