"""Which function of a Python source is called."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from genesys_tui.engine.functions.languages.python.wanted import MODULES
from genesys_tui.engine.model.build import Member
from genesys_tui.engine.model.source_error import SourceError

FUNCTIONS = ("lambda_handler", "handler", "main")
"""What people call the function of a handler, the surest first."""
_NAMED = re.compile(rb"\b(?:lambda_handler|handler|main)\b")
"""Quick to see whether a file is worth parsing."""


def named_handler(handler: str, members: Sequence[Member]) -> str:
    """The one that is asked for. Raises SourceError where it is not there."""
    module, _, function = handler.rpartition(".")
    if not module or not function.isidentifier():
        raise SourceError(handler, 0, "no handler is called so", todo="write it as module.function, as in main.handler")
    by_name = {member.name: member for member in members}
    path = module.replace(".", "/")
    for name in (f"{path}.py", f"{path}/__init__.py"):
        if found := by_name.get(name):
            if function not in (bound := list(bound_in(found))) and "*" not in bound:
                near = [one for one in FUNCTIONS if one in bound]
                todo = f"is it {module}.{near[0]}?" if near else f"define {function} in it, or name another handler"
                raise SourceError(name, 0, f"it has no {function} that could be called", todo=todo)
            return handler
    near_by = found_handler(members)
    todo = f"is it {near_by}?" if near_by else "name a module of the source"
    raise SourceError(f"{path}.py", 0, f"the handler {handler} is not there", todo=todo)


def found_handler(members: Sequence[Member]) -> str | None:
    """The one that the source seems to have. By the names that people give to modules: at the top, else in the folders
    nearest to it; else a `lambda_handler` anywhere. None where there is none, or it is not clear which."""
    modules = {PurePosixPath(one.name): one for one in members if one.name.endswith(".py")}
    modules = {path: one for path, one in modules.items() if not _TESTS & {*path.parts}}
    top = [path for path in modules if len(path.parts) == 1]
    for path in (*(PurePosixPath(f"{name}.py") for name in MODULES), *(top if len(top) == 1 else ())):
        if path in modules and (function := _function_of(modules[path])):
            return f"{path.stem}.{function}"
    usual = [path for path in modules if path.stem in MODULES]
    for depth in sorted({len(path.parts) for path in usual}):
        if named := _handlers([path for path in usual if len(path.parts) == depth], modules, FUNCTIONS):
            return named[0] if len(named) == 1 else None
    named = _handlers(list(modules), modules, FUNCTIONS[:1])
    return named[0] if len(named) == 1 else None


_TESTS = frozenset({"tests", "test"})


def _handlers(
    paths: Sequence[PurePosixPath], modules: Mapping[PurePosixPath, Member], functions: Sequence[str]
) -> list[str]:
    """Those of some modules that have one of these functions."""
    found = ((path, _function_of(modules[path])) for path in paths)
    return [f"{_module(path)}.{function}" for path, function in found if function in functions]


def _module(path: PurePosixPath) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _function_of(member: Member) -> str | None:
    if not _NAMED.search(member.content):
        return None
    bound = set(bound_in(member))
    return next((name for name in FUNCTIONS if name in bound), None)


def bound_in(member: Member) -> Iterator[str]:
    """The names that a module binds at its top level; `*` where it takes in all of another, or this Python is too old
    to read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield from _bound(ast.parse(member.content).body)
        except (SyntaxError, ValueError, RecursionError):
            yield "*"


def _bound(body: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (one.asname or one.name.partition(".")[0] for one in names)
            case ast.Assign(targets=targets):
                yield from (name for target in targets for name in _targets(target))
            case ast.AnnAssign(target=target, value=value) if value is not None:
                yield from _targets(target)
            case ast.If() | ast.Try() | ast.With() | ast.For() | ast.While():
                yield from _bound(_bodies(statement))
            case _:
                pass


def _bodies(statement: ast.stmt) -> list[ast.stmt]:
    """What may run of a compound statement."""
    fields: Mapping[str, object] = dict(ast.iter_fields(statement))
    found: list[ast.stmt] = []
    for name in ("body", "orelse", "finalbody", "handlers"):
        part = fields.get(name)
        for one in part if isinstance(part, list) else []:
            found += one.body if isinstance(one, ast.ExceptHandler) else [one]
    return found


def _targets(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for one in target.elts:
            yield from _targets(one.value if isinstance(one, ast.Starred) else one)
