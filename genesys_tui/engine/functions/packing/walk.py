"""The files below a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def walk(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """All that is no folder, by its name from there (`a/b.py`), in no order. Links are told, and not followed. Raises
    OSError."""
    todo = [("", os.fspath(folder))]
    while todo:
        above, place = todo.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                name = above + entry.name
                if entry.is_dir(follow_symlinks=False):
                    todo.append((f"{name}/", entry.path))
                else:
                    yield name, entry
