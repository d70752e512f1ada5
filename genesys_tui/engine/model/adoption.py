"""How safely a resource may be taken over, as a sum that can be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Confidence = Literal["high", "medium", "low"]

HIGH = 0.8
MEDIUM = 0.5
"""From here on confidence is high, or medium."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A reason for or against, and the points that it gives or costs (of 1 in all)."""

    words: str
    points: float


@dataclass(frozen=True, slots=True)
class Adoption:
    """`score` from 0 to 1. `low` and `high`: what it may still become once all was read; equal where it is final."""

    score: float
    low: float
    high: float
    reasons: tuple[Remark, ...] = ()
    risks: tuple[Remark, ...] = ()

    @property
    def final(self) -> bool:
        return self.low == self.high

    @property
    def best(self) -> Remark | None:
        """What speaks most for it."""
        return max(self.reasons, key=lambda one: one.points, default=None)

    @property
    def worst(self) -> Remark | None:
        """What speaks most against it."""
        return min(self.risks, key=lambda one: one.points, default=None)

    @property
    def confidence(self) -> Confidence:
        return confidence_of(self.score)


def confidence_of(score: float) -> Confidence:
    """The word for a score."""
    return "high" if score >= HIGH else "medium" if score >= MEDIUM else "low"
