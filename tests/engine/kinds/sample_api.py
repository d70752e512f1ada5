"""An API whose requests a function answers."""

from tests.engine.kinds.sample import Beside, Sample

ALL = {"path": "/api/*", "methods": ["GET", "POST"], "function": "answer"}

SAMPLE = Sample(
    name="shop",
    beside=(Beside("function", "answer"),),
    spec={"routes": {"all": ALL}, "description": "the shop", "tags": {"team": "shop"}},
    updates={
        "description": ("another shop", 1),
        "cors": ({"origins": ["https://example.com"], "methods": ["GET"]}, 1),
        "routes": ({"all": ALL, "one": {"path": "/one", "methods": ["GET"], "function": "answer"}}, 3),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    hostile=("a/b", "x" * 129),
)
