"""An instance with all that an instance can have."""

from __future__ import annotations

from contextlib import suppress

import boto3

from tests.engine.kinds.sample import Beside, Sample


def _profile(endpoint: str) -> None:
    """An instance profile is no kind."""
    iam = boto3.client("iam", region_name="eu-west-1", endpoint_url=endpoint)
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_instance_profile(InstanceProfileName="web")


SAMPLE = Sample(
    name="web",
    prepare=_profile,
    beside=(
        Beside("network", "main"),
        Beside("security-group", "public", {"network": "main"}),
        Beside("security-group", "internal", {"network": "main"}),
        Beside("volume", "data", {"size": 10}),
    ),
    spec={
        "size": "medium",
        "image": "amazon-linux",
        "network": "main",
        "security_groups": ["public"],
        "key": "ops",
        "user_data": "#!/bin/sh\necho hello\n",
        "profile": "web",
        "disk": 30,
        "volumes": {"/dev/sdf": "data"},
        "tags": {"team": "shop"},
    },
    # by fed answers: `profile` (the emulator shows the first one for ever), `monitoring` (it has none), and `disk`,
    # which no undo makes smaller
    updates={
        "size": ("t3.large", 3),
        "security_groups": (["public", "internal"], 1),
        "volumes": ({}, 1),
        "running": (False, 1),
        "metadata": ("any", 1),
        "deletion_protection": (True, 1),
        "aws": ({"SourceDestCheck": False}, 1),
        "tags": ({"team": "mill", "stage": "prod"}, 1),
    },
    replaces={"user_data": "#!/bin/sh\necho bye\n", "public_ip": True, "image": "ami-04681a1dbd79675a5"},
    hostile=(" web", "web ", "x" * 129),
)
