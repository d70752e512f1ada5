"""Where things are made that are not whole yet, and what processes that were killed leave there."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from genesys_tui.engine.model.errors import GenesysError

OLD = 24 * 3600
"""Seconds after which what is only there for a while belongs to nobody any more."""


@contextmanager
def staged(above: Path, name: str, what: str) -> Iterator[Path]:
    """An empty folder of our own, which goes away. `name`: what it begins with. `what`: what can't be done where the
    disk says no, which raises GenesysError."""
    folder = above / f"{name}-{os.getpid()}-{token_hex(4)}"
    try:
        folder.mkdir(parents=True)
        yield folder
    except OSError as error:
        why = f"{error.filename or folder}: {error.strerror or error}"
        raise GenesysError(what, why=why, todo="make room on the disk") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Take away the folders in it that nobody touched for a day."""
    with suppress(OSError):
        for path in folder.iterdir():
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > OLD:
                    shutil.rmtree(path)
