"""The handler of a Node function: `src/index.handler` is what src/index.mjs exports as `handler`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from genesys_tui.engine.model.build import Member
from genesys_tui.engine.model.source_error import SourceError

SCRIPTS = (".js", ".mjs", ".cjs")
"""In the order that Lambda looks for them."""
TYPED = (".ts", ".mts", ".cts")
MODULES = ("index", "handler", "main", "app", "lambda", "function", "src/index", "src/handler", "src/main", "src/app")
"""Where people keep a handler."""
FUNCTIONS = ("handler", "lambdaHandler", "main")
"""What people call it."""

_EXPORTS = re.compile(
    r"""
      \bexports\.(?P<property>[\w$]+)\s*=(?!=)
    | \b(?:defineProperty\(\s*exports,\s*|exports\[)["'](?P<quoted>[\w$]+)["']
    | \bexport\s+(?:declare\s+)?(?:async\s+)?(?:const|let|var|function|class)\b\s*\*?\s*(?P<declared>[\w$]+)
    | \bexport\s*(?P<listed>\{[^}]*\})
    | \bmodule\.exports\s*=\s*(?P<assigned>\{[^{}()]*\})\s*\)?\s*(?:;|$)
    | \bexport\s+(?P<default>default)\b
    | \b(?:export\s*\*|export\s+(?:const|let|var)\s*[{\[]|module\.exports\s*=(?!=)
        |__exportStar|assign\(\s*exports)
    """,
    re.VERBOSE | re.MULTILINE,
)
_COMMENT = re.compile(r"^\s*(?://.*$|/\*[\s\S]*?\*/)", re.MULTILINE)


def handler_of(asked: str | None, members: Sequence[Member]) -> str | None:
    """The handler that is asked for, if the module is there and seems to export it; else the one that is found, None
    where there is none. Raises SourceError."""
    files = {member.name: member for member in members}
    if asked is None:
        return next(iter(_found(files)), None)
    module, function = _parts(asked)
    file = module_file(module, files)
    if file is None:
        todo = f"write it, or name another handler{_such_as(files)}"
        raise SourceError(f"{module}.mjs", 0, f"it is not there, and the handler is {asked}", todo=todo)
    names, certain = exported(files[file].content)
    if certain and function.partition(".")[0] not in names:
        todo = f"export it, or name another handler{_such_as(files)}"
        raise SourceError(file, 0, f"it exports no {function}", todo=todo)
    return asked


def module_file(module: str, files: Iterable[str]) -> str | None:
    """The file of a module, as Lambda looks for it; of TypeScript, where it is to be bundled."""
    names = set(files)
    return next((module + suffix for suffix in (*SCRIPTS, *TYPED) if module + suffix in names), None)


class Exports(NamedTuple):
    """The names that a module seems to export. `certain`: whether there can be no others."""

    names: frozenset[str] = frozenset()
    certain: bool = True


def exported(content: bytes) -> Exports:
    """What is seen of it without running it."""
    text = _COMMENT.sub("", content.decode("utf-8", "replace"))
    names: set[str] = set()
    for match in _EXPORTS.finditer(text):
        one = match["property"] or match["quoted"] or match["declared"] or match["default"]
        names.update([one] if one else _listed(match["listed"] or match["assigned"] or "..."))
    return Exports(frozenset(names - {"..."}), certain="..." not in names)


def _listed(braces: str) -> Iterable[str]:
    """`{ a, b as c, d: e, ...f }`: the names outside."""
    for part in braces.strip("{}").split(","):
        word = part.strip()
        if word.startswith("..."):
            yield "..."
        elif found := re.search(r"\bas\s+([\w$]+)$", word) or re.match(r"(?:async\s+)?['\"]?([\w$]+)", word):
            yield found[1]


def module_of(handler: str) -> str:
    """`src/index` of src/index.handler."""
    return _parts(handler)[0]


def _parts(handler: str) -> tuple[str, str]:
    """The module and what it exports: the first dot after the last slash parts them, as for Lambda."""
    folder, slash, last = handler.rpartition("/")
    module, dot, function = last.partition(".")
    path = PurePosixPath(folder + slash + module)
    if not (module and dot and function) or path.is_absolute() or ".." in path.parts:
        raise SourceError(handler, 0, "it is no handler", todo="write it as in index.handler")
    return path.as_posix(), function


def _found(files: Mapping[str, Member]) -> Iterable[str]:
    top = [PurePosixPath(name) for name in files if "/" not in name]
    alone = [path.stem for path in top if path.suffix in (*SCRIPTS, *TYPED) and not path.stem.endswith((".d", ".test"))]
    for module in dict.fromkeys((*MODULES, *(alone if len(alone) == 1 else ()))):
        file = module_file(module, files)
        names, _ = exported(files[file].content) if file else Exports()
        yield from (f"{module}.{name}" for name in FUNCTIONS if name in names)


def _such_as(files: Mapping[str, Member]) -> str:
    found = next(iter(_found(files)), None)
    return f": {found}" if found else ""
