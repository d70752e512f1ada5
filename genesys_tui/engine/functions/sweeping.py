"""What processes that were killed leave behind."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path

OLD = 24 * 3600
"""Seconds after which what is only there for a while belongs to nobody any more."""


def sweep(folder: Path) -> None:
    """Take away the folders in it that nobody touched for a day."""
    with suppress(OSError):
        for path in folder.iterdir():
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > OLD:
                    shutil.rmtree(path)
