"""Numbers and times in words."""

from __future__ import annotations

import shutil
from typing import TextIO


def duration(seconds: float) -> str:
    """`0.3 s`, `1 m 20 s`: how long something took."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} m {rest} s"


def about(seconds: float) -> str:
    """`~3 seconds`, `~4 minutes`: how long something may take."""
    if seconds < 90:
        return f"~{counted(max(1, round(seconds)), 'second')}"
    return f"~{counted(round(seconds / 60), 'minute')}"


def counted(number: int, noun: str) -> str:
    """`1 step`, `2 steps`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def money(amount: float) -> str:
    """US dollars: `$2.10`; very small amounts with the digits that tell something."""
    return f"${amount:,.2f}" if amount >= 0.01 or amount == 0 else f"${amount:.2g}"


def width_of(stream: TextIO) -> int | None:
    """Columns of the terminal behind a stream; None where it is none."""
    return shutil.get_terminal_size().columns if stream.isatty() else None
