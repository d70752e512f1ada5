"""The files of a folder, each known by its hash, as they are put into a bucket."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from hashlib import md5
from pathlib import Path

from genesys_tui.engine.functions.langpack import langpacks
from genesys_tui.engine.local import keep_artifact, place_of
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import Desired

STARTER = "starter:site"
SKIPPED = frozenset(
    {".git", "__pycache__", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".DS_Store", ".idea"}
)
"""What is never meant to be shown on a site."""
FILE_LIMIT = 5 * 1024**3
"""Bytes that S3 takes in one PutObject."""


def sealed(desired: Desired, home: Path) -> Desired:
    """The same, with `source`, a folder, become `files`: the MD5 of each by its path, which is what S3 tells of it. The
    files are put aside in `home/artifacts`. Raises GenesysError for a folder that can't be sent."""
    spec = dict(desired.spec)
    source = spec.pop("source", None)
    if not isinstance(source, str):
        return desired
    folder = langpacks() / "site" if source == STARTER else place_of(source, desired.mark)
    try:
        spec["files"] = {name: _kept(path, home) for name, path in sorted(_files(folder))}
    except OSError as error:
        raise _unusable(folder, error.strerror or type(error).__name__) from error
    if not spec["files"]:
        raise _unusable(folder, "there is nothing in it" if folder.is_dir() else "there is no such folder")
    return replace(desired, spec=spec)


def _kept(path: Path, home: Path) -> str:
    if path.stat().st_size > FILE_LIMIT:
        raise _unusable(path, "it is larger than 5 GB, which S3 takes in one call")
    content = path.read_bytes()
    return keep_artifact(content, home, md5(content, usedforsecurity=False).hexdigest())


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for inside, inner, names in os.walk(folder):
        inner[:] = [one for one in inner if one not in SKIPPED]
        for name in names:
            path = Path(inside) / name
            if name not in SKIPPED and path.is_file():
                yield path.relative_to(folder).as_posix(), path


def _unusable(source: Path, why: str) -> GenesysError:
    return GenesysError(
        f"the files in {source} can't be sent", why=why, todo="correct `source`: the folder of the site"
    )
