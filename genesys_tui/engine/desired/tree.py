"""A file as a tree of values that know their place: what YAML and TOML both come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from genesys_tui.engine.model.errors import Problem, WishError
from genesys_tui.engine.model.resource import Mark

DEPTH_LIMIT = 50
"""Levels of nesting. libyaml's composer and tomllib recurse without a bound of their own."""
SIZE_LIMIT = 1_000_000
"""Values, with every alias counted as often as it is used."""

Scalar: TypeAlias = "bool | int | float | str | None"
Plain: TypeAlias = "Scalar | list[Plain] | dict[str, Plain]"
Step: TypeAlias = "str | int"
Trail: TypeAlias = tuple[Step, ...]


@dataclass(slots=True)
class Node:
    """A value and its place (of its key, where it has one). `text`: a scalar as written. `size`: values in it."""

    value: Scalar | list[Node] | dict[str, Node]
    line: int
    column: int = 1
    text: str = ""
    size: int = 1

    def at(self, line: int, column: int) -> Node:
        """The same value at another place."""
        return Node(self.value, line, column, self.text, self.size)

    def __str__(self) -> str:
        """The value in a message, as it was written."""
        match self.value:
            case dict():
                return "a mapping"
            case list():
                return "a list"
            case str():
                return shown(self.value)
            case _:
                return self.text or "empty"


@dataclass(slots=True)
class Source:
    """A stack file that is being read, and the mistakes found so far."""

    path: Path
    problems: list[Problem] = field(default_factory=list)

    def mark(self, node: Node, trail: Trail = ()) -> Mark:
        return Mark(str(self.path), node.line, node.column, spelled(trail))

    def problem(self, node: Node, trail: Trail, what: str, fix: str = "") -> None:
        """Note a mistake, and go on."""
        self.problems.append(Problem(self.mark(node, trail), what, fix))

    def error(self) -> WishError:
        """All mistakes in one error, in the order of lines."""
        found = {str(problem): problem for problem in self.problems}
        ordered = sorted(
            found.values(), key=lambda problem: (problem.mark.line, problem.mark.column) if problem.mark else (0, 0)
        )
        count = "a mistake" if len(ordered) == 1 else f"{len(ordered)} mistakes"
        return WishError(
            f"{self.path} has {count}", tuple(ordered), todo="Nothing was sent. Correct the file and run it again."
        )

    def stop(self, line: int, what: str, fix: str = "", column: int = 1) -> WishError:
        """The error for a mistake after which nothing more can be read."""
        self.problems.append(Problem(Mark(str(self.path), line, column), what, fix))
        return self.error()


def spelled(trail: Trail) -> str:
    """`resources.storage[0].tags`: a trail for people."""
    text = ""
    for step in trail:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def shown(value: object, limit: int = 60) -> str:
    """Any value in a message: quoted, control characters escaped, cut where it is long."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def follow(node: Node, trail: Trail) -> Node:
    """The node at a trail, or the deepest one on the way to it."""
    for step in trail:
        match node.value, step:
            case dict(), str() if step in node.value:
                node = node.value[step]
            case list(), int() if step < len(node.value):
                node = node.value[step]
            case _:
                break
    return node
