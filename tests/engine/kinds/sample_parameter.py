"""A parameter from a file."""

from pathlib import Path
from tempfile import gettempdir

from tests.engine.kinds.sample import Sample

ONE, OTHER = Path(gettempdir()) / "genesys-sample-parameter-1", Path(gettempdir()) / "genesys-sample-parameter-2"


def write(_endpoint: str) -> None:
    ONE.write_text("correct horse battery staple")
    OTHER.write_text("incorrect horse")


SAMPLE = Sample(
    name="/shop/db",
    prepare=write,
    spec={"value": f"file:{ONE}", "description": "of the shop", "tags": {"team": "shop"}},
    updates={
        "description": ("of the other shop", 2),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    blind={"arn": "DescribeParameters of the emulator lacks the ARN"},
    hostile=("aws-x", "a b"),
)
