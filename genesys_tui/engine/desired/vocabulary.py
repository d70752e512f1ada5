"""The words that are known: kinds, sections and actions; what is not built yet; and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from genesys_tui.engine.providers import registry

ACTIONS = ("create", "adopt", "modify")

SYNONYMS = {
    "s3": "bucket",
    "s3-bucket": "bucket",
    "buckets": "bucket",
    "vpc": "network",
    "networks": "network",
    "lambda": "function",
    "functions": "function",
    "rds": "database",
    "databases": "database",
    "aurora": "database",
    "elasticache": "cache",
    "redis": "cache",
    "site": "static-site",
    "website": "static-site",
    "sqs": "queue",
    "dynamodb": "table",
    "ec2": "instance",
    "vm": "instance",
    "server": "instance",
}
"""What people say, and our word for it."""

PROVIDERS_TO_COME = frozenset(("alibaba", "azure", "gcp", "tencent"))

NOT_BUILT = "is known, but not built yet"


@cache
def sections() -> dict[str, tuple[str, ...]]:
    """The sections of a stack file, and their kinds."""
    return {section: tuple(sorted(kinds)) for section, kinds in registry.SECTIONS.items()}


def meant(word: str, allowed: Iterable[str]) -> str:
    """The allowed word that `word` was probably meant to be; empty where none is near."""
    known = {one.lower(): one for one in allowed}
    lowered = word.lower().replace("_", "-") if word.lower() not in known else word.lower()
    if (synonym := SYNONYMS.get(lowered)) in known:
        return known[str(synonym)]
    for spelling in (word.lower(), lowered, lowered.replace("-", "_")):
        if near := get_close_matches(spelling, known, n=1, cutoff=0.6):
            return known[near[0]]
    return ""


def suggestion(word: str, allowed: Iterable[str], what: str = "allowed") -> str:
    """`did you mean 'versioning'? allowed: ...`"""
    words = sorted(allowed)
    near = meant(word, words)
    listed = f"{what}: {', '.join(words)}" if words else ""
    return " ".join(filter(None, (f"did you mean {near!r}?" if near else "", listed)))
