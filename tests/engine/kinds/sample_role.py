"""A role with policies of its own and attached ones."""

from contextlib import suppress

import boto3

from tests.engine.kinds.sample import Sample

READER = {"allow": ["s3:GetObject"], "on": ["arn:aws:s3:::acme-data/*"]}

POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:List*","Resource":"*"}]}'
OURS = "arn:aws:iam::123456789012:policy/"


def policies(endpoint: str) -> None:
    """The emulator keeps none of AWS's own."""
    iam = boto3.client("iam", endpoint_url=endpoint, region_name="eu-west-1")
    for name in ("list", "look"):
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_policy(PolicyName=name, PolicyDocument=POLICY)


SAMPLE = Sample(
    name="runner",
    prepare=policies,
    spec={
        "trusts": "lambda",
        "managed": [f"{OURS}list"],
        "policies": {"read": READER},
        "description": "runs things",
        "tags": {"team": "shop"},
    },
    updates={
        "trusts": (["lambda", "123456789012"], 1),
        "managed": ([f"{OURS}list", f"{OURS}look"], 1),
        "policies": ({"read": {**READER, "allow": ["s3:GetObject", "s3:ListBucket"]}, "write": READER}, 2),
        "description": ("runs other things", 1),
        "max_session": (7200, 1),
        "boundary": (f"{OURS}list", 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    replaces={"path": "/team/"},
    hostile=("a b", "x" * 65),
)
