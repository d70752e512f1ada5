"""Where in the user's source a module is asked for that isn't there: the runtime tells its name, and no line."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

from genesys_tui.engine.model.build import Built
from genesys_tui.engine.model.invocation import Frame

_PYTHON = re.compile(r"No module named '([^']+)'|cannot import name '[^']+' from '([^']+)'")
_NODE = re.compile(r"Cannot find (?:package|module) '([^']+)'")
_FILES = 500
"""Files that are looked at."""
_LIBRARIES = frozenset({"node_modules", "site-packages", "dist-packages"})


def place_of_import(message: str, built: Built) -> Frame | None:
    """The first place that imports what the message of a failed import names, the module of the handler first."""
    found = _PYTHON.search(message) or _NODE.search(message)
    if not found:
        return None
    module = next(filter(None, found.groups()))
    ends = (".py",) if found.re is _PYTHON else (".mjs", ".js", ".cjs")
    for path in _sources(built, ends):
        try:
            text = path.read_text("utf-8")
            line = next(_imports(text, module) if ends == (".py",) else _quoted(text, module), 0)
        except (OSError, ValueError, SyntaxError):
            continue
        if line:
            name = path.relative_to(built.code).as_posix()
            return Frame(name, line, "the module", text.splitlines()[line - 1].strip())
    return None


def _sources(built: Built, ends: tuple[str, ...]) -> Iterator[Path]:
    module = (built.handler or "").rpartition(".")[0]
    first = [built.code / f"{name}{end}" for end in ends for name in (module, module.replace(".", "/"))]
    yield from (path for path in first if path.is_file())
    seen = 0
    for folder, folders, files in os.walk(built.code):
        folders[:] = sorted(name for name in folders if name not in _LIBRARIES and not name.startswith("."))
        for name in sorted(files):
            if name.endswith(ends) and seen < _FILES:
                seen += 1
                yield Path(folder) / name


def _quoted(text: str, module: str) -> Iterator[int]:
    """Where JavaScript names a module: in quotes."""
    for number, line in enumerate(text.splitlines(), 1):
        if any(f"{quote}{module}{end}" in line for quote in "'\"" for end in (quote, "/")):
            yield number


def _imports(text: str, module: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                asked = [alias.name for alias in names]
            case ast.ImportFrom(module=str(of), names=names):
                asked = [of, *(f"{of}.{alias.name}" for alias in names)]
            case _:
                continue
        if any(name == module or name.startswith(f"{module}.") for name in asked):
            yield node.lineno
