"""Lengths of time as people write them: `30s`, `10m`, `2h`, `30d`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from genesys_tui.engine.model.errors import UsageError

UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def length(option: str, text: str) -> timedelta:
    """What was written for an option. Raises UsageError."""
    written = re.fullmatch(r"([0-9]{1,5})([smhdw])", text)
    if written is None:
        raise UsageError(f"{option} can't be {text!r}", todo="write a length of time as 30s, 10m, 2h or 30d")
    return timedelta(**{UNITS[written[2]]: int(written[1])})
