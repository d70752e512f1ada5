"""From which score on a thing is adopted without a typed confirmation."""

from __future__ import annotations

import os
from typing import Final

from genesys_tui.engine.model.adoption import HIGH
from genesys_tui.engine.model.errors import UsageError

VARIABLE: Final = "GENESYS_ADOPT_THRESHOLD"


def adoption_threshold() -> float:
    """As the environment has it, else 0.8. Raises UsageError for what is no number from 0 to 1."""
    text = os.environ.get(VARIABLE, "").strip()
    try:
        least = float(text) if text else HIGH
    except ValueError:
        least = -1.0
    if not 0 <= least <= 1:
        raise UsageError(f"{VARIABLE} can't be {text!r}", todo="set a number from 0 to 1, such as 0.8")
    return least
