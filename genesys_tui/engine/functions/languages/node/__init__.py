"""Node: packages by npm into a layer, code as it is; or one bundle of both, where the project asks for esbuild."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from genesys_tui.engine.functions.langpack import Langpack
from genesys_tui.engine.functions.languages import Lock
from genesys_tui.engine.functions.languages.node.bundle import Bundler, bundles
from genesys_tui.engine.functions.languages.node.check import Checker
from genesys_tui.engine.functions.languages.node.handler import SCRIPTS, TYPED, handler_of
from genesys_tui.engine.functions.languages.node.install import install
from genesys_tui.engine.functions.languages.node.lock import Dependencies, dependencies_of
from genesys_tui.engine.functions.languages.node.packages import LOCKS
from genesys_tui.engine.functions.workshop.workshop import Workshop
from genesys_tui.engine.model.build import Member, Project
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.source_error import SourceError

_NOT_SENT = frozenset({*LOCKS, ".npmrc"})
"""What npm alone reads: the code is the same without it."""


class Node:
    """Builds for `nodejs*`. What does not change from save to save is remembered."""

    def __init__(self) -> None:
        self._needs: Dependencies | None = None
        self._checker = Checker()
        self._bundler = Bundler()

    def lock(self, project: Project, pack: Langpack, shop: Workshop) -> Lock | None:
        """What npm would install where it runs; None where that is nothing, or is a part of the bundle."""
        self._needs = None if bundles(project) else self._dependencies(project, shop)
        return self._needs.lock if self._needs else None

    def install(self, lock: Lock, project: Project, pack: Langpack, shop: Workshop, into: Path) -> None:
        """Packages for Linux and the target's processor, in `into/nodejs/node_modules`."""
        needs = self._needs or self._dependencies(project, shop)
        if needs is None or needs.lock.text != lock.text:
            raise GenesysError("the dependencies changed while they were built", todo="build again")
        install(needs, project.target.architecture, pack.excludes, shop, into)

    def code(self, project: Project, pack: Langpack, shop: Workshop, sources: Sequence[Member]) -> Sequence[Member]:
        """The bundle, or the sources once Node finds no mistake in them."""
        if bundles(project):
            return self._bundler.bundle(project, shop, sources)
        _check_no_types(sources)
        self._checker.check(sources, project.target, shop.told)
        return [member for member in sources if self._is_sent(PurePosixPath(member.name))]

    def _is_sent(self, path: PurePosixPath) -> bool:
        """Packages are sent with the code only where there is no layer of them."""
        return path.name not in _NOT_SENT and (self._needs is None or path.parts[0] != "node_modules")

    def handler(self, project: Project, members: Sequence[Member]) -> str | None:
        """See languages.Builder. Other functions than handlers are known by `handler`, `lambdaHandler` and `main`."""
        return handler_of(project.handler, members)

    def _dependencies(self, project: Project, shop: Workshop) -> Dependencies | None:
        return dependencies_of(project.folder, project.target.architecture, shop)


def builder() -> Node:
    """See languages.builder."""
    return Node()


def _check_no_types(sources: Sequence[Member]) -> None:
    typed = [member.name for member in sources if member.name.endswith(TYPED) and ".d." not in member.name]
    if typed and not any(member.name.endswith(SCRIPTS) for member in sources):
        todo = "bundle it (npm install --save-dev esbuild), or compile it and send what comes out"
        raise SourceError(typed[0], 0, "Lambda does not run TypeScript", todo=todo)
