"""A layer, as a build leaves it: its zip lies among the artifacts."""

from base64 import b64encode
from hashlib import sha256

from genesys_tui.engine.functions.starters import starter_zip
from tests.engine.kinds.sample import Sample

ZIP = starter_zip("python")

SAMPLE = Sample(
    name="genesys-python3-13-x86_64-0123456789abcdef",
    artifacts=(ZIP,),
    spec={
        "code": b64encode(sha256(ZIP).digest()).decode(),
        "runtimes": ["python3.13"],
        "architectures": ["x86_64"],
        "description": "numpy 2.3.1",
    },
    blind={"adopt": "what is shared is used, not taken over"},
    hostile=("lib", "lib-0123456789ABCDEF", "a.b-0123456789abcdef", "a/b-0123456789abcdef"),
)
