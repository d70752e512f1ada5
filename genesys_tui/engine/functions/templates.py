"""New functions from templates: a folder of code that runs as it is, and the event that it is meant for."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from genesys_tui.engine.functions.langpack import PYTHON_VERSION, Langpack
from genesys_tui.engine.model.errors import GenesysError, UsageError

EVENTS = {"plain": "empty", "http": "http", "queue": "sqs", "schedule": "schedule"}
"""The ready-made event that the code of each template is meant for."""


@dataclass(frozen=True, slots=True)
class New:
    """What was made. `event`: what to try it with."""

    folder: Path
    runtime: str
    files: tuple[str, ...]
    event: str


def templates(pack: Langpack) -> tuple[str, ...]:
    """What a language has, the plain one first."""
    there = {path.name for path in (pack.folder / "templates").iterdir() if path.is_dir()}
    return tuple(name for name in EVENTS if name in there) + tuple(sorted(there - EVENTS.keys()))


def make(folder: Path, pack: Langpack, template: str) -> New:
    """Copy a template into a folder that is not there yet, or is empty. Raises UsageError, and GenesysError where it
    can't be written."""
    known = templates(pack)
    if template not in known:
        raise UsageError(f"there is no template {template!r}", todo=f"choose one of {', '.join(known)}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already", todo="choose another folder, or go on with what is in it")
    source = pack.folder / "templates" / template
    try:
        shutil.copytree(source, folder, dirs_exist_ok=True)
    except OSError as error:
        raise GenesysError(f"{folder} can't be written", why=error.strerror or str(error)) from error
    files = tuple(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()))
    return New(folder, pack.runtimes[0].name, files, EVENTS.get(template, "empty"))


def pinned(made: New, minor: str) -> New:
    """The same for this version of Python, which the folder says. Raises GenesysError where it can't be written."""
    try:
        (made.folder / PYTHON_VERSION).write_text(f"{minor}\n", "utf-8")
    except OSError as error:
        raise GenesysError(f"{made.folder} can't be written", why=error.strerror or str(error)) from error
    return replace(made, runtime=f"python{minor}", files=(PYTHON_VERSION, *made.files))
