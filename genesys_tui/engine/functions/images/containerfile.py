"""The Containerfile of a langpack: what an image of a function stands on, and where in it what is put.

Only what needs no program to run in the image is done: ARG, FROM, COPY and CMD. What needs one (RUN) belongs into the
base. Source: the Dockerfile reference.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from genesys_tui.engine.model.errors import GenesysError

LAYER, CODE = "layer/", "code/"
"""What may be copied: the dependencies, and the code; of the latter also a single file."""

_PLACES = {"LAMBDA_TASK_ROOT": "/var/task", "LAMBDA_RUNTIME_DIR": "/var/runtime"}
"""What AWS's own bases set."""
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True, slots=True)
class Copy:
    """`source`: `layer/`, `code/`, or a file below the latter. `target`: absolute; a folder where it ends in `/`."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Containerfile:
    """`base`: the image it stands on. `command`: what is run where nothing else is said."""

    base: str
    copies: tuple[Copy, ...]
    command: tuple[str, ...] = ()


def containerfile(path: Path, given: Mapping[str, str], base: str = "") -> Containerfile:
    """Read one. `given`: values for its ARGs. `base`: in place of the one that it names. Raises GenesysError for what
    can't be read, and for what is not done here."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GenesysError(f"{path} can't be read", why=str(error), todo="correct the langpack") from error
    known: dict[str, str] = dict(_PLACES)
    copies: list[Copy] = []
    command: tuple[str, ...] = ()
    for number, word, rest in _instructions(text):
        match word, _words(rest):
            case "ARG", [one]:
                name, _, value = one.partition("=")
                known[name] = given.get(name, _filled(value, known))
            case "FROM", [image]:
                base = base or _filled(image, known)
            case "COPY", [source, target] if _may_be_copied(source) and target.startswith(("/", "$")):
                copies.append(Copy(source, _filled(target, known)))
            case "CMD", _ if rest.startswith("["):
                command = _command(path, number, rest)
            case _:
                raise _not_done(path, number, f"{word} {rest}")
    if not base:
        raise GenesysError(f"{path} has no FROM", todo="name the image that it stands on")
    return Containerfile(base, tuple(copies), command)


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """Line numbers, instructions, and what they are about."""
    for number, line in enumerate(text.replace("\\\n", " ").splitlines(), 1):
        if (stripped := line.strip()) and not stripped.startswith("#"):
            word, _, rest = stripped.partition(" ")
            yield number, word.upper(), rest.strip()


def _words(rest: str) -> list[str]:
    try:
        return shlex.split(rest)
    except ValueError:
        return []


def _filled(text: str, known: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: known.get(found[1] or found[2], ""), text)


def _may_be_copied(source: str) -> bool:
    return source in (LAYER, CODE) or (source.startswith(CODE) and ".." not in source.split("/"))


def _command(path: Path, number: int, rest: str) -> tuple[str, ...]:
    try:
        words = json.loads(rest)
    except ValueError as error:
        raise _not_done(path, number, f"CMD {rest}") from error
    return tuple(map(str, words))


def _not_done(path: Path, number: int, line: str) -> GenesysError:
    return GenesysError(
        f"{path}:{number} can't be done: {line[:80]}",
        why="images are made of a base and of files, and no program runs in them: ARG, FROM, COPY layer/ or code/ and "
        "CMD [...] are all it takes",
        todo="do it in an image of your own, and name that one: `base` in builder.toml",
    )
