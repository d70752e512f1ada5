"""Who we are, and where."""

from __future__ import annotations

from dataclasses import dataclass


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
