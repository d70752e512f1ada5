"""One file of code and all that it imports, made by the project's own esbuild: no layer, and a faster start."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path, PurePosixPath

from genesys_tui.engine.functions.languages.node.handler import SCRIPTS, TYPED, handler_of, module_file, module_of
from genesys_tui.engine.functions.languages.node.lock import CPU
from genesys_tui.engine.functions.languages.node.packages import LOCKS, MANIFEST, manifest_in
from genesys_tui.engine.functions.languages.toolchain import at_home, staging, unchanged
from genesys_tui.engine.functions.workshop.workshop import CommandError, Workshop
from genesys_tui.engine.model.build import Architecture, Member, Project
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.source_error import SourceError

_CODE = frozenset({*SCRIPTS, *TYPED, ".tsx", ".jsx", ".map"})
_CONFIGURATION = frozenset({MANIFEST, *LOCKS, "tsconfig.json", "yarn.lock", "pnpm-lock.yaml", ".npmrc"})
_REQUIRE = (
    'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);'
)
"""CommonJS packages in an ES module still ask for `require`."""
_MISTAKE = re.compile(r"\[ERROR\] (?P<what>.+)\n\n\s+(?P<file>[^\n]+?):(?P<line>\d+):\d+:")
_LIMIT = 120
_MACHINES: dict[str, Architecture] = {"aarch64": "arm64", "arm64": "arm64"}


def bundles(project: Project) -> bool:
    """Whether the project asks for esbuild in its package.json."""
    manifest = manifest_in(project.folder)
    return manifest is not None and "esbuild" in {**manifest.at_run_time, **manifest.dev_dependencies}


class Bundler:
    """Remembers the last bundle of each project, so that nothing is run when nothing changed."""

    def __init__(self) -> None:
        self._last: dict[Project, tuple[bytes, Sequence[Member]]] = {}

    def bundle(self, project: Project, shop: Workshop, sources: Sequence[Member]) -> Sequence[Member]:
        """The bundle, where its handler is, and the files that are not code. Raises SourceError for what is no code or
        has no handler, GenesysError where esbuild is not installed."""
        handler = handler_of(project.handler, sources)
        entry = handler and module_file(module_of(handler), (member.name for member in sources))
        if not handler or not entry:
            todo = "export a function `handler` from index.ts or index.mjs, or name yours"
            raise SourceError(project.source.name, 0, "it has no handler", todo=todo)
        tool = _esbuild(project.folder)
        key = _key(project, entry, tool, sources)
        before, members = self._last.get(project, (b"", ()))
        if before == key:
            return members
        name = module_of(handler) + _suffix(project, entry)
        code = Member(name, _bundled(project, entry, name, tool, shop))
        members = (code, *_other(sources))
        if unchanged(project.folder, sources):
            self._last[project] = (key, members)
        return members


def _esbuild(folder: Path) -> Path:
    """The binary itself where it lies, for the command beside it starts a Node first; in a workspace, of its root."""
    here = f"{platform.system().lower()}-{CPU[_MACHINES.get(platform.machine(), 'x86_64')]}"
    for above in (folder, *folder.resolve().parents):
        modules = above / "node_modules"
        for path in (modules / "@esbuild" / here / "bin" / "esbuild", modules / ".bin" / "esbuild"):
            if path.is_file():
                return path.resolve()
    todo = "install what package.json asks for; TypeScript needs esbuild among its devDependencies"
    raise GenesysError(f"esbuild is not installed in {folder}", todo=todo, command="npm install --save-dev esbuild")


def _suffix(project: Project, entry: str) -> str:
    """An ES module stays one: by its name, or by package.json."""
    kind = PurePosixPath(entry).suffix
    manifest = manifest_in(project.folder)
    is_module = kind in (".mjs", ".mts") or (
        kind in (".js", ".ts") and manifest is not None and manifest.type == "module"
    )
    return ".mjs" if is_module else ".js"


def _bundled(project: Project, entry: str, name: str, tool: Path, shop: Workshop) -> bytes:
    module = name.endswith(".mjs")
    options = ["--bundle", "--platform=node", f"--target=node{project.target.version}", "--log-level=error"]
    options += ["--charset=utf8", "--color=false", f"--format={'esm' if module else 'cjs'}"]
    options += [f"--banner:js={_REQUIRE}", "--main-fields=module,main"] if module else []
    options += [] if _has_sdk(project.folder) else ["--external:@aws-sdk/*", "--external:@smithy/*"]
    with staging(shop) as folder:
        out = folder / "bundle"
        try:
            command = [str(tool), entry, *options, f"--outfile={out}"]
            at_home(shop).run(command, folder=project.folder, limit=_LIMIT)
        except CommandError as error:
            raise _mistake(error) from error
        return out.read_bytes()


def _has_sdk(folder: Path) -> bool:
    """The AWS SDK is in the runtime: it is bundled only where the project brings its own."""
    return any((above / "node_modules" / "@aws-sdk").is_dir() for above in (folder, *folder.resolve().parents))


def _other(sources: Sequence[Member]) -> Iterator[Member]:
    for member in sources:
        path = PurePosixPath(member.name)
        if path.suffix not in _CODE and path.name not in _CONFIGURATION and "node_modules" not in path.parts:
            yield member


def _key(project: Project, entry: str, tool: Path, sources: Sequence[Member]) -> bytes:
    """All that decides a bundle: the sources, and the packages as npm says that it installed them."""
    digest = sha256(f"{entry}\0{project.target.version}\0{tool}\0{tool.stat().st_mtime_ns}".encode())
    installed = next((above for above in tool.parents if above.name == "node_modules"), tool.parent)
    for path in (installed / ".package-lock.json", project.folder / "node_modules" / ".package-lock.json"):
        digest.update(f"{path.stat().st_mtime_ns if path.is_file() else ''}\0".encode())
    for member in sorted(sources, key=lambda one: one.name):
        digest.update(f"{member.name}\0{len(member.content)}\0".encode() + member.content)
    return digest.digest()


def _mistake(error: CommandError) -> SourceError | CommandError:
    found = _MISTAKE.search(error.said)
    if not found:
        return error
    todo = "install it (npm install)" if found["what"].startswith("Could not resolve") else ""
    return SourceError(found["file"], int(found["line"]), found["what"], todo=todo)
