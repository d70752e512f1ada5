"""The universal spec of a cluster that containers run in."""

from __future__ import annotations

import re
from typing import ClassVar

from genesys_tui.engine.model.specs.base import Spec


class ClusterSpec(Spec):
    """A cluster: the place that container services run in. `insights`: detailed measures, which cost by the metric."""

    never_absent: ClassVar[frozenset[str]] = frozenset({"insights"})

    insights: bool | None = None

    @classmethod
    def check_name(cls, name: str) -> str:
        """Source: CreateCluster, ECS API reference."""
        if re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name):
            return ""
        return "1 to 255 letters, digits, hyphens and underscores"
