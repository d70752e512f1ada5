"""Python: dependencies by uv, code as it is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from genesys_tui.engine.functions.langpack import Langpack
from genesys_tui.engine.functions.languages import Lock
from genesys_tui.engine.functions.languages.python.code import found_handler, named_handler
from genesys_tui.engine.functions.languages.python.install import install, prune
from genesys_tui.engine.functions.languages.python.lock import resolve, text_of
from genesys_tui.engine.functions.languages.python.syntax import check_syntax
from genesys_tui.engine.functions.languages.python.uv import Uv
from genesys_tui.engine.functions.languages.python.wanted import wanted
from genesys_tui.engine.functions.workshop.workshop import Workshop
from genesys_tui.engine.model.build import Member, Project
from genesys_tui.engine.model.errors import GenesysError


class Python:
    """The Builder of Python (see Builder). It remembers which files are code, by their content."""

    def __init__(self) -> None:
        self._compiled: dict[str, tuple[str, bytes]] = {}

    def lock(self, project: Project, pack: Langpack, shop: Workshop) -> Lock | None:
        asked = wanted(project)
        if asked is None:
            return None
        found = resolve(asked, _uv(project, pack, shop))
        if not found.packages:
            return None
        local = {asked.root / one.where for one in found.packages if one.source == "local"}
        files = frozenset(Path(os.path.normpath(path)) for path in asked.files | local)
        return Lock(text_of(found, asked.root), files, found.compiled)

    def install(self, lock: Lock, project: Project, pack: Langpack, shop: Workshop, into: Path) -> None:
        asked, uv = wanted(project), _uv(project, pack, shop)
        found = resolve(asked, uv) if asked else None
        if asked is None or found is None or text_of(found, asked.root) != lock.text:
            raise GenesysError("the dependencies changed while they were built", todo="build again")
        install(found.packages, found.compiled, asked, uv, into / "python")
        prune(into / "python", pack.excludes)

    def code(self, project: Project, pack: Langpack, shop: Workshop, sources: Sequence[Member]) -> Sequence[Member]:
        version = project.target.version
        seen: dict[str, tuple[str, bytes]] = {}
        for member in sources:
            if member.name.endswith(".py"):
                code = version, member.content
                if self._compiled.get(member.name) != code:
                    check_syntax(member, version)
                seen[member.name] = code
        self._compiled = seen
        return sources

    def handler(self, project: Project, members: Sequence[Member]) -> str | None:
        return named_handler(project.handler, members) if project.handler else found_handler(members)


def builder() -> Python:
    """See `languages.builder`."""
    return Python()


def _uv(project: Project, pack: Langpack, shop: Workshop) -> Uv:
    runtime = pack.runtime(project.target)
    architecture = project.target.architecture
    if architecture not in runtime.platform:
        raise GenesysError(f"{runtime.name} does not run on {architecture}", todo="take the other architecture")
    return Uv(shop, project.target.version, runtime.platform[architecture])
