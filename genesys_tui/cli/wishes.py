"""What is wanted: from the words of a command line, or from the stack file they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.resource import Wish

SUFFIXES: Final = frozenset({".yaml", ".yml", ".toml"})


def names_stack_file(word: str) -> bool:
    """Stack files are known by their suffix; a saved plan has another."""
    return Path(word).suffix.lower() in SUFFIXES


def wish_of(words: Sequence[str], *, adopt: bool, delete_data: bool) -> Wish:
    """The wish of an intent, or of the one stack file it names. Raises `WishError`, `UsageError`."""
    from genesys_tui.engine.workspace import parse_intent, read_stack_file

    wish = read_stack_file(Path(words[0])) if len(words) == 1 and names_stack_file(words[0]) else parse_intent(words)
    return _with(wish, adopt=adopt, delete_data=delete_data)


def wish_nearby() -> Wish | None:
    """The wish of the stack file in this folder, where there is one."""
    from genesys_tui.engine.workspace import find_stack_file, read_stack_file

    path = find_stack_file(Path.cwd())
    return read_stack_file(path) if path else None


def wish_here(file: str | None, *, adopt: bool, delete_data: bool) -> Wish:
    """The wish of this stack file, or of the one in this folder."""
    from genesys_tui.engine.workspace import read_stack_file

    wish = read_stack_file(Path(file)) if file else wish_nearby()
    if wish is None:
        raise UsageError(
            "there is no stack file here",
            why="neither genesys.yaml nor genesys.toml is in this folder",
            todo="write one, name one, or say what you want in words",
            command="genesys execute bucket my-bucket",
        )
    return _with(wish, adopt=adopt, delete_data=delete_data)


def _with(wish: Wish, *, adopt: bool, delete_data: bool) -> Wish:
    resources = tuple(replace(one, adopt=adopt or one.adopt) for one in wish.resources)
    return replace(wish, resources=resources, delete_data=delete_data)
