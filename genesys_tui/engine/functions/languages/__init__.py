"""What is different from language to language. A langpack (data) says for which runtimes; a module here says how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from genesys_tui.engine.functions.langpack import Langpack
from genesys_tui.engine.functions.workshop.workshop import Workshop
from genesys_tui.engine.model.build import Language, Member, Project


@dataclass(frozen=True, slots=True)
class Lock:
    """The dependencies of a project, resolved for its target. `text`: all that decides what is installed, in one form
    only (sorted, hashed, without comments): it is a part of the layer's key. `files`: what it was taken from.
    `compiled`: the packages that must be compiled, and so need a container that fits the target."""

    text: str
    files: frozenset[Path]
    compiled: tuple[str, ...] = ()


class Builder(Protocol):
    """How one language is built. All that takes long is run in the workshop, which can be stopped."""

    def lock(self, project: Project, pack: Langpack, shop: Workshop) -> Lock | None:
        """What it depends on; None where on nothing. Raises GenesysError for what can't be resolved."""

    def install(self, lock: Lock, project: Project, pack: Langpack, shop: Workshop, into: Path) -> None:
        """Put the dependencies into an empty folder as they stand under /opt (`into/python/...`,
        `into/nodejs/node_modules/...`): deterministic, without what the langpack excludes, for the target and never for
        this machine. Raises GenesysError."""

    def code(self, project: Project, pack: Langpack, shop: Workshop, sources: Sequence[Member]) -> Sequence[Member]:
        """What is sent, made of the files of the source: the same for Python, a bundle or a binary for others. Raises
        SourceError for what is no code, with its file and line."""

    def handler(self, project: Project, members: Sequence[Member]) -> str | None:
        """The handler: the one asked for, checked, or else found. Raises SourceError for one that can't be."""


def builder(language: Language) -> Builder:
    """The builder of a language; loaded when it is first used."""
    module = import_module(f"genesys_tui.engine.functions.languages.{language}")
    make = cast(Callable[[], Builder], module.builder)
    return make()
