"""Which JavaScript of a project is to be compiled, and how Lambda will load it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from shutil import which

from genesys_tui.engine.functions.languages.node.compiler import Compiler, Form, Script
from genesys_tui.engine.functions.languages.node.handler import SCRIPTS
from genesys_tui.engine.functions.languages.node.packages import MANIFEST, Manifest, parsed
from genesys_tui.engine.functions.workshop.workshop import Told
from genesys_tui.engine.model.build import Member, Target

_DETECTS = 24
"""The first Node that Lambda lets tell the forms apart by itself. Source: "Building Lambda functions with Node.js"."""


class Checker:
    """Remembers what was right, so that a save checks what it changed."""

    def __init__(self, compiler: Compiler | None = None) -> None:
        self._compiler = compiler or Compiler()
        self._right: set[Script] = set()
        self._said = False

    def check(self, sources: Sequence[Member], target: Target, told: Told) -> None:
        """Raises SourceError for the first mistake. Where there is no Node nothing is checked, which is told once."""
        scripts = list(_scripts(sources, target))
        changed = [script for script in scripts if script not in self._right]
        if changed and which("node"):
            self._compiler.compile(changed)
        elif changed and not self._said:
            self._said = True
            told("syntax is not checked, for there is no node on this machine")
        if changed:
            self._right = set(scripts)


def _scripts(sources: Sequence[Member], target: Target) -> Iterator[Script]:
    """The code of the project itself."""
    own = [(PurePosixPath(member.name), member) for member in sources if "node_modules/" not in member.name]
    types = {
        path.parent: parsed(Manifest, member.content, member.name).type for path, member in own if path.name == MANIFEST
    }
    fallback: Form = "either" if int(target.version) >= _DETECTS else "commonjs"
    for path, member in own:
        if path.suffix in SCRIPTS:
            yield Script(member.name, _form(path, types, fallback), member.content)


def _form(path: PurePosixPath, types: Mapping[PurePosixPath, str], fallback: Form) -> Form:
    if path.suffix != ".js":
        return "module" if path.suffix == ".mjs" else "commonjs"
    nearest = next((types[folder] for folder in path.parents if folder in types), "")
    return "module" if nearest == "module" else fallback
