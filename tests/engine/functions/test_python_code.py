"""A mistake in the code is told by its line before anything is sent, and the handler is found or checked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from genesys_tui.engine.functions.languages.python import Python, syntax
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.source_error import SourceError
from tests.engine.functions.python_projects import Rehearsed, members, pack, project

OWN = f"python{sys.version_info[0]}.{sys.version_info[1]}"


def compiled(contents: dict[str, str], tmp_path: Path, runtime: str = OWN, builder: Python | None = None) -> None:
    builder = builder or Python()
    sources = members(contents)
    assert builder.code(project(tmp_path, runtime), pack(), Rehearsed(tmp_path), sources) == sources


def test_a_mistake_is_told_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"render\.py:2: SyntaxError: '\(' was never closed") as caught:
        compiled({"main.py": "x = 1", "render.py": "x = 1\nprint('a'\n"}, tmp_path)
    assert (str(caught.value.file), caught.value.line) == ("render.py", 2)


@pytest.mark.parametrize("text", ["if x:\nprint()", "x = \0", "return 1", "# -*- coding: nonsense -*-\n"])
def test_what_is_no_code_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match=r"^main\.py"):
        compiled({"main.py": text}, tmp_path)


def test_only_code_is_compiled(tmp_path: Path) -> None:
    compiled({"data.json": "{", "main.py": "x = 1", "notes.txt": "def ("}, tmp_path)


def test_newer_syntax_is_refused_for_an_older_target(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"main\.py:2.*3\.11"):
        compiled({"main.py": "try: pass\nexcept* ValueError: pass"}, tmp_path, "python3.10")


def test_syntax_of_a_newer_target_is_left_to_its_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def none(minor: str) -> Path:
        asked.append(minor)
        raise GenesysError("none here")

    monkeypatch.setattr(syntax, "python", none)
    monkeypatch.setattr(syntax, "_OWN", (3, 9))
    compiled({"main.py": "x = ?"}, tmp_path, "python3.14")
    with pytest.raises(SourceError, match="never closed"):
        compiled({"main.py": "x = ("}, tmp_path, "python3.14")
    assert asked == ["3.14", "3.14"]
    monkeypatch.setattr(syntax, "python", lambda _: Path(sys.executable))
    with pytest.raises(SourceError, match=r"main\.py:2: SyntaxError: invalid syntax"):
        compiled({"main.py": "\nx = ?"}, tmp_path, "python3.14")


def test_what_did_not_change_is_not_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from genesys_tui.engine.functions.languages import python

    builder, looked = Python(), []
    monkeypatch.setattr(python, "check_syntax", lambda member, _: looked.append(member.name))
    compiled({"a.py": "1", "b.py": "2"}, tmp_path, builder=builder)
    compiled({"a.py": "1", "b.py": "3"}, tmp_path, builder=builder)
    assert looked == ["a.py", "b.py", "b.py"]


# handlers ---------------------------------------------------------------------------------------------------------
def handler(contents: dict[str, str], asked: str | None = None) -> str | None:
    return Python().handler(project(Path("work"), handler=asked), members(contents))


DEF = "def handler(event, context): ..."


@pytest.mark.parametrize(
    ("contents", "found"),
    [
        ({"lambda_function.py": "def lambda_handler(event, context): ..."}, "lambda_function.lambda_handler"),
        ({"main.py": DEF, "lambda_function.py": DEF}, "lambda_function.handler"),
        ({"app.py": "from mangum import Mangum\nhandler = Mangum(None)"}, "app.handler"),
        ({"index.py": "from orders.api import handler"}, "index.handler"),
        ({"main.py": "async def main(event, context): ..."}, "main.main"),
        ({"main.py": "@logged\ndef handler(event, context): ..."}, "main.handler"),
        ({"main.py": "if __name__ == '__main__':\n    main = 1\nelse:\n    handler = 1"}, "main.handler"),
        ({"main.py": "class A:\n    def handler(self): ..."}, None),
        ({"orders.py": DEF}, "orders.handler"),
        ({"orders.py": DEF, "other.py": ""}, None),
        ({"src/main.py": DEF, "src/deep/main.py": DEF}, "src.main.handler"),
        ({"a/main.py": DEF, "b/main.py": DEF}, None),
        ({"tests/main.py": DEF}, None),
        ({"orders/api.py": "def lambda_handler(e, c): ...", "orders/__init__.py": ""}, "orders.api.lambda_handler"),
        ({"orders/__init__.py": "def lambda_handler(e, c): ...", "x.py": ""}, "orders.lambda_handler"),
        ({"readme.txt": "handler"}, None),
        ({}, None),
    ],
)
def test_a_handler_is_found_by_its_usual_names(contents: dict[str, str], found: str | None) -> None:
    assert handler(contents) == found


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("def go(e, c): ...", "go"),
        ("import jobs as go", "go"),
        ("from jobs import *", "go"),
        ("class go: ...", "go"),
        ("a, (*b, go) = 1, (2, 3)", "go"),
        ("go: object = print", "go"),
        ("try:\n    from a import go\nexcept ImportError:\n    pass", "go"),
    ],
)
def test_a_handler_that_is_asked_for_is_kept(text: str, function: str) -> None:
    for name in ("work/job.py", "work/job/__init__.py"):
        assert handler({name: text, "main.py": DEF}, f"work.job.{function}") == f"work.job.{function}"


@pytest.mark.parametrize(
    ("asked", "message", "todo"),
    [
        ("main.run", r"main\.py: it has no run", "is it main.handler?"),
        ("app.handler", r"app\.py: the handler app\.handler is not there", "is it main.handler?"),
        ("handler", "no handler is called so", "module.function"),
        ("main.handler()", "no handler is called so", "module.function"),
    ],
)
def test_one_that_is_not_there_is_refused_with_what_is(asked: str, message: str, todo: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        handler({"main.py": DEF}, asked)
    assert todo in caught.value.todo
