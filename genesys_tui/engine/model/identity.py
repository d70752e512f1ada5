"""Who we are, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")
"""The form of an AWS region's name: us-east-1, eusc-de-east-1."""
STACK: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""The form of a stack's name."""
STACK_RULE: Final = "letters, digits, '-', '_', '.'; at most 64"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to work. None: as boto3 finds it (environment, config files)."""

    profile: str | None = None
    region: str | None = None
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """`endpoint` is empty for AWS itself."""

    account: str
    arn: str
    region: str
    profile: str
    endpoint: str

    @property
    def partition(self) -> str:
        """What the files of an account are called: an endpoint of its own is an account of its own."""
        if not self.endpoint:
            return self.account
        place = self.endpoint.partition("://")[2]
        return f"{self.account}@{''.join(char if char.isalnum() or char in '.-' else '-' for char in place)}"
