"""What is looked up of a bucket at plan time, beyond its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from genesys_tui.engine.model.call import Answer

SAMPLE = 100
"""How many objects are looked at to say what a bucket holds."""


@dataclass(frozen=True, slots=True)
class BucketFacts:
    """`held`: the first objects in it, before a delete. `queues` and `topics`: the policies of those that it tells, or
    told, as `queue_policy` and `topic_policy` read them. `taken`: another account has a bucket of this name."""

    held: Answer | None = None
    queues: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    taken: bool = False

    @property
    def holds(self) -> str:
        """`12 objects and delete markers`; empty where there are none."""
        held = self.held or {}
        versions, markers = len(held.get("Versions") or ()), len(held.get("DeleteMarkers") or ())
        if not versions + markers:
            return ""
        count = f"{SAMPLE} or more" if held.get("IsTruncated") else str(versions + markers)
        plural = "" if count == "1" else "s"
        what = " and ".join(
            word
            for word, there in ((f"version{plural} of objects", versions), (f"delete marker{plural}", markers))
            if there
        )
        return f"{count} {what}"
